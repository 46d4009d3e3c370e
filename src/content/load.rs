//! Reads and parses the listed content files on all cores. Unchanged documents and assets come from the cache.

use std::collections::HashSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::config::Limits;
use crate::content::assets::{Findings, Picture, inspect, measure, mentions};
use crate::content::cache::{ContentCache, Memo};
use crate::content::document;
use crate::content::document::{Document, SectionIndex};
use crate::content::loaded::{AssetInfo, Parsed};
use crate::content::scan::{File, Sources};
use crate::diagnostics::messages::ContentProblem;
use crate::diagnostics::{Diagnostic, Place, Severity, Source, read_source_within, world_error};
use crate::world::{Content, World, WorldError};

/// Loads all content files. What is wrong with drafts is no error, unless `drafts` are published.
pub fn load(
    world: &dyn World,
    sources: &Sources,
    limits: &Limits,
    drafts: bool,
    cache: &mut ContentCache,
) -> (Parsed, Vec<Diagnostic>) {
    cache.keep_within(limits);
    let one = |file: &File| match cache.document(&file.path, file.stamp) {
        Some(document) => (Some(Memo { stamp: file.stamp, value: Arc::clone(document) }), Vec::new()),
        None => parse_leniently(world, &file.path, &file.name, limits, drafts),
    };
    let documents: Vec<_> = sources.documents.par_iter().map(one).collect();
    let mut diagnostics = Vec::new();
    let mut parsed = load_assets(world, sources, limits, cache, &mut diagnostics);
    parsed.failed.extend(sources.refused.iter().cloned());
    let listed: HashSet<&str> = sources.documents.iter().map(|file| file.path.as_str()).collect();
    let gone: Vec<String> =
        cache.documents.keys().filter(|path| !listed.contains(path.as_str())).cloned().collect();
    gone.iter().for_each(|path| cache.replace(path, None));
    for (file, (memo, found)) in sources.documents.iter().zip(documents) {
        match memo {
            Some(memo) => {
                parsed.documents.push((file.clone(), Arc::clone(&memo.value)));
                cache.replace(&file.path, Some(memo).filter(|_| found.is_empty()));
            }
            None => {
                let is_draft = !found.is_empty() && !found.iter().any(Diagnostic::is_error);
                let names = if is_draft { &mut parsed.drafts } else { &mut parsed.failed };
                names.push(file.name.clone());
                cache.replace(&file.path, None);
            }
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
            diagnostics.extend(source.notices());
            (index, diagnostics)
        }
        Err(error) => (None, vec![*error]),
    }
}

/// An asset, and what is wrong with it.
type LoadedAsset = Result<(Memo<AssetInfo>, Option<ContentProblem>), WorldError>;

fn load_assets(
    world: &dyn World,
    sources: &Sources,
    limits: &Limits,
    cache: &mut ContentCache,
    diagnostics: &mut Vec<Diagnostic>,
) -> Parsed {
    let one = |file: &File| match cache.asset(&file.path, file.stamp) {
        Some(value) => Ok((Memo { stamp: file.stamp, value }, None)),
        None => world.read(&file.path, limits.asset).map(|content| {
            let (value, problem) = asset_info(&file.name, &content);
            (Memo { stamp: content.stamp, value }, problem)
        }),
    };
    let loaded: Vec<LoadedAsset> = sources.assets.par_iter().map(one).collect();
    cache.assets.clear();
    let mut parsed = Parsed::default();
    for (file, result) in sources.assets.iter().zip(loaded) {
        match result {
            Ok((memo, problem)) => {
                let located = |problem| Diagnostic::new(problem).at(Place::file(file.path.clone()));
                match problem {
                    Some(ContentProblem::MarkdownEnding) => {
                        parsed.failed.push(file.name.clone());
                        diagnostics.push(located(ContentProblem::MarkdownEnding));
                        continue;
                    }
                    Some(problem) => parsed.problems.push((file.name.clone(), located(problem))),
                    None => drop(cache.assets.insert(file.path.clone(), memo.clone())),
                }
                parsed.assets.push((file.clone(), memo.value));
            }
            Err(error) if error.is_not_found() => {}
            Err(error) => {
                parsed.failed.push(file.name.clone());
                parsed.problems.push((file.name.clone(), world_error(&error)));
            }
        }
    }
    parsed
}

/// What is known of the asset `name`, and what is wrong with it.
fn asset_info(name: &str, content: &Content) -> (AssetInfo, Option<ContentProblem>) {
    let bytes = &content.bytes;
    let Findings { active, size } = inspect(name, bytes);
    let drawing = size.map(|(width, height)| Picture { width, height, reduced: false });
    let measured = measure(name, bytes);
    let info = AssetInfo {
        size: bytes.len() as u64,
        fingerprint: content.fingerprint(),
        picture: measured.unwrap_or_default().or(drawing),
        active: active.map(|at| u32::try_from(at).unwrap_or(u32::MAX)),
        mentions: mentions(name, bytes),
    };
    let problem = if document::is_document(bytes) {
        Some(ContentProblem::MarkdownEnding)
    } else {
        measured.is_err().then_some(ContentProblem::PictureUnreadable)
    };
    (info, problem)
}

/// Reads and parses the document at `path`; `name` is its path below the content folder. Its stamp is that of the file
/// that was read.
pub fn parse_document(
    world: &dyn World,
    path: &str,
    name: &str,
    limits: &Limits,
) -> (Option<Memo<Arc<Document>>>, Vec<Diagnostic>) {
    parse_leniently(world, path, name, limits, true)
}

/// As [`parse_document`]. What is wrong with a draft is no error, unless `drafts` are published.
fn parse_leniently(
    world: &dyn World,
    path: &str,
    name: &str,
    limits: &Limits,
    drafts: bool,
) -> (Option<Memo<Arc<Document>>>, Vec<Diagnostic>) {
    let content = match world.read(path, limits.file) {
        Ok(content) => content,
        // Deleted since the folder was listed.
        Err(error) if error.is_not_found() => return (None, Vec::new()),
        Err(error) => return (None, vec![world_error(&error)]),
    };
    let (document, mut diagnostics) = match Source::decode(path, &content.bytes) {
        Ok(source) => {
            let (document, mut diagnostics) = document::parse(&source, name, limits);
            diagnostics.extend(source.notices());
            (document, diagnostics)
        }
        Err(error) => (None, vec![*error]),
    };
    if !drafts && diagnostics.iter().any(Diagnostic::is_error) {
        let says_so = |document: &Document| document.meta.draft;
        if document.as_ref().map_or_else(|| document::is_draft(&content.bytes), says_so) {
            let errors = diagnostics.iter_mut().filter(|found| found.is_error());
            errors.for_each(|error| error.severity = Severity::Warning);
        }
    }
    let memo = |document| Memo { stamp: content.stamp, value: Arc::new(document) };
    (document.map(memo), diagnostics)
}
