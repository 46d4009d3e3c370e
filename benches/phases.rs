//! How long each phase of a build takes, on a made-up site of a thousand documents in memory, so that no
//! disk takes part: `cargo bench`. What the whole program takes on a disk is for `benches/compare`.
#![expect(clippy::unwrap_used, reason = "the made-up site is known to be good")]

use std::collections::BTreeSet;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tribune::internals::build::BuildState;
use tribune::internals::build::incremental::Cache;
use tribune::internals::build::incremental::program;
use tribune::internals::build::incremental::update;
use tribune::internals::build::{Changes, Options, Prepared};
use tribune::internals::build::{build, prepare};
use tribune::internals::config::Limits;
use tribune::internals::config::{HtmlPolicy, Paragraphs};
use tribune::internals::content::document;
use tribune::internals::content::markdown::{Body, LinkTarget, digest, render};
use tribune::internals::content::scan;
use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::diagnostics::DiagnosticSink;
use tribune::internals::diagnostics::Source;
use tribune::internals::render::OutputSink;
use tribune::internals::render::Progress;
use tribune::internals::render::Renderer;
use tribune::internals::render::{JobKind, plan};
use tribune::internals::text::SlugStyle;
use tribune::internals::world::{Expected, MemoryWorld, SourceFile, Stamp};

#[allow(dead_code, reason = "only a part of it serves here")]
mod corpus;

use corpus::Shape;

const SHAPE: Shape = Shape { documents: 1000, districts: 30, years: 10, kinds: 5, bytes: 13_000, seed: 1 };

/// Forgets the outputs; tells that each is as it was left.
struct Nowhere;

impl OutputSink for Nowhere {
    fn put(&self, _: &str, bytes: Vec<u8>) -> Result<bool, Box<Diagnostic>> {
        black_box(bytes);
        Ok(true)
    }

    fn copy(&self, path: &str, source: SourceFile, expected: Expected) -> Result<bool, Box<Diagnostic>> {
        self.put(path, source.read_expected(expected).unwrap())
    }

    fn stamp(&self, _: &str) -> Option<Stamp> {
        Some(Stamp::default())
    }
}

fn world() -> MemoryWorld {
    MemoryWorld::new("2026-06-01T12:00:00+08:00".parse().unwrap(), corpus::tribune(SHAPE))
}

fn prepared(world: &MemoryWorld, cache: &mut Cache) -> Prepared {
    prepare(world, &Options::default(), cache).unwrap()
}

fn clean(world: &MemoryWorld, state: &mut BuildState) {
    let (changes, options, progress) = (Changes::Anything, Options::default(), Progress::default());
    let build = build(world, &changes, &options, state, &Nowhere, &progress);
    let stamps = build.rendered.made.iter().map(|made| (made, Some(Stamp::default())));
    state.cache.traces.absorb(build.rendered.settings, &build.outputs, &build.rendered.queries, stamps);
}

/// One document: what is read of it before it is rendered, and its HTML.
fn documents(bench: &mut Criterion) {
    let article = corpus::article(&SHAPE, 7);
    let (_, text) = corpus::tribune(SHAPE).find(|(path, _)| path.contains(&article.slug)).unwrap();
    let mut group = bench.benchmark_group("document");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("decode", |bench| {
        let decode = |bytes: Vec<u8>| Source::decode("content/news/a.md", &bytes);
        bench.iter_batched(|| text.clone().into_bytes(), decode, BatchSize::SmallInput);
    });
    let source = Source::decode("content/news/a.md", text.as_bytes()).unwrap();
    group.bench_function("front matter and digest", |bench| {
        bench.iter(|| document::parse(&source, "news/a.md", &Limits::default()));
    });
    group.bench_function("digest with summary", |bench| {
        bench.iter(|| digest(&Body::of(&article.body, Paragraphs::Markdown), true, HtmlPolicy::Sanitize))
    });
    group.bench_function("html", |bench| {
        let resolve = |target: &str| LinkTarget::Href(target.to_owned());
        bench.iter(|| {
            render(
                &Body::of(&article.body, Paragraphs::Markdown),
                SlugStyle::Pinyin,
                HtmlPolicy::Sanitize,
                &resolve,
            )
        });
    });
    // What the libraries take by themselves, with nothing of ours around them.
    group.bench_function("html, by the Markdown parser alone", |bench| {
        bench.iter(|| {
            let mut html = String::new();
            let events = pulldown_cmark::Parser::new_ext(&article.body, pulldown_cmark::Options::all());
            pulldown_cmark::html::push_html(&mut html, events);
            html
        });
    });
    let front_matter = text.split("---\n").nth(1).unwrap();
    group.bench_function("front matter, by the YAML parser alone", |bench| {
        bench.iter(|| serde_yaml::from_str::<serde_json::Value>(front_matter).unwrap());
    });
    group.finish();
}

