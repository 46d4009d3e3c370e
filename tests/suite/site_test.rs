//! The harness: a site in a folder of its own, built by the real program.
//!
//! ```ignore
//! SiteTest::empty()
//!     .write("content/news/a.md", &document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区"))
//!     .build()
//!     .check_main("news/index.html", |main| assert!(main.text("main").contains("甲")))
//!     .change("content/news/a.md", "甲", "乙")
//!     .build()
//!     .check_file("news/a.html", |html| assert!(html.contains("乙")));
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::html::Page;

/// Settings that suit most tests.
pub const SITE: &str = "\
title: 江城人大
base_url: https://example.gov.cn
description: 江城各级人大的工作动态。
keywords: [人大, 监督]
office: {site_code: \"0000000000\"}
";
/// What a section should say of itself.
pub const NEWS: &str = "---\ntitle: 要闻\ndescription: 各地人大的动态。\n---\n";
/// A city with two districts below it.
pub const DISTRICTS: &str = "\
- {code: \"420100\", name: 武汉市, slug: wuhan}
- {code: \"420105\", name: 汉阳区, slug: hanyang, parent: \"420100\"}
- {code: \"420102\", name: 江岸区, slug: jiangan, parent: \"420100\"}
";

/// A file with this front matter and a short body.
pub fn document(front_matter: &str) -> String {
    format!("---\n{}\n---\n\n正文一段。\n", front_matter.trim_end())
}

/// The repository.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below `folder` by path, with `/` between segments.
pub fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    collect(folder, "", &mut files);
    files
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}/"), files);
        } else {
            files.insert(path, fs::read(entry.path()).unwrap());
        }
    }
}

pub fn write_file(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// What a run of the program said.
#[derive(Debug)]
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Standard output as one JSON value: nothing else may stand there.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }

    /// The codes of the diagnostics that `--json` gave.
    pub fn codes(&self) -> Vec<String> {
        let diagnostics = self.json()["diagnostics"].as_array().cloned().unwrap_or_default();
        diagnostics.iter().map(|found| found["code"].as_str().unwrap().to_owned()).collect()
    }
}

/// The program, in an environment that says nothing of this machine's language or zone.
pub fn tribune() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tribune"));
    for name in ["LC_ALL", "LC_MESSAGES", "TZ"] {
        command.env_remove(name);
    }
    command.env("LANG", "en_US.UTF-8").stdin(Stdio::null());
    command
}

