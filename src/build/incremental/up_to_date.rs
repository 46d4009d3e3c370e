//! What a build read and what it left. If both are as they were, the next build has nothing to do, and need not even
//! read the cache.

use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::build::incremental::program::program;
use crate::build::model::{Build, Options, SiteChanges};
use crate::build::output::{MANIFEST, OutputDir};
use crate::diagnostics::messages::ThemeProblem;
use crate::diagnostics::{Diagnostic, Problem, StoredDiagnostic};
use crate::render::queries::Traces;
use crate::render::{Counts, Rendered};
use crate::world::{Fingerprint, Snapshot, Stamp, World, nanoseconds};

/// What a successful build read and wrote.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UpToDate {
    /// The sources, the options and the program.
    read: Fingerprint,
    /// When it was made, in nanoseconds since 1970.
    seen: i64,
    /// The instant that it was made for.
    now: i64,
    /// When the clock alone changes what is published.
    next_change: Option<i64>,
    /// Outputs that templates make.
    rendered: usize,
    documents: usize,
    base_path: String,
    /// All outputs, in order, as they were left.
    outputs: Vec<(Arc<str>, Stamp)>,
    /// The list of them in the output folder.
    list: Stamp,
    /// Warnings and notices, to be shown again.
    diagnostics: Vec<StoredDiagnostic>,
}

/// The fingerprint of all that a build depends on but the clock; `None` if a source was changed so shortly
/// before it was looked at that it may change again without another stamp.
fn sources_fingerprint(snapshot: &Snapshot, options: &Options, seen: i64) -> Option<Fingerprint> {
    let entries = snapshot.entries()?;
    let settled = entries.iter().all(|entry| entry.stamp.is_settled(seen));
    settled.then(|| Fingerprint::of_value(&(program(), options, entries)))
}

/// Whether a build that has nothing to do finds the problem again: a slow template is not run again.
fn is_lasting(diagnostic: &&Diagnostic) -> bool {
    !matches!(diagnostic.problem, Problem::Theme(ThemeProblem::TemplateSlow { .. }))
}

impl UpToDate {
    /// The record of a build that has just been put into `out`, with the traces of its outputs; `None` if it failed, if
    /// a source was changed while it ran, or if a source or an output may change without another stamp.
    pub fn of(
        build: &Build,
        traces: &Traces,
        snapshot: &Snapshot,
        options: &Options,
        out: &OutputDir,
    ) -> Option<UpToDate> {
        let seen = nanoseconds(snapshot.seen);
        let read =
            sources_fingerprint(snapshot, options, seen).filter(|_| build.is_ok() && !snapshot.differs())?;
        let stamped = |path: &Arc<str>| Some((Arc::clone(path), traces.stamp(path)?));
        let Counts { rendered, reused, .. } = build.rendered.counts;
        Some(UpToDate {
            read,
            seen,
            now: nanoseconds(snapshot.now()),
            next_change: build.next_change.map(nanoseconds),
            rendered: rendered + reused,
            documents: build.documents,
            base_path: build.base_path.clone(),
            outputs: build.outputs.iter().map(stamped).collect::<Option<_>>()?,
            list: out.stamp(MANIFEST)?,
            diagnostics: build.diagnostics.iter().filter(is_lasting).map(StoredDiagnostic::from).collect(),
        })
    }

    /// The build that finds nothing to do; `None` if there is something.
    pub fn check(&self, snapshot: &Snapshot, options: &Options, out: &OutputDir) -> Option<Build> {
        let (seen, now) = (nanoseconds(snapshot.seen), nanoseconds(snapshot.now()));
        let due = self.next_change.is_some_and(|at| at <= now) || now < self.now;
        if due || seen < self.seen || sources_fingerprint(snapshot, options, self.seen) != Some(self.read) {
            return None;
        }
        let untouched = |(path, stamp): &(Arc<str>, Stamp)| out.stamp(path) == Some(*stamp);
        if out.stamp(MANIFEST) != Some(self.list) || !self.outputs.par_iter().all(untouched) {
            return None;
        }
        let next_change = self.next_change.and_then(|at| jiff::Timestamp::from_nanosecond(at.into()).ok());
        let counts = Counts { reused: self.rendered, ..Counts::default() };
        Some(Build {
            documents: self.documents,
            outputs: Arc::new(self.outputs.iter().map(|(path, _)| Arc::clone(path)).collect()),
            rendered: Rendered { counts, ..Rendered::default() },
            base_path: self.base_path.clone(),
            changes: Some(SiteChanges::default()),
            is_published: true,
            next_change,
            diagnostics: self.diagnostics.iter().cloned().map(Diagnostic::from).collect(),
            ..Build::default()
        })
    }
}
