//! Sources → Documents, on all cores; what is certainly as it was is not even read.

use std::sync::Arc;

use rayon::prelude::*;

use crate::cache::{Cache, Memo};
use crate::diagnostic::Diagnostic;
use crate::document::{self, Document};
use crate::fingerprint::Fingerprint;
use crate::scan::{File, Sources, read_source, world_error};
use crate::site::Parsed;
use crate::source::Source;
use crate::world::{World, WorldError};

/// Parses all content files.
pub fn parse(world: &dyn World, sources: &Sources, cache: &mut Cache) -> (Parsed, Vec<Diagnostic>) {
    let documents: Vec<(Option<Arc<Document>>, Vec<Diagnostic>)> = sources
        .documents
        .par_iter()
        .map(|file| match cache.document(&file.path, file.stamp) {
            Some(document) => (Some(Arc::clone(document)), Vec::new()),
            None => parse_document(world, &file.path, &file.name),
        })
        .collect();
    let (assets, mut diagnostics) = fingerprint_assets(world, sources, cache);
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
        let index = read_source(world, &file.path).map_err(|error| vec![*error]);
        match index.map(|source| document::parse_index(&source, &file.name)) {
            Ok((index, found)) => {
                diagnostics.extend(found);
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

/// The assets with their fingerprints; one that is certainly as it was is not read.
fn fingerprint_assets(
    world: &dyn World,
    sources: &Sources,
    cache: &mut Cache,
) -> (Vec<(File, Fingerprint)>, Vec<Diagnostic>) {
    let fingerprints: Vec<Result<Fingerprint, WorldError>> = sources
        .assets
        .par_iter()
        .map(|file| match cache.asset(&file.path, file.stamp) {
            Some(fingerprint) => Ok(fingerprint),
            None => world.read(&file.path).map(|bytes| Fingerprint::of(&bytes)),
        })
        .collect();
    cache.assets.clear();
    let (mut assets, mut diagnostics) = (Vec::with_capacity(fingerprints.len()), Vec::new());
    for (file, fingerprint) in sources.assets.iter().zip(fingerprints) {
        match fingerprint {
            Ok(value) => {
                cache.assets.insert(file.path.clone(), Memo { stamp: file.stamp, value });
                assets.push((file.clone(), value));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => diagnostics.push(world_error(&error)),
        }
    }
    (assets, diagnostics)
}

/// Reads and parses the document at `path`, of this name below the content folder.
pub fn parse_document(world: &dyn World, path: &str, name: &str) -> (Option<Arc<Document>>, Vec<Diagnostic>) {
    let source = match world.read(path) {
        Ok(bytes) => Source::decode(path, bytes),
        // A file that has vanished since the folder was listed is a file that was deleted.
        Err(error) if error.is_not_found() => return (None, Vec::new()),
        Err(error) => Err(Box::new(world_error(&error))),
    };
    match source {
        Ok(source) => {
            let (document, diagnostics) = document::parse(&source, name);
            (document.map(Arc::new), diagnostics)
        }
        Err(error) => (None, vec![*error]),
    }
}
