//! The command line: exit codes, options, the JSON that scripts read, and what may happen to the
//! output folder.

use std::collections::BTreeSet;
use std::fs;
use std::process::Stdio;

use tempfile::TempDir;

use crate::site_test::{NEWS, Run, SiteTest, document, repository, run, run_in, tree, tribune, write_file};

fn news(title: &str) -> String {
    document(&format!("title: {title}\ndate: 2025-01-01\ndistrict: 汉阳区"))
}

fn small_site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/_index.md", NEWS).write("content/news/a.md", news("甲"));
    site
}

#[test]
fn exit_codes_tell_success_errors_misuse_and_trouble_with_files() {
    let mut site = small_site();
    assert_eq!(site.run(&["build"]).code, 0);
    assert_eq!(site.run(&["build", "--no-such-option"]).code, 2);
    assert_eq!(site.run(&["biuld"]).code, 2);
    assert_eq!(site.run(&["build", "--threads", "0"]).code, 2);
    assert_eq!(site.run(&["list", "nothing"]).code, 2);
    site.write("file", "");
    assert_eq!(site.run(&["build", "--out", "file/public"]).code, 3);
    site.write("content/news/b.md", "坏的");
    assert_eq!(site.run(&["build"]).code, 1);
    assert_eq!(run_in(TempDir::new().unwrap().path(), &["build"]).code, 1);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_trouble_with_files() {
    use std::os::unix::fs::PermissionsExt;
    let site = small_site();
    let file = site.path("content/news/a.md");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        // Who is root may read everything: a link to nothing serves as well.
        fs::remove_file(&file).unwrap();
        std::os::unix::fs::symlink("nothing.md", &file).unwrap();
    }
    let run = site.run(&["build", "--json"]);
    assert_eq!((run.code, run.codes()), (3, vec!["read-failed".to_owned()]));
}

#[cfg(unix)]
#[test]
fn links_out_of_the_site_and_in_circles_are_errors() {
    use std::os::unix::fs::symlink;
    let site = small_site();
    let elsewhere = TempDir::new().unwrap();
    write_file(&elsewhere.path().join("x.md"), news("外").as_bytes());
    write_file(&elsewhere.path().join("_index.md"), NEWS.as_bytes());
    symlink(elsewhere.path(), site.path("content/away")).unwrap();
    symlink("..", site.path("content/news/ring")).unwrap();
    let run = site.run(&["build", "--json"]);
    assert_eq!(run.codes(), ["leaves-root", "link-loop"], "{}", run.stdout);
    assert_eq!(run.code, 1);
}

#[test]
fn the_root_is_found_from_a_folder_below_or_named() {
    let mut site = small_site();
    let elsewhere = TempDir::new().unwrap();
    assert_eq!(run_in(&site.path("content/news"), &["build"]).code, 0);
    site.has("news/a.html").remove("public");
    assert_eq!(run_in(elsewhere.path(), &["build", "--root", site.root().to_str().unwrap()]).code, 0);
    site.has("news/a.html");
    assert_eq!(tree(elsewhere.path()).len(), 0);
}

#[test]
fn json_is_one_object_and_nothing_else_with_the_fields_of_the_contract() {
    let mut site = small_site();
    let fields = [
        "version",
        "documents",
        "outputs",
        "rendered",
        "reused",
        "written",
        "unchanged",
        "removed",
        "elapsed_ms",
        "ok",
        "published",
        "changes",
        "diagnostics",
    ];
    let good = site.run(&["build", "--json"]);
    assert_eq!(good.stdout.lines().count(), 1);
    let keys: Vec<String> = good.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, fields);
    assert_eq!(good.json()["version"], 1);
    assert_eq!(good.json()["documents"], 1);

    site.write("content/news/b.md", document("title: 乙\ndate: 2025-01-01\ndistrct: 汉阳区"));
    let bad = site.run(&["build", "--json"]);
    assert_eq!(bad.stdout.lines().count(), 1);
    let first = bad.json()["diagnostics"][0].clone();
    let keys: Vec<&str> = first.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["severity", "code", "message", "file", "line", "column", "hint"]);
    let report = bad.json();
    assert_eq!(
        (&report["ok"], &report["written"], &report["removed"]),
        (&false.into(), &0.into(), &0.into())
    );
}