/// The phases for the whole site.
fn site(bench: &mut Criterion) {
    let world = world();
    let mut group = bench.benchmark_group("site");
    group.throughput(Throughput::Elements(SHAPE.documents as u64)).sample_size(20);
    group.bench_function("scan", |bench| bench.iter(|| scan(&world, &Limits::default())));
    group.bench_function("prepare, nothing known", |bench| {
        bench.iter(|| prepared(&world, &mut Cache::default()));
    });
    let mut known = Cache::default();
    prepared(&world, &mut known);
    group.bench_function("prepare, all documents known", |bench| {
        bench.iter(|| prepared(&world, &mut known));
    });
    let ready = prepared(&world, &mut Cache::default());
    group.bench_function("plan", |bench| {
        bench.iter(|| plan(&ready.engine.site, &ready.theme, &mut DiagnosticSink::default()));
    });
    group.bench_function("build from nothing", |bench| {
        bench.iter(|| clean(&world, &mut BuildState::default()));
    });
    let mut state = BuildState::default();
    clean(&world, &mut state);
    group.bench_function("build, nothing changed", |bench| {
        bench.iter(|| {
            state.prepared = None;
            clean(&world, &mut state);
        });
    });
    group.finish();
}

/// Single outputs, and an edit.
fn outputs(bench: &mut Criterion) {
    let mut world = world();
    let ready = prepared(&world, &mut Cache::default());
    let engine = Arc::clone(&ready.engine);
    let renderer = Renderer::new(&world, &ready.theme, engine, &ready.plan.jobs, program()).unwrap();
    let mut group = bench.benchmark_group("output");
    for (name, is_it) in [
        ("page", (|kind| matches!(kind, JobKind::Page(..))) as fn(&JobKind) -> bool),
        ("listing", |kind| matches!(kind, JobKind::Listing(..))),
        ("feed", |kind| matches!(kind, JobKind::Feed(_))),
        ("sitemap", |kind| matches!(kind, JobKind::Sitemap)),
    ] {
        let job = ready.plan.jobs.iter().find(|job| is_it(&job.kind)).unwrap();
        group.bench_function(name, |bench| bench.iter(|| renderer.make(job)));
    }
    group.finish();
    drop(renderer);

    let path = world.files.keys().find(|path| path.contains("wengao")).unwrap().clone();
    let changes = Changes::Files(BTreeSet::from([path.clone()]));
    let mut other = world.files[&path].clone();
    other.extend("新增一段。\n".bytes());
    let (mut cache, mut kept) = (Cache::default(), Some(ready));
    bench.bench_function("update, a changed body", |bench| {
        bench.iter(|| {
            std::mem::swap(world.files.get_mut(&path).unwrap(), &mut other);
            let (site, jobs) = update(&world, &changes, kept.take().unwrap(), &mut cache).unwrap();
            kept = Some(site);
            jobs
        });
    });
}

criterion_group!(phases, documents, site, outputs);
criterion_main!(phases);
