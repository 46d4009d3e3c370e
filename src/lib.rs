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
//! | | [`config`], [`office`], [`district`] | `site.yaml`, `districts.yaml` |
//! | scan | [`mod@scan`] | which content file is what |
//! | parse | [`parse`], [`document`], [`markdown`] | front matter, summary, headings, links of each file |
//! | | [`picture`], [`svg`] | the size of each picture |
//! | assemble | [`site`], [`related`] | what is published and how it hangs together |
//! | plan | [`plan`], [`listing`], [`route`] | one job for each output; collisions; links that lead nowhere |
//! | amend | [`update`] | the same site with some documents exchanged, and the jobs that this touches |
//! | render | [`render`], [`inputs`], [`trace`] | what has to be made, and why |
//! | | [`compose`], [`theme`], [`template`], [`view`], [`show`], [`mod@column`], [`xml`] | the bytes of one output |
//! | | [`functions`], [`query`], [`engine`] | what templates ask for |
//! | | [`mod@linked_data`], [`qr`], [`mod@manifest`], [`headers`] | parts of them that follow rules of their own |
//! | | [`thumbnail`] | large pictures in smaller |
//! | | [`priority`] | what is waited for, and made first |
//! | commit | [`mod@publish`], [`output`] | files; the only writer |
//!
//! Between builds: [`cache`] keeps parsed documents and the traces of outputs, [`seal`] tells whether there
//! is anything to do at all, [`store`] is how both lie on the disk, [`fingerprint`] compares.
//! Beneath them: [`encoding`] and [`source`] (text and places in it), [`yaml`], [`tag`], [`fields`] and [`slip`] (settings, with
//! every mistake), [`date`], [`slug`] and [`text`] (Chinese text), [`static_file`] (what a theme brings
//! along), [`threads`] (what all of it runs on), [`active`], [`media`], [`link`] and [`limits`] (what is not let in).
//!
//! [`build`] runs it up to the bytes, [`publish()`] to the files. `watch` and `serve` call the same
//! [`publish()`], with the [`Cache`] of the build before; [`schedule`] tells them when, if nobody edits anything.
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
//!   (While watching, files that only somebody else has touched are noticed after half a minute of quiet.)
//! - Nothing reaches the output folder before the whole build has succeeded.

