//! Tribune turns the Markdown of a people's congress's publicity office into a static site.
//!
//! The crate is one pipeline; every phase takes the type before it and gives a new, complete one:
//!
//! ```text
//! World ─scan→ Sources ─parse→ Documents ─assemble→ Site ─plan→ Jobs ─render→ Outputs ─commit→ public/
//!   └───────────── amend (a document's text has changed) ──────────┘
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
//! | amend | [`amend`] | the same site with some documents exchanged, and the jobs that this touches |
//! | render | [`render`], [`inputs`], [`trace`] | what has to be made, and why |
//! | | [`compose`], [`theme`], [`template`], [`view`], [`functions`], [`question`], [`xml`] | the bytes of one output |
//! | | [`demand`] | what is waited for, and made first |
//! | commit | [`output`] | files; the only writer |
//!
//! Between builds: [`cache`] keeps parsed documents and the traces of outputs, [`seal`] tells whether there
//! is anything to do at all, [`store`] is how both lie on the disk, [`fingerprint`] compares.
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

pub mod amend;
pub mod cache;
pub mod cli;
pub mod complaint;
pub mod compose;
pub mod config;
pub mod date;
pub mod demand;
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
pub mod seal;
pub mod serve;
pub mod site;
pub mod slug;
pub mod source;
pub mod static_file;
pub mod store;
pub mod template;
pub mod text;
pub mod theme;
pub mod trace;
pub mod view;
pub mod watch;
pub mod world;
pub mod xml;
pub mod yaml;

use std::collections::{BTreeSet, HashSet};
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
use crate::output::{Out, Stage};
use crate::plan::Plan;
use crate::problem::Problem;
pub use crate::progress::Progress;
use crate::question::Library;
use crate::render::{Rendered, Sink, render_all};
use crate::route::Routes;
use crate::scan::{File, Sources, read_source, scan, world_error};
use crate::seal::Seal;
use crate::site::{PageId, Parsed, Publication, assemble};
use crate::source::Source;
use crate::theme::Theme;
use crate::trace::Traces;
use crate::world::{Overlook, Stamp, World};

/// How to build, beside what the site says itself.
#[derive(Debug, Clone, Default, Hash)]
pub struct Options {
    /// Publish drafts, or what is not due yet.
    pub publication: Publication,
    /// Another base URL than that of `site.yaml`.
    pub base_url: Option<String>,
    /// Warnings count as errors.
    pub strict: bool,
}

/// The paths of outputs, shared by all who name them: a large site has hundreds of thousands.
pub type Outputs = BTreeSet<Arc<str>>;

/// What has changed since the build before, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Changes {
    /// Anything.
    #[default]
    Anything,
    /// Nothing but these files, by their paths below the root.
    Files(BTreeSet<String>),
}

