//! Tribune turns the Markdown of a people's congress's publicity office into a static site.
//!
//! The crate is one pipeline; every phase takes the type before it and gives a new, complete one:
//!
//! ```text
//! World ─scan→ Sources ─parse→ Documents ─assemble→ Site ─plan→ Jobs ─render→ Outputs ─commit→ public/
//! ```
//!
//! | phase | file | gives |
//! | --- | --- | --- |
//! | | [`world`] | files and the clock; the only reader |
//! | | [`config`], [`district`] | `site.yaml`, `districts.yaml` |
//! | scan | [`mod@scan`] | which content file is what |
//! | parse | [`document`], [`markdown`] | front matter, summary, headings, links of each file |
//! | assemble | [`site`] | what is published and how it hangs together |
//! | plan | [`plan`], [`listing`], [`route`] | one job for each output; collisions; links that lead nowhere |
//! | render | [`render`], [`inputs`], [`trace`] | what has to be made, and why |
//! | | [`compose`], [`theme`], [`template`], [`view`], [`functions`], [`question`], [`xml`] | the bytes of one output |
//! | commit | [`output`] | files; the only writer |
//!
//! Between builds: [`cache`] keeps parsed documents and the traces of outputs, [`fingerprint`] compares.
//! Beneath them: [`source`] (text and places in it), [`yaml`] and [`fields`] (settings, with every
//! mistake), [`date`], [`slug`] and [`text`] (Chinese text).
//!
//! [`build`] runs it up to the bytes, [`publish`] to the files. `watch` and `serve` call the same
//! [`publish`], with the [`Cache`] of the build before.
//!
//! What holds everywhere:
//! - Problems are data ([`diagnostic`], [`problem`]), collected over the whole site before anything is
//!   shown ([`report`]), and no input makes the program panic.
//! - Nothing depends on hash order, thread count, locale or the machine's time zone: the same site gives
//!   the same bytes.
//! - A body is turned to HTML inside its job and dropped. What stays in memory of a page is its front
//!   matter, its summary and its links.
//! - An output is reused only when its source, its context, its templates and every answer its templates
//!   got are as they were, and its file is as it was left: a build with a cache gives what a clean one gives.
//! - Nothing reaches the output folder before the whole build has succeeded.

pub mod cache;
pub mod cli;
pub mod complaint;
pub mod compose;
pub mod config;
pub mod date;
pub mod diagnostic;
pub mod district;
pub mod document;
pub mod fields;
pub mod fingerprint;
pub mod functions;
pub mod inputs;
pub mod list;
pub mod listing;
pub mod markdown;
pub mod output;
pub mod plan;
pub mod problem;
pub mod progress;
pub mod question;
pub mod render;
pub mod report;
pub mod route;
pub mod scaffold;
pub mod scan;
pub mod serve;
pub mod site;
pub mod slug;
pub mod source;
pub mod static_file;
pub mod template;
pub mod text;
pub mod theme;
pub mod trace;
pub mod view;
pub mod watch;
pub mod world;
pub mod xml;
pub mod yaml;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rayon::prelude::*;

use crate::cache::{Cache, Memo};
use crate::complaint::Complaints;
use crate::compose::Composer;
use crate::config::{BaseUrl, Config, SITE_FILE, read_site};
use crate::diagnostic::{Diagnostic, Severity, in_order};
use crate::district::{DISTRICTS_FILE, Districts, read_districts};
use crate::document::Document;
use crate::fingerprint::Fingerprint;
use crate::listing::Scope;
use crate::plan::Job;
use crate::problem::Problem;
pub use crate::progress::Progress;
use crate::question::Library;
use crate::render::{Rendered, Sink, render_all};
use crate::scan::{File, Sources, read_source, scan, world_error};
use crate::site::{Parsed, Publication, assemble};
use crate::source::Source;
use crate::theme::Theme;
use crate::world::World;

/// How to build, beside what the site says itself.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Publish drafts, or what is not due yet.
    pub publication: Publication,
    /// Another base URL than that of `site.yaml`.
    pub base_url: Option<String>,
    /// Warnings count as errors.
    pub strict: bool,
}