/// Runs the program in `folder`.
pub fn run_in(folder: &Path, args: &[&str]) -> Run {
    run(tribune().current_dir(folder).args(args))
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Run {
    let output = command.output().unwrap();
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A site in a folder of its own; the folder goes with it.
pub struct SiteTest {
    dir: TempDir,
    args: Vec<String>,
}

impl SiteTest {
    /// A site without documents.
    pub fn empty() -> SiteTest {
        SiteTest::empty_in(&std::env::temp_dir())
    }

    /// A site without documents, in a folder of its own within `folder`.
    pub fn empty_in(folder: &Path) -> SiteTest {
        let mut site = SiteTest { dir: TempDir::new_in(folder).unwrap(), args: Vec::new() };
        site.write("content/site.yaml", SITE).write("content/districts.yaml", DISTRICTS);
        site
    }

    /// A copy of `tests/fixtures/<name>`, without what is expected of it.
    pub fn fixture(name: &str) -> SiteTest {
        let folder = repository().join("tests/fixtures").join(name);
        assert!(folder.is_dir(), "there is no fixture {name}");
        SiteTest::copy_of(&folder)
    }

    /// A copy of the sample site.
    pub fn sample() -> SiteTest {
        SiteTest::copy_of(repository())
    }

    fn copy_of(folder: &Path) -> SiteTest {
        let site = SiteTest { dir: TempDir::new().unwrap(), args: Vec::new() };
        for top in ["content", "themes"] {
            for (path, bytes) in tree(&folder.join(top)) {
                write_file(&site.path(&format!("{top}/{path}")), &bytes);
            }
        }
        site
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        self.dir.path()
    }

    /// Its output folder.
    pub fn out(&self) -> PathBuf {
        self.path("public")
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Gives these arguments to every build from now on.
    pub fn args(&mut self, args: &[&str]) -> &mut Self {
        self.args = args.iter().map(|arg| (*arg).to_owned()).collect();
        self
    }

    /// Runs the program in the site's folder.
    pub fn run(&self, args: &[&str]) -> Run {
        run_in(self.root(), args)
    }

    /// Builds, whatever comes of it.
    pub fn try_build(&self) -> Run {
        let args = self.args.iter().map(String::as_str);
        self.run(&["build"].into_iter().chain(args).collect::<Vec<_>>())
    }

    /// Builds; that has to succeed.
    #[track_caller]
    pub fn build(&mut self) -> &mut Self {
        let run = self.try_build();
        assert_eq!(run.code, 0, "the build failed:\n{}", run.stderr);
        self
    }

    /// Builds, and looks at the JSON report.
    #[track_caller]
    pub fn check_build(&mut self, check: impl FnOnce(&Value)) -> &mut Self {
        let mut args = vec!["build", "--json"];
        args.extend(self.args.iter().map(String::as_str));
        check(&self.run(&args).json());
        self
    }

    /// Builds; that has to fail with exit code 1 and these codes of diagnostics, in this order.
    #[track_caller]
    pub fn fails_with(&mut self, codes: &[&str]) -> &mut Self {
        let mut args = vec!["build", "--json"];
        args.extend(self.args.iter().map(String::as_str));
        let run = self.run(&args);
        assert_eq!(run.codes(), codes, "{}", run.stdout);
        assert_eq!(run.code, 1, "{}", run.stdout);
        self
    }

    /// Writes a file of the site.
    pub fn write(&mut self, path: &str, text: impl AsRef<[u8]>) -> &mut Self {
        write_file(&self.path(path), text.as_ref());
        self
    }

    /// Publishes all files, whether something refers to them or not.
    pub fn publish_all(&mut self) -> &mut Self {
        let site = self.path("content/site.yaml");
        let settings = fs::read_to_string(&site).unwrap();
        fs::write(site, format!("{settings}publish: [\"**\"]\n")).unwrap();
        self
    }

    /// Replaces text in a file of the site.
    #[track_caller]
    pub fn change(&mut self, path: &str, from: &str, to: &str) -> &mut Self {
        let text = fs::read_to_string(self.path(path)).unwrap();
        assert!(text.contains(from), "{path} does not hold {from:?}");
        fs::write(self.path(path), text.replace(from, to)).unwrap();
        self
    }

    /// Removes a file or a folder of the site.
    pub fn remove(&mut self, path: &str) -> &mut Self {
        let path = self.path(path);
        if path.is_dir() {
            fs::remove_dir_all(path).unwrap()
        } else {
            fs::remove_file(path).unwrap()
        }
        self
    }

    /// Renames a file or a folder of the site.
    pub fn rename(&mut self, from: &str, to: &str) -> &mut Self {
        let to = self.path(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.path(from), to).unwrap();
        self
    }

    /// The bytes of everything in the output folder.
    pub fn outputs(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.out())
    }

    /// An output as text.
    #[track_caller]
    pub fn output(&self, path: &str) -> String {
        let bytes = fs::read(self.out().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
        String::from_utf8(bytes).unwrap()
    }

    /// Looks at an output as text.
    #[track_caller]
    pub fn check_file(&mut self, path: &str, check: impl FnOnce(&str)) -> &mut Self {
        check(&self.output(path));
        self
    }

    /// Looks at an output as a page.
    #[track_caller]
    pub fn check_page(&mut self, path: &str, check: impl FnOnce(&Page)) -> &mut Self {
        check(&self.page(path));
        self
    }

    /// Looks at the main part of an output.
    #[track_caller]
    pub fn check_main(&mut self, path: &str, check: impl FnOnce(&Page)) -> &mut Self {
        let html = self.output(path);
        let (start, end) = (html.find("<main").unwrap(), html.find("</main>").unwrap());
        check(&Page::parse(&html[start..end]));
        self
    }

    /// An output as a page.
    #[track_caller]
    pub fn page(&self, path: &str) -> Page {
        Page::parse(&self.output(path))
    }

    /// Checks that an output is there.
    #[track_caller]
    pub fn has(&mut self, path: &str) -> &mut Self {
        assert!(self.out().join(path).is_file(), "{path} is not there");
        self
    }

    /// Checks that an output is not there.
    #[track_caller]
    pub fn has_not(&mut self, path: &str) -> &mut Self {
        assert!(!self.out().join(path).exists(), "{path} is there");
        self
    }

    /// The rows of `tribune list <what> --json`.
    pub fn list(&self, what: &str) -> Vec<Value> {
        let run = self.run(&["list", what, "--json"]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        run.json().as_array().unwrap().clone()
    }

    /// The documents that a listing shows, in its order, by URL: whatever else the theme links to.
    #[track_caller]
    pub fn listed(&self, path: &str) -> Vec<String> {
        let documents: Vec<String> =
            self.list("documents").iter().map(|row| row["url"].as_str().unwrap().to_owned()).collect();
        listed(&self.output(path), &documents)
    }

    /// Checks the documents that a listing shows.
    #[track_caller]
    pub fn check_listing(&mut self, path: &str, urls: &[&str]) -> &mut Self {
        assert_eq!(self.listed(path), urls, "in {path}");
        self
    }
}

/// The links of a page's main part that lead to one of `documents`, in order, each once.
pub fn listed(html: &str, documents: &[String]) -> Vec<String> {
    let mut urls: Vec<String> = Vec::new();
    for href in Page::parse(html).hrefs() {
        let url = percent_encoding::percent_decode_str(&href).decode_utf8_lossy().into_owned();
        if documents.contains(&url) && !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}
