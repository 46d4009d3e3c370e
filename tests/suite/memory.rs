//! Sites in memory, for tests that need many builds, a fixed clock, or files that no disk can hold.

use std::collections::BTreeMap;
use std::sync::Mutex;

use jiff::Timestamp;
use tribune::internals::build::BuildState;
use tribune::internals::build::{Build, Changes, Options};
use tribune::internals::diagnostics::Diagnostic;
use tribune::internals::render::OutputSink;
use tribune::internals::render::Progress;
use tribune::internals::world::{Expected, MemoryWorld, SourceFile, Stamp, World};

use crate::site_test::{DISTRICTS, NEWS, SITE};

/// Keeps outputs.
#[derive(Default)]
pub struct Kept(pub Mutex<BTreeMap<String, Vec<u8>>>);

impl OutputSink for Kept {
    fn put(&self, path: &str, bytes: Vec<u8>) -> Result<bool, Box<Diagnostic>> {
        self.0.lock().unwrap().insert(path.to_owned(), bytes);
        Ok(true)
    }

    fn copy(&self, path: &str, source: SourceFile, expected: Expected) -> Result<bool, Box<Diagnostic>> {
        self.put(path, source.read_expected(expected).unwrap())
    }

    fn stamp(&self, _: &str) -> Option<Stamp> {
        None
    }
}

/// The instant of builds in memory: noon of 1 June 2026 in Wuhan.
pub fn now() -> Timestamp {
    "2026-06-01T12:00:00+08:00".parse().unwrap()
}

/// A site with an empty section, with `files` over it.
pub fn world<B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (String, B)>) -> MemoryWorld {
    let sound = [
        ("content/site.yaml", SITE),
        ("content/districts.yaml", DISTRICTS),
        ("content/news/_index.md", NEWS),
    ];
    let mut world = MemoryWorld::new(now(), sound);
    world.files.extend(files.into_iter().map(|(path, bytes)| (path, bytes.into())));
    world
}

/// As [`world`], with all files published, whether something refers to them or not.
pub fn publishing<B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (String, B)>) -> MemoryWorld {
    let mut world = world(files);
    if let Some(settings) = world.files.get_mut("content/site.yaml") {
        settings.extend(b"publish: [\"**\"]\n");
    }
    world
}

/// Builds a site from nothing.
pub fn build(world: &dyn World) -> (Build, BTreeMap<String, Vec<u8>>) {
    let kept = Kept::default();
    let build = tribune::internals::build::build(
        world,
        &Changes::Anything,
        &Options::default(),
        &mut BuildState::default(),
        &kept,
        &Progress::default(),
    );
    (build, kept.0.into_inner().unwrap())
}
