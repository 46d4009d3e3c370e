//! The mistakes that people make, one by one, each laid over a sound site: `tests/broken/*.txt`. Whatever is
//! reported of a case has to be what its author would want to be told: at the line of the mistake, with a
//! remedy that names the way out, and nothing else.
//!
//! ```text
//! # what was done wrong
//! @ content/news/a.md:2           the file and the line; without a line it is a file of its own
//! - title: 甲                      what stands there in tests/broken/good
//! + title：甲                      what stands there now
//! = 半角冒号 | ASCII colon         an error at that line (±1), and words of its remedy in both languages
//! = :3 … | …                      the same at another line, 0 for the file as a whole
//! = content/b.md:3 … | …          or in another file
//! ~ … | …                         a warning
//! . … | …                         a notice
//! ```
//!
//! `⟨200B⟩` stands for the character U+200B, `⟨x:E4⟩` for the byte E4, `⟨20×甲⟩` for twenty of 甲.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use rayon::prelude::*;
use tribune::internals::diagnostics::Lang;
use tribune::internals::diagnostics::human;
use tribune::internals::diagnostics::{Diagnostic, Severity};
use tribune::internals::world::MemoryWorld;

use crate::memory;
use crate::site_test::{SiteTest, repository, tree, write_file};

/// A change of the sound site.
struct Hunk {
    file: String,
    line: Option<usize>,
    old: Vec<String>,
    new: Vec<String>,
}

/// What has to be reported.
#[derive(Debug)]
struct Expected {
    severity: Severity,
    file: String,
    line: u32,
    zh: String,
    en: String,
}

struct Case {
    name: String,
    hunks: Vec<Hunk>,
    expected: Vec<Expected>,
}

fn cases() -> Vec<Case> {
    let files = tree(&repository().join("tests/broken")).into_iter();
    let texts = files.filter(|(path, _)| path.ends_with(".txt") && !path.contains('/'));
    let texts = texts.map(|(path, bytes)| (path, String::from_utf8(bytes).unwrap()));
    texts
        .flat_map(|(path, text)| {
            let cases = text.split("\n# ").skip(1).map(|part| case(&path, part));
            cases.collect::<Vec<_>>()
        })
        .collect()
}

fn case(path: &str, part: &str) -> Case {
    let (name, rest) = part.split_once('\n').unwrap();
    let mut case = Case { name: format!("{path}: {name}"), hunks: Vec::new(), expected: Vec::new() };
    for line in rest.lines().filter(|line| !line.is_empty()) {
        let (mark, text) = line.split_once(' ').unwrap_or((line, ""));
        match mark {
            "@" => case.hunks.push(hunk(text)),
            "-" => case.hunks.last_mut().unwrap().old.push(text.to_owned()),
            "+" => case.hunks.last_mut().unwrap().new.push(text.to_owned()),
            "=" | "~" | "." => {
                let expected = expected(&case.hunks[0], mark, text);
                case.expected.push(expected);
            }
            _ => panic!("{}: {line}", case.name),
        }
    }
    case
}

fn hunk(place: &str) -> Hunk {
    let numbered = place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    let (file, line) = numbered.map_or((place, None), |(file, line)| (file, Some(line)));
    Hunk { file: text_of(file), line, old: Vec::new(), new: Vec::new() }
}

fn expected(hunk: &Hunk, mark: &str, text: &str) -> Expected {
    let (first, rest) = text.split_once(' ').unwrap();
    let own_line = hunk.line.unwrap_or(1) as u32;
    let (file, line, words) = match first.rsplit_once(':') {
        Some(("", line)) => (hunk.file.clone(), line.parse().unwrap(), rest),
        Some((file, line)) if file.starts_with("content/") => (file.to_owned(), line.parse().unwrap(), rest),
        _ => (hunk.file.clone(), own_line, text),
    };
    let (zh, en) = words.split_once(" | ").unwrap();
    let severity = match mark {
        "=" => Severity::Error,
        "~" => Severity::Warning,
        _ => Severity::Notice,
    };
    Expected { severity, file, line, zh: zh.to_owned(), en: en.to_owned() }
}

fn text_of(text: &str) -> String {
    String::from_utf8(bytes_of(text)).unwrap()
}

fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('⟨') {
        let (code, after) = after.split_once('⟩').unwrap();
        bytes.extend(before.as_bytes());
        match (code.split_once('×'), code.strip_prefix("x:")) {
            (Some((count, text)), _) => bytes.extend(text.repeat(count.parse().unwrap()).bytes()),
            (_, Some(byte)) => bytes.push(u8::from_str_radix(byte, 16).unwrap()),
            _ => {
                let c = char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap();
                bytes.extend(c.to_string().bytes());
            }
        }
        rest = after;
    }
    bytes.extend(rest.as_bytes());
    bytes
}

