//! Build time grows at most linearly: doubling any of these inputs takes at most 2.5 times as long, or the input is
//! rejected with its location.
//!
//! The default run tests a sample; `.ci/run` tests all. `TRIBUNE_DOUBLING=1` prints the measurements.

mod inputs;
mod timing;

use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

use inputs::{Input, LARGE, all};
use timing::{Verdict, judge};

/// Judges inputs, and tells of those that cost too much. Each is measured by the time of its own thread, so that two can
/// be measured at once.
fn check<'i>(inputs: impl Iterator<Item = &'i Input>, long_enough: Duration) {
    let waiting = Mutex::new(inputs.collect::<Vec<_>>());
    let report = Mutex::new(String::new());
    let work = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        loop {
            let Some(input) = waiting.lock().unwrap().pop() else { break };
            let verdict = pool.install(|| judge(input, long_enough));
            if std::env::var_os("TRIBUNE_DOUBLING").is_some() {
                eprintln!("{:40} {verdict:?}", input.name);
            }
            if let Verdict::TooSlow { .. } = verdict {
                let _ = writeln!(report.lock().unwrap(), "{}: {verdict:?}", input.name);
            }
        }
    };
    std::thread::scope(|scope| (0..2).for_each(|_| drop(scope.spawn(work))));
    let report = report.into_inner().unwrap();
    assert!(report.is_empty(), "{report}");
}

#[test]
fn there_are_at_least_a_hundred_pathological_inputs() {
    let inputs = all();
    assert!(inputs.len() >= 100, "{}", inputs.len());
    let names: std::collections::BTreeSet<&str> = inputs.iter().map(|input| input.name).collect();
    assert_eq!(names.len(), inputs.len(), "each has a name of its own");
}

/// Inputs of which each took the square of its length once, in this program's own code.
const ONCE_SLOW: &[&str] = &[
    "instructions",
    "images in images",
    "emphasis in emphasis",
    "wrong aliases",
    "topics",
    "wrong entries of the navigation",
    "districts with missing parents",
    "districts in a ring",
    "districts that are none",
    "a long misspelt name",
];

#[test]
fn doubling_what_was_slow_once_at_most_doubles_the_time() {
    let inputs = all();
    let inputs: Vec<&Input> = inputs.iter().filter(|input| ONCE_SLOW.contains(&input.name)).collect();
    assert_eq!(inputs.len(), ONCE_SLOW.len());
    check(inputs.into_iter(), Duration::from_millis(20));
}

/// Each wrong key is compared with the known ones once, although every known key asks whether it is misspelt. Comparing
/// them again for each would take some fifteen times as long as right ones.
#[test]
fn documents_with_wrong_keys_take_little_longer_than_others() {
    let document = |keys: &str| format!("---\ntitle: 甲\ndate: 2025-01-01\n{keys}---\n\n正文。\n");
    let lines = |indent: &str| (0..10).map(|at| format!("{indent}wrongkey{at}: 1\n")).collect::<String>();
    let (right, wrong) = (document(&format!("extra:\n{}", lines("  "))), document(&lines("")));
    let time = |file: &str| {
        let once = || {
            let before = timing::running();
            (0..20).for_each(|_| {
                inputs::document(file.as_bytes());
            });
            timing::running() - before
        };
        (0..10).map(|_| once()).min().unwrap()
    };
    let (right, wrong) = (time(&right), time(&wrong));
    assert!(wrong < right * 6, "{wrong:?} with wrong keys, {right:?} with right ones");
}

/// Parsers of XML compare the attributes of a tag, and look through its namespaces, one by one.
#[test]
fn too_many_attributes_and_namespaces_are_refused_at_once() {
    let before = timing::running();
    for (attribute, line) in [("a", 2), ("xmlns:a", 2)] {
        let many: String = (0..100_000).map(|at| format!("{attribute}{at}=\"b\" ")).collect();
        let drawing = format!("<svg>\n<g {many}/></svg>");
        let files = [("content/a.svg".to_owned(), drawing)];
        let (build, _) = crate::memory::build(&crate::memory::publishing(files));
        let [found] = build.diagnostics.as_slice() else { panic!("{:?}", build.diagnostics.len()) };
        assert_eq!(found.problem.code(), "active-file");
        assert_eq!(found.place.as_ref().map(|place| place.line), Some(line));
    }
    assert!(timing::running() - before < Duration::from_secs(10));
}

