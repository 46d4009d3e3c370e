//! Live reload: a script in the pages, and the events that it listens to.

use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use hyper::body::{Bytes, Incoming};
use hyper::header::HeaderValue;
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::serve::content::Content;
use crate::serve::reply::{Body, HTML, output, response, stream, text, whole};
use crate::serve::state::{Shared, State};

pub(super) const RELOAD_SCRIPT: &str = "/__tribune/reload.js";
pub(super) const RELOAD_EVENTS: &str = "/__tribune/events";

/// The most reload channels at a time: pages left open in many windows must not use up all connections.
pub(super) const MOST_CHANNELS: usize = 128;

/// A quiet channel gets a comment from time to time, so that lost connections are noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Reloads the page when the number of the build changes, also after a lost connection.
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

const JAVASCRIPT: HeaderValue = HeaderValue::from_static("text/javascript; charset=utf-8");

/// The script.
pub(super) fn script(request: &Request<Incoming>) -> Response<Body> {
    output(request, JAVASCRIPT, Content::Whole(SCRIPT.as_bytes().to_vec()))
}

/// A page with the reload script in it.
pub(super) fn page(content: Content) -> Content {
    match content {
        Content::Whole(html) => Content::Whole(with_script(html)),
        pieces @ Content::Pieces(..) => pieces,
    }
}

fn with_script(mut html: Vec<u8>) -> Vec<u8> {
    let script = format!("<script src=\"{RELOAD_SCRIPT}\" defer></script>");
    let at = html.windows(7).rposition(|window| window.eq_ignore_ascii_case(b"</body>"));
    let at = at.unwrap_or(html.len());
    html.splice(at..at, script.into_bytes());
    html
}

/// A page that browsers must not cache, with the reload script in it.
pub(super) fn temporary_page(status: StatusCode, html: Vec<u8>) -> Response<Body> {
    response(status, HTML, whole(with_script(html)))
}

/// The reload channel: server-sent events (HTML standard, section 9.2) with the build's number, one at once and one
/// after every build.
pub(super) fn reload_events(request: &Request<Incoming>, shared: &Shared) -> Response<Body> {
    const EVENTS: HeaderValue = HeaderValue::from_static("text/event-stream");
    if request.method() == Method::HEAD {
        return response(StatusCode::OK, EVENTS, whole(Vec::new()));
    }
    let Ok(place) = Arc::clone(&shared.channels).try_acquire_owned() else {
        return text(StatusCode::SERVICE_UNAVAILABLE, "503");
    };
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(push_events(shared.state.clone(), sender));
    response(StatusCode::OK, EVENTS, stream(receiver, place))
}

async fn push_events(mut state: State, sender: mpsc::Sender<io::Result<Bytes>>) {
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
        if sender.send(Ok(Bytes::from(event))).await.is_err() {
            return;
        }
        if let Ok(false) = timeout(HEARTBEAT, next_build(&mut state, &sender)).await {
            return;
        }
    }
}

/// Waits for the next build; `false` if the client hangs up first, or there will be none.
async fn next_build(state: &mut State, sender: &mpsc::Sender<io::Result<Bytes>>) -> bool {
    let (mut changed, mut closed) = (pin!(state.changed()), pin!(sender.closed()));
    poll_fn(|context| match changed.as_mut().poll(context) {
        Poll::Ready(changed) => Poll::Ready(changed.is_ok()),
        Poll::Pending => closed.as_mut().poll(context).map(|()| false),
    })
    .await
}
