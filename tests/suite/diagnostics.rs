//! Every problem that Tribune reports, and its exact wording. Each `tests/diagnostics/err_*.txt` is a small site in one
//! file, added to a valid site; the report in both languages is its snapshot.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::io;
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use tribune::internals::build::Build;
use tribune::internals::build::output::BuildTarget;
use tribune::internals::diagnostics::Lang;
use tribune::internals::diagnostics::Problem;
use tribune::internals::diagnostics::human;
use tribune::internals::diagnostics::messages::BuildProblem;
use tribune::internals::diagnostics::messages::FileProblem;
use tribune::internals::diagnostics::messages::SiteProblem;
use tribune::internals::diagnostics::messages::ThemeProblem;
use tribune::internals::diagnostics::{Cause, Diagnostic, IoError, Obstacle};
use tribune::internals::world::{
    Content, Entry, MemoryWorld, SourceFile, Stamp, World, WorldError, WorldErrorKind,
};

use crate::faulty_disk::{Fault, FaultyDisk, Step};
use crate::memory;
use crate::site_test::{NEWS, SITE, SiteTest, document, repository};

/// A site in one file: `=== path` begins a file. Bytes that text cannot hold are written
/// `{%%00%%}`, long text `{%%60x甲%%}`.
fn site_of(text: &str) -> MemoryWorld {
    let files = text.split("=== ").skip(1).map(|part| {
        let (path, body) = part.split_once('\n').expect("a line with the path");
        (path.trim().to_owned(), bytes_of(body))
    });
    memory::world(files)
}

fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{%%") {
        let (code, after) = after.split_once("%%}").expect("%%}");
        bytes.extend(before.as_bytes());
        match code.split_once('x') {
            Some((count, text)) => bytes.extend(text.repeat(count.parse().unwrap()).as_bytes()),
            None => bytes.push(u8::from_str_radix(code, 16).unwrap()),
        }
        rest = after;
    }
    bytes.extend(rest.as_bytes());
    bytes
}

/// Diagnostics as people see them.
fn shown(diagnostics: &[Diagnostic]) -> String {
    let mut text = String::new();
    for lang in [Lang::Zh, Lang::En] {
        for diagnostic in diagnostics {
            let _ = writeln!(text, "{}", human(diagnostic, lang));
        }
    }
    text.replace(repository().to_str().unwrap(), "REPOSITORY")
}

#[test]
fn every_mistake_is_located_and_explained_in_two_languages() {
    insta::glob!("../diagnostics", "err_*.txt", |path| {
        let build = &BUILDS[path.file_name().unwrap().to_str().unwrap()];
        assert!(!build.diagnostics.is_empty(), "{} has no mistake", path.display());
        insta::assert_snapshot!(shown(&build.diagnostics));
    });
}

#[test]
fn mistakes_in_files_have_a_file_a_line_and_an_excerpt() {
    for (name, build) in &*BUILDS {
        for diagnostic in &build.diagnostics {
            let whole_site = ["collision"];
            let whole_file = [
                "no-site",
                "nested-index",
                "column-description",
                "unreferenced",
                "copied-document",
                "left-out",
                "picture-unreadable",
                "picture-damaged",
                "not-utf8",
                "not-utf16",
                "converted",
                "nul-byte",
                "file-too-long",
                "html-file",
                "markdown-ending",
                "static-unreadable",
                "too-many",
            ];
            let code = diagnostic.problem.code();
            if whole_site.contains(&code) || whole_file.contains(&code) {
                continue;
            }
            let place =
                diagnostic.place.as_ref().unwrap_or_else(|| panic!("{name}: {:?}", diagnostic.problem));
            assert!(place.line > 0 && place.column > 0, "{name}: {place:?}");
            let excerpt = place.excerpt.clone().unwrap_or_default();
            let within = place.column as usize <= excerpt.chars().count() + 1;
            assert!(within, "{name}: the column is beyond the line: {place:?}");
        }
    }
}

#[test]
fn places_count_lines_and_columns_of_the_file_whatever_its_line_ends() {
    let text = "\u{FEFF}---\r\ntitle: 甲\r\ndate: 2025-01-01\r\ndistrict: 汉阳区\r\n---\r\n\r\n正文\r\n[链接](没有.md)。\r\n";
    let world = memory::world([("content/news/a.md".to_owned(), text)]);
    let (build, _) = memory::build(&world);
    let [diagnostic] = build.diagnostics.as_slice() else { panic!("{:?}", build.diagnostics) };
    let place = diagnostic.place.as_ref().unwrap();
    assert_eq!((place.file.as_str(), place.line, place.column), ("content/news/a.md", 8, 1));
}

