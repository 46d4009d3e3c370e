//! A whole build: checks whether there is anything to do, runs the pipeline, puts the outputs in place, and records
//! what the next build needs.

use std::collections::BTreeSet;
use std::time::Duration;

use rayon::prelude::*;

use crate::build::incremental::UpToDate;
use crate::build::model::{Build, Changes, Options};
use crate::build::output::{BuildTarget, Committed, OutputDir, Stage};
use crate::build::pipeline::{build, is_missing};
use crate::build::state::BuildState;
use crate::diagnostics::messages::{BuildProblem, FileProblem};
use crate::diagnostics::{Diagnostic, Problem, in_order, world_error};
use crate::render::queries::{Made, Traces};
use crate::render::{Progress, Rendered};
use crate::world::{Snapshot, Stamp, World, WorldError, display_path};

/// How long to wait, in milliseconds, before a build starts over because files changed while it ran: most copies are
/// complete by then.
const WAITS: [u64; 3] = [50, 200, 800];

/// How long a file with errors is watched that was changed just before the build: it may be half of a copy.
const WATCHED: Duration = Duration::from_millis(50);

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
    let run = Run { target, world, options, progress };
    let mut build = run.once(changes, state);
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
        build = run.once(&Changes::Anything, state);
        build.recovered |= recovered;
    }
    // The changes of a failed build must be found again by the next one.
    if !build.is_ok() {
        state.prepared = None;
    }
    build
}

/// What stays the same when a build starts over.
struct Run<'a> {
    target: &'a BuildTarget,
    world: &'a dyn World,
    options: &'a Options,
    progress: &'a Progress,
}

impl Run<'_> {
    /// Builds once.
    fn once(&self, changes: &Changes, state: &mut BuildState) -> Build {
        // Before anything is written: a site that is moved or mounted must find its place free when it comes back.
        if is_missing(self.world) {
            let folder = Some(display_path(&self.target.root));
            return Build::failed(vec![Diagnostic::new(BuildProblem::NoSite { folder })]);
        }
        let out = match OutputDir::open(self.target) {
            Ok(out) => out,
            Err(error) => return Build::failed(vec![*error]),
        };
        let mut build = self.build_into(&out, changes, state);
        build.diagnostics.extend(out.not_kept());
        Build { recovered: out.recovered, ..build }
    }

    /// Builds into the open folder, if there is anything to do.
    fn build_into(&self, out: &OutputDir, changes: &Changes, state: &mut BuildState) -> Build {
        let snapshot = matches!(changes, Changes::Anything).then(|| Snapshot::of(self.world));
        if let (Some(snapshot), Some(kept)) = (&snapshot, &state.up_to_date)
            && let Some(build) = kept.check(snapshot, self.options, out)
        {
            return build;
        }
        state.load_cache(self.world);
        let world = snapshot.as_ref().map_or(self.world, |snapshot| snapshot);
        let mut build = self.stage(out, world, changes, state);
        if let Some(snapshot) = &snapshot {
            blame_changes(&mut build.diagnostics, snapshot);
        }
        state.up_to_date = snapshot
            .and_then(|snapshot| UpToDate::of(&build, &state.cache.traces, &snapshot, self.options, out));
        build
    }

    /// Makes the outputs, and puts them in place.
    fn stage(&self, out: &OutputDir, world: &dyn World, changes: &Changes, state: &mut BuildState) -> Build {
        let stage = match Stage::new(out, state.listed.as_ref()) {
            Ok(stage) => stage,
            Err(error) => return Build::failed(vec![*error]),
        };
        // If another program has changed the outputs, all of them have to be checked.
        let changes = if stage.is_as_listed(state.listed.as_ref()) { changes } else { &Changes::Anything };
        let mut build = build(world, changes, self.options, state, &stage, self.progress);
        if build.is_published {
            match stage.commit(&build.site, &build.outputs) {
                Ok(Committed { removed, listed }) => {
                    (build.removed, state.listed) = (removed, listed);
                    if !out.is_rehearsal() {
                        build.replaced = remember(&mut state.cache.traces, &build, out);
                    }
                }
                Err(error) => {
                    (build.is_published, build.changes) = (false, None);
                    build.diagnostics.push(*error);
                }
            }
        }
        build
    }
}

/// In files that have changed since they were listed, that is the error, and not what was wrong with half of a copy.
fn blame_changes(diagnostics: &mut Vec<Diagnostic>, snapshot: &Snapshot) {
    fn file(diagnostic: &Diagnostic) -> Option<&str> {
        diagnostic.place.as_ref().filter(|_| diagnostic.is_error()).map(|place| place.file.as_str())
    }
    let mut files: BTreeSet<String> = diagnostics.iter().filter_map(file).map(str::to_owned).collect();
    if files.iter().any(|file| snapshot.is_fresh(file)) {
        std::thread::sleep(WATCHED);
    }
    files.retain(|file| snapshot.has_changed(file));
    for diagnostic in diagnostics.iter_mut() {
        if let Some(changed) = file(diagnostic).and_then(|file| files.get(file)) {
            *diagnostic = world_error(&WorldError::changed(changed));
        }
    }
    if !files.is_empty() {
        *diagnostics = in_order(std::mem::take(diagnostics));
    }
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