/// What came of a build.
#[derive(Debug, Default)]
pub struct Build {
    /// Published documents; plain pages are not counted.
    pub documents: usize,
    /// The outputs' paths; empty if the build failed before they were planned.
    pub outputs: Arc<Outputs>,
    /// What was made, and why.
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

/// A site with everything that is needed to render it. A watcher keeps it for the next build.
#[derive(Debug)]
pub struct Prepared {
    /// The site and what templates may learn of it.
    pub library: Arc<Library>,
    /// Its theme.
    pub theme: Theme,
    /// Its outputs.
    pub plan: Plan,
    /// The outputs' paths.
    pub outputs: Arc<Outputs>,
    /// What is wrong, or odd, so far.
    pub diagnostics: Vec<Diagnostic>,
    /// Pages of which somebody links to a heading.
    pub anchored: HashSet<PageId>,
    /// Is a file there under two names, so that a change of one is a change of both?
    pub linked: bool,
    /// When the files were looked at.
    pub seen: jiff::Timestamp,
}

impl Prepared {
    fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// Builds the site in `world`; the outputs go to `sink`. After `changes` that touch little, little is done.
pub fn build(
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    cache: &mut Cache,
    sink: &dyn Sink,
    progress: &Progress,
) -> Build {
    let kept = cache.prepared.take();
    let amended = kept.and_then(|kept| amend::amend(world, changes, kept, cache));
    let (prepared, which) = match amended {
        Some((prepared, which)) => (prepared, Some(which)),
        None => match prepare(world, options, cache) {
            Ok(prepared) => (prepared, None),
            Err(diagnostics) => return Build::failed(diagnostics),
        },
    };
    progress.total.store(which.as_ref().map_or(prepared.plan.jobs.len(), Vec::len), Ordering::Relaxed);
    let site = &prepared.library.site;
    let mut build = Build {
        documents: site.documents(Scope::All).len(),
        outputs: Arc::clone(&prepared.outputs),
        base_path: site.config.base_url.path.clone(),
        next_change: site.next_change,
        ..Build::default()
    };
    let mut diagnostics = prepared.diagnostics.clone();
    match Composer::new(world, &prepared.theme, Arc::clone(&prepared.library), &prepared.plan.jobs) {
        // With errors elsewhere the templates are checked all the same, but nothing is rendered.
        Ok(composer) if prepared.is_ok() => {
            if which.is_none() {
                progress.demand.open(&build.outputs, &build.base_path);
            }
            let former = &cache.traces;
            match render_all(&composer, which.as_deref(), cache::program(), former, sink, progress) {
                Ok(rendered) => build.rendered = rendered,
                Err(errors) => diagnostics.extend(distinct(errors)),
            }
        }
        Ok(_) => {}
        Err(errors) => diagnostics.extend(errors),
    }
    build.diagnostics = in_order(diagnostics);
    if build.is_ok() {
        cache.prepared = Some(prepared);
    }
    build
}

/// Everything up to rendering: the site, its theme and its jobs, and what is wrong so far.
///
/// # Errors
/// There is no site to speak of.
pub fn prepare(world: &dyn World, options: &Options, cache: &mut Cache) -> Result<Prepared, Vec<Diagnostic>> {
    let (config, mut diagnostics) = read_config(world, options)?;
    let (districts, found) = read_registry(world);
    diagnostics.extend(found);
    let (theme, found) = theme::load(world, &config);
    diagnostics.extend(found);
    let seen = world.now();
    let (sources, found) = scan(world);
    diagnostics.extend(found);
    let linked = sources.has_links();
    let (parsed, found) = parse(world, &sources, cache);
    cache.seen = i64::try_from(seen.as_nanosecond()).unwrap_or(i64::MAX);
    diagnostics.extend(found);

    let mut complaints = Complaints::default();
    let site = assemble(config, districts, parsed, options.publication, seen, &mut complaints);
    let plan = plan::plan(&site, &theme, &mut complaints);
    let outputs: Arc<Outputs> = Arc::new(plan.jobs.iter().map(|job| Arc::clone(&job.path)).collect());
    let routes = Routes::new(Arc::clone(&outputs));
    let anchored = route::check_links(world, &site, &routes, &mut complaints);
    diagnostics.extend(complaints.locate(world));
    if options.strict {
        diagnostics.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }

    let statics = theme.statics.iter().map(|file| (file.name.clone(), file.url.clone())).collect();
    let library = Arc::new(Library::new(site, routes, statics, theme.words.clone()));
    Ok(Prepared { library, theme, plan, outputs, diagnostics, anchored, linked, seen })
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

/// Reads and parses the document at `path`, of this name below the content folder.
fn parse_document(world: &dyn World, path: &str, name: &str) -> (Option<Arc<Document>>, Vec<Diagnostic>) {
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
    changes: &Changes,
    options: &Options,
    cache: &mut Cache,
    progress: &Progress,
) -> Build {
    let mut build = publish_once(root, world, out, changes, options, cache, progress);
    for _ in 1..ATTEMPTS {
        let changed =
            |diagnostic: &Diagnostic| matches!(diagnostic.problem, Problem::ChangedMeanwhile { .. });
        if !build.diagnostics.iter().any(changed) {
            break;
        }
        build = publish_once(root, world, out, &Changes::Anything, options, cache, progress);
    }
    build
}

fn publish_once(
    root: &Path,
    world: &dyn World,
    out: &Path,
    changes: &Changes,
    options: &Options,
    cache: &mut Cache,
    progress: &Progress,
) -> Build {
    let out = match Out::open(root, out) {
        Ok(out) => out,
        Err(error) => return Build::failed(vec![*error]),
    };
    if let Changes::Files(_) = changes {
        cache.seal = None;
        cache.wake(world);
        return publish_in(&out, world, changes, options, cache, progress);
    }
    let overlook = Overlook::of(world);
    if let Some(build) = cache.seal.as_ref().and_then(|seal| seal.holds(&overlook, options, &out)) {
        return build;
    }
    cache.wake(world);
    let build = publish_in(&out, &overlook, changes, options, cache, progress);
    cache.seal = Seal::of(&build, &cache.traces, &overlook, options, &out);
    build
}

fn publish_in(
    out: &Out,
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    cache: &mut Cache,
    progress: &Progress,
) -> Build {
    let stage = match Stage::new(out, cache.listed.as_ref()) {
        Ok(stage) => stage,
        Err(error) => return Build::failed(vec![*error]),
    };
    // Where the outputs are not as they were left, nothing short of looking at all of them will do.
    let changes = if stage.is_as_listed(cache.listed.as_ref()) { changes } else { &Changes::Anything };
    let mut build = build(world, changes, options, cache, &stage, progress);
    if build.is_ok() {
        match stage.commit(&build.outputs) {
            Ok(removed) => {
                build.removed = removed;
                cache.listed = stage.listed(&build.outputs);
                remember(&mut cache.traces, &build, out);
            }
            Err(error) => {
                build.diagnostics.push(*error);
                cache.prepared = None;
            }
        }
    }
    build
}

/// Notes what was made from what, and how it was left.
fn remember(traces: &mut Traces, build: &Build, out: &Out) {
    let Rendered { made, asked, settings, .. } = &build.rendered;
    let stamps: Vec<Option<Stamp>> = made.par_iter().map(|made| out.stamp(&made.path)).collect();
    traces.absorb(*settings, &build.outputs, asked, made.iter().zip(stamps));
}

/// The site without its outputs, for `list`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn inspect(world: &dyn World, options: &Options) -> Result<Prepared, Vec<Diagnostic>> {
    let prepared = prepare(world, options, &mut Cache::default())?;
    if prepared.is_ok() { Ok(prepared) } else { Err(in_order(prepared.diagnostics)) }
}
