//! Jobs → Outputs: reuses outputs that are still valid, and renders the others on all cores.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::diagnostics::Diagnostic;
use crate::render::dependencies::{inputs, settings};
use crate::render::page::Renderer;
use crate::render::plan::{Job, JobKind};
use crate::render::priority::Priority;
use crate::render::progress::Progress;
use crate::render::queries::{Made, RecordedQueries, Traces, Verifier, recorded};
use crate::site::routes::Outputs;
use crate::world::{Expected, Fingerprint, SourceFile, Stamp};

/// Receives the outputs.
pub trait OutputSink: Sync {
    /// Receives the bytes of the output at `path`. Returns whether they differ from the existing file.
    ///
    /// # Errors
    /// Writing failed.
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Box<Diagnostic>>;

    /// Receives the output at `path` as a copy of `source`, which must have the `expected` content. Returns whether it
    /// differs from the existing file.
    ///
    /// # Errors
    /// Reading or writing failed, or the content is another one.
    fn copy(&self, path: &str, source: SourceFile, expected: Expected) -> Result<bool, Box<Diagnostic>>;

    /// The state of the existing file at `path`.
    fn stamp(&self, path: &str) -> Option<Stamp>;

    /// The outputs of the former build.
    fn former(&self) -> Arc<Outputs> {
        Arc::default()
    }

    /// Whether the former build had an output at `path`.
    fn has(&self, path: &str) -> bool {
        self.former().contains(path)
    }

    /// The bytes of the existing file at `path`.
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        let _ = path;
        None
    }
}

/// Numbers of outputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Outputs for which a template ran, feeds and sitemaps among them.
    pub rendered: usize,
    /// Outputs for which no template had to run.
    pub reused: usize,
    /// Outputs whose bytes differ from the existing file.
    pub written: usize,
}

/// The result of rendering.
#[derive(Debug, Default)]
pub struct Rendered {
    /// The numbers of outputs.
    pub counts: Counts,
    /// The outputs that were made, in the order of the jobs.
    pub made: Vec<Made>,
    /// The queries of their templates.
    pub queries: RecordedQueries,
    /// The fingerprint of what all outputs depend on.
    pub settings: Fingerprint,
    /// A warning for each template that took longer than the site allows.
    pub slow: Vec<Diagnostic>,
}

/// Makes the outputs that are out of date, of all jobs or of those with the numbers in `which`. Outputs that a request
/// waits for come first. `former` are the traces of earlier builds.
///
/// # Errors
/// The diagnostics of every job that failed.
pub fn render_all(
    renderer: &Renderer,
    which: Option<&[usize]>,
    former: &Traces,
    sink: &dyn OutputSink,
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
    let failed = run.failed.into_inner();
    if !failed.is_empty() {
        return Err(failed);
    }
    let numbered = run.sets.into_inner();
    let mut sets = vec![Vec::new(); numbered.len()];
    for (set, number) in numbered {
        sets[number as usize] = set;
    }
    let total = renderer.jobs.iter().filter(|job| job.kind.is_rendered()).count();
    let rendered = made.iter().filter(|made| made.by_template).count();
    let written = made.iter().filter(|made| made.written).count();
    let counts = Counts { rendered, reused: total - rendered, written };
    let slow = run.slow.into_inner().into_iter();
    let slow = slow.map(|(template, (time, page))| renderer.theme.slow(template, page, time)).collect();
    Ok(Rendered {
        counts,
        made,
        queries: RecordedQueries { queries: renderer.engine.queries(), sets },
        settings,
        slow,
    })
}

/// The jobs of a build, on all threads.
struct Run<'a> {
    renderer: &'a Renderer<'a>,
    verifier: Verifier<'a>,
    /// The distinct sets of queries, numbered.
    sets: Mutex<FxHashMap<Vec<u32>, u32>>,
    failed: Mutex<Vec<Diagnostic>>,
    /// Templates that took too long, each with its slowest page.
    slow: Mutex<BTreeMap<&'a str, (Duration, &'a str)>>,
    sink: &'a dyn OutputSink,
    priority: &'a Priority,
    /// The jobs by path; made when a request waits for an output.
    numbers: OnceLock<FxHashMap<&'a str, usize>>,
}

impl<'a> Run<'a> {
    /// Runs the jobs with these numbers; `done` counts them.
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

    /// Renders the outputs that requests wait for, for them alone; the build renders them again in their turn.
    fn answer(&self) {
        while let Some((path, answer)) = self.priority.next() {
            let jobs = self.renderer.jobs.iter().enumerate();
            let numbers = self.numbers.get_or_init(|| jobs.map(|(at, job)| (&*job.path, at)).collect());
            let job = numbers.get(path.as_str()).map(|at| &self.renderer.jobs[*at]);
            answer(job.and_then(|job| self.make(job).ok()));
        }
    }

    /// Makes the output of a job, unless it can be reused.
    fn job(&self, job: &'a Job) -> Option<Made> {
        if matches!(job.kind, JobKind::Kept(_)) {
            return None;
        }
        let inputs = inputs(self.renderer, job);
        let settings = job.kind.is_rendered();
        let reason =
            self.verifier.check(&job.path, &inputs, settings, || self.sink.stamp(&job.path)).err()?;
        let (written, queries) = recorded(|| self.write_output(job));
        match written {
            Ok(written) => {
                let (path, by_template) = (Arc::clone(&job.path), job.kind.is_rendered());
                let (set, damaged) = (self.set(queries), self.renderer.is_damaged(job));
                Some(Made { path, by_template, reason, written, inputs, set, damaged })
            }
            Err(errors) => {
                self.failed.lock().extend(errors);
                None
            }
        }
    }

    /// Makes the output of a job, and passes it to the sink. Returns whether it differs from the existing file.
    fn write_output(&self, job: &'a Job) -> Result<bool, Vec<Diagnostic>> {
        let written = if let JobKind::Asset(at) = job.kind {
            let (file, expected) = self.renderer.open_asset(at)?;
            self.sink.copy(&job.path, file, expected)
        } else {
            self.sink.put(&job.path, self.make(job)?)
        };
        written.map_err(|error| vec![*error])
    }

    fn make(&self, job: &'a Job) -> Result<Vec<u8>, Vec<Diagnostic>> {
        let start = Instant::now();
        let bytes = self.renderer.make(job);
        let time = start.elapsed();
        if let Some(template) = job.kind.template()
            && time > self.renderer.engine.site.config.limits.page
        {
            let mut slow = self.slow.lock();
            let slowest = slow.entry(template).or_default();
            *slowest = (*slowest).max((time, &job.url));
        }
        bytes
    }

    fn set(&self, mut queries: Vec<u32>) -> u32 {
        queries.sort_unstable();
        let mut sets = self.sets.lock();
        let next = sets.len() as u32;
        *sets.entry(queries).or_insert(next)
    }
}
