//! The same sources give the same bytes on any machine, for any user, at any time. Builds that depend on the date take it
//! from `SOURCE_DATE_EPOCH` if that is set.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::pictures::{jpeg, png};
use crate::site_test::{NEWS, Run, SiteTest, document, run, tree, tribune, write_file};

/// 8 January 2026, noon in Beijing, in seconds since 1970.
const NOON: &str = "1767844800";

/// What differs between two machines, or two days.
struct Circumstances {
    zone: &'static str,
    locale: &'static str,
    umask: &'static str,
    threads: &'static str,
    /// Below the temporary folder.
    folder: &'static str,
    /// In which order the files are created: whether from the end, and how far on the first is.
    order: (bool, usize),
}

const ZONES: [&str; 5] =
    ["UTC", "Asia/Shanghai", "America/Los_Angeles", "Pacific/Kiritimati", "Nowhere/At_All"];
const LOCALES: [&str; 5] = ["C", "zh_CN.UTF-8", "tr_TR.UTF-8", "zh_CN.GB18030", "ar_EG.UTF-8"];
const UMASKS: [&str; 4] = ["022", "077", "000", "027"];
const THREADS: [&str; 5] = ["1", "2", "3", "8", "64"];
const FOLDERS: [&str; 4] = ["a", "站点 甲", "x/y/z/very/deep/below/all/that", "public"];

/// Twenty of them; every one of each kind comes up.
fn circumstances() -> impl Iterator<Item = Circumstances> {
    (0..20).map(|at| Circumstances {
        zone: ZONES[at % 5],
        locale: LOCALES[(at * 2 + at / 5) % 5],
        umask: UMASKS[at % 4],
        threads: THREADS[(at + at / 5) % 5],
        folder: FOLDERS[(at + at / 4) % 4],
        order: (at % 2 == 1, at * 7),
    })
}

/// Builds `sources` in a folder of its own, with `more` variables; gives the outputs.
fn build(sources: &Outputs, given: &Circumstances, more: &[(&str, &str)]) -> Outputs {
    let dir = TempDir::new().unwrap();
    let root = dir.path().join(given.folder);
    let mut files: Vec<_> = sources.iter().collect();
    if given.order.0 {
        files.reverse();
    }
    let first = given.order.1 % files.len();
    files.rotate_left(first);
    files.iter().for_each(|(path, bytes)| write_file(&root.join(path), bytes));
    let run = run_under(given, &root, more);
    assert_eq!(run.code, 0, "{}", run.stderr);
    tree(&root.join("public"))
}

type Outputs = BTreeMap<String, Vec<u8>>;

fn run_under(given: &Circumstances, root: &Path, more: &[(&str, &str)]) -> Run {
    let program = tribune();
    #[cfg(unix)]
    let mut command = {
        let mut shell = Command::new("sh");
        let script = format!("umask {}; exec \"$@\"", given.umask);
        shell.args(["-c", &script, "sh"]).arg(program.get_program());
        shell
    };
    #[cfg(not(unix))]
    let mut command = Command::new(program.get_program());
    command.args(["build", "--threads", given.threads]).current_dir(root);
    command.env("TZ", given.zone).env("LC_ALL", given.locale).env("LANG", given.locale);
    run(command.envs(more.iter().copied()))
}

fn sources(site: &SiteTest) -> Outputs {
    let mut files = tree(site.root());
    files.retain(|path, _| path.starts_with("content/") || path.starts_with("themes/"));
    files
}

#[track_caller]
fn assert_same(one: &Outputs, other: &Outputs, what: &str) {
    let differ = |path: &&String| one.get(*path) != other.get(*path);
    let paths: Vec<&String> = one.keys().chain(other.keys()).filter(differ).collect();
    assert!(paths.is_empty(), "{what}: {paths:?}");
}

/// Hugo docs-v2 #7619: 20 builds under other time zones, locales, umasks, thread counts, file orders and paths are
/// byte-identical; so are builds at other times, as long as nothing falls due in between.
#[track_caller]
fn builds_are_byte_identical(sources: &Outputs, count: usize) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    // At the true time, and on two others at which nothing else is published.
    let [day_before, hour_after] = [now - 86_400, now + 3600].map(|instant| instant.to_string());
    let clocks = [None, Some(("SOURCE_DATE_EPOCH", &*day_before)), Some(("SOURCE_DATE_EPOCH", &*hour_after))];
    let mut first: Option<Outputs> = None;
    for (number, given) in circumstances().take(count).enumerate() {
        let outputs = build(sources, &given, clocks[number % 3].as_slice());
        let first = first.get_or_insert_with(|| outputs.clone());
        let Circumstances { zone, locale, umask, threads, folder, .. } = given;
        let what = format!("build {number} ({zone}, {locale}, {umask}, {threads} threads, {folder})");
        assert_same(first, &outputs, &what);
    }
}

#[test]
fn twenty_builds_of_the_sample_site_are_byte_identical() {
    builds_are_byte_identical(&sources(&SiteTest::sample()), 20);
}

