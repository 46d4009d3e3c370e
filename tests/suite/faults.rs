//! Interrupted builds. Each case fails one step of the writer, or kills the build there, and then checks that every output
//! file is complete, that the site is entirely the old or the new one, and that the next build equals a clean build.
//!
//! By default a sample is run; `TRIBUNE_FAULTS=all cargo test --test suite -- faults threats_losing` runs all cases.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;
use tribune::internals::build::BuildState;
use tribune::internals::build::incremental::program;
use tribune::internals::build::incremental::{read, write};
use tribune::internals::build::output::BuildTarget;
use tribune::internals::build::output::Disk;
use tribune::internals::build::publish;
use tribune::internals::build::{Build, Changes, Options};
use tribune::internals::render::Progress;
use tribune::internals::world::MemoryWorld;

use crate::faulty_disk::{EACCES, EIO, EMFILE, ENOSPC, Fault, FaultyDisk};
use crate::memory;
use crate::site_test::{document, tree};

pub type Tree = BTreeMap<String, Vec<u8>>;

/// An output folder that is to be changed from one site to another, again and again.
pub struct Case {
    pub name: &'static str,
    before: MemoryWorld,
    pub after: MemoryWorld,
    /// Is there an output folder before?
    pub exists: bool,
    /// Somebody else's files in it.
    foreign: &'static [&'static str],
    /// Does the second build know what the first one did?
    cached: bool,
    /// Can files have second names on its disk?
    pub links: bool,
    /// Does the build wait until all is on the disk?
    pub durable: bool,
}

const TEMPLATES: &[&str] =
    &["home", "listing", "page", "districts", "years", "topics", "sitemap", "404", "redirect"];

/// A site with bare templates. What `extra` names is put over it.
fn site(extra: &[(&str, String)]) -> MemoryWorld {
    let template = "{{ current.url }}{% if page %}{{ page.title }}{{ page.content | safe }}{% endif %}\
{% if listing %}{% for item in listing.items %}{{ item }}{% endfor %}{% endif %}";
    let own = TEMPLATES
        .iter()
        .map(|name| (format!("themes/own/templates/{name}.html"), format!("{name}: {template}")));
    let news = |day: u32| {
        let text = format!("title: 第{day}篇\ndate: 2025-01-{day:02}\ndistrict: 汉阳区\ntopics: [监督]");
        (format!("content/news/d{day}.md"), document(&text))
    };
    let site = "title: 江城人大\nbase_url: https://example.gov.cn\ntheme: own\nkeywords: [人大]\n\
office: {site_code: \"0000000000\"}\n";
    let fixed = [("content/site.yaml".to_owned(), site.to_owned())];
    let extra = extra.iter().map(|(path, text)| ((*path).to_owned(), text.clone()));
    memory::world(own.chain((1..=4).map(news)).chain(fixed).chain(extra))
}

/// The site after some editing: a page changed, one gone, one new, a page where a folder was and the other
/// way round.
fn edited() -> MemoryWorld {
    let mut world = site(&[
        ("content/news/d2.md", document("title: 改\ndate: 2025-01-02\ndistrict: 江岸区")),
        ("content/news/d9.md", document("title: 新\ndate: 2025-03-09\ndistrict: 汉阳区")),
        ("content/news/b.html/inner.md", document("title: 里\ndate: 2025-01-05\ndistrict: 汉阳区")),
        ("content/a.md", document("title: 外")),
    ]);
    world.files.remove("content/news/d3.md");
    world
}

fn first() -> MemoryWorld {
    site(&[
        ("content/news/b.md", document("title: 乙\ndate: 2025-01-05\ndistrict: 汉阳区")),
        ("content/a.html/x.txt", "甲".into()),
    ])
}

pub fn cases() -> [Case; 8] {
    let case = |name, exists, foreign, cached| Case {
        name,
        before: first(),
        after: edited(),
        exists,
        foreign,
        cached,
        links: true,
        durable: false,
    };
    let durable = |case| Case { durable: true, ..case };
    let no_links = Case { links: false, ..case("an edit on a disk without links", true, &[], true) };
    [
        case("no output folder", false, &[][..], false),
        case("a clean build over another", true, &[".gitignore"], false),
        case("a clean build beside other files", true, &["theirs/index.html", "theirs.txt"], false),
        case("an edit", true, &["theirs/index.html"], true),
        no_links,
        durable(case("a durable first build", false, &[], false)),
        durable(case("a durable clean build", true, &[".gitignore"], false)),
        durable(case("a durable edit", true, &["theirs/index.html"], true)),
    ]
}

