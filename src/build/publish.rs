//! Outputs → public/: the whole build, from the look at the sources to what is kept for the next one.

use rayon::prelude::*;

use crate::build::incremental::cache::Cache;
use crate::build::incremental::up_to_date::Seal;
use crate::build::output::{Committed, OutputDir, Stage, Target};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Problem;
use crate::render::Rendered;
use crate::render::queries::trace::{Made, Traces};
use crate::world::{Snapshot, Stamp, World};
use crate::{Build, Changes, Options, Progress, build};

/// How often a build begins again because files changed under it.
const ATTEMPTS: usize = 3;

/// Builds the site of `target` and puts it into its output folder. Whatever fails, the folder then holds
/// either the new site or the former one.
pub fn publish(
    target: &Target,
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    cache: &mut Cache,
    progress: &Progress,
) -> Build {
    let mut build = publish_once(target, world, changes, options, cache, progress);
    for _ in 1..ATTEMPTS {
        let changed =
            |diagnostic: &Diagnostic| matches!(diagnostic.problem, Problem::ChangedMeanwhile { .. });
        if !build.diagnostics.iter().any(changed) {
            break;
        }
        build = publish_once(target, world, &Changes::Anything, options, cache, progress);
    }
    // Wherever it has failed: what had changed is to be found again, by looking at everything.
    if !build.is_ok() {
        cache.prepared = None;
    }
    build
}

fn publish_once(
    target: &Target,
    world: &dyn World,
    changes: &Changes,
    options: &Options,
    cache: &mut Cache,
    progress: &Progress,
) -> Build {
    let out = match OutputDir::open(target) {
        Ok(out) => out,
        Err(error) => return Build::failed(vec![*error]),
    };
    if let Changes::Files(_) = changes {
        cache.seal = None;
        cache.load(world);
        return publish_in(&out, world, changes, options, cache, progress);
    }
    let snapshot = Snapshot::of(world);
    if let Some(build) = cache.seal.as_ref().and_then(|seal| seal.holds(&snapshot, options, &out)) {
        return build;
    }
    cache.load(world);
    let build = publish_in(&out, &snapshot, changes, options, cache, progress);
    cache.seal = Seal::of(&build, &cache.traces, &snapshot, options, &out);
    build
}

fn publish_in(
    out: &OutputDir,
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
            Ok(Committed { removed, listed }) => {
                (build.removed, cache.listed) = (removed, listed);
                build.replaced = remember(&mut cache.traces, &build, out);
            }
            Err(error) => build.diagnostics.push(*error),
        }
    }
    build
}

/// Notes what was made from what, and how it was left. Tells whether any of it is another file than was noted
/// before.
fn remember(traces: &mut Traces, build: &Build, out: &OutputDir) -> bool {
    let Rendered { made, asked, settings, .. } = &build.rendered;
    let stamps: Vec<Option<Stamp>> = made.par_iter().map(|made| out.stamp(&made.path)).collect();
    let is_other = |(made, now): (&Made, &Option<Stamp>)| {
        traces.stamp(&made.path).is_some_and(|former| Some(former) != *now)
    };
    let replaced = made.iter().zip(&stamps).any(is_other);
    let certain = made.iter().zip(stamps).map(|(made, stamp)| (made, stamp.filter(|_| !made.damaged)));
    traces.absorb(*settings, &build.outputs, asked, certain);
    replaced
}
