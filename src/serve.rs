//! `serve`: the built site over HTTP, with live reload. Requests are looked up in the table of outputs;
//! a path that is not an output is a 404, whatever lies on the disk. While the site has errors, pages
//! show them, and come back by themselves when they are mended.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Weak};
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use percent_encoding::percent_decode_str;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::demand::Demand;
use crate::problem::Lang;
use crate::report;
use crate::route::output_path;
use crate::world::{DiskWorld, World};
use crate::{Build, Outputs, Progress};

/// Paths of the server's own.
const RELOAD_SCRIPT: &str = "/__tribune/reload.js";
const RELOAD_EVENTS: &str = "/__tribune/events";

/// Reloads the page when the number of the build changes: also after a lost connection.
const SCRIPT: &str = "\
(() => {\n\
  let seen = null;\n\
  const events = new EventSource('/__tribune/events');\n\
  events.onmessage = (event) => {\n\
    if (seen !== null && seen !== event.data) location.reload();\n\
    seen = event.data;\n\
  };\n\
  addEventListener('pagehide', () => events.close());\n\
})();\n";

/// How long a client may take to send the head of its request.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// A comment goes out on quiet reload channels, so that lost ones are noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// What is served: the state after the latest build, or during the first.
#[derive(Debug, Clone, Default)]
struct Served {
    /// While the first build runs: where to ask for single outputs.
    demand: Option<Arc<Demand>>,
    /// Tells builds apart, over restarts of the server, too.
    build: String,
    outputs: Arc<Outputs>,
    base_path: String,
    /// The page to show while the site has errors.
    errors: Option<Arc<String>>,
}

/// A server; it answers as soon as the first build has put the site together.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    state: watch::Sender<Option<Served>>,
    builds: u64,
    lang: Lang,
}

impl Server {
    /// Listens on `host`:`port` (0 picks a free one) and serves the folder `out` from a thread of its own.
    ///
    /// # Errors
    /// The address cannot be had.
    pub fn start(host: &str, port: u16, out: PathBuf, lang: Lang) -> std::io::Result<Server> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((host, port)))?;
        let address = listener.local_addr()?;
        let (state, receiver) = watch::channel(None);
        std::thread::spawn(move || runtime.block_on(accept(listener, receiver, out)));
        Ok(Server { address, state, builds: 0, lang })
    }

    /// The progress of the first build: whatever is asked for before it is over, it makes first.
    pub fn progress(&self) -> Progress {
        let state = self.state.clone();
        let demand = Arc::new_cyclic(|own: &Weak<Demand>| {
            let own = own.clone();
            Demand::new(move |outputs, base_path| {
                let (outputs, base_path) = (Arc::clone(outputs), base_path.to_owned());
                let served = Served { demand: own.upgrade(), outputs, base_path, ..Served::default() };
                state.send_replace(Some(served));
            })
        });
        Progress { demand, ..Progress::default() }
    }

    /// Serves what a build made, or its errors, from now on; open pages reload.
    pub fn publish(&mut self, build: &Build) {
        self.builds += 1;
        let former = self.state.borrow().clone().unwrap_or_default();
        let number = format!("{}-{}", std::process::id(), self.builds);
        let served = if build.is_ok() {
            // Nothing changed: nothing reloads, unless errors were being shown.
            let quiet = build.rendered.counts.written == 0 && build.removed == 0 && former.errors.is_none();
            Served {
                demand: None,
                build: if quiet && !former.build.is_empty() { former.build } else { number },
                outputs: Arc::clone(&build.outputs),
                base_path: build.base_path.clone(),
                errors: None,
            }
        } else {
            let errors = Some(Arc::new(error_page(build, self.lang)));
            Served { demand: None, build: number, errors, ..former }
        };
        self.state.send_replace(Some(served));
    }
}

type Body = BoxBody<Bytes, Infallible>;
type State = watch::Receiver<Option<Served>>;

