//! Sources → Documents, on all cores; what is certainly as it was is not even read.

use std::sync::Arc;

use rayon::prelude::*;

use crate::build::incremental::cache::{Cache, Memo};
use crate::config::limits::Limits;
use crate::content::assets::active_content::active_at;
use crate::content::assets::image;
use crate::content::document;
use crate::content::document::Document;
use crate::content::scan::{File, Sources, read_source_within, world_error};
use crate::diagnostics::problem::Problem;
use crate::diagnostics::source::Source;
use crate::diagnostics::{Diagnostic, Place};
use crate::site::model::{Content, Parsed};
use crate::world::fingerprint::Fingerprint;
use crate::world::{World, WorldError};

/// Parses all content files.
pub fn parse(
    world: &dyn World,
    sources: &Sources,
    limits: &Limits,
    cache: &mut Cache,
) -> (Parsed, Vec<Diagnostic>) {
    cache.keep_within(limits);
    let documents: Vec<(Option<Arc<Document>>, Vec<Diagnostic>)> = sources
        .documents
        .par_iter()
        .map(|file| match cache.document(&file.path, file.stamp) {
            Some(document) => (Some(Arc::clone(document)), Vec::new()),
            None => parse_document(world, &file.path, &file.name, limits),
        })
        .collect();
    let (assets, mut diagnostics) = look_at_assets(world, sources, limits, cache);
    let mut parsed = Parsed { assets, ..Parsed::default() };
    cache.documents.clear();
    for (file, (document, found)) in sources.documents.iter().zip(documents) {
        match document {
            Some(document) => {
                if found.is_empty() {
                    let memo = Memo { stamp: file.stamp, value: Arc::clone(&document) };
                    cache.documents.insert(file.path.clone(), memo);
                }
                parsed.documents.push((file.clone(), document));
            }
            None => parsed.failed.push(file.name.clone()),
        }
        diagnostics.extend(found);
    }
    for file in &sources.indexes {
        let index = read_source_within(world, &file.path, limits.file).map_err(|error| vec![*error]);
        let index = index.map(|source| (document::parse_index(&source, &file.name, limits), source.notice()));
        match index {
            Ok(((index, found), notice)) => {
                diagnostics.extend(found.into_iter().chain(notice));
                if index.is_none() {
                    parsed.failed.push(file.name.clone());
                }
                parsed.indexes.extend(index.map(|index| (file.clone(), index)));
            }
            Err(errors) => {
                diagnostics.extend(errors);
                parsed.failed.push(file.name.clone());
            }
        }
    }
    (parsed, diagnostics)
}

/// The assets with what is known of them; one that is certainly as it was is not read.
fn look_at_assets(
    world: &dyn World,
    sources: &Sources,
    limits: &Limits,
    cache: &mut Cache,
) -> (Vec<(File, Content)>, Vec<Diagnostic>) {
    let contents: Vec<Result<(Content, bool), WorldError>> = sources
        .assets
        .par_iter()
        .map(|file| match cache.asset(&file.path, file.stamp) {
            Some(content) => Ok((content, true)),
            None => world.read_within(&file.path, limits.asset).map(|bytes| look_at(&file.name, &bytes)),
        })
        .collect();
    cache.assets.clear();
    let (mut assets, mut diagnostics) = (Vec::with_capacity(contents.len()), Vec::new());
    for (file, content) in sources.assets.iter().zip(contents) {
        match content {
            Ok((value, readable)) => {
                if readable {
                    cache.assets.insert(file.path.clone(), Memo { stamp: file.stamp, value });
                } else {
                    let place = Place::file(file.path.clone());
                    diagnostics.push(Diagnostic::warning(Problem::PictureUnreadable).at(place));
                }
                assets.push((file.clone(), value));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => diagnostics.push(world_error(&error)),
        }
    }
    (assets, diagnostics)
}

/// What is known of the asset `name` with these bytes, and whether it is what its name says.
fn look_at(name: &str, bytes: &[u8]) -> (Content, bool) {
    let measured = image::measure(name, bytes);
    let (picture, fingerprint) = (measured.unwrap_or_default(), Fingerprint::of(bytes));
    let active = active_at(name, bytes).map(|at| u32::try_from(at).unwrap_or(u32::MAX));
    (Content { fingerprint, picture, active }, measured.is_ok())
}

/// Reads and parses the document at `path`, of this name below the content folder.
pub fn parse_document(
    world: &dyn World,
    path: &str,
    name: &str,
    limits: &Limits,
) -> (Option<Arc<Document>>, Vec<Diagnostic>) {
    let source = match world.read_within(path, limits.file) {
        Ok(bytes) => Source::decode(path, &bytes),
        // A file that has vanished since the folder was listed is a file that was deleted.
        Err(error) if error.is_not_found() => return (None, Vec::new()),
        Err(error) => Err(Box::new(world_error(&error))),
    };
    match source {
        Ok(source) => {
            let (document, mut diagnostics) = document::parse(&source, name, limits);
            diagnostics.extend(source.notice());
            (document.map(Arc::new), diagnostics)
        }
        Err(error) => (None, vec![*error]),
    }
}
