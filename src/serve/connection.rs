//! Connections: whom to listen to, and for how long.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;

use super::State;
use super::lookup::respond;
use super::reload::{RELOAD_EVENTS, RELOAD_SCRIPT, SCRIPT, reload_events};
use super::reply::{Body, text};
use crate::world::DiskWorld;

/// How long a client may take to send the head of its request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

pub(super) async fn accept(listener: TcpListener, state: State, out: PathBuf) {
    let out = Arc::new(DiskWorld::new(out));
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors, perhaps: they come back.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (state, out) = (state.clone(), Arc::clone(&out));
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let (state, out) = (state.clone(), Arc::clone(&out));
                async move { Ok::<_, Infallible>(answer(request, state, &out).await) }
            });
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT)
                .serve_connection(TokioIo::new(stream), service);
            // A client that hangs up is no error of ours.
            let _ = connection.await;
        });
    }
}

async fn answer(request: Request<Incoming>, mut state: State, out: &DiskWorld) -> Response<Body> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "GET, HEAD");
    }
    let path = request.uri().path();
    match path {
        RELOAD_SCRIPT => return text(StatusCode::OK, "text/javascript; charset=utf-8", SCRIPT),
        RELOAD_EVENTS => return reload_events(state),
        _ => {}
    }
    loop {
        let served = match state.wait_for(Option::is_some).await {
            Ok(served) => served.clone().unwrap_or_default(),
            Err(_) => return text(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", ""),
        };
        if let Some(response) = respond(path, &served, out).await {
            return response;
        }
        // It cannot be had before the first build is over.
        if state.changed().await.is_err() {
            return text(StatusCode::SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", "");
        }
    }
}
