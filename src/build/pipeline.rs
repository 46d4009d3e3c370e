//! The pipeline, from files to the bytes of the outputs: read, assemble, plan, render.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::build::changes::site_changes;
use crate::build::held_back::HeldBack;
use crate::build::incremental::{Cache, program, update};
use crate::build::model::{Build, Changes, Options, Prepared};
use crate::build::state::BuildState;
use crate::config::yaml::SETTINGS_LIMIT;
use crate::config::{BaseUrl, Config, Districts, OnError, read_districts, read_site};
use crate::content::{load, scan};
use crate::diagnostics::messages::{BuildProblem, ConfigProblem, SiteProblem};
use crate::diagnostics::{Diagnostic, DiagnosticSink, Place, Severity, Source, in_order, world_error};
use crate::render::queries::QueryEngine;
use crate::render::{OutputSink, Progress, Renderer, plan, render_all};
use crate::site::routes::{Outputs, Routes};
use crate::site::{Scope, assemble, check_descriptions, check_pictures, routes};
use crate::theme;
use crate::world::{DISTRICTS_FILE, SITE_FILE, World, nanoseconds};

/// Builds the site in `world` and passes the outputs to `sink`. `changes` to a few files are applied to the site of the
/// previous build, if `state` has it.
pub fn build(
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    state: &mut BuildState,
    sink: &dyn OutputSink,
    progress: &Progress,
) -> Build {
    let kept = state.prepared.take();
    let updated = kept.and_then(|kept| update(world, changes, kept, &mut state.cache));
    let (prepared, which) = match updated {
        Some((prepared, which)) => (prepared, Some(which)),
        None => match prepare_for(world, options, &mut state.cache, sink) {
            Ok(prepared) => (prepared, None),
            Err(diagnostics) => return Build::failed(diagnostics),
        },
    };
    progress.total.store(which.as_ref().map_or(prepared.plan.jobs.len(), Vec::len), Ordering::Relaxed);
    let site = &prepared.engine.site;
    let mut build = Build {
        site: site.config.name(),
        documents: site.documents(Scope::All).len(),
        outputs: Arc::clone(&prepared.outputs),
        base_path: site.config.base_url.path.clone(),
        next_change: site.next_change,
        ..Build::default()
    };
    let mut diagnostics = prepared.diagnostics.clone();
    match Renderer::new(world, &prepared.theme, Arc::clone(&prepared.engine), &prepared.plan.jobs, program())
    {
        // With errors elsewhere, templates are still checked, but nothing is rendered.
        Ok(renderer) if prepared.is_ok() => {
            if which.is_none() {
                progress.priority.open(&build.outputs, &build.base_path);
            }
            let former = &state.cache.traces;
            match render_all(&renderer, which.as_deref(), former, sink, progress) {
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
    let complete = diagnostics.len() == prepared.diagnostics.len() && prepared.tolerated.is_empty();
    // Not graded: how long a page takes depends on the machine, and must not fail a strict build.
    diagnostics.extend(build.rendered.slow.iter().cloned());
    build.is_published = !diagnostics.iter().any(Diagnostic::is_error);
    if build.is_published {
        build.changes =
            Some(site_changes(&prepared, &build.rendered.made, &state.cache, sink, which.as_deref()));
        if which.is_none() {
            let pages = site.pages.iter().map(|page| (page.path.as_str(), &page.document));
            state.cache.content.note_published(pages, &prepared.held_back);
        }
    }
    diagnostics.extend(prepared.tolerated.iter().cloned());
    build.diagnostics = in_order(diagnostics);
    // Warnings from rendering must be found again, so the next build has to look at everything.
    if build.is_ok() && complete {
        state.prepared = Some(prepared);
    }
    build
}

/// How often documents are held back: what remains is wrong with others then.
const ATTEMPTS: usize = 4;

/// As [`prepare`], for the outputs in `sink`: where the site says so, documents with errors keep their pages.
fn prepare_for(
    world: &dyn World,
    options: &Options,
    cache: &mut Cache,
    sink: &dyn OutputSink,
) -> Result<Prepared, Vec<Diagnostic>> {
    let mut held = HeldBack::default();
    for _ in 0..ATTEMPTS {
        let prepared = prepare_without(world, options, cache, &held)?;
        let site = &prepared.engine.site;
        let may_keep = site.config.on_error == OnError::Keep && !prepared.is_ok();
        if !may_keep || !held.add(&prepared.diagnostics, site, cache, sink) {
            return Ok(prepared);
        }
    }
    prepare_without(world, options, cache, &held)
}

/// Everything before rendering: the site, its theme, its jobs, and the problems found so far.
///
/// # Errors
/// `site.yaml` is missing or cannot be read.
pub fn prepare(world: &dyn World, options: &Options, cache: &mut Cache) -> Result<Prepared, Vec<Diagnostic>> {
    prepare_without(world, options, cache, &HeldBack::default())
}

/// As [`prepare`], with some documents held back.
fn prepare_without(
    world: &dyn World,
    options: &Options,
    cache: &mut Cache,
    held: &HeldBack,
) -> Result<Prepared, Vec<Diagnostic>> {
    let (config, mut diagnostics) = read_config(world, options)?;
    let (districts, found) = read_registry(world);
    diagnostics.extend(found);
    let (theme, found) = theme::load(world, &config);
    diagnostics.extend(found);
    let (seen, now) = (world.clock(), world.now());
    let (mut sources, found) = scan(world, &config.limits);
    diagnostics.extend(found);
    let (linked, paths) = (sources.has_links(), std::mem::take(&mut sources.paths));
    let (mut parsed, found) =
        load(world, &sources, &config.limits, options.publication.drafts, &mut cache.content);
    cache.content.seen = nanoseconds(seen);
    diagnostics.extend(found);
    held.apply(&sources.documents, &mut parsed, &mut diagnostics);

    let mut sink = DiagnosticSink::default();
    let mentioned = theme.mentioned();
    let site = assemble(config, districts, parsed, options.publication, now, &mentioned, &mut sink);
    let plan = plan(&site, &theme, &mut sink);
    let outputs: Arc<Outputs> = Arc::new(plan.jobs.iter().map(|job| Arc::clone(&job.path)).collect());
    let routes = Routes::new(Arc::clone(&outputs));
    let anchored = routes::check_links(world, &site, &routes, &mut sink);
    check_descriptions(&site, &mut sink);
    check_pictures(&site, &mut sink);
    diagnostics.extend(sink.locate(world));
    // A document with errors may refer to any of them.
    let count = site.forgotten().count();
    if count > 0 && !site.has_broken_drafts && !diagnostics.iter().any(Diagnostic::is_error) {
        let notice = Diagnostic::new(SiteProblem::Unreferenced { count });
        let only = site.forgotten().next().filter(|_| count == 1);
        diagnostics.push(match only {
            Some(file) => notice.at(Place::file(file.path.clone())),
            None => notice,
        });
    }
    let diagnostics = graded(diagnostics, options);
    let statics = theme.statics.iter().map(|file| (file.name.clone(), Arc::clone(file))).collect();
    let engine = Arc::new(QueryEngine::new(site, routes, statics, theme.words.clone()));
    let (tolerated, held_back) = (held.diagnostics.clone(), held.files());
    Ok(Prepared {
        engine,
        theme,
        plan,
        outputs,
        diagnostics,
        tolerated,
        held_back,
        anchored,
        linked,
        paths,
        now,
    })
}

/// Turns warnings into errors under `--strict`.
fn graded(mut diagnostics: Vec<Diagnostic>, options: &Options) -> Vec<Diagnostic> {
    if options.strict {
        let warnings = diagnostics.iter_mut().filter(|found| found.severity == Severity::Warning);
        warnings.for_each(|warning| warning.severity = Severity::Error);
    }
    diagnostics
}

/// Whether there is no site; one that cannot be read is there.
pub(super) fn is_missing(world: &dyn World) -> bool {
    world.open(SITE_FILE).is_err_and(|error| error.is_not_found())
}

fn read_config(world: &dyn World, options: &Options) -> Result<(Config, Vec<Diagnostic>), Vec<Diagnostic>> {
    let (mut config, mut diagnostics) = match world.read(SITE_FILE, SETTINGS_LIMIT) {
        Ok(content) => match Source::decode(SITE_FILE, &content.bytes) {
            Ok(source) => {
                let (config, mut found) = read_site(&source);
                found.extend(source.notices());
                (config, found)
            }
            Err(error) => (Config::default(), vec![*error]),
        },
        Err(error) if error.is_not_found() => {
            return Err(vec![Diagnostic::new(BuildProblem::NoSite { folder: None })]);
        }
        Err(error) => return Err(vec![world_error(&error)]),
    };
    if let Some(url) = &options.base_url {
        match BaseUrl::parse(url) {
            Some(base) => config.base_url = base,
            None => diagnostics.push(Diagnostic::new(ConfigProblem::BadBaseUrl { value: url.clone() })),
        }
    }
    Ok((config, diagnostics))
}

fn read_registry(world: &dyn World) -> (Districts, Vec<Diagnostic>) {
    match world.read(DISTRICTS_FILE, SETTINGS_LIMIT) {
        Ok(content) => match Source::decode(DISTRICTS_FILE, &content.bytes) {
            Ok(source) => {
                let (districts, mut found) = read_districts(&source);
                found.extend(source.notices());
                (districts, found)
            }
            Err(error) => (Districts::unreadable(), vec![*error]),
        },
        // A site without districts is a site.
        Err(error) if error.is_not_found() => (Districts::default(), Vec::new()),
        Err(error) => (Districts::unreadable(), vec![world_error(&error)]),
    }
}

/// A mistake in a template fails on a thousand pages, and a full disk on all of them: each is reported once.
fn distinct(errors: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut places = BTreeSet::new();
    let mut is_new = |error: &Diagnostic| match &error.place {
        None if !error.problem.is_io() => true,
        place => places.insert((place.clone(), error.problem.code().to_owned())),
    };
    errors.into_iter().filter(|error| is_new(error)).collect()
}

/// Prepares the site without rendering it, for `list`.
///
/// # Errors
/// All errors of the site.
pub fn inspect(world: &dyn World, options: &Options) -> Result<Prepared, Vec<Diagnostic>> {
    let prepared = prepare(world, options, &mut Cache::default())?;
    if prepared.is_ok() { Ok(prepared) } else { Err(in_order(prepared.diagnostics)) }
}
