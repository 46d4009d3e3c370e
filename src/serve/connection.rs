//! Connections: their number, their time-outs, and the way of a request. Clients that send or read too slowly are
//! disconnected; where too many connections are open, new ones wait.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::header::{ALLOW, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Sleep, sleep};

use crate::serve::lookup::respond;
use crate::serve::reload::{RELOAD_EVENTS, RELOAD_SCRIPT, reload_events, script};
use crate::serve::reply::{Body, text};
use crate::serve::state::Shared;

/// The time to receive the head of a request; also the limit of idle connections.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// The time in which a client must take at least a byte of the response.
const WRITE_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest head of a request, in bytes. Browsers send the cookies of all servers on this machine.
const LONGEST_HEAD: usize = 64 * 1024;
/// The most connections at a time: half the usual limit of open files.
const MOST_CONNECTIONS: usize = 512;

/// Accepts connections without end.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        // The semaphore is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, perhaps; some will be closed.
            sleep(Duration::from_millis(50)).await;
            continue;
        };
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            serve(stream, shared).await;
            drop(place);
        });
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(request, &shared).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LONGEST_HEAD)
        .serve_connection(TokioIo::new(TimedStream { stream, stalled: None }), service);
    // Clients may hang up.
    let _ = connection.await;
}

async fn answer(request: Request<Incoming>, shared: &Shared) -> Response<Body> {
    if let Err(refused) = shared.guard.check(request.uri(), request.headers()) {
        return text(refused.status(), refused.message(shared.lang));
    }
    if request.method() != Method::GET && request.method() != Method::HEAD {
        let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "GET, HEAD");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    match request.uri().path() {
        RELOAD_SCRIPT => return script(&request),
        RELOAD_EVENTS => return reload_events(&request, shared),
        _ => {}
    }
    let mut state = shared.state.clone();
    loop {
        let served = match state.wait_for(Option::is_some).await {
            Ok(served) => served.clone().unwrap_or_default(),
            Err(_) => return text(StatusCode::SERVICE_UNAVAILABLE, ""),
        };
        if let Some(response) = respond(&request, &served, &shared.out).await {
            return response;
        }
        // It is not available before the first build is over.
        if state.changed().await.is_err() {
            return text(StatusCode::SERVICE_UNAVAILABLE, "");
        }
    }
}

/// A connection that fails when the client reads nothing for too long.
struct TimedStream {
    stream: TcpStream,
    /// Runs while the client reads nothing.
    stalled: Option<Pin<Box<Sleep>>>,
}

impl TimedStream {
    fn limit<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(WRITE_TIMEOUT)));
        stalled.as_mut().poll(context).map(|()| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for TimedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for TimedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.limit(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.limit(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