/// One site's folders on a disk.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    pub fn target(&self, disk: impl Disk + 'static) -> BuildTarget {
        let root = self.folder.path().join("site");
        std::fs::create_dir_all(&root).unwrap();
        let mut target = BuildTarget::new(&root, root.join("public"));
        target.disk = Arc::new(disk);
        target
    }

    pub fn out(&self) -> std::path::PathBuf {
        self.folder.path().join("site/public")
    }

    pub fn outputs(&self) -> Tree {
        let mut tree = if self.out().is_dir() { tree(&self.out()) } else { Tree::new() };
        tree.remove(tribune::internals::build::output::MANIFEST);
        tree
    }

    /// Somebody removes what a build has left: the list in the output folder still tells what is ours.
    fn tidy_up(&self) {
        let _ = std::fs::remove_dir_all(self.folder.path().join("site/.public.tribune-staging"));
    }

    pub fn publish(&self, disk: impl Disk + 'static, world: &MemoryWorld, state: &mut BuildState) -> Build {
        let (changes, options, progress) = (Changes::Anything, Options::default(), Progress::default());
        publish(&self.target(disk), world, &changes, &options, state, &progress)
    }
}

/// The outputs of a site before and after.
pub struct Trees {
    pub old: Tree,
    pub new: Tree,
}

impl Trees {
    /// Is every file that of the old site or of the new one, and is none missing that both have?
    pub fn check_files(&self, there: &Tree, what: &str) {
        for (path, bytes) in there {
            let known = [self.old.get(path), self.new.get(path)];
            assert!(known.contains(&Some(bytes)), "{what}: {path} is neither old nor new");
        }
        for path in self.old.keys().filter(|path| self.new.contains_key(*path)) {
            assert!(there.contains_key(path), "{what}: {path} is missing");
        }
    }

    /// The files that are not those of the new site, or that it lacks.
    pub fn others<'t>(&'t self, there: &'t Tree) -> Vec<&'t str> {
        let paths = there.keys().chain(self.new.keys());
        paths.filter(|path| there.get(*path) != self.new.get(*path)).map(String::as_str).collect()
    }

    /// Is it the old site, or the new one?
    pub fn check_whole(&self, there: &Tree, what: &str) {
        assert!(*there == self.old || *there == self.new, "{what}: neither the old site nor the new one");
    }
}

/// A case, ready to be tried.
pub struct Ready {
    pub case: Case,
    /// The folder as it is before, and the trees before and after.
    model: Place,
    pub trees: Trees,
    /// The cache of the build before, as kept.
    kept: Vec<u8>,
}

pub fn sound() -> FaultyDisk {
    FaultyDisk::new(Fault::None, 0)
}

impl Ready {
    pub fn new(case: Case) -> Ready {
        let model = Place { folder: TempDir::new().unwrap() };
        let mut state = BuildState::default();
        let build = model.publish(sound(), &case.before, &mut state);
        assert!(build.is_ok(), "{:?}", build.diagnostics);
        let mut kept = Vec::new();
        write(&mut kept, "cache", program(), &state.cache).unwrap();
        for name in case.foreign {
            crate::site_test::write_file(&model.out().join(name), b"theirs");
        }
        if !case.exists {
            std::fs::remove_dir_all(model.out()).unwrap();
        }
        let old = model.outputs();
        let mut ready = Ready { case, model, trees: Trees { old, new: Tree::new() }, kept };
        let place = ready.place();
        let build = place.publish(sound(), &ready.case.after, &mut ready.state());
        assert!(build.is_ok(), "{}: {:?}", ready.case.name, build.diagnostics);
        ready.trees.new = place.outputs();
        assert!(ready.trees.new != ready.trees.old);
        ready
    }

    /// The folders as they are before. Files are second names: a build never writes into one that is there.
    pub fn place(&self) -> Place {
        let place = Place { folder: TempDir::new().unwrap() };
        link_tree(self.model.folder.path(), place.folder.path());
        place
    }

    pub fn state(&self) -> BuildState {
        let mut state = BuildState::default();
        if self.case.cached {
            state.cache = read(&self.kept, "cache", program()).unwrap();
        }
        state
    }

    /// The disk of this case, on which the step with the number `at` meets `fault`.
    pub fn disk(&self, fault: Fault, at: usize) -> FaultyDisk {
        FaultyDisk::new(fault, at).with_links(self.case.links).durable(self.case.durable)
    }

    /// How many steps the build takes.
    pub fn steps(&self) -> usize {
        let place = self.place();
        let disk = self.disk(Fault::None, 0);
        let steps = disk.log();
        assert!(place.publish(disk, &self.case.after, &mut self.state()).is_ok());
        let steps = steps.lock().unwrap();
        steps.len()
    }