#[test]
fn json_counts_add_up() {
    let mut site = SiteTest::sample();
    let files = |site: &SiteTest| site.outputs().keys().filter(|path| !path.starts_with('.')).count() as u64;
    site.check_build(|first| {
        assert_eq!(first["written"], first["outputs"]);
        assert_eq!(first["unchanged"], 0);
    });
    let count = files(&site);
    site.check_build(|second| {
        assert_eq!(second["outputs"], count);
        assert_eq!((&second["written"], &second["removed"]), (&0.into(), &0.into()));
        assert_eq!(second["unchanged"], count);
    });
    site.write("content/news/new.md", news("新的一篇")).check_build(|third| {
        assert!(third["written"].as_u64() > Some(0) && third["outputs"].as_u64() > Some(count));
        assert_eq!(
            third["written"].as_u64().unwrap() + third["unchanged"].as_u64().unwrap(),
            third["outputs"]
        );
    });
    site.remove("content/news/new.md").check_build(|fourth| {
        assert_eq!(fourth["outputs"], count);
        assert!(fourth["removed"].as_u64() > Some(0));
    });
}

#[test]
fn explain_says_a_line_an_output_why_it_was_rendered() {
    let run = small_site().run(&["build", "--explain"]);
    assert_eq!(run.code, 0);
    for output in ["news/a.html", "index.html", "feed.xml"] {
        assert_eq!(
            run.stdout.lines().filter(|line| line.starts_with(output)).count(),
            1,
            "{output}: {}",
            run.stdout
        );
    }
}

#[test]
fn strict_turns_warnings_into_errors() {
    let mut site = small_site();
    site.write("content/news/b.md", news("乙") + "[大厅](/hall.jsp)\n");
    let lax = site.run(&["build", "--json"]);
    assert_eq!((lax.code, lax.codes()), (0, vec!["link-unknown".to_owned()]));
    assert_eq!(lax.json()["diagnostics"][0]["severity"], "warning");
    let strict = site.run(&["build", "--strict", "--json"]);
    assert_eq!((strict.code, strict.codes()), (1, vec!["link-unknown".to_owned()]));
    assert_eq!(strict.json()["diagnostics"][0]["severity"], "error");
}

#[test]
fn base_url_out_and_threads_are_taken_from_the_command_line() {
    let mut site = small_site();
    site.args(&["--base-url", "https://a.cn/b/", "--out", "dist", "--threads", "1"]).build();
    let page = fs::read_to_string(site.path("dist/news/a.html")).unwrap();
    assert!(page.contains("https://a.cn/b/news/a.html"), "{page}");
    assert!(!site.out().exists());
    for bad in ["a.cn", "ftp://a.cn", "https://", "https://a.cn/?q"] {
        let run = site.run(&["build", "--json", "--base-url", bad]);
        assert_eq!((run.code, run.codes()), (1, vec!["bad-base-url".to_owned()]), "{bad}");
    }
}

#[test]
fn a_failed_build_leaves_the_output_as_it_was() {
    let breaks: [(&str, &str); 5] = [
        ("content/news/a.md", "坏的"),
        ("content/site.yaml", "title: 只有标题\n"),
        ("content/districts.yaml", "不是列表"),
        ("themes/chamber/templates/page.html", "{{ page.nothing }}"),
        ("themes/chamber/templates/listing.html", "{% if %}"),
    ];
    for (path, text) in breaks {
        let mut site = small_site();
        site.build().write("content/news/b.md", news("乙"));
        let before = site.outputs();
        let times = times(&site);
        site.write(path, text);
        let run = site.run(&["build"]);
        assert_eq!(run.code, 1, "{path}: {}", run.stderr);
        assert!(site.outputs() == before, "{path}: the output has changed");
        assert_eq!(times, self::times(&site), "{path}: files were touched");
        let left: BTreeSet<String> = fs::read_dir(site.root())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(left.iter().all(|name| !name.contains("staging")), "{path}: {left:?}");
    }
}

fn times(site: &SiteTest) -> Vec<(String, std::time::SystemTime)> {
    let files = site.outputs().into_keys();
    files
        .map(|path| (path.clone(), fs::metadata(site.out().join(path)).unwrap().modified().unwrap()))
        .collect()
}

#[test]
fn unchanged_files_are_not_touched() {
    let mut site = small_site();
    site.build();
    let before = times(&site);
    site.change("content/news/a.md", "正文一段", "正文两段").build();
    let before: BTreeSet<_> = before.into_iter().collect();
    let after: BTreeSet<_> = times(&site).into_iter().collect();
    let same: BTreeSet<&str> = before.intersection(&after).map(|(path, _)| path.as_str()).collect();
    assert!(same.contains("404.html") && same.contains("districts/index.html"), "{same:?}");
    assert!(!same.contains("news/a.html"));
}