fn good() -> BTreeMap<String, Vec<u8>> {
    tree(&repository().join("tests/broken/good"))
}

/// The files of the site with the mistake.
fn files_of(case: &Case) -> BTreeMap<String, Vec<u8>> {
    let mut files = good();
    for hunk in &case.hunks {
        let new: Vec<u8> =
            hunk.new.iter().flat_map(|line| [bytes_of(line), b"\n".to_vec()].concat()).collect();
        let Some(line) = hunk.line else {
            files.insert(hunk.file.clone(), new);
            continue;
        };
        let text = String::from_utf8(files[&hunk.file].clone()).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let end = line - 1 + hunk.old.len();
        let old: Vec<&str> = lines[line - 1..end].iter().map(|line| line.trim_end_matches('\n')).collect();
        assert_eq!(old, hunk.old, "{}", case.name);
        let bytes = [lines[..line - 1].concat().into_bytes(), new, lines[end..].concat().into_bytes()];
        files.insert(hunk.file.clone(), bytes.concat());
    }
    files
}

fn is_met(expected: &Expected, found: &Diagnostic) -> bool {
    let (zh, en) = (found.problem.message(Lang::Zh), found.problem.message(Lang::En));
    let place = found.place.as_ref();
    place.is_some_and(|place| place.file == expected.file && place.line.abs_diff(expected.line) <= 1)
        && found.severity == expected.severity
        && zh.hint.contains(&expected.zh)
        && en.hint.contains(&expected.en)
        && ![&zh.text, &en.text].iter().any(|text| text.is_empty())
}

#[test]
fn the_site_that_mistakes_are_made_in_is_sound() {
    let (build, _) = memory::build(&MemoryWorld::new(memory::now(), good()));
    assert!(build.diagnostics.is_empty(), "{:?}", build.diagnostics);
}

#[test]
fn every_mistake_is_found_at_its_line_with_a_remedy_and_nothing_else_is_said() {
    let cases = cases();
    assert!(cases.len() >= 200, "there are only {} cases", cases.len());
    let bad: Vec<String> = cases.par_iter().filter_map(complaint).collect();
    assert!(bad.is_empty(), "{} of {} cases:\n{}", bad.len(), cases.len(), bad.concat());
}

/// What is not as it should be with what is said of a case.
fn complaint(case: &Case) -> Option<String> {
    let (build, _) = memory::build(&MemoryWorld::new(memory::now(), files_of(case)));
    let mut rest: Vec<&Diagnostic> = build.diagnostics.iter().collect();
    let mut missed = Vec::new();
    for expected in &case.expected {
        match rest.iter().position(|found| is_met(expected, found)) {
            Some(at) => drop(rest.remove(at)),
            None => missed.push(expected),
        }
    }
    let errors = case.expected.iter().any(|expected| expected.severity == Severity::Error);
    let io = build.diagnostics.iter().any(|found| found.is_error() && found.problem.is_io());
    if missed.is_empty() && rest.is_empty() && !io && build.is_ok() != errors {
        return None;
    }
    let mut bad = format!("### {}\n", case.name);
    for Expected { severity, file, line, zh, en } in missed {
        let _ = writeln!(bad, "not said: {severity:?} {file}:{line} {zh} | {en}");
    }
    for found in rest {
        let _ =
            writeln!(bad, "said: {}      {}", human(found, Lang::Zh), found.problem.message(Lang::En).hint);
    }
    Some(bad)
}

#[test]
fn the_exit_code_is_1_on_errors_and_the_pages_stay() {
    let mut site = SiteTest::empty();
    for (path, bytes) in good() {
        site.write(&path, bytes);
    }
    let before = site.build().outputs();
    for case in
        cases().iter().filter(|case| case.expected.iter().any(|e| e.severity == Severity::Error)).step_by(9)
    {
        let files = files_of(case);
        let restore: Vec<&String> = files.keys().collect();
        for (path, bytes) in &files {
            write_file(&site.path(path), bytes);
        }
        let run = site.run(&["build", "--lang", "zh"]);
        assert_eq!(run.code, 1, "{}: {}", case.name, run.stderr);
        assert!(run.stderr.contains("改法：") && !run.stderr.contains("panicked"), "{}", run.stderr);
        assert!(site.outputs() == before, "{}", case.name);
        for path in restore {
            fs::remove_file(site.path(path)).unwrap();
        }
        for (path, bytes) in good() {
            site.write(&path, bytes);
        }
    }
}
