//! Reads and parses the listed content files on all cores. Unchanged documents and assets come from the cache.

use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Limits;
use crate::content::assets::{Findings, Picture, inspect, measure};
use crate::content::cache::{ContentCache, Memo};
use crate::content::document;
use crate::content::document::{Document, SectionIndex};
use crate::content::loaded::{AssetInfo, Parsed};
use crate::content::scan::{File, Sources};
use crate::diagnostics::messages::ContentProblem;
use crate::diagnostics::{Diagnostic, Place, Source, read_source_within, world_error};
use crate::world::{Fingerprint, World, WorldError};

/// Loads all content files.
pub fn load(
    world: &dyn World,
    sources: &Sources,
    limits: &Limits,
    cache: &mut ContentCache,
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
    let (assets, mut diagnostics) = load_assets(world, sources, limits, cache);
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
        let (index, found) = parse_index(world, file, limits);
        match index {
            Some(index) => parsed.indexes.push((file.clone(), index)),
            None => parsed.failed.push(file.name.clone()),
        }
        diagnostics.extend(found);
    }
    (parsed, diagnostics)
}

fn parse_index(world: &dyn World, file: &File, limits: &Limits) -> (Option<SectionIndex>, Vec<Diagnostic>) {
    match read_source_within(world, &file.path, limits.file) {
        Ok(source) => {
            let (index, mut diagnostics) = document::parse_index(&source, &file.name, limits);
            diagnostics.extend(source.notice());
            (index, diagnostics)
        }
        Err(error) => (None, vec![*error]),
    }
}

fn load_assets(
    world: &dyn World,
    sources: &Sources,
    limits: &Limits,
    cache: &mut ContentCache,
) -> (Vec<(File, AssetInfo)>, Vec<Diagnostic>) {
    let loaded: Vec<Result<(AssetInfo, bool), WorldError>> = sources
        .assets
        .par_iter()
        .map(|file| match cache.asset(&file.path, file.stamp) {
            Some(info) => Ok((info, true)),
            None => world.read_within(&file.path, limits.asset).map(|bytes| asset_info(&file.name, &bytes)),
        })
        .collect();
    cache.assets.clear();
    let (mut assets, mut diagnostics) = (Vec::with_capacity(loaded.len()), Vec::new());
    for (file, result) in sources.assets.iter().zip(loaded) {
        match result {
            Ok((value, is_sound)) => {
                if is_sound {
                    cache.assets.insert(file.path.clone(), Memo { stamp: file.stamp, value });
                } else {
                    let place = Place::file(file.path.clone());
                    diagnostics.push(Diagnostic::new(ContentProblem::PictureUnreadable).at(place));
                }
                assets.push((file.clone(), value));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => diagnostics.push(world_error(&error)),
        }
    }
    (assets, diagnostics)
}

/// What is known of the asset `name`. The second value is false for a damaged image.
fn asset_info(name: &str, bytes: &[u8]) -> (AssetInfo, bool) {
    let Findings { active, size } = inspect(name, bytes);
    let drawing = size.map(|(width, height)| Picture { width, height, reduced: false });
    let measured = measure(name, bytes);
    let info = AssetInfo {
        fingerprint: Fingerprint::of(bytes),
        picture: measured.unwrap_or_default().or(drawing),
        active: active.map(|at| u32::try_from(at).unwrap_or(u32::MAX)),
    };
    (info, measured.is_ok())
}

/// Reads and parses the document at `path`; `name` is its path below the content folder.
pub fn parse_document(
    world: &dyn World,
    path: &str,
    name: &str,
    limits: &Limits,
) -> (Option<Arc<Document>>, Vec<Diagnostic>) {
    let source = match world.read_within(path, limits.file) {
        Ok(bytes) => Source::decode(path, &bytes),
        // Deleted since the folder was listed.
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