/// Every fifth, measured shortly: what is slow is slow by far.
#[test]
fn doubling_some_inputs_at_most_doubles_the_time() {
    let inputs = all();
    check(inputs.iter().filter(|input| input.least < LARGE).step_by(5), Duration::from_millis(5));
}

/// pulldown-cmark's nested containers, comrak's quadratic inputs, and whatever else may take long.
#[test]
#[ignore = "takes a minute: .ci/run calls it"]
fn doubling_any_input_at_most_doubles_the_time() {
    check(all().iter(), Duration::from_millis(40));
}

/// What no person writes is refused with its place, however large it is, and at once.
#[test]
fn deeply_nested_bodies_are_refused_at_once() {
    for (mark, count, code) in [
        (">", 50_000, "too-deep"),
        ("> - ", 50_000, "too-deep"),
        ("1. ", 50_000, "too-deep"),
        ("[^a]: ", 50_000, "too-deep"),
        ("<div>\n\n", 20_000, "too-deep"),
        ("<b a=b>甲", 20_000, "too-deep"),
        ("<div>\n\n", 50_000, "html-too-much"),
        ("<p a=\"b\" c>", 50_000, "html-too-much"),
    ] {
        let before = timing::running();
        let (build, _) = crate::memory::build(&crate::memory::world(news(&(mark.repeat(count) + "乙"))));
        let [found] = build.diagnostics.as_slice() else { panic!("{mark}: {:?}", build.diagnostics.len()) };
        assert_eq!(found.problem.code(), code, "{mark}");
        assert!(found.place.as_ref().is_some_and(|place| place.line >= 9), "{mark}: {found:?}");
        assert!(timing::running() - before < Duration::from_secs(20), "{mark}");
    }
}

/// A document with this body.
fn news(body: &str) -> [(String, String); 1] {
    let file = format!("---\ntitle: 甲\ndate: 2025-01-01\ndistrict: 汉阳区\n---\n\n正文。\n\n{body}\n");
    [("content/news/a.md".to_owned(), file)]
}

/// html5ever searches the rest of a text for each `&` and each no-break space in it: with HTML, bodies have a limit.
#[test]
fn long_bodies_with_html_are_refused() {
    let spaces = "\u{a0}".repeat(400_000);
    let entities = "&amp;".repeat(400_000);
    for (body, line) in [
        (format!("<div>{spaces}</div>"), 9),
        (format!("乙<b title=\"{entities}\">丙</b>"), 9),
        (format!("<b>乙</b>\n\n丙{spaces}丁"), 9),
        (format!("<!-- 乙 -->\n\n丙{entities}丁"), 9),
        (format!("丙{spaces}丁\n\n<b>乙</b>"), 11),
    ] {
        let (build, _) = crate::memory::build(&crate::memory::world(news(&body)));
        let [found] = build.diagnostics.as_slice() else { panic!("{:.30}: {:?}", body, build.diagnostics) };
        assert_eq!(found.problem.code(), "html-too-much", "{body:.30}");
        assert_eq!(found.place.as_ref().map(|place| place.line), Some(line), "{body:.30}");
    }
    let before = timing::running();
    let (build, _) = crate::memory::build(&crate::memory::world(news(&spaces)));
    assert!(build.is_ok(), "there is no HTML: {:?}", build.diagnostics);
    for policy in ["escape", "trust"] {
        let site = ("content/site.yaml".to_owned(), format!("{}html: {policy}\n", crate::site_test::SITE));
        let body = format!("<div>{spaces}</div>");
        let (build, _) = crate::memory::build(&crate::memory::world(news(&body).into_iter().chain([site])));
        assert!(build.is_ok(), "nothing is sanitized: {policy}");
    }
    assert!(timing::running() - before < Duration::from_secs(20));
}

/// Formatting that is not closed goes on in every block after it: a page of megabytes from a few kilobytes.
#[test]
fn html_that_expands_when_parsed_is_refused() {
    let body = format!("<b title=\"{}\">\n\n{}", "甲".repeat(3000), "<p>乙\n\n".repeat(3000));
    let file = format!("---\ntitle: 甲\ndate: 2025-01-01\ndistrict: 汉阳区\n---\n\n{body}");
    let (build, outputs) =
        crate::memory::build(&crate::memory::world([("content/news/a.md".to_owned(), file)]));
    let codes: Vec<&str> = build.diagnostics.iter().map(|found| found.problem.code()).collect();
    assert_eq!(codes, ["html-too-much"], "{:?}", outputs.get("news/a.html").map(Vec::len));
}