    /// Which of the steps wait until something is on the disk.
    fn syncs(&self) -> Vec<usize> {
        let place = self.place();
        let disk = self.disk(Fault::None, 0);
        let steps = disk.log();
        assert!(place.publish(disk, &self.case.after, &mut self.state()).is_ok());
        let steps = steps.lock().unwrap();
        let syncs =
            steps.iter().enumerate().filter(|(_, step)| ["finish", "sync_folder"].contains(&step.name));
        syncs.map(|(at, _)| at).collect()
    }

    /// The next builds: with errors in the content, and without.
    pub fn check_next(&self, place: &Place, what: &str, with_errors: bool) {
        if with_errors {
            let mut broken = self.case.after.clone();
            broken.files.insert("content/news/d1.md".into(), b"no front matter".to_vec());
            let build = place.publish(sound(), &broken, &mut self.state());
            assert!(!build.is_ok());
            self.trees.check_whole(&place.outputs(), &format!("{what}, then a build with errors"));
        }
        let build = place.publish(sound(), &self.case.after, &mut self.state());
        assert!(build.is_ok(), "{what}: {:?}", build.diagnostics);
        assert_same(&place.outputs(), &self.trees.new, &format!("{what}: the next build"));
        let left: Vec<_> = std::fs::read_dir(place.folder.path().join("site")).unwrap().flatten().collect();
        assert_eq!(left.len(), 2, "{what}: something is left: {left:?}");
    }

    fn kill(&self, at: usize) {
        let what = format!("{}, killed at step {at}", self.case.name);
        let place = self.place();
        place.publish(self.disk(Fault::Kill, at), &self.case.after, &mut self.state());
        self.trees.check_files(&place.outputs(), &what);
        // A new output folder appears by one rename.
        if !self.case.exists {
            self.trees.check_whole(&place.outputs(), &what);
        }
        if at % 3 == 1 {
            place.tidy_up();
        }
        self.check_next(&place, &what, at.is_multiple_of(6));
    }

    fn fail(&self, fault: Fault, at: usize) {
        let what = format!("{}, {fault:?} at step {at}", self.case.name);
        let place = self.place();
        let disk = self.disk(fault, at);
        let steps = disk.log();
        let build = place.publish(disk, &self.case.after, &mut self.state());
        let Some(failed) = steps.lock().unwrap().get(at).cloned() else {
            // Threads share the work in another way each time: it took fewer steps.
            return assert!(build.is_ok());
        };
        if build.is_ok() {
            assert!(place.outputs() == self.trees.new, "{what}: success without the new site");
        } else {
            let codes: Vec<_> =
                build.diagnostics.iter().filter(|d| d.is_error()).map(|d| d.problem.code()).collect();
            let told = format!("{:?}", build.diagnostics);
            if matches!(fault, Fault::Once(_)) {
                assert!(failed.is_named(&told), "{what}: {failed:?} is not named: {told}");
            }
            self.trees.check_files(&place.outputs(), &what);
            match codes[..] {
                ["write-failed"] => assert!(place.outputs() == self.trees.old, "{what}: not as it was"),
                ["commit-interrupted"] if matches!(fault, Fault::FromThenOn(_)) => {}
                _ => panic!("{what}: {codes:?}: {told}"),
            }
        }
        self.check_next(&place, &what, at.is_multiple_of(2));
    }

    /// Kills the next build, too, and the next: at `steps`, one after the other.
    fn kill_again_and_again(&self, steps: &[usize]) {
        let what = format!("{}, killed at steps {steps:?}", self.case.name);
        let place = self.place();
        for at in steps {
            place.publish(self.disk(Fault::Kill, *at), &self.case.after, &mut self.state());
            self.trees.check_files(&place.outputs(), &what);
        }
        self.check_next(&place, &what, steps.len().is_multiple_of(2));
    }
}

