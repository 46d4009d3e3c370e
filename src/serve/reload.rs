//! Live reload: the script in the pages, and the channel that it listens to.

use std::convert::Infallible;
use std::time::Duration;

use http_body_util::{BodyExt, StreamBody};
use hyper::Response;
use hyper::body::{Bytes, Frame};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use super::State;
use super::reply::Body;

/// Paths of the server's own.
pub(super) const RELOAD_SCRIPT: &str = "/__tribune/reload.js";
pub(super) const RELOAD_EVENTS: &str = "/__tribune/events";

/// Reloads the page when the number of the build changes: also after a lost connection.
pub(super) const SCRIPT: &str = "\
(() => {\n\
  let seen = null;\n\
  const events = new EventSource('/__tribune/events');\n\
  events.onmessage = (event) => {\n\
    if (seen !== null && seen !== event.data) location.reload();\n\
    seen = event.data;\n\
  };\n\
  addEventListener('pagehide', () => events.close());\n\
})();\n";

/// A comment goes out on quiet reload channels, so that lost ones are noticed.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The reload channel: server-sent events (HTML standard, section 9.2), one with the build's number at
/// once, and one after every build.
pub(super) fn reload_events(state: State) -> Response<Body> {
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
