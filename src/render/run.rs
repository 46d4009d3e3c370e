//! Jobs → Outputs: what an earlier build made and nothing has changed is left alone, the rest is made anew.
//! The work is spread over all cores.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostics::Diagnostic;
use crate::render::dependencies::{inputs, settings};
use crate::render::page::Renderer;
use crate::render::plan::Job;
use crate::render::priority::Priority;
use crate::render::progress::Progress;
use crate::render::queries::functions::recorded;
use crate::render::queries::trace::{Asked, Made, Traces, Verifier};
use crate::world::Stamp;
use crate::world::fingerprint::Fingerprint;

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
    pub made: Vec<Made>,
    /// What their templates asked.
    pub asked: Asked,
    /// What all outputs depend on.
    pub settings: Fingerprint,
    /// A warning for each template that took longer than the site allows.
    pub slow: Vec<Diagnostic>,
}

/// Makes those of the jobs with the numbers `which` (`None`: of all) that have to be made, and first of them
/// what is waited for. `former` are the traces of earlier builds.
///
/// # Errors
/// The diagnostics of every job that failed.
pub fn render_all(
    renderer: &Renderer,
    which: Option<&[usize]>,
    former: &Traces,
    sink: &dyn Sink,
    progress: &Progress,
) -> Result<Rendered, Vec<Diagnostic>> {
    let settings = settings(renderer);
    let run = Run {
        renderer,
        verifier: Verifier::new(former, &renderer.engine, settings),
        sets: Mutex::default(),
        failed: Mutex::default(),
        slow: Mutex::default(),
        sink,
        priority: &progress.priority,
        numbers: OnceLock::new(),
    };
    let made = run.all(which, &progress.done);
    run.priority.close();
    let failed = run.failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if !failed.is_empty() {
        return Err(failed);
    }
    let numbered = run.sets.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut sets = vec![Vec::new(); numbered.len()];
    for (set, number) in numbered {
        sets[number as usize] = set;
    }
    let total = renderer.jobs.iter().filter(|job| job.kind.is_rendered()).count();
    let rendered = made.iter().filter(|made| made.by_template).count();
    let written = made.iter().filter(|made| made.written).count();
    let counts = Counts { rendered, reused: total - rendered, written };
    let slow = run.slow.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter();
    let slow = slow.map(|(template, (time, page))| renderer.theme.slow(template, page, time)).collect();
    Ok(Rendered { counts, made, asked: Asked { queries: renderer.engine.asked(), sets }, settings, slow })
}

/// The jobs of a build, on all threads.
struct Run<'a> {
    renderer: &'a Renderer<'a>,
    verifier: Verifier<'a>,
    /// The sets of queries that were asked, numbered.
    sets: Mutex<FxHashMap<Vec<u32>, u32>>,
    failed: Mutex<Vec<Diagnostic>>,
    /// Templates that took too long, each with its slowest page.
    slow: Mutex<BTreeMap<&'a str, (Duration, &'a str)>>,
    sink: &'a dyn Sink,
    priority: &'a Priority,
    /// The jobs by path, once somebody asks for one.
    numbers: OnceLock<FxHashMap<&'a str, usize>>,
}

impl<'a> Run<'a> {
    /// Makes the jobs with these numbers, as far as they have to be made; `done` counts them.
    fn all(&self, which: Option<&[usize]>, done: &AtomicUsize) -> Vec<Made> {
        let jobs = self.renderer.jobs;
        let one = |job| {
            self.answer();
            let made = self.job(job);
            done.fetch_add(1, Ordering::Relaxed);
            made
        };
        let made = match which {
            None => jobs.par_iter().filter_map(one).collect(),
            Some(which) => which.par_iter().filter_map(|at| one(&jobs[*at])).collect(),
        };
        self.answer();
        made
    }

    /// Makes what is waited for, for those who wait; for the build it is made in its turn.
    fn answer(&self) {
        while let Some((path, answer)) = self.priority.next() {
            let jobs = self.renderer.jobs.iter().enumerate();
            let numbers = self.numbers.get_or_init(|| jobs.map(|(at, job)| (&*job.path, at)).collect());
            let job = numbers.get(path.as_str()).map(|at| &self.renderer.jobs[*at]);
            answer(job.and_then(|job| self.make(job).ok()));
        }
    }

    /// Makes the output of a job, if it has to be made and can be.
    fn job(&self, job: &'a Job) -> Option<Made> {
        let inputs = inputs(self.renderer, job);
        let settings = job.kind.is_rendered();
        let reason =
            self.verifier.check(&job.path, &inputs, settings, || self.sink.stamp(&job.path)).err()?;
        let (bytes, asked) = recorded(|| self.make(job));
        let put = |bytes| self.sink.put(&job.path, bytes).map_err(|error| vec![*error]);
        match bytes.and_then(put) {
            Ok(written) => {
                let (path, by_template) = (Arc::clone(&job.path), job.kind.is_rendered());
                let (set, damaged) = (self.set(asked), self.renderer.is_damaged(job));
                Some(Made { path, by_template, reason, written, inputs, set, damaged })
            }
            Err(errors) => {
                self.failed.lock().unwrap_or_else(PoisonError::into_inner).extend(errors);
                None
            }
        }
    }

    fn make(&self, job: &'a Job) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let start = Instant::now();
        let bytes = self.renderer.make(job);
        let time = start.elapsed();
        if let Some(template) = job.kind.template()
            && time > self.renderer.engine.site.config.limits.page
        {
            let mut slow = self.slow.lock().unwrap_or_else(PoisonError::into_inner);
            let slowest = slow.entry(template).or_default();
            *slowest = (*slowest).max((time, &job.url));
        }
        bytes
    }

    fn set(&self, mut asked: Vec<u32>) -> u32 {
        asked.sort_unstable();
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        let next = sets.len() as u32;
        *sets.entry(asked).or_insert(next)
    }
}