/// What came of a build.
#[derive(Debug, Default)]
pub struct Build {
    /// Published documents; plain pages are not counted.
    pub documents: usize,
    /// The outputs' paths; empty if the build failed before they were planned.
    pub outputs: BTreeSet<String>,
    /// What was made, and why, with the traces for the next build.
    pub rendered: Rendered,
    /// Files that were deleted from the output folder.
    pub removed: usize,
    /// Everything that is wrong, in order of place.
    pub diagnostics: Vec<Diagnostic>,
    /// The path below the host that the site stands at, for a server.
    pub base_path: String,
    /// The next instant at which the clock alone changes what is published.
    pub next_change: Option<jiff::Timestamp>,
}

impl Build {
    /// Did it succeed?
    pub fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    fn failed(diagnostics: Vec<Diagnostic>) -> Build {
        Build { diagnostics: in_order(diagnostics), ..Build::default() }
    }
}

/// A site with everything that is needed to render it.
#[derive(Debug)]
pub struct Prepared {
    /// The site and what templates may learn of it.
    pub library: Arc<Library>,
    /// Its theme.
    pub theme: Theme,
    /// Its outputs.
    pub jobs: Vec<Job>,
}

/// Builds the site in `world`; the outputs go to `sink`.
pub fn build(
    world: &dyn World,
    options: &Options,
    cache: &mut Cache,
    sink: &dyn Sink,
    progress: &Progress,
) -> Build {
    let (prepared, mut diagnostics) = match prepare(world, options, cache) {
        Ok(prepared) => prepared,
        Err(diagnostics) => return Build::failed(diagnostics),
    };
    let Prepared { library, theme, jobs } = prepared;
    progress.total.store(jobs.len(), Ordering::Relaxed);
    let mut build = Build {
        documents: library.site.documents(Scope::All).len(),
        outputs: jobs.iter().map(|job| job.path.clone()).collect(),
        base_path: library.site.config.base_url.path.clone(),
        next_change: library.site.next_change,
        ..Build::default()
    };
    match Composer::new(world, &theme, library, &jobs) {
        // With errors elsewhere the templates are checked all the same, but nothing is rendered.
        Ok(composer) if !diagnostics.iter().any(Diagnostic::is_error) => {
            let done = || {
                progress.done.fetch_add(1, Ordering::Relaxed);
            };
            match render_all(&composer, cache::program(), &cache.traces, sink, &done) {
                Ok(rendered) => build.rendered = rendered,
                Err(errors) => diagnostics.extend(distinct(errors)),
            }
        }
        Ok(_) => {}
        Err(errors) => diagnostics.extend(errors),
    }
    build.diagnostics = in_order(diagnostics);
    build
}

/// Everything up to rendering: the site, its theme and its jobs, and what is wrong so far.
///
/// # Errors
/// There is no site to speak of.
pub fn prepare(
    world: &dyn World,
    options: &Options,
    cache: &mut Cache,
) -> Result<(Prepared, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (config, mut diagnostics) = read_config(world, options)?;
    let (districts, found) = read_registry(world);
    diagnostics.extend(found);
    let (theme, found) = theme::load(world, &config);
    diagnostics.extend(found);
    let seen = world.now();
    let (sources, found) = scan(world);
    diagnostics.extend(found);
    let (parsed, found) = parse(world, &sources, cache);
    cache.seen = seen.as_nanosecond();
    diagnostics.extend(found);

    let mut complaints = Complaints::default();
    let site = assemble(config, districts, parsed, options.publication, seen, &mut complaints);
    let (jobs, routes) = plan::plan(&site, &theme, &mut complaints);
    route::check_links(world, &site, &routes, &mut complaints);
    diagnostics.extend(complaints.locate(world));
    if options.strict {
        diagnostics.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }

    let statics = theme.statics.iter().map(|file| (file.name.clone(), file.url.clone())).collect();
    let library = Library::new(site, routes, statics, theme.words.clone());
    Ok((Prepared { library: Arc::new(library), theme, jobs }, diagnostics))
}

fn read_config(world: &dyn World, options: &Options) -> Result<(Config, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut config, mut diagnostics) = match world.read(SITE_FILE) {
        Ok(bytes) => match Source::decode(SITE_FILE, bytes) {
            Ok(source) => read_site(&source),
            Err(error) => (Config::default(), vec![*error]),
        },
        Err(error) if error.is_not_found() => {
            return Err(vec![Diagnostic::error(Problem::NoSite { folder: None })]);
        }
        Err(error) => return Err(vec![world_error(&error)]),
    };
    if let Some(url) = &options.base_url {
        match BaseUrl::parse(url) {
            Some(base) => config.base_url = base,
            None => diagnostics.push(Diagnostic::error(Problem::BadBaseUrl { value: url.clone() })),
        }
    }
    Ok((config, diagnostics))
}

