//! Finds the output for the path of a request: in the table of outputs, never on the disk.

use std::borrow::Cow;
use std::sync::Arc;

use hyper::body::Incoming;
use hyper::header::HeaderValue;
use hyper::{Request, Response, StatusCode};
use percent_encoding::{percent_decode_str, utf8_percent_encode};

use crate::config::NOT_IN_PATH;
use crate::serve::content::content;
use crate::serve::reload::{page, temporary_page};
use crate::serve::reply::{Body, output, redirect, text};
use crate::serve::state::Served;
use crate::site::routes::Outputs;
use crate::world::DiskWorld;

/// What the path of a request refers to.
#[derive(Debug, PartialEq, Eq)]
pub enum RequestTarget {
    /// A path that no browser asks for.
    Malformed,
    /// The output at this path.
    Output(String),
    /// A redirect to another path (percent-encoded).
    Elsewhere(String),
    /// Nothing.
    Nothing,
}

/// The response to a request; `None` if it has to wait until the first build is over.
pub(super) async fn respond(
    request: &Request<Incoming>,
    served: &Served,
    out: &Arc<DiskWorld>,
) -> Option<Response<Body>> {
    let target = find(request.uri().path(), &served.base_path, &served.outputs);
    let is_page = !matches!(&target, RequestTarget::Output(file) if !file.ends_with(".html"));
    let errors = served.errors.as_ref().filter(|_| is_page);
    match (target, errors) {
        (RequestTarget::Malformed, _) => Some(text(StatusCode::BAD_REQUEST, "400")),
        (RequestTarget::Elsewhere(path), _) => {
            let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
            Some(redirect(&(path + &query)))
        }
        (_, Some(errors)) => {
            Some(temporary_page(StatusCode::INTERNAL_SERVER_ERROR, errors.as_bytes().to_vec()))
        }
        (RequestTarget::Nothing, None) => not_found(served, out).await,
        (RequestTarget::Output(file), None) => match content(&file, served, out).await {
            Some(content) if is_page => Some(output(request, media_type(&file), page(content))),
            Some(content) => Some(output(request, media_type(&file), content)),
            None if served.priority.is_some() => None,
            None => not_found(served, out).await,
        },
    }
}

/// Looks up a path of a request on a site below `base_path` that has these outputs.
pub fn find(path: &str, base_path: &str, outputs: &Outputs) -> RequestTarget {
    let Some(path) = decoded(path) else { return RequestTarget::Malformed };
    let below = path.strip_prefix(base_path).and_then(|below| below.strip_prefix('/'));
    let Some(below) = below else {
        // The site is below a path: opening the bare address leads there.
        let home = path == "/" || path == base_path;
        return if home { RequestTarget::Elsewhere(encoded(base_path)) } else { RequestTarget::Nothing };
    };
    let is_folder = below.is_empty() || below.ends_with('/');
    let file = if is_folder { format!("{below}index.html") } else { below.to_owned() };
    if outputs.contains(file.as_str()) {
        return RequestTarget::Output(file);
    }
    if !is_folder && outputs.contains(format!("{file}/index.html").as_str()) {
        return RequestTarget::Elsewhere(encoded(&path));
    }
    RequestTarget::Nothing
}

/// The path without percent-encoding; `None` if it contains what no output's name does and systems may interpret:
/// control characters, backslashes, dot segments.
fn decoded(path: &str) -> Option<Cow<'_, str>> {
    let decoded = percent_decode_str(path).decode_utf8().ok()?;
    let odd = !decoded.starts_with('/')
        || decoded.contains(|char: char| char.is_control() || char == '\\')
        || decoded.split('/').any(|segment| matches!(segment, "." | ".."));
    (!odd).then_some(decoded)
}

/// The URL of a folder. It begins with a single slash: two would lead to another host.
fn encoded(folder: &str) -> String {
    format!("/{}/", utf8_percent_encode(folder.trim_matches('/'), NOT_IN_PATH))
}

/// The media type of a file by its name; all text is UTF-8.
fn media_type(file: &str) -> HeaderValue {
    match mime_guess::from_path(file).first_raw() {
        Some(text) if text.starts_with("text/") => {
            HeaderValue::try_from(format!("{text}; charset=utf-8")).unwrap_or(HeaderValue::from_static(text))
        }
        Some(other) => HeaderValue::from_static(other),
        None => HeaderValue::from_static("application/octet-stream"),
    }
}

async fn not_found(served: &Served, out: &Arc<DiskWorld>) -> Option<Response<Body>> {
    const PAGE: &str = "404.html";
    let found = if served.outputs.contains(PAGE) { content(PAGE, served, out).await } else { None };
    match found {
        Some(crate::serve::content::Content::Whole(html)) => {
            Some(temporary_page(StatusCode::NOT_FOUND, html))
        }
        None if served.priority.is_some() && served.outputs.contains(PAGE) => None,
        _ => Some(text(StatusCode::NOT_FOUND, "404")),
    }
}