#[test]
fn foreign_files_in_the_output_folder_survive() {
    let mut site = small_site();
    site.build();
    write_file(&site.out().join("CNAME"), b"example.gov.cn");
    write_file(&site.out().join("news/upload.pdf"), b"pdf");
    site.remove("content/news").write("content/about.md", document("title: 关于")).build();
    site.has("CNAME")
        .has("news/upload.pdf")
        .has_not("news/a.html")
        .has_not("news/index.html")
        .has("about.html");
}

#[test]
fn a_folder_that_was_there_before_keeps_what_it_held() {
    let mut site = small_site();
    write_file(&site.out().join("letters/1.txt"), b"1");
    write_file(&site.out().join(".gitignore"), b"*");
    site.build().has("letters/1.txt").has(".gitignore").has("news/a.html");
}

#[test]
fn stale_files_and_the_folders_they_leave_empty_are_removed() {
    let mut site = small_site();
    site.write("content/reports/2025/x.md", news("乙")).build().has("reports/2025/x.html");
    site.remove("content/reports").build();
    assert!(!site.out().join("reports").exists());
    site.has("news/a.html");
}

#[test]
fn a_forged_list_of_files_deletes_nothing_outside_the_output_folder() {
    let mut site = small_site();
    site.build().write("precious.txt", "x");
    let manifests: Vec<String> = site.outputs().into_keys().filter(|path| path.starts_with('.')).collect();
    for manifest in &manifests {
        let path = site.out().join(manifest);
        let absolute = site.path("precious.txt").display().to_string();
        let text = fs::read_to_string(&path).unwrap_or_default();
        fs::write(&path, format!("{text}../precious.txt\n{absolute}\nnews/../../precious.txt\n")).unwrap();
    }
    site.build();
    assert!(site.path("precious.txt").is_file());
}

/// What somebody has made of it may name the same outputs, and is not what a clean build leaves.
#[test]
fn the_list_of_files_is_byte_for_byte_what_a_clean_build_leaves() {
    let mut site = small_site();
    let list = site.build().out().join(".tribune-files");
    let clean = fs::read_to_string(&list).unwrap();
    let reversed: String = clean.lines().rev().flat_map(|line| [line, "\n"]).collect();
    let made_of_it = [
        reversed,
        format!("{clean}../content/site.yaml\n"),
        format!("{clean}index.html\r\n"),
        format!("{clean}index.html\n"),
        clean.replace('\n', "\r\n"),
        clean.trim_end().to_owned(),
        format!("{clean}\n"),
    ];
    for text in made_of_it {
        for args in [&["build"][..], &["build", "--no-cache"]] {
            fs::write(&list, &text).unwrap();
            assert_eq!(site.run(args).code, 0);
            assert_eq!(fs::read_to_string(&list).unwrap(), clean, "{args:?} with {text:?}");
        }
    }
    assert!(site.path("content/site.yaml").is_file() && site.path("public/index.html").is_file());
}

#[test]
fn folders_that_hold_other_things_are_refused_as_output() {
    let mut site = small_site();
    site.write("themes/mine/theme.yaml", "name: mine\n").write("file", "x");
    let before = tree(site.root());
    for out in [".", "content", "content/news", "themes", "themes/mine/x", "..", "/", "file"] {
        let run = site.run(&["build", "--out", out]);
        assert_eq!(run.code, 3, "{out}: {}", run.stderr);
        assert!(run.stderr.contains("--out"), "{out}: {}", run.stderr);
        assert!(tree(site.root()) == before, "{out}: something has changed");
    }
    let home = TempDir::new().unwrap();
    let mut command = tribune();
    command.current_dir(site.root()).env("HOME", home.path()).env("USERPROFILE", home.path());
    assert_eq!(run(command.args(["build", "--out"]).arg(home.path())).code, 3);
    assert_eq!(tree(home.path()).len(), 0);
}

#[test]
fn an_interrupted_builds_leftovers_do_no_harm() {
    let mut site = small_site();
    site.write(".public.tribune-staging/news/ghost.html", "x").build().has_not("news/ghost.html");
    assert!(!site.path(".public.tribune-staging").exists());
}