fn read_registry(world: &dyn World) -> (Districts, Vec<Diagnostic>) {
    match world.read(DISTRICTS_FILE) {
        Ok(bytes) => match Source::decode(DISTRICTS_FILE, bytes) {
            Ok(source) => read_districts(&source),
            Err(error) => (Districts::unreadable(), vec![*error]),
        },
        // A site without districts is a site.
        Err(error) if error.is_not_found() => (Districts::default(), Vec::new()),
        Err(error) => (Districts::unreadable(), vec![world_error(&error)]),
    }
}

/// Parses all content files, on all cores; a file that is certainly as it was is not even read.
fn parse(world: &dyn World, sources: &Sources, cache: &mut Cache) -> (Parsed, Vec<Diagnostic>) {
    let documents: Vec<(Option<Arc<Document>>, Vec<Diagnostic>)> = sources
        .documents
        .par_iter()
        .map(|file| match cache.document(&file.path, file.stamp) {
            Some(document) => (Some(Arc::clone(document)), Vec::new()),
            None => parse_document(world, file),
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
                parsed.indexes.extend(index.map(|index| (file.clone(), index)));
            }
            Err(errors) => diagnostics.extend(errors),
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
    let fingerprints: Vec<Result<Fingerprint, world::WorldError>> = sources
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

fn parse_document(world: &dyn World, file: &File) -> (Option<Arc<Document>>, Vec<Diagnostic>) {
    let source = match world.read(&file.path) {
        Ok(bytes) => Source::decode(&file.path, bytes),
        // A file that has vanished since the folder was listed is a file that was deleted.
        Err(error) if error.is_not_found() => return (None, Vec::new()),
        Err(error) => Err(Box::new(world_error(&error))),
    };
    match source {
        Ok(source) => {
            let (document, diagnostics) = document::parse(&source, &file.name);
            (document.map(Arc::new), diagnostics)
        }
        Err(error) => (None, vec![*error]),
    }
}

/// One mistake in a template fails on a thousand pages: it is reported for the first of them.
fn distinct(errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut places = BTreeSet::new();
    errors
        .into_iter()
        .filter(|error| error.place.is_none() || places.insert((error.place.clone(), error.problem.code())))
        .collect()
}

/// How often a build begins again because files changed under it.
const ATTEMPTS: usize = 3;

/// Builds the site at `root` and puts it into the folder `out`. Whatever fails, the folder then holds
/// either the new site or the former one.
pub fn publish(
    root: &Path,
    world: &dyn World,
    out: &Path,
    options: &Options,
    cache: &mut Cache,
    progress: &Progress,
) -> Build {
    let mut build = Build::default();
    for _ in 0..ATTEMPTS {
        build = publish_once(root, world, out, options, cache, progress);
        let changed =
            |diagnostic: &Diagnostic| matches!(diagnostic.problem, Problem::ChangedMeanwhile { .. });
        if !build.diagnostics.iter().any(changed) {
            break;
        }
    }
    build
}

fn publish_once(
    root: &Path,
    world: &dyn World,
    out: &Path,
    options: &Options,
    cache: &mut Cache,
    progress: &Progress,
) -> Build {
    let stage = match output::Stage::open(root, out) {
        Ok(stage) => stage,
        Err(error) => return Build::failed(vec![*error]),
    };
    let mut build = build(world, options, cache, &stage, progress);
    if build.is_ok() {
        match stage.commit(&build.outputs, &mut build.rendered) {
            Ok(removed) => {
                build.removed = removed;
                cache.traces = std::mem::take(&mut build.rendered.traces);
            }
            Err(error) => build.diagnostics.push(*error),
        }
    }
    build
}

/// The site without its outputs, for `list`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn inspect(world: &dyn World, options: &Options) -> Result<(Prepared, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (prepared, diagnostics) = prepare(world, options, &mut Cache::default())?;
    let diagnostics = in_order(diagnostics);
    if diagnostics.iter().any(Diagnostic::is_error) { Err(diagnostics) } else { Ok((prepared, diagnostics)) }
}