/// With large images, hanzi in names, and dates in every form.
#[test]
fn builds_of_a_site_with_images_are_byte_identical() {
    let mut site = SiteTest::fixture("everything");
    site.write("content/news/会议/photo.jpg", jpeg(1700, 300));
    site.write("content/news/会议/plan.png", png(1650, 200));
    let text = "\n![照片](photo.jpg)\n\n![图](plan.png)\n";
    let front = |date: &str| format!("title: 带图片的一篇\ndate: {date}\ndistrict: 汉阳区");
    site.write("content/news/会议/a.md", document(&front("2025-03-01")) + text);
    site.write("content/news/会议/b.md", document(&front("2025-03-01 23:59")) + text);
    site.write("content/news/会议/c.md", document(&front("2025-03-01T01:00:00-08:00")) + text);
    // Thumbnails take time; five builds have every zone, locale, umask and number of threads.
    builds_are_byte_identical(&sources(&site), 5);
}

/// Files get the mode that the umask of whoever builds leaves them, as with every other tool: a server of another
/// user must be able to read them, and only that.
#[test]
#[cfg(unix)]
fn files_are_as_open_as_the_umask_allows_and_never_executable() {
    use std::os::unix::fs::PermissionsExt;
    for (umask, expected) in [("022", 0o644), ("077", 0o600), ("027", 0o640)] {
        let site = SiteTest::sample();
        let given = Circumstances { umask, ..circumstances().next().unwrap() };
        let run = run_under(&given, site.root(), &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        for path in site.outputs().keys() {
            let mode = fs::metadata(site.out().join(path)).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, expected, "{path} under {umask}: {mode:o}");
        }
    }
}

/// A site with a document for each thing that the clock decides.
fn dated_site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS);
    let front = "date: 2025-01-01\ndistrict: 汉阳区";
    site.write(
        "content/news/due.md",
        document(&format!("title: 定时\n{front}\npublish_at: 2026-01-08 12:00")),
    );
    site.write(
        "content/news/expires.md",
        document(&format!("title: 到期\n{front}\nexpires: 2026-01-08 12:00")),
    );
    site.write("content/news/plain.md", document(&format!("title: 平常\n{front}")));
    site
}

fn run_at(site: &SiteTest, epoch: &str, args: &[&str]) -> Run {
    run(tribune().current_dir(site.root()).args(args).env("SOURCE_DATE_EPOCH", epoch))
}

#[test]
fn the_instant_that_a_build_is_for_decides_what_is_published() {
    let site = dated_site();
    let (before, at) = ("1767844799", NOON);
    // What was saved a moment ago is looked at again in any case: that would hide what is remembered.
    std::thread::sleep(std::time::Duration::from_millis(2200));
    let there = |name: &str| site.out().join(format!("news/{name}.html")).is_file();
    // To and fro upon one cache: it must not remember another instant.
    for (epoch, due) in
        [(before, false), (at, true), (before, false), (before, false), (at, true), (at, true)]
    {
        let run = run_at(&site, epoch, &["build"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!((there("due"), there("expires"), there("plain")), (due, !due, true), "at {epoch}");
        let clean = run_at(&site, epoch, &["build", "--no-cache", "--out", "clean"]);
        assert_eq!(clean.code, 0, "{}", clean.stderr);
        assert_same(&site.outputs(), &tree(&site.path("clean")), epoch);
    }
    assert!(!site.output("index.html").contains("到期") && !site.output("feed.xml").contains("到期"));
}

/// The instant is one thing, the time that files were changed at another: an edit is never missed, though the build
/// is for a day long past, or one to come.
#[test]
fn edits_are_seen_whatever_the_clock_of_the_build() {
    for epoch in ["0", NOON, "4102444800"] {
        let mut site = dated_site();
        for round in 0..4 {
            let title = format!("第{round}次");
            site.write(
                "content/news/plain.md",
                document(&format!("title: {title}\ndate: 2025-01-01\ndistrict: 汉阳区")),
            );
            assert_eq!(run_at(&site, epoch, &["build"]).code, 0);
            assert!(site.output("news/plain.html").contains(&title), "{epoch} {round}");
        }
    }
}

#[test]
fn a_new_document_has_the_date_of_that_instant_in_the_sites_zone() {
    let site = dated_site();
    // Ten in the evening in London is tomorrow in Beijing.
    let run = run_at(&site, "1767823200", &["new", "news", "新文稿", "--district", "汉阳区"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let text = fs::read_to_string(site.path(run.stdout.trim())).unwrap();
    assert!(text.contains("date: 2026-01-08"), "{text}");
}

#[test]
fn an_unusable_instant_is_an_error_and_not_ignored() {
    let site = dated_site();
    for odd in
        ["", "now", "2026-01-08", "1.5", "-1", "+1", " 1", "0x10", "1767844800\n", "99999999999999999999"]
    {
        for args in [&["build", "--json"][..], &["list", "documents", "--json"], &["new", "news", "甲"]] {
            let run = run_at(&site, odd, args);
            assert_eq!(run.code, 1, "{odd:?} {args:?}: {}", run.stderr);
            assert!((run.stdout + &run.stderr).contains("bad-source-date"), "{odd:?} {args:?}");
        }
        assert!(!site.out().exists(), "{odd:?}");
    }
}
