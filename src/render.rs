//! Jobs → Outputs: what an earlier build made and nothing has changed is left alone, the rest is made anew.
//! The work is spread over all cores.

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::compose::Composer;
use crate::diagnostic::Diagnostic;
use crate::functions::recorded;
use crate::inputs::{inputs, settings};
use crate::plan::Job;
use crate::trace::{Reason, Recorder, Trace, Traces, Verifier};
use crate::world::Stamp;

/// Takes the outputs as they are made.
pub trait Sink: Sync {
    /// Takes the bytes for the output at `path`; tells whether they differ from what was there.
    ///
    /// # Errors
    /// The diagnostic to report where they cannot be taken.
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Box<Diagnostic>>;

    /// The state of the file that stands at `path` now, left by an earlier build or by somebody else.
    fn stamp(&self, path: &str) -> Option<Stamp>;
}

/// How many outputs were made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Outputs for which a template ran, feeds and sitemaps among them.
    pub rendered: usize,
    /// Outputs for which it did not have to.
    pub reused: usize,
    /// Outputs whose bytes differ from what was there.
    pub written: usize,
}

/// What came of the jobs.
#[derive(Debug, Default)]
pub struct Rendered {
    /// How many.
    pub counts: Counts,
    /// What was made, and why, in the order of the jobs.
    pub reasons: Vec<(String, Reason)>,
    /// The traces for the next build; what was made has no stamp yet.
    pub traces: Traces,
}

/// Makes all outputs that have to be; `done` is called after each. `former` are the traces of an earlier
/// build.
///
/// # Errors
/// The diagnostics of every job that failed.
pub fn render_all(
    composer: &Composer,
    program: crate::fingerprint::Fingerprint,
    former: &Traces,
    sink: &dyn Sink,
    done: &(dyn Fn() + Sync),
) -> Result<Rendered, Vec<Diagnostic>> {
    let settings = settings(composer, program);
    let verifier = Verifier::new(former, &composer.library, settings);
    let recorder = Recorder::new(former, &composer.library);
    let failed = Mutex::new(Vec::new());
    let run = |job: &Job| {
        let result = run(job, composer, &verifier, &recorder, sink);
        done();
        result.map_err(|errors| failed.lock().unwrap_or_else(PoisonError::into_inner).extend(errors)).ok()
    };
    let all: Vec<Option<(Did, Trace)>> = composer.jobs.par_iter().map(run).collect();
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !failed.is_empty() {
        return Err(failed);
    }
    let mut rendered = Rendered::default();
    let mut traces = FxHashMap::with_capacity_and_hasher(all.len(), FxBuildHasher);
    for (job, (did, trace)) in composer.jobs.iter().zip(all.into_iter().flatten()) {
        let by_template = usize::from(job.kind.is_rendered());
        match did {
            Did::Keep => rendered.counts.reused += by_template,
            Did::Make(reason, written) => {
                rendered.counts.rendered += by_template;
                rendered.counts.written += usize::from(written);
                rendered.reasons.push((job.path.clone(), reason));
            }
        }
        traces.insert(job.path.clone(), trace);
    }
    rendered.traces = recorder.finish(settings, traces);
    Ok(rendered)
}

/// What was done for a job.
enum Did {
    /// Nothing: the output stands as it should.
    Keep,
    /// It was made, for this reason; did its bytes differ from what was there?
    Make(Reason, bool),
}

fn run(
    job: &Job,
    composer: &Composer,
    verifier: &Verifier,
    recorder: &Recorder,
    sink: &dyn Sink,
) -> Result<(Did, Trace), Vec<Diagnostic>> {
    let inputs = inputs(composer, job);
    let reason = match verifier.check(&job.path, &inputs, || sink.stamp(&job.path)) {
        Ok(trace) => return Ok((Did::Keep, recorder.kept(trace))),
        Err(reason) => reason,
    };
    let (bytes, asked) = recorded(|| composer.make(job));
    let written = sink.put(&job.path, bytes?).map_err(|error| vec![*error])?;
    Ok((Did::Make(reason, written), recorder.made(inputs, asked)))
}