pub mod build;
pub mod cli;
pub mod config;
pub mod content;
pub mod diagnostics;
pub mod overdue;
pub mod render;
pub mod serve;
pub mod site;
pub mod text;
pub mod theme;
pub mod threads;
pub mod world;

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::build::incremental::cache::Cache;
use crate::build::incremental::{cache, update};
pub use crate::build::publish::publish;
pub use crate::cli::progress::Progress;
use crate::config::base_url::BaseUrl;
use crate::config::districts::{DISTRICTS_FILE, Districts, read_districts};
use crate::config::yaml::SETTINGS_LIMIT;
use crate::config::{Config, SITE_FILE, read_site};
use crate::content::load;
use crate::content::scan::{scan, world_error};
use crate::diagnostics::collector::DiagnosticSink;
use crate::diagnostics::problem::Problem;
use crate::diagnostics::source::Source;
use crate::diagnostics::{Diagnostic, Severity, in_order};
use crate::render::page::Renderer;
use crate::render::plan;
use crate::render::plan::Plan;
use crate::render::queries::query_engine::QueryEngine;
use crate::render::views::page_tags;
use crate::render::{Rendered, Sink, render_all};
use crate::site::listing::Scope;
use crate::site::model::assemble;
use crate::site::model::{PageId, Publication};
use crate::site::routes;
use crate::site::routes::Routes;
use crate::theme::Theme;
use crate::world::{World, nanoseconds};

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
    /// Is an output another file than the cache knew it as? Another build may have put it there, which read the
    /// same sources before.
    pub replaced: bool,
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
    pub engine: Arc<QueryEngine>,
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
    /// May a source change without an event that names it: by a link, or under another name?
    pub linked: bool,
    /// Everything in the content folder, published or not, in order.
    pub paths: Vec<Box<str>>,
    /// The instant that it is for.
    pub now: jiff::Timestamp,
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
    let amended = kept.and_then(|kept| update::update(world, changes, kept, cache));
    let (prepared, which) = match amended {
        Some((prepared, which)) => (prepared, Some(which)),
        None => match prepare(world, options, cache) {
            Ok(prepared) => (prepared, None),
            Err(diagnostics) => return Build::failed(diagnostics),
        },
    };
    progress.total.store(which.as_ref().map_or(prepared.plan.jobs.len(), Vec::len), Ordering::Relaxed);
    let site = &prepared.engine.site;
    let mut build = Build {
        documents: site.documents(Scope::All).len(),
        outputs: Arc::clone(&prepared.outputs),
        base_path: site.config.base_url.path.clone(),
        next_change: site.next_change,
        ..Build::default()
    };
    let mut diagnostics = prepared.diagnostics.clone();
    match Renderer::new(world, &prepared.theme, Arc::clone(&prepared.engine), &prepared.plan.jobs) {
        // With errors elsewhere the templates are checked all the same, but nothing is rendered.
        Ok(renderer) if prepared.is_ok() => {
            if which.is_none() {
                progress.priority.open(&build.outputs, &build.base_path);
            }
            let former = &cache.traces;
            match render_all(&renderer, which.as_deref(), cache::program(), former, sink, progress) {
                Ok(rendered) => {
                    diagnostics.extend(graded(renderer.warnings(), options));
                    build.rendered = rendered;
                }
                Err(errors) => diagnostics.extend(distinct(errors)),
            }
        }
        Ok(_) => {}
        Err(errors) => diagnostics.extend(errors),
    }
    let complete = diagnostics.len() == prepared.diagnostics.len();
    build.diagnostics = in_order(diagnostics);
    // What was found while rendering is to be found again: by looking at everything.
    if build.is_ok() && complete {
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
    let (seen, now) = (world.clock(), world.now());
    let (mut sources, found) = scan(world, &config.limits);
    diagnostics.extend(found);
    let (linked, paths) = (sources.has_links(), std::mem::take(&mut sources.paths));
    let (parsed, found) = load::parse(world, &sources, &config.limits, cache);
    cache.seen = nanoseconds(seen);
    diagnostics.extend(found);

    let mut sink = DiagnosticSink::default();
    let site = assemble(config, districts, parsed, options.publication, now, &mut sink);
    let plan = plan::plan(&site, &theme, &mut sink);
    let outputs: Arc<Outputs> = Arc::new(plan.jobs.iter().map(|job| Arc::clone(&job.path)).collect());
    let routes = Routes::new(Arc::clone(&outputs));
    let anchored = routes::check_links(world, &site, &routes, &mut sink);
    page_tags::check_descriptions(&site, &mut sink);
    site::validate::check_pictures(&site, &mut sink);
    diagnostics.extend(sink.locate(world));
    let diagnostics = graded(diagnostics, options);
    let statics = theme.statics.iter().map(|file| (file.name.clone(), Arc::clone(file))).collect();
    let engine = Arc::new(QueryEngine::new(site, routes, statics, theme.words.clone()));
    Ok(Prepared { engine, theme, plan, outputs, diagnostics, anchored, linked, paths, now })
}

/// Warnings as the options weigh them.
fn graded(mut diagnostics: Vec<Diagnostic>, options: &Options) -> Vec<Diagnostic> {
    if options.strict {
        diagnostics.iter_mut().for_each(|diagnostic| diagnostic.severity = Severity::Error);
    }
    diagnostics
}

fn read_config(world: &dyn World, options: &Options) -> Result<(Config, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut config, mut diagnostics) = match world.read_within(SITE_FILE, SETTINGS_LIMIT) {
        Ok(bytes) => match Source::decode(SITE_FILE, &bytes) {
            Ok(source) => {
                let (config, mut found) = read_site(&source);
                found.extend(source.notice());
                (config, found)
            }
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
    match world.read_within(DISTRICTS_FILE, SETTINGS_LIMIT) {
        Ok(bytes) => match Source::decode(DISTRICTS_FILE, &bytes) {
            Ok(source) => {
                let (districts, mut found) = read_districts(&source);
                found.extend(source.notice());
                (districts, found)
            }
            Err(error) => (Districts::unreadable(), vec![*error]),
        },
        // A site without districts is a site.
        Err(error) if error.is_not_found() => (Districts::default(), Vec::new()),
        Err(error) => (Districts::unreadable(), vec![world_error(&error)]),
    }
}

/// One mistake in a template fails on a thousand pages, and a full disk takes none of them: each is reported
/// for the first.
fn distinct(errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut places = BTreeSet::new();
    let mut is_new = |error: &Diagnostic| match &error.place {
        None if !error.problem.is_io() => true,
        place => places.insert((place.clone(), error.problem.code())),
    };
    errors.into_iter().filter(|error| is_new(error)).collect()
}

/// The site without its outputs, for `list`.
///
/// # Errors
/// Everything that is wrong with it.
pub fn inspect(world: &dyn World, options: &Options) -> Result<Prepared, Vec<Diagnostic>> {
    let prepared = prepare(world, options, &mut Cache::default())?;
    if prepared.is_ok() { Ok(prepared) } else { Err(in_order(prepared.diagnostics)) }
}
