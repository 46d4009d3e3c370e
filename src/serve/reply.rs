//! Answers, and what all of them have in common.

use std::convert::Infallible;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION};
use hyper::{Response, StatusCode};

use super::reload::RELOAD_SCRIPT;

pub(super) type Body = BoxBody<Bytes, Infallible>;

/// A page with the reload script in it.
pub(super) fn page(status: StatusCode, mut html: Vec<u8>) -> Response<Body> {
    let script = format!("<script src=\"{RELOAD_SCRIPT}\" defer></script>");
    let at = html.windows(7).rposition(|window| window.eq_ignore_ascii_case(b"</body>"));
    let at = at.unwrap_or(html.len());
    html.splice(at..at, script.into_bytes());
    response(status, "text/html; charset=utf-8", html)
}

pub(super) fn text(status: StatusCode, mime: &'static str, text: &str) -> Response<Body> {
    response(status, mime, text.as_bytes().to_vec())
}

pub(super) fn response(status: StatusCode, mime: &'static str, bytes: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(bytes)).boxed());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(mime));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

pub(super) fn redirect(to: &str) -> Response<Body> {
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