#[test]
fn builds_of_one_site_at_the_same_time_do_not_mix() {
    let site = SiteTest::sample();
    let start = || {
        tribune().current_dir(site.root()).args(["build", "--json"]).stdout(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<_> = (0..4).map(|_| start()).collect();
    for child in running {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
    assert_eq!(site.run(&["build", "--out", "clean"]).code, 0);
    assert!(site.outputs() == tree(&site.path("clean")));
}

#[cfg(unix)]
#[test]
fn an_output_folder_behind_a_link_is_written_through() {
    let mut site = small_site();
    let elsewhere = TempDir::new().unwrap();
    std::os::unix::fs::symlink(elsewhere.path(), site.out()).unwrap();
    site.build().change("content/news/a.md", "甲", "乙").build();
    assert!(site.out().is_symlink());
    assert!(fs::read_to_string(elsewhere.path().join("news/a.html")).unwrap().contains("乙"));
}

#[test]
fn init_makes_a_site_that_builds_and_lacks_nothing_but_its_site_code() {
    let folder = TempDir::new().unwrap();
    assert_eq!(run_in(folder.path(), &["init", "mysite"]).code, 0);
    let root = folder.path().join("mysite");
    let built = run_in(&root, &["build", "--json"]);
    assert_eq!((built.code, built.codes()), (0, vec!["inspection-settings".to_owned()]));
    let message = built.json()["diagnostics"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with(": office.site_code"), "{message}");
    assert!(root.join("public/index.html").is_file() && root.join(".gitignore").is_file());
    let strict = run_in(&root, &["build", "--strict", "--no-cache"]);
    assert_eq!(strict.code, 0, "{}", strict.stderr);
    assert!(strict.stderr.starts_with("notice[inspection-settings]"), "{}", strict.stderr);
    assert!(!strict.stdout.contains("warning"), "{}", strict.stdout);
    let before = tree(&root);
    let again = run_in(folder.path(), &["init", "mysite"]);
    assert_ne!(again.code, 0);
    assert!(tree(&root) == before, "init has changed a site that was there");
}

#[test]
fn new_makes_a_document_that_builds_at_once() {
    let mut site = small_site();
    let args =
        ["new", "news", "视察: “报告” #1", "--district", "420105", "--year", "2024", "--date", "2025-03-04"];
    let made = site.run(&args);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let path = made.stdout.trim();
    assert!(path.starts_with("content/news/") && path.ends_with(".md"), "{path}");
    let text = std::fs::read_to_string(site.path(path)).unwrap();
    site.write(path, text + "\n正文一段。\n").args(&["--strict"]).build();
    let rows = site.list("documents");
    let row = rows.iter().find(|row| row["source"] == path).expect("the new document");
    assert_eq!(row["title"], "视察: “报告” #1");
    assert_eq!((&row["year"], &row["date"]), (&2024.into(), &"2025-03-04".into()));
    assert_eq!(row["districts"], serde_json::json!(["汉阳区"]));
    let second = site.run(&args);
    assert_ne!(second.stdout.trim(), path, "the first document was overwritten");
}

#[test]
fn new_without_options_takes_today_and_a_district() {
    let mut site = small_site();
    assert_eq!(site.run(&["new", "news", "今天的事"]).code, 0);
    site.build();
    assert_eq!(site.list("documents").len(), 2);
}

#[test]
fn new_names_what_it_does_not_know() {
    let site = small_site();
    let cases: [(&[&str], &str); 3] = [
        (&["new", "nwes", "甲"], "did you mean `news`"),
        (&["new", "news", "甲", "--district", "汉羊区"], "汉阳区"),
        (&["new", "news", "甲", "--date", "昨天"], "昨天"),
    ];
    let before = tree(site.root());
    for (args, said) in cases {
        let run = site.run(args);
        assert_eq!(run.code, 1, "{args:?}");
        assert!(run.stderr.contains(said), "{args:?}: {}", run.stderr);
    }
    assert!(tree(site.root()) == before);
}

#[test]
fn new_makes_nothing_that_would_stop_the_next_build() {
    let mut site = small_site();
    let before = tree(site.root());
    for (title, code) in [
        (" ", "empty-value"),
        ("\u{3000}\t", "empty-value"),
        ("\u{200B}", "empty-value"),
        ("\u{1b}[31m", "control-character"),
        ("甲\u{9b}", "control-character"),
        ("甲\u{FFFD}", "control-character"),
        ("甲\u{202E}乙", "invisible-character"),
    ] {
        let run = site.run(&["new", "news", title]);
        assert_eq!(
            (run.code, run.stderr.contains(&format!("error[{code}]"))),
            (1, true),
            "{title:?}: {run:?}"
        );
        assert!(tree(site.root()) == before, "{title:?}");
    }
    let long = format!("a{}", "ア".repeat(60));
    for title in ["con", "_", ".x", "“.git”", "---", "甲: 乙 # 丙", "{甲}", "甲\n乙", "~", long.as_str()]
    {
        assert_eq!(site.run(&["new", "news", "--", title]).code, 0, "{title:?}");
    }
    site.build();
    assert_eq!(site.list("documents").len(), 11);
}

#[test]
fn list_documents_has_the_fields_of_the_contract() {
    let mut site = SiteTest::empty();
    site.write(
        "content/reports/2025/hanyang.md",
        document("title: 报告\ndate: 2026-01-08 09:30\ndistrict: [汉阳区, jiangan]\nyear: 2025\ntopics: [监督]\ndraft: true"),
    );
    site.write("content/about.md", document("title: 关于"));
    assert_eq!(site.list("documents").len(), 0, "drafts and plain pages are no documents to list");
    let run = site.run(&["list", "documents", "--json", "--drafts"]);
    assert_eq!(
        run.json(),
        serde_json::json!([{
            "source": "content/reports/2025/hanyang.md",
            "url": "/reports/2025/hanyang.html",
            "title": "报告",
            "date": "2026-01-08T09:30:00+08:00",
            "section": "reports",
            "districts": ["汉阳区", "江岸区"],
            "year": 2025,
            "topics": ["监督"],
            "draft": true,
        }])
    );
}

/// Does a terminal obey `c`: controls (ECMA-48), marks of direction (UAX #9)?
fn is_obeyed(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(unix)]
#[test]
fn names_and_texts_of_the_content_cannot_control_the_terminal() {
    let mut site = small_site();
    site.write("content/news/a\u{1b}]0;x\u{7}\n错误.txt", "")
        .write(
            "content/news/b.md",
            document("title: 甲\n\"\\e[5mkey\": x\n\"\\u202E\\x9B31m\": x\ndate: \"\\e[2J\""),
        )
        .write("content/news/c.md", news("乙") + "\n\u{200F}[y](&#27;[31m.md) [z](&#x9b;31m&#x202e;.md)\n");
    for lang in ["zh", "en"] {
        let run = site.run(&["build", "--lang", lang]);
        assert_eq!((run.code, run.stderr.chars().find(|c| is_obeyed(*c))), (1, None), "{:?}", run.stderr);
        for shown in [
            "a\\u{1b}]0;x\\u{7}\\n错误.txt",
            "\\u{1b}[5mkey",
            "\\u{202e}\\u{9b}31m",
            "\\u{1b}[31m.md",
            "\\u{9b}31m\\u{202e}.md",
        ] {
            assert!(run.stderr.contains(shown), "{shown}: {}", run.stderr);
        }
    }
}

#[test]
fn lists_and_explanations_escape_control_characters() {
    let mut site = small_site();
    site.publish_all()
        .write("content/news/\u{202E}fdp.txt", "")
        .write("content/news/\u{2067}.md", news("乙"));
    for args in [&["list", "outputs"][..], &["list", "documents"], &["build", "--explain"]] {
        let run = site.run(args);
        let said = run.stdout + &run.stderr;
        assert_eq!((run.code, said.chars().find(|c| is_obeyed(*c) && *c != '\t')), (0, None), "{said:?}");
        assert!(said.contains("news/\\u{20"), "{args:?}: {said}");
    }
}

#[test]
fn every_list_comes_as_json_as_csv_and_as_text_with_as_many_rows() {
    let site = SiteTest::sample();
    for what in ["documents", "districts", "years", "topics", "outputs"] {
        let rows = site.list(what).len();
        assert!(rows > 0, "{what}");
        let csv = site.run(&["list", what, "--csv"]);
        assert!(csv.stdout.starts_with('\u{FEFF}'), "spreadsheets would not read it as UTF-8");
        assert_eq!(
            csv::Reader::from_reader(csv.stdout.as_bytes()).records().map(Result::unwrap).count(),
            rows
        );
        assert_eq!(site.run(&["list", what]).stdout.lines().count(), rows, "{what}");
    }
    assert_eq!(site.run(&["list", "documents", "--json", "--csv"]).code, 2);
}

/// OWASP, "CSV Injection".
#[test]
fn no_cell_of_a_list_is_a_formula() {
    let mut site = small_site();
    for (number, title) in ["=cmd|1", "+1", "-1", "@SUM(1)", "＝1", "a=1"].iter().enumerate() {
        site.write(&format!("content/news/{number}.md"), news(&format!("\"{title}\"")));
    }
    site.write("content/news/topic.md", news("乙\ntopics: [\"=cmd|1\"]"));
    let run = site.run(&["list", "documents", "--csv"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let mut titles: Vec<String> = csv::Reader::from_reader(run.stdout.as_bytes())
        .into_records()
        .map(|row| row.unwrap())
        .inspect(|row| {
            assert!(!row.iter().any(|cell| cell.starts_with(['=', '+', '-', '@', '＝'])), "{row:?}")
        })
        .map(|row| row[2].to_owned())
        .collect();
    titles.sort();
    assert_eq!(titles, ["'+1", "'-1", "'=cmd|1", "'@SUM(1)", "'＝1", "a=1", "乙", "甲"]);
    assert!(site.list("documents").iter().any(|row| row["title"] == "=cmd|1"));
    assert!(site.run(&["list", "topics", "--csv"]).stdout.contains("\n'=cmd|1,"));
}

#[test]
fn list_outputs_is_what_build_writes() {
    let mut site = SiteTest::sample();
    site.build();
    let rows = site.list("outputs");
    let listed: BTreeSet<String> = rows.iter().map(|row| row["path"].as_str().unwrap().to_owned()).collect();
    let written: BTreeSet<String> =
        site.outputs().into_keys().filter(|path| !path.starts_with('.')).collect();
    assert_eq!(listed, written);
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = run_in(repository(), &["completions", shell]);
        assert_eq!(run.code, 0, "{shell}");
        assert!(run.stdout.contains("tribune") && run.stdout.contains("serve"), "{shell}");
    }
    assert_eq!(run_in(repository(), &["completions", "cmd"]).code, 2);
}

/// SECURITY.md names tests; each of them is there.
#[test]
fn every_test_that_the_promises_name_exists() {
    let text = fs::read_to_string(repository().join("docs/promises.md")).unwrap();
    let named = text.split('`').skip(1).step_by(2).filter(|code| code.contains("::"));
    let mut count = 0;
    for name in named {
        let (file, test) = name.split_once("::").unwrap();
        let source = fs::read_to_string(repository().join(format!("tests/suite/{file}.rs"))).unwrap();
        assert!(source.contains(&format!("fn {test}")), "{name}");
        count += 1;
    }
    assert!(count > 30, "{count}");
}

#[test]
fn many_problems_of_one_kind_are_counted_and_twenty_are_shown() {
    let mut site = small_site();
    for number in 0..30 {
        let file = format!("content/news/n{number:02}.md");
        site.write(
            &file,
            document(&format!("title: 甲{number}\ndate: 2025-01-01\ndistrict: 汉阳区\ntags: 乙")),
        );
    }
    site.write("content/news/z.md", document("title: 乙\ndate: 2025-01-01\ndistrict: 汉阳区\ncolour: 红"));
    let shown = |run: &Run| run.stderr.matches("unknown key `tags`").count();
    let run = site.run(&["build", "--lang", "en"]);
    assert_eq!(shown(&run), 20, "{}", run.stderr);
    assert!(run.stderr.contains("error unknown-key `tags` × 30\n"), "{}", run.stderr);
    assert!(run.stderr.contains("error unknown-key `colour` × 1\n") && run.stderr.contains("`colour`\n"));
    assert!(run.stderr.contains("--all"), "{}", run.stderr);
    let all = site.run(&["build", "--lang", "en", "--all"]);
    assert_eq!(shown(&all), 30, "{}", all.stderr);
    assert!(all.stderr.contains("× 30") && !all.stderr.contains("--all"), "{}", all.stderr);
    assert_eq!(site.run(&["build", "--json"]).codes().len(), 31, "scripts get all");
}

#[test]
fn a_file_that_may_have_more_problems_than_are_reported_is_named() {
    for (links, is_named) in [(49, false), (60, true)] {
        let mut site = small_site();
        let body: String = (0..links).map(|number| format!("[甲](nowhere{number}.md)\n\n")).collect();
        site.write("content/news/z.md", document("title: 乙\ndate: 2025-01-01\ndistrict: 汉阳区") + &body);
        let run = site.run(&["build", "--lang", "en", "--all"]);
        let said = run.stderr.contains("content/news/z.md may have more");
        assert_eq!(said, is_named, "{}", run.stderr);
    }
}
