//! Responses, and the headers that all of them have.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    LOCATION, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use tokio::sync::mpsc;

use crate::serve::content::{Content, PIECES_AHEAD, send_pieces};
use crate::serve::range::{Part, part};

pub(super) type Body = BoxBody<Bytes, io::Error>;

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
pub(super) const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// An output, or the part of it that is requested.
pub(super) fn output(
    request: &Request<Incoming>,
    media_type: HeaderValue,
    content: Content,
) -> Response<Body> {
    let (etag, length) = (content.etag(), content.length());
    let part = part(request.method(), request.headers(), &etag, length);
    let (status, offset, size) = match part {
        Part::Whole => (StatusCode::OK, 0, length),
        Part::Range(offset, size) => (StatusCode::PARTIAL_CONTENT, offset, size),
        Part::NotModified => (StatusCode::NOT_MODIFIED, 0, 0),
        Part::Failed => (StatusCode::PRECONDITION_FAILED, 0, 0),
        Part::Unsatisfiable => (StatusCode::RANGE_NOT_SATISFIABLE, 0, 0),
    };
    // A response to HEAD has the length of the body, but no body.
    let body = match request.method() {
        &Method::HEAD => whole(Vec::new()),
        _ => body(content, offset, size),
    };
    let mut response = response(status, media_type, body);
    if status != StatusCode::NOT_MODIFIED {
        header(&mut response, CONTENT_LENGTH, size.to_string());
    }
    match part {
        Part::Range(..) => {
            header(&mut response, CONTENT_RANGE, format!("bytes {offset}-{}/{length}", offset + size - 1));
        }
        Part::Unsatisfiable => header(&mut response, CONTENT_RANGE, format!("bytes */{length}")),
        _ => {}
    }
    header(&mut response, ETAG, etag);
    response.headers_mut().insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    // Browsers may cache it, but must ask every time whether it has changed.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn body(content: Content, offset: u64, size: u64) -> Body {
    match content {
        Content::Whole(bytes) => {
            let (from, size) = (index(offset), index(size));
            Full::new(Bytes::from(bytes).slice(from..from + size)).map_err(|never| match never {}).boxed()
        }
        Content::Pieces(_, _) if size == 0 => whole(Vec::new()),
        Content::Pieces(file, _) => {
            let (sender, receiver) = mpsc::channel(PIECES_AHEAD);
            tokio::spawn(send_pieces(file, offset, size, sender));
            stream(receiver, ())
        }
    }
}

/// Ranges of bytes in memory always fit.
fn index(number: u64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

pub(super) fn text(status: StatusCode, text: impl Into<String>) -> Response<Body> {
    response(status, TEXT, whole(text.into().into_bytes()))
}

pub(super) fn redirect(to: &str) -> Response<Body> {
    let mut response = text(StatusCode::FOUND, "");
    header(&mut response, LOCATION, to.to_owned());
    response
}

/// A response with the headers that all have: browsers must not guess its type, and other origins must not embed it
/// (Fetch standard, section 3.8).
pub(super) fn response(status: StatusCode, media_type: HeaderValue, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, media_type);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderName::from_static("cross-origin-resource-policy");
    headers.insert(policy, HeaderValue::from_static("same-origin"));
    response
}

/// Sets a header, if the value is valid.
fn header(response: &mut Response<Body>, name: HeaderName, value: String) {
    if let Ok(value) = HeaderValue::try_from(value) {
        response.headers_mut().insert(name, value);
    }
}

pub(super) fn whole(bytes: Vec<u8>) -> Body {
    Full::new(Bytes::from(bytes)).map_err(|never| match never {}).boxed()
}

/// A streamed body; `kept` is dropped with it.
pub(super) fn stream<K: Send + Sync + Unpin + 'static>(
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    kept: K,
) -> Body {
    BodyExt::boxed(StreamBody::new(Frames { pieces, _kept: kept }))
}

/// The frames of a streamed body.
struct Frames<K> {
    pieces: mpsc::Receiver<io::Result<Bytes>>,
    _kept: K,
}

impl<K: Unpin> futures_core::Stream for Frames<K> {
    type Item = io::Result<Frame<Bytes>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.pieces.poll_recv(context).map(|piece| piece.map(|bytes| bytes.map(Frame::data)))
    }
}