/// Another edit between the kill and the next build: what is to become of the first must not reach into the second.
#[test]
fn faults_another_edit_after_a_kill_gives_what_a_clean_build_gives() {
    let mut count = 0;
    for case in cases().into_iter().filter(|case| case.exists) {
        let ready = Ready::new(case);
        let steps = ready.steps();
        let undone = ready.case.before.clone();
        let mut further = ready.case.after.clone();
        further.files.remove("content/news/d9.md");
        let changed = document("title: 再改\ndate: 2025-01-02\ndistrict: 江岸区");
        further.files.insert("content/news/d2.md".into(), changed.into());
        further.files.insert("content/new.md".into(), document("title: 又").into());
        for (number, next) in [undone, further].iter().enumerate() {
            let clean = Place { folder: TempDir::new().unwrap() };
            assert!(clean.publish(sound(), next, &mut BuildState::default()).is_ok());
            let mut wanted = clean.outputs();
            for name in ready.case.foreign {
                wanted.insert((*name).to_owned(), b"theirs".to_vec());
            }
            for at in tried(&ready.case, steps, 19).map(|at| at + number) {
                let what = format!("{}, killed at step {at}, then edit {number}", ready.case.name);
                let place = ready.place();
                place.publish(ready.disk(Fault::Kill, at), &ready.case.after, &mut ready.state());
                if at % 3 == 1 {
                    place.tidy_up();
                }
                let build = place.publish(sound(), next, &mut ready.state());
                assert!(build.is_ok(), "{what}: {:?}", build.diagnostics);
                assert_same(&place.outputs(), &wanted, &what);
                // And what was taken away after that is known as the program's own.
                let build = place.publish(sound(), &site(&[]), &mut BuildState::default());
                assert!(build.is_ok(), "{what}: {:?}", build.diagnostics);
                assert!(!place.outputs().contains_key("new.html"), "{what}");
                count += 1;
            }
        }
    }
    println!("{count} edits after kills");
}

fn assert_same(there: &Tree, wanted: &Tree, what: &str) {
    let paths = there.keys().chain(wanted.keys());
    let differ: Vec<&String> = paths.filter(|path| there.get(*path) != wanted.get(*path)).collect();
    assert!(differ.is_empty(), "{what}: {differ:?}");
}

/// Fills `to` with second names of the files of `from`.
pub fn link_tree(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&to).unwrap();
            link_tree(&entry.path(), &to);
        } else if entry.file_name() == "lock" {
            std::fs::copy(entry.path(), &to).unwrap();
        } else {
            std::fs::hard_link(entry.path(), &to).unwrap();
        }
    }
}

/// `all` when all cases are to be tried, else `sample`.
pub fn all_cases(sample: u64, all: u64) -> u64 {
    let wanted = std::env::var_os("TRIBUNE_FAULTS").is_some_and(|value| value == "all");
    if wanted { all } else { sample }
}

/// Which of the steps of a case are tried: all, or every so many.
fn tried(case: &Case, steps: usize, every: u64) -> impl Iterator<Item = usize> + use<> {
    // What is written is the same when it is durable: fewer will do.
    let every = if case.durable { 2 * every + 1 } else { every };
    (0..steps).step_by(all_cases(every, 1) as usize)
}

#[test]
fn faults_a_build_killed_at_any_step_leaves_a_whole_site_and_the_next_build_recovers() {
    let mut count = 0;
    for case in cases() {
        let ready = Ready::new(case);
        let steps = ready.steps();
        for at in tried(&ready.case, steps, 11) {
            ready.kill(at);
            count += 1;
        }
    }
    println!("{count} kills");
}

#[test]
fn faults_an_error_at_any_step_leaves_the_old_site_or_gives_the_new_one() {
    let mut count = 0;
    for case in cases() {
        let ready = Ready::new(case);
        let steps = ready.steps();
        for (shift, error) in [ENOSPC, EIO, EACCES, EMFILE].into_iter().enumerate() {
            for at in tried(&ready.case, steps.saturating_sub(shift), 53) {
                ready.fail(Fault::Once(error), at + shift);
                ready.fail(Fault::FromThenOn(error), at + shift);
                count += 2;
            }
        }
    }
    println!("{count} errors");
}

/// The last of them come when the output has taken its place already.
#[test]
fn faults_an_error_of_any_sync_leaves_the_old_site_or_gives_the_new_one() {
    for ready in cases().into_iter().filter(|case| case.durable).map(Ready::new) {
        let syncs = ready.syncs();
        assert!(syncs.len() > 20, "{}: {}", ready.case.name, syncs.len());
        for at in syncs.iter().rev().step_by(all_cases(5, 1) as usize) {
            ready.fail(Fault::Once(EIO), *at);
            ready.fail(Fault::FromThenOn(EIO), *at);
        }
    }
}

#[test]
fn faults_an_interrupted_recovery_is_recovered_from() {
    let mut count = 0;
    for case in cases() {
        let ready = Ready::new(case);
        let steps = ready.steps();
        for at in tried(&ready.case, steps, 29) {
            ready.kill_again_and_again(&[at, steps.saturating_sub(at), at / 2]);
            count += 1;
        }
    }
    println!("{count} rows of kills");
}
