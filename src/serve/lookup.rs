//! Which output a path of a request means: looked up in the table of outputs, never on the disk.

use hyper::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::Served;
use super::mime::mime;
use super::reply::{Body, page, redirect, response, text};
use crate::route::output_path;
use crate::world::{DiskWorld, World};

/// The answer to a request for `path`; `None` if it cannot be given before the first build is over.
pub(super) async fn respond(path: &str, served: &Served, out: &DiskWorld) -> Option<Response<Body>> {
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