#[test]
fn all_mistakes_of_a_site_are_reported_together_in_order_of_place() {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/news/a.md", document("titel: 甲\ndate: 昨天\ndistrict: 汉阳"))
        .write(
            "content/news/b.md",
            document("title: 乙\ndate: 2025-01-01\ndistrict: 汉阳区") + "[x](没有.md)\n",
        )
        .write("content/about.md", "没有设置区")
        .change("content/site.yaml", "title: 江城人大", "title: 江城人大\npaginate: 0");
    let run = site.run(&["build", "--json"]);
    let places: Vec<String> = run.json()["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| format!("{}:{} {}", d["file"].as_str().unwrap(), d["line"], d["code"].as_str().unwrap()))
        .collect();
    insta::assert_snapshot!(places.join("\n"), @r"
    content/about.md:1 front-matter-missing
    content/news/a.md:2 unknown-key
    content/news/a.md:3 bad-date
    content/news/a.md:4 unknown-district
    content/news/b.md:8 link-nowhere
    content/site.yaml:2 out-of-range
    ");
    assert_eq!(run.code, 1);
}

#[test]
fn an_error_is_reported_however_many_warnings_there_are() {
    let links = "[旧](/old/a.php)\n".repeat(100) + "[新](没有.md)\n";
    let file = document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区") + &links;
    let (build, _) = memory::build(&memory::world([("content/news/a.md".to_owned(), file)]));
    let errors = build.diagnostics.iter().filter(|found| found.is_error());
    let codes: Vec<&str> = errors.map(|found| found.problem.code()).collect();
    assert_eq!(codes, ["link-nowhere"]);
}

#[test]
fn the_program_speaks_chinese_where_the_locale_does_and_as_it_is_told() {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", document("title: 甲\ndate: 2025-01-01\ndistrct: 汉阳区"));
    let said = |envs: &[(&str, &str)], args: &[&str]| {
        let mut command = crate::site_test::tribune();
        command.env_remove("LANG").envs(envs.iter().copied());
        crate::site_test::run(command.current_dir(site.root()).arg("build").args(args)).stderr
    };
    let chinese =
        |text: String| text.contains("不认识的名称“distrct”") && text.contains("是不是想写“district”");
    let english =
        |text: String| text.contains("unknown key `distrct`") && text.contains("did you mean `district`");
    assert!(chinese(said(&[("LANG", "zh_CN.UTF-8")], &[])));
    assert!(chinese(said(&[("LC_ALL", "zh_CN.UTF-8"), ("LANG", "en_US.UTF-8")], &[])));
    assert!(english(said(&[("LC_ALL", "en_US.UTF-8"), ("LANG", "zh_CN.UTF-8")], &[])));
    assert!(english(said(&[], &[])));
    assert!(chinese(said(&[("LANG", "C")], &["--lang", "zh"])));
    assert!(english(said(&[("LANG", "zh_CN.UTF-8")], &["--lang", "en"])));
}

/// A world where everything is wrong that a disk can do.
struct BadDisk(MemoryWorld);

impl World for BadDisk {
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        let mut entries = self.0.list(folder);
        if folder == "content" {
            let bad = |path: &str, kind| Err(WorldError { path: path.to_owned(), kind });
            entries.push(bad("content/away", WorldErrorKind::LeavesRoot));
            entries.push(bad("content/news/hidden", WorldErrorKind::LeadsToHidden));
            entries.push(bad("content/news/ring", WorldErrorKind::Loop));
            let other = "content/news/first".to_owned();
            entries.push(bad("content/news/second", WorldErrorKind::ReachedTwice { other }));
            entries.push(bad("content", WorldErrorKind::TooMany { limit: 10_000_000 }));
            entries.push(bad("content/news/pipe", WorldErrorKind::NotAFile));
            entries.push(bad("content/news/\u{FFFD}.md", WorldErrorKind::NameNotUnicode));
            entries.push(Ok(Entry {
                path: "content/locked.md".into(),
                stamp: Stamp::default(),
                linked: false,
            }));
        }
        entries
    }

    fn open(&self, path: &str) -> Result<SourceFile, WorldError> {
        if path == "content/locked.md" {
            let kind = WorldErrorKind::Io(io::ErrorKind::PermissionDenied.into());
            return Err(WorldError { path: path.to_owned(), kind });
        }
        self.0.open(path)
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.0.stamp(path)
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

#[test]
fn errors_of_the_disk_are_reported() {
    insta::assert_snapshot!(shown(&errors_of_a_bad_disk()));
}

fn errors_of_a_bad_disk() -> Vec<Diagnostic> {
    let (build, _) = memory::build(&BadDisk(memory::world::<&str>([])));
    build.diagnostics
}

/// A world where a document is saved again between parsing and rendering.
struct BusyDisk(MemoryWorld, std::sync::atomic::AtomicUsize);

impl World for BusyDisk {
    fn list(&self, folder: &str) -> Vec<Result<Entry, WorldError>> {
        self.0.list(folder)
    }

    fn open(&self, path: &str) -> Result<SourceFile, WorldError> {
        let Content { mut bytes, stamp } = self.0.read(path, u64::MAX)?;
        if path == "content/about.md" {
            let times = self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            bytes.extend(times.to_string().bytes());
        }
        Ok(SourceFile::of_bytes(path, stamp, bytes))
    }

    fn stamp(&self, path: &str) -> Option<Stamp> {
        self.0.stamp(path)
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

#[test]
fn a_document_saved_during_the_build_is_reported() {
    insta::assert_snapshot!(shown(&errors_of_a_busy_disk()));
}

fn errors_of_a_busy_disk() -> Vec<Diagnostic> {
    let world = memory::world([("content/about.md".to_owned(), "---\ntitle: 关于\n---\n")]);
    memory::build(&BusyDisk(world, Default::default())).0.diagnostics
}

#[test]
fn a_folder_without_a_site_is_reported() {
    insta::assert_snapshot!(shown(&errors_of_a_missing_site()));
}

fn errors_of_a_missing_site() -> Vec<Diagnostic> {
    let empty: [(String, Vec<u8>); 0] = [];
    memory::build(&MemoryWorld::new(memory::now(), empty)).0.diagnostics
}

#[test]
fn an_instant_that_is_none_is_reported() {
    insta::assert_snapshot!(shown(&of_no_instant()));
}

fn of_no_instant() -> Vec<Diagnostic> {
    vec![Diagnostic::new(BuildProblem::BadSourceDate { value: "2026-01-08".into() })]
}

#[test]
fn a_file_in_the_place_of_the_cache_folder_is_reported() {
    insta::assert_snapshot!(shown(&of_the_own_folder()));
}

fn of_the_own_folder() -> Vec<Diagnostic> {
    let problem = |linked| BuildProblem::OwnFolder { path: "site/.tribune".into(), linked };
    [true, false].map(problem).map(Diagnostic::new).into()
}

#[test]
fn a_cache_folder_of_another_user_is_reported() {
    insta::assert_snapshot!(shown(&of_a_closed_cache()));
}

fn of_a_closed_cache() -> Vec<Diagnostic> {
    let path = || "site/.tribune".to_owned();
    let obstacle = Obstacle { path: path(), owner: Some(0), cause: Cause::Owner { folder: path() } };
    let error = (&io::Error::from(io::ErrorKind::PermissionDenied)).into();
    let error = IoError { obstacle: Some(obstacle), ..error };
    vec![Diagnostic::new(BuildProblem::NotKept { path: path(), error })]
}

#[test]
fn threads_that_cannot_be_started_are_reported() {
    insta::assert_snapshot!(shown(&of_no_threads()));
}

fn of_no_threads() -> Vec<Diagnostic> {
    let error = || (&io::Error::from(io::ErrorKind::WouldBlock)).into();
    [64, 1].map(|wanted| Diagnostic::new(BuildProblem::ThreadsRefused { wanted, error: error() })).into()
}

#[test]
fn a_slow_template_is_reported() {
    insta::assert_snapshot!(shown(&of_a_slow_template()));
}

fn of_a_slow_template() -> Vec<Diagnostic> {
    let [template, page] = ["themes/mine/templates/news.html", "/news/a.html"].map(str::to_owned);
    vec![Diagnostic::new(ThemeProblem::TemplateSlow { template, page, seconds: 75 })]
}

#[test]
fn more_sections_than_can_be_numbered_are_reported() {
    insta::assert_snapshot!(shown(&errors_of_too_many_sections()));
}

fn errors_of_too_many_sections() -> Vec<Diagnostic> {
    vec![Diagnostic::new(SiteProblem::TooManySections { count: 65_536, limit: 65_535 })]
}

/// One error of the system for each kind, by its number on Linux, and one that is none of them. The remedy is another
/// for each.
#[test]
#[cfg(target_os = "linux")]
fn each_error_of_the_system_is_reported_with_a_remedy() {
    use std::collections::BTreeMap;

    let [full, quota, access, permitted, read_only] = [28, 122, 13, 1, 30];
    let [open_here, open_anywhere, device, missing, not_folder] = [24, 23, 18, 2, 20];
    let [exists, is_folder, not_empty, damaged, name, busy] = [17, 21, 39, 5, 36, 16];
    let alike: [&[i32]; 11] = [
        &[full, quota],
        &[access, permitted],
        &[read_only],
        &[open_here, open_anywhere],
        &[device],
        &[missing],
        &[not_folder],
        &[exists, is_folder, not_empty],
        &[damaged],
        &[name],
        &[busy],
    ];
    let error = |number: i32| IoError::from(&io::Error::from_raw_os_error(number));
    let write = |number| {
        Problem::from(BuildProblem::WriteFailed {
            path: "public".into(),
            error: error(number),
            undone: false,
        })
    };
    let read =
        |number| Problem::from(FileProblem::ReadFailed { path: "content/a.md".into(), error: error(number) });
    let half = |number| {
        Problem::from(BuildProblem::CommitInterrupted { path: "public".into(), error: error(number) })
    };
    let refused = |owner, cause| {
        let obstacle = Obstacle { path: "public/第 1 篇.html".into(), owner, cause };
        let error = IoError { obstacle: Some(obstacle), ..error(access) };
        Problem::from(BuildProblem::WriteFailed { path: "public/a.html".into(), error, undone: true })
    };
    let folder = || Cause::Owner { folder: "public".into() };
    let obstacles = [
        refused(Some(0), folder()),
        refused(Some(1000), folder()),
        refused(None, Cause::Mode),
        refused(None, Cause::Immutable),
        refused(Some(1000), Cause::Immutable),
        refused(None, Cause::Unknown),
        refused(None, Cause::InUse),
    ];
    let mut hints = BTreeMap::new();
    for (at, numbers) in alike.iter().enumerate() {
        for number in *numbers {
            for lang in [Lang::Zh, Lang::En] {
                let hint = write(*number).message(lang).hint;
                assert_eq!(*hints.entry(hint.clone()).or_insert(at), at, "{number}: {hint}");
            }
        }
    }
    assert_eq!(hints.len(), 2 * alike.len());
    let first = || alike.iter().map(|numbers| numbers[0]);
    let all = first().map(write).chain(first().map(read)).chain([half(damaged)]).chain(obstacles);
    insta::assert_snapshot!(shown(&all.map(Diagnostic::new).collect::<Vec<_>>()));
}

/// The system's own words for it, or rather what it leads to, are of no help.
#[test]
#[cfg(unix)]
fn an_output_folder_that_is_a_link_to_nowhere_is_said_to_be_one() {
    let mut site = SiteTest::empty();
    std::os::unix::fs::symlink("gone/public", site.path("public")).unwrap();
    let run = site.args(&["--json"]).try_build();
    assert_eq!((run.code, run.codes()), (3, vec!["write-failed".to_owned()]));
    let hint = run.json()["diagnostics"][0]["hint"].as_str().unwrap().to_owned();
    assert!(hint.contains("link") && !hint.contains("space"), "{hint}");
}

#[test]
fn output_folders_that_cannot_be_used_are_reported() {
    let site = SiteTest::empty();
    let text = shown(&errors_of_bad_outputs(&site)).replace(site.root().to_str().unwrap(), "SITE");
    insta::assert_snapshot!(text);
}

/// A folder of sources, a folder below a file, and one where somebody else's file is in the way.
fn errors_of_bad_outputs(site: &SiteTest) -> Vec<Diagnostic> {
    let world = tribune::internals::world::DiskWorld::new(site.root());
    let publish = |out: &str| {
        let (changes, options, mut cache, progress) = Default::default();
        let target = BuildTarget::new(site.root(), site.path(out));
        tribune::internals::build::publish(&target, &world, &changes, &options, &mut cache, &progress)
            .diagnostics
    };
    let mut diagnostics = publish("content");
    crate::site_test::write_file(&site.path("taken/index.html"), b"somebody else's");
    diagnostics.extend(publish("taken"));
    for mut diagnostic in publish("content/site.yaml/x/public").into_iter().chain({
        crate::site_test::write_file(&site.path("file"), b"");
        publish("file/public")
    }) {
        // How a system words its refusal is its own affair.
        if let Problem::Build(BuildProblem::WriteFailed { error, .. }) = &mut diagnostic.problem {
            error.detail = "not a folder".into();
        }
        diagnostics.push(diagnostic);
    }
    diagnostics.extend(errors_of_a_dying_disk(site));
    let list = "site: https://other.example.gov.cn 山城人大\nindex.html\n";
    crate::site_test::write_file(&site.path("other/.tribune-files"), list.as_bytes());
    diagnostics.extend(publish("other"));
    diagnostics
}

/// A document that was sound once, on a site that goes out although it no longer is.
fn of_a_kept_page() -> Vec<Diagnostic> {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", format!("{SITE}on_error: keep\n")).write("content/news/_index.md", NEWS);
    site.write("content/news/a.md", document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区")).build();
    site.change("content/news/a.md", "2025-01-01", "昨天");
    let world = tribune::internals::world::DiskWorld::new(site.root());
    let (changes, options, mut cache, progress) = Default::default();
    let target = BuildTarget::new(site.root(), site.out());
    tribune::internals::build::publish(&target, &world, &changes, &options, &mut cache, &progress).diagnostics
}

/// A disk that takes nothing any more from the moment on when the new pages are to be put in place.
fn errors_of_a_dying_disk(site: &SiteTest) -> Option<Diagnostic> {
    let world = tribune::internals::world::DiskWorld::new(site.root());
    crate::site_test::write_file(&site.path("dying/theirs/x"), b"");
    let publish = |disk: FaultyDisk| {
        let (changes, options, mut cache, progress) = Default::default();
        let target =
            BuildTarget { disk: Arc::new(disk), ..BuildTarget::new(site.root(), site.path("dying")) };
        let mut publish =
            || tribune::internals::build::publish(&target, &world, &changes, &options, &mut cache, &progress);
        // The steps of one thread come in the same order each time.
        rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(&mut publish).diagnostics
    };
    let sound = FaultyDisk::new(Fault::None, 0);
    let steps = sound.log();
    publish(sound);
    let is_first = |step: &Step| step.name == "rename" && step.path.ends_with("dying/.tribune-files");
    let at = steps.lock().unwrap().iter().position(is_first).unwrap();
    fs::remove_dir_all(site.path("dying")).unwrap();
    // The second build takes the same steps only if it knows nothing of the first.
    fs::remove_dir_all(site.path(".tribune")).unwrap();
    crate::site_test::write_file(&site.path("dying/theirs/x"), b"");
    let mut found = publish(FaultyDisk::new(Fault::FromThenOn(crate::faulty_disk::EIO), at));
    if let Some(Problem::Build(BuildProblem::CommitInterrupted { error, .. })) =
        found.first_mut().map(|found| &mut found.problem)
    {
        error.detail = "input or output error".into();
    }
    found.into_iter().next()
}

/// The build of each site in `tests/diagnostics`, by file name.
static BUILDS: LazyLock<BTreeMap<String, Build>> = LazyLock::new(|| {
    let files = crate::site_test::tree(&repository().join("tests/diagnostics")).into_iter();
    let build = |bytes| memory::build(&site_of(&String::from_utf8(bytes).unwrap())).0;
    files.map(|(name, bytes)| (name, build(bytes))).collect()
});

/// The problems that the program can report, from the source of their messages.
fn problems() -> BTreeSet<String> {
    let files = crate::site_test::tree(&repository().join("src/diagnostics/messages")).into_values();
    let sources: Vec<String> = files.map(|bytes| String::from_utf8(bytes).unwrap()).collect();
    let name = |line: &str| {
        let (problem, _) = line.strip_prefix("    ")?.split_once(" = ").filter(|(_, rest)| {
            ["Error \"", "Warning \""].iter().any(|severity| rest.starts_with(severity))
                && rest.ends_with("\" {")
        })?;
        Some(problem.split(' ').next()?.to_owned())
    };
    sources.iter().flat_map(|source| source.lines()).filter_map(name).collect()
}

#[test]
fn every_problem_has_an_example() {
    let mut diagnostics: Vec<Diagnostic> = Vec::new();
    diagnostics.extend(BUILDS.values().flat_map(|build| build.diagnostics.iter().cloned()));
    diagnostics.extend(errors_of_a_bad_disk());
    diagnostics.extend(errors_of_a_busy_disk());
    diagnostics.extend(errors_of_a_missing_site());
    diagnostics.extend(of_no_instant());
    diagnostics.extend(of_the_own_folder());
    diagnostics.extend(of_a_closed_cache());
    diagnostics.extend(of_no_threads());
    diagnostics.extend(of_a_slow_template());
    diagnostics.extend(of_a_kept_page());
    diagnostics.extend(errors_of_too_many_sections());
    diagnostics.extend(errors_of_bad_outputs(&SiteTest::empty()));
    // `Yaml(Tag { … })`, `Yaml(Tab)`
    let name = |diagnostic: &Diagnostic| {
        let text = format!("{:?}", diagnostic.problem);
        text.split(['(', ')', ' ']).nth(1).unwrap().to_owned()
    };
    let seen: BTreeSet<String> = diagnostics.iter().map(name).collect();
    let problems = problems();
    assert!(problems.len() > 100, "only {} problems are found in the source", problems.len());
    let missing: Vec<&String> = problems.difference(&seen).collect();
    assert!(missing.is_empty(), "no example in tests/diagnostics of: {missing:?}");
}

#[test]
fn every_snapshot_has_its_input() {
    let folder = repository().join("tests/suite/snapshots");
    for name in crate::site_test::tree(&folder).into_keys() {
        let Some((_, input)) = name.trim_end_matches(".snap").split_once('@') else { continue };
        let known = ["diagnostics", "markdown"].map(|kind| repository().join("tests").join(kind).join(input));
        assert!(known.iter().any(|path| path.is_file()), "{name} is left over");
    }
}

/// However long the texts are that a site contains, and however many mistakes there are of one kind.
#[test]
fn messages_are_short_whatever_the_site_contains() {
    let long = "甲".repeat(20_000);
    let front_matter = "title: 乙\ndate: 2025-01-01\ndistrict: 汉阳区";
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS)
        .write("content/news/link.md", format!("{}[乙](/{long}.md)\n", document(front_matter)))
        .write("content/news/anchor.md", format!("{}[乙](#{long})\n", document(front_matter)))
        .write("content/news/html.md", format!("{}<{long}>\n", document(front_matter)))
        .write("content/news/date.md", document(&format!("title: 乙\ndate: {long}\ndistrict: 汉阳区")))
        .write(
            "content/news/district.md",
            document(&format!("title: 乙\ndate: 2025-01-01\ndistrict: {long}")),
        )
        .write("content/news/key.md", document(&format!("{front_matter}\n{long}: 丙")))
        .write("content/news/list.md", document(&format!("{front_matter}\ntopics: {long}、{long}")))
        .write("content/news/alias.md", document(&format!("{front_matter}\naliases: [../{long}]")))
        .write("content/news/template.md", document(&format!("{front_matter}\ntemplate: {long}")))
        .write(&format!("content/news/{}a.md", ["甲".repeat(80), "/".into()].concat().repeat(12)), "");
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.code, 1);
    let found = run.json()["diagnostics"].as_array().cloned().unwrap();
    assert!(found.len() >= 8, "{}", run.stdout);
    for found in found {
        for key in ["message", "hint"] {
            assert!(found[key].as_str().unwrap().chars().count() <= 800, "{found}");
        }
    }
    let run = site.run(&["build"]);
    assert!(run.stderr.lines().all(|line| line.chars().count() <= 800), "{}", run.stderr);
}

#[test]
fn districts_in_a_circle_are_one_error_and_others_are_bounded() {
    let mut site = SiteTest::empty();
    let districts = |parent: &dyn Fn(usize) -> String| {
        (0..5000)
            .map(|at| {
                format!(
                    "- {{code: \"{}\", name: 甲{at}, slug: a{at}, parent: \"{}\"}}\n",
                    100_000 + at,
                    parent(at)
                )
            })
            .collect::<String>()
    };
    site.write("content/districts.yaml", districts(&|at| (100_000 + (at + 1) % 5000).to_string()));
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.codes(), ["parent-loop"], "{}", run.stdout);
    assert!(run.stdout.contains("5000"), "{}", run.stdout);
    site.write("content/districts.yaml", districts(&|at| format!("9{at:05}")));
    assert_eq!(site.run(&["build", "--json"]).codes(), ["unknown-parent"; 50]);
}
