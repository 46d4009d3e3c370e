//! Sites on a disk that takes two spellings for one name, has no hard links and stamps files with whole seconds: exFAT, in
//! an image. That needs root, FUSE and `mount.exfat-fuse`; where they are missing the tests say so and do nothing.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use tribune::internals::build::output::BuildTarget;
use tribune::internals::build::{Build, BuildState, publish};
use tribune::internals::world::{DiskWorld, Entry, SourceFile, Stamp, World, WorldError};

use crate::faults::all_cases;
use crate::faulty_disk::{Fault, FaultyDisk};
use crate::site_test::{NEWS, SiteTest, document, tree};

const GOOD: &str = "date: 2025-01-01\ndistrict: 汉阳区";

/// A mounted exFAT disk.
struct Exfat {
    device: String,
    folder: PathBuf,
    _dir: tempfile::TempDir,
}

impl Exfat {
    fn mount() -> Option<Exfat> {
        let dir = tempfile::tempdir().unwrap();
        let (image, folder) = (dir.path().join("image"), dir.path().join("disk"));
        fs::create_dir(&folder).unwrap();
        fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
        let works = |command: &mut Command| command.output().is_ok_and(|output| output.status.success());
        if works(Command::new("mkfs.exfat").arg(&image)) {
            let found = Command::new("losetup").args(["--find", "--show"]).arg(&image).output();
            if let Some(found) = found.ok().filter(|found| found.status.success()) {
                let device = String::from_utf8(found.stdout).unwrap().trim().to_owned();
                if works(Command::new("mount.exfat-fuse").arg(&device).arg(&folder)) {
                    return Some(Exfat { device, folder, _dir: dir });
                }
                works(Command::new("losetup").arg("--detach").arg(&device));
            }
        }
        eprintln!("SKIPPED: no exFAT disk can be mounted here (root, /dev/fuse, exfat-fuse, exfatprogs)");
        None
    }
}

impl Drop for Exfat {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.folder).status();
        let _ = Command::new("losetup").arg("--detach").arg(&self.device).status();
    }
}

fn site(disk: &Exfat) -> SiteTest {
    let mut site = SiteTest::empty_in(&disk.folder);
    site.write("content/news/_index.md", NEWS)
        .write("content/Reports/_index.md", "---\ntitle: 报告\ndescription: 报告。\n---\n")
        .write("content/Reports/b.md", document(&format!("title: 乙\n{GOOD}")))
        .write("content/news/Plan.md", document(&format!("title: 甲\n{GOOD}")) + "[附件](Scan.PDF)\n")
        .write("content/news/Scan.PDF", "attachment");
    site
}

/// Gives a file or folder another spelling, as file managers do.
fn respell(site: &SiteTest, from: &str, to: &str) {
    let between = site.path("between");
    fs::rename(site.path(from), &between).unwrap();
    fs::rename(between, site.path(to)).unwrap();
}

fn respell_attachment(site: &mut SiteTest) {
    respell(site, "content/news/Scan.PDF", "content/news/scan.pdf");
    let page = fs::read_to_string(site.path("content/news/Plan.md")).unwrap();
    site.write("content/news/Plan.md", page.replace("Scan.PDF", "scan.pdf"));
}

fn respell_document(site: &mut SiteTest) {
    respell(site, "content/news/Plan.md", "content/news/plan.md");
}

fn respell_section(site: &mut SiteTest) {
    respell(site, "content/Reports", "content/reports");
}

/// The outputs are those of a clean build, in the same spelling, and nothing else is left.
#[track_caller]
fn equals_a_clean_build(site: &SiteTest) {
    let clean = site.path("clean");
    let built = site.run(&["build", "--no-cache", "--out", clean.to_str().unwrap()]);
    assert_eq!(built.code, 0, "{}", built.stderr);
    let (outputs, expected) = (site.outputs(), tree(&clean));
    fs::remove_dir_all(&clean).unwrap();
    assert_eq!(outputs.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    assert!(outputs == expected, "not what a clean build gives");
    let names = fs::read_dir(site.root()).unwrap().map(|entry| entry.unwrap().file_name());
    let names: Vec<_> = names.filter(|name| name.to_str().unwrap().contains("staging")).collect();
    assert!(names.is_empty(), "{names:?} is left");
}

#[test]
fn files_and_folders_may_change_their_case_alone() {
    let Some(disk) = Exfat::mount() else { return };
    let mut site = site(&disk);
    site.build();
    for respell in [respell_attachment, respell_document, respell_section] {
        respell(&mut site);
        site.build();
        equals_a_clean_build(&site);
    }
}

#[test]
fn a_change_of_case_that_is_killed_at_any_step_is_completed_or_taken_back() {
    let Some(disk) = Exfat::mount() else { return };
    for respell in [respell_attachment, respell_document, respell_section] {
        for at in (0..).step_by(all_cases(13, 1) as usize) {
            let mut site = site(&disk);
            site.build();
            respell(&mut site);
            let mut target = BuildTarget::new(site.root(), site.out());
            target.disk = Arc::new(FaultyDisk::new(Fault::Kill, at));
            let (changes, options, mut state, progress) = Default::default();
            let world = DiskWorld::new(site.root());
            let is_complete = publish(&target, &world, &changes, &options, &mut state, &progress).is_ok();
            site.build();
            equals_a_clean_build(&site);
            if is_complete {
                break;
            }
        }
    }
}

/// A disk of another machine, whose clock is ahead of this one's.
struct Ahead(DiskWorld);

impl World for Ahead {
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        self.0.list(folder)
    }

    fn open(&self, path: &str) -> Result<SourceFile, WorldError> {
        self.0.open(path)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.0.stamp(path)
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn clock(&self) -> Timestamp {
        self.0.clock() + SignedDuration::from_mins(10)
    }
}

#[test]
fn two_edits_within_a_second_are_both_seen_when_clocks_differ() {
    let Some(disk) = Exfat::mount() else { return };
    let mut site = site(&disk);
    let mut state = BuildState::default();
    let mut build = |site: &SiteTest| -> Build {
        let (changes, options, progress) = Default::default();
        let target = BuildTarget::new(site.root(), site.out());
        publish(&target, &Ahead(DiskWorld::new(site.root())), &changes, &options, &mut state, &progress)
    };
    let second: SystemTime = SystemTime::now() - Duration::from_secs(5);
    for (file, output) in
        [("content/news/Plan.md", "news/Plan.html"), ("content/news/Scan.PDF", "news/Scan.PDF")]
    {
        for text in ["第一", "第二", "第三"] {
            let text = if file.ends_with(".md") {
                document(&format!("title: {text}\n{GOOD}")) + "[附件](Scan.PDF)\n"
            } else {
                text.to_owned()
            };
            site.write(file, &text);
            fs::File::options().write(true).open(site.path(file)).unwrap().set_modified(second).unwrap();
            assert!(build(&site).is_ok());
            let title = text.split("title: ").last().unwrap().split('\n').next().unwrap().to_owned();
            let shown = fs::read(site.out().join(output)).unwrap();
            assert!(String::from_utf8(shown).unwrap().contains(&title), "{file}: {title}");
        }
    }
}
