//! A whole build: checks whether there is anything to do, runs the pipeline, puts the outputs in place, and records
//! what the next build needs.

use std::time::Duration;

use rayon::prelude::*;

use crate::build::incremental::UpToDate;
use crate::build::model::{Build, Changes, Options};
use crate::build::output::{BuildTarget, Committed, OutputDir, Stage};
use crate::build::pipeline::{build, is_missing};
use crate::build::state::BuildState;
use crate::diagnostics::messages::{BuildProblem, FileProblem};
use crate::diagnostics::{Diagnostic, Problem};
use crate::render::queries::{Made, Traces};
use crate::render::{Progress, Rendered};
use crate::world::{Snapshot, Stamp, World, display_path};

/// How long to wait, in milliseconds, before a build starts over because files changed while it ran: most copies are
/// complete by then.
const WAITS: [u64; 3] = [50, 200, 800];

/// Builds the site of `target` into its output folder. Whatever fails, the folder then holds either the new site or the
/// old one.
pub fn publish(
    target: &BuildTarget,
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    state: &mut BuildState,
    progress: &Progress,
) -> Build {
    let mut build = publish_once(target, world, changes, options, state, progress);
    for wait in WAITS {
        let changed = |diagnostic: &Diagnostic| {
            matches!(diagnostic.problem, Problem::File(FileProblem::ChangedMeanwhile { .. }))
        };
        let mut errors = build.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).peekable();
        if errors.peek().is_none() || !errors.all(changed) {
            break;
        }
        std::thread::sleep(Duration::from_millis(wait));
        let recovered = build.recovered;
        build = publish_once(target, world, &Changes::Anything, options, state, progress);
        build.recovered |= recovered;
    }
    // The changes of a failed build must be found again by the next one.
    if !build.is_ok() {
        state.prepared = None;
    }
    build
}

fn publish_once(
    target: &BuildTarget,
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    state: &mut BuildState,
    progress: &Progress,
) -> Build {
    // Before anything is written: a site that is moved or mounted must find its place free when it comes back.
    if is_missing(world) {
        let folder = Some(display_path(&target.root));
        return Build::failed(vec![Diagnostic::new(BuildProblem::NoSite { folder })]);
    }
    let out = match OutputDir::open(target) {
        Ok(out) => out,
        Err(error) => return Build::failed(vec![*error]),
    };
    let recovered = out.recovered;
    let mut build = publish_to(&out, world, changes, options, state, progress);
    build.diagnostics.extend(out.not_kept());
    Build { recovered, ..build }
}

fn publish_to(
    out: &OutputDir,
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    state: &mut BuildState,
    progress: &Progress,
) -> Build {
    if let Changes::Files(_) = changes {
        state.up_to_date = None;
        state.load_cache(world);
        return publish_in(out, world, changes, options, state, progress);
    }
    let snapshot = Snapshot::of(world);
    if let Some(build) = state.up_to_date.as_ref().and_then(|kept| kept.check(&snapshot, options, out)) {
        return build;
    }
    state.load_cache(world);
    let build = publish_in(out, &snapshot, changes, options, state, progress);
    state.up_to_date = UpToDate::of(&build, &state.cache.traces, &snapshot, options, out);
    build
}

fn publish_in(
    out: &OutputDir,
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    state: &mut BuildState,
    progress: &Progress,
) -> Build {
    let stage = match Stage::new(out, state.listed.as_ref()) {
        Ok(stage) => stage,
        Err(error) => return Build::failed(vec![*error]),
    };
    // If another program has changed the outputs, all of them have to be checked.
    let changes = if stage.is_as_listed(state.listed.as_ref()) { changes } else { &Changes::Anything };
    let mut build = build(world, changes, options, state, &stage, progress);
    if build.is_ok() {
        match stage.commit(&build.outputs) {
            Ok(Committed { removed, listed }) => {
                (build.removed, state.listed) = (removed, listed);
                build.replaced = remember(&mut state.cache.traces, &build, out);
            }
            Err(error) => build.diagnostics.push(*error),
        }
    }
    build
}

/// Records the traces of the rendered outputs. Returns whether an output is another file than the traces say.
fn remember(traces: &mut Traces, build: &Build, out: &OutputDir) -> bool {
    let Rendered { made, queries, settings, .. } = &build.rendered;
    let stamps: Vec<Option<Stamp>> = made.par_iter().map(|made| out.stamp(&made.path)).collect();
    let is_other = |(made, now): (&Made, &Option<Stamp>)| {
        traces.stamp(&made.path).is_some_and(|former| Some(former) != *now)
    };
    let replaced = made.iter().zip(&stamps).any(is_other);
    let certain = made.iter().zip(stamps).map(|(made, stamp)| (made, stamp.filter(|_| !made.damaged)));
    traces.absorb(*settings, &build.outputs, queries, certain);
    replaced
}