async fn accept(listener: TcpListener, state: State, out: PathBuf) {
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

/// The answer to a request for `path`; `None` if it cannot be given before the first build is over.
async fn respond(path: &str, served: &Served, out: &DiskWorld) -> Option<Response<Body>> {
    let decoded = percent_decode_str(path).decode_utf8_lossy();
    let Some(below) = decoded.strip_prefix(served.base_path.as_str()).filter(|below| below.starts_with('/'))
    else {
        // The site stands below a path: whoever opens the bare address is shown the way.
        let home = decoded == "/" || decoded == served.base_path;
        return match home {
            true => Some(redirect(&format!("{}/", served.base_path))),
            false => not_found(served, out).await,
        };
    };
    let file = output_path(below);
    let is_page = file.ends_with(".html") || !served.outputs.contains(file.as_str());
    if let Some(errors) = served.errors.as_ref().filter(|_| is_page) {
        return Some(page(StatusCode::INTERNAL_SERVER_ERROR, errors.as_bytes().to_vec()));
    }
    if served.outputs.contains(file.as_str()) {
        return match served.output(&file, out).await {
            Some(bytes) if file.ends_with(".html") => Some(page(StatusCode::OK, bytes)),
            Some(bytes) => Some(response(StatusCode::OK, mime(&file), bytes)),
            None if served.demand.is_some() => None,
            None => not_found(served, out).await,
        };
    }
    if served.outputs.contains(format!("{file}/index.html").as_str()) {
        return Some(redirect(&format!("{path}/")));
    }
    not_found(served, out).await
}

async fn not_found(served: &Served, out: &DiskWorld) -> Option<Response<Body>> {
    let plain = || text(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "404");
    if !served.outputs.contains("404.html") {
        return Some(plain());
    }
    match served.output("404.html", out).await {
        Some(bytes) => Some(page(StatusCode::NOT_FOUND, bytes)),
        None if served.demand.is_some() => None,
        None => Some(plain()),
    }
}

impl Served {
    /// The bytes of an output: from the folder, or while that is being made, from the build itself.
    async fn output(&self, file: &str, out: &DiskWorld) -> Option<Vec<u8>> {
        let Some(demand) = &self.demand else { return out.read(file).ok() };
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let answer = |bytes| {
            // Whoever has hung up needs no answer.
            let _ = sender.send(bytes);
        };
        demand.ask(file.to_owned(), Box::new(answer));
        receiver.await.ok().flatten()
    }
}

/// A page with the reload script in it.
fn page(status: StatusCode, mut html: Vec<u8>) -> Response<Body> {
    let script = format!("<script src=\"{RELOAD_SCRIPT}\" defer></script>");
    let at = html.windows(7).rposition(|window| window.eq_ignore_ascii_case(b"</body>"));
    let at = at.unwrap_or(html.len());
    html.splice(at..at, script.into_bytes());
    response(status, "text/html; charset=utf-8", html)
}

fn text(status: StatusCode, mime: &'static str, text: &str) -> Response<Body> {
    response(status, mime, text.as_bytes().to_vec())
}

fn response(status: StatusCode, mime: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(bytes)).boxed());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn redirect(to: &str) -> Response<Body> {
    let mut response = text(StatusCode::FOUND, "text/plain; charset=utf-8", "");
    // Two slashes at the start would lead to another host.
    let to = format!("/{}", to.trim_start_matches('/'));
    match HeaderValue::from_str(&to) {
        Ok(to) => {
            response.headers_mut().insert(LOCATION, to);
            response
        }
        Err(_) => text(StatusCode::BAD_REQUEST, "text/plain; charset=utf-8", ""),
    }
}

/// The reload channel: server-sent events (HTML standard, section 9.2), one with the build's number at
/// once, and one after every build.
fn reload_events(state: State) -> Response<Body> {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(4);
    tokio::spawn(push_events(state, sender));
    let frames = Frames(receiver);
    let mut response = Response::new(StreamBody::new(frames).boxed());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn push_events(mut state: State, sender: tokio::sync::mpsc::Sender<Bytes>) {
    let mut sent = String::new();
    loop {
        let build = state.borrow_and_update().as_ref().map(|served| served.build.clone());
        let event = match build {
            Some(build) if build != sent => {
                sent = build;
                format!("retry: 500\ndata: {sent}\n\n")
            }
            _ => ": \n\n".to_owned(),
        };
        if sender.send(Bytes::from(event)).await.is_err() {
            return;
        }
        if let Ok(Err(_)) = tokio::time::timeout(HEARTBEAT, state.changed()).await {
            return;
        }
    }
}

/// The frames of a streamed body.
struct Frames(tokio::sync::mpsc::Receiver<Bytes>);

impl futures_core::Stream for Frames {
    type Item = Result<Frame<Bytes>, Infallible>;

    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        self.0.poll_recv(context).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// The media type by a file's ending.
fn mime(file: &str) -> &'static str {
    if file == "_headers" {
        return "text/plain; charset=utf-8";
    }
    match file.rsplit('.').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "xml" => "application/xml; charset=utf-8",
        "txt" | "md" | "conf" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "mp4" => "video/mp4",
        "mp3" => "audio/mpeg",
        "woff2" => "font/woff2",
        "pdf" => "application/pdf",
        "zip" => "application/zip",
        "doc" => "application/msword",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

/// The page that shows what is wrong.
fn error_page(build: &Build, lang: Lang) -> String {
    let mut items = String::new();
    for diagnostic in &build.diagnostics {
        let class = if diagnostic.is_error() { "error" } else { "warning" };
        let text = escape(&report::human(diagnostic, lang));
        items.push_str(&format!("<pre class=\"{class}\">{text}</pre>\n"));
    }
    let (tag, title, note) = match lang {
        Lang::Zh => ("zh-CN", "站点有错误", "改好并保存后，本页会自动恢复。"),
        Lang::En => ("en", "The site has errors", "This page comes back by itself once they are mended."),
    };
    format!(
        "<!doctype html>\n<html lang=\"{tag}\"><head><meta charset=\"utf-8\">\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title}</title>\
<style>body{{font:1.05rem/1.6 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;\
background:#fff;color:#222}}h1{{color:#a40000}}pre{{background:#f6f4f0;border-left:.3rem solid #a40000;\
padding:1rem;overflow:auto}}pre.warning{{border-color:#b8860b}}</style></head>\
<body><main><h1>{title}</h1><p>{note}</p>\n{items}</main></body></html>\n"
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
