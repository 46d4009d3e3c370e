//! Incremental builds give the same bytes as clean builds, whatever is edited in whatever order. Random edits are made to
//! a generated site for `build`, for a session that is told what changed, and for the real `watch`.
//! `TRIBUNE_EDIT_SEEDS=100` tries more random sequences.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use tribune::internals::build::watch::Session;
use tribune::internals::build::{Build, Changes, Options};
use tribune::internals::render::Progress;

use crate::corpus::{self, Shape};
use crate::pictures::png;
use crate::site_test::{SiteTest, tree, tribune, write_file};

/// Edits of one day.
const STEPS: usize = 30;
/// How long `watch` must say nothing before an edit counts as answered.
const SILENCE: Duration = Duration::from_millis(500);

/// Even random numbers, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    fn one<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// A site, and who edits it.
struct Organization {
    site: SiteTest,
    dice: Dice,
    /// New documents and other files so far.
    made: usize,
    /// What the latest edit changed, and what was there before.
    undo: Vec<(String, Option<Vec<u8>>)>,
}

/// A template that asks for other documents, as pages do that show what is related.
const ASKING: &str = "{% extends \"chamber/page.html\" %}{% block main %}{{ super() }}\
<ul>{% for item in documents(section=\"news\", limit=3) %}<li>{{ item.title }} {{ item.summary }}</li>{% endfor %}</ul>\
{% set about = page(path=\"about.md\") %}<p>{{ count(year=2017) }} {{ about.title }}</p>\
{% for item in page.related %}{{ item.title }} {{ item.summary }}{% endfor %}{% for item in pages() %}{{ item.title }}{% endfor %}\
{{ column.name }}{{ column.description }}{{ url(path=\"about.md\", optional=true) }}{{ linked_data }}{% endblock main %}";

/// Listings that show all that a card has, and of a section what it says of itself.
const LISTING: &str = "{% extends \"chamber/listing.html\" %}{% block main %}{{ super() }}{{ listing.description }}\
{% if listing.extra %}{{ listing.extra.mark }}{% endif %}{% for item in listing.items %}{{ item.image or \"\" }}\
{% if item.picture %}{{ item.picture.width or 0 }} {{ item.picture.srcset or \"\" }}{% endif %}\
{{ item.authors | join(sep=\",\") }}{{ item.editor or \"\" }}{% if item.source %}{{ item.source.name }}{% endif %}\
{% if item.extra %}{{ item.extra.mark }}{% endif %}{% endfor %}{{ column.description }}{{ column.keywords }}{{ column.type }}\
{{ linked_data }}{% endblock main %}";

impl Organization {
    fn new(seed: u64) -> Organization {
        let shape = Shape { documents: 24, districts: 4, years: 3, kinds: 2, bytes: 700, seed };
        let mut site = SiteTest::empty();
        for (path, text) in corpus::tribune(shape) {
            site.write(&path, text);
        }
        site.change("content/site.yaml", "topics:", "paginate: 5\ntheme: own\ntopics:");
        site.write("themes/own/templates/news.html", ASKING);
        site.write("themes/own/templates/listing.html", LISTING);
        site.write("themes/own/templates/redirect.html", "{{ current.permalink }} {{ target.url }}");
        site.write("themes/own/static/own.css", "p { margin: 0 }");
        site.write("content/about.md", "---\ntitle: 关于\n---\n\n## 联系\n\n[图](pictures/a.png)\n");
        site.write("content/pictures/a.png", png(40, 3));
        Organization { site, dice: Dice(seed), made: 0, undo: Vec::new() }
    }

    /// The documents there are, by path.
    fn documents(&self) -> Vec<String> {
        let all = tree(&self.site.path("content")).into_keys();
        let document =
            |path: &String| path.ends_with(".md") && path.contains('/') && !path.ends_with("_index.md");
        all.filter(document).map(|path| format!("content/{path}")).collect()
    }

    fn put(&mut self, path: &str, bytes: Option<Vec<u8>>) {
        let file = self.site.path(path);
        self.undo.push((path.to_owned(), fs::read(&file).ok()));
        match bytes {
            Some(bytes) => write_file(&file, &bytes),
            None => fs::remove_file(&file).unwrap(),
        }
    }

    fn add_or_remove(&mut self, path: &str, text: &str) {
        let exists = self.site.path(path).exists();
        self.put(path, (!exists).then(|| text.into()));
    }

    fn edit(&mut self, path: &str, change: impl FnOnce(&str) -> String) {
        let text = fs::read_to_string(self.site.path(path)).unwrap();
        self.put(path, Some(change(&text).into_bytes()));
    }

    /// Puts a line into the front matter of a document, in the place of one with the same key.
    fn set(&mut self, path: &str, key: &str, value: &str) {
        self.edit(path, |text| {
            let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
            lines.retain(|line| !line.starts_with(&format!("{key}: ")));
            lines.insert(1, format!("{key}: {value}"));
            lines.join("\n") + "\n"
        });
    }

    /// One edit; gives the paths that it touched.
    fn step(&mut self) -> BTreeSet<String> {
        self.undo.clear();
        let documents = self.documents();
        let one = self.dice.one(&documents).clone();
        let other = self.dice.one(&documents).clone();
        let number = self.dice.below(1000);
        self.made += 1;
        match self.dice.below(46) {
            0..4 => self.edit(&one, |text| format!("{text}\n增写第{number}段。\n")),
            4 => self.edit(&one, |text| text.replacen("\n\n", &format!("\n\n先说第{number}点。\n\n"), 1)),
            5..8 => self.set(&one, "title", &format!("改题{number}")),
            8 => self.set(&one, "summary", &format!("改写的摘要{number}")),
            9 => self.edit(&one, |text| {
                text.lines().filter(|l| !l.starts_with("summary: ")).fold(String::new(), |t, l| t + l + "\n")
            }),
            10 => self.set(
                &one,
                "date",
                &format!("{}-0{}-1{} 10:00", 2016 + number % 3, 1 + number % 9, number % 9),
            ),
            11 => self.set(&one, "district", ["第1市", "第1区", "第2区", "[第1区, 第3区]"][number % 4]),
            12 => self.set(&one, "draft", ["true", "false"][number % 2]),
            13 => self.set(&one, "expires", ["2020-01-01", "2999-01-01"][number % 2]),
            14 => self.set(&one, "publish_at", ["2020-01-01", "2999-01-01"][number % 2]),
            15 if number.is_multiple_of(3) => {
                self.set(&one, "updated", ["2019-03-04", "2999年1月1日"][number % 2])
            }
            15 => self.set(&one, "top", ["true", "false"][number % 2]),
            16 => self.set(&one, "topics", ["[监督]", "[监督, 立法]", "[新话题]", "[监 督]"][number % 4]),
            17 => self.set(&one, "slug", &format!("slug-{number}")),
            18 => self.set(&one, "aliases", &format!("[/old/{number}.html]")),
            19 => self.put(&one, None),
            20 | 21 => {
                let text = fs::read_to_string(self.site.path(&one)).unwrap();
                self.put(&format!("content/news/new-{}.md", self.made), Some(text.into_bytes()));
            }
            22 => {
                // Renamed, or moved to another section.
                let text = fs::read(self.site.path(&one)).unwrap();
                let to = format!("content/{}/moved-{}.md", ["news", "reports"][number % 2], self.made);
                self.put(&one, None);
                self.put(&to, Some(text));
            }
            23 => {
                let target = other.strip_prefix("content").unwrap().to_owned();
                let anchor = ["", "#zhu-yao-zuo-fa", "#nowhere"][number % 3];
                self.edit(&one, |text| format!("{text}\n参见[另一篇]({target}{anchor})。\n"));
            }
            24 => self.edit(&one, |text| format!("{text}\n## 主要做法\n\n第{number}条。\n")),
            25 => {
                self.edit("themes/own/templates/news.html", |text| text.replace("<ul>", "<ul class=\"x\">"))
            }
            26 => self.edit("themes/own/static/own.css", |text| format!("{text}\na {{ top: {number}px }}")),
            27 => self.edit("content/site.yaml", |text| {
                let lines = text.lines().filter(|line| !line.starts_with("paginate:"));
                lines.fold(format!("paginate: {}\n", 3 + number % 4), |text, line| text + line + "\n")
            }),
            28 => self.edit("content/districts.yaml", |text| match text.contains("第1区") {
                true => text.replace("slug: qu-1", &format!("slug: q{number}")),
                false => text.to_owned(),
            }),
            29 | 41 => {
                let picture = match number % 4 {
                    0 => format!("{number}").into_bytes(),
                    1 => png(40 + number as u32, 3),
                    // Half a picture.
                    2 => png(1700, 3).split_at(1000).0.to_vec(),
                    _ => png(1700 + number as u32, 3),
                };
                self.put("content/pictures/a.png", Some(picture));
            }
            42 => self.edit(&one, |text| format!("{text}\n![图](/pictures/a.png \"图{number}\")\n")),
            30 => self.edit("content/about.md", |text| {
                format!("{text}\n{number}\n").replacen("关于", "关于我们", 1)
            }),
            31 => self.edit("content/news/_index.md", |text| format!("{text}\n引言{number}。\n")),
            32 => self.set(&one, "extra", &format!("{{mark: 标记{number}}}")),
            33 => self.set(&one, "source", &format!("来源{number}")),
            34 => self.set(&one, "authors", &format!("[作者{number}]")),
            35 => self.set(&one, "editor", &format!("编辑{number}")),
            36 => self.set(&one, "image", ["/pictures/a.png", "https://a.example/b.png"][number % 2]),
            37 => self.set(&one, "template", ["page.html", "news.html"][number % 2]),
            38 => self.set("content/news/_index.md", "description", &format!("说明{number}")),
            39 => self.set("content/news/_index.md", "extra", &format!("{{mark: 标记{number}}}")),
            43 => self.add_or_remove("content/robots.txt", "User-agent: *\nDisallow: /drafts/\n"),
            44 => self.add_or_remove("themes/own/templates/404.html", "<p>{{ count() }}</p>"),
            40 => self.put("themes/own/i18n/zh-CN.yaml", Some(format!("home: 首页{number}\n").into_bytes())),
            _ => self.edit("content/site.yaml", |text| {
                let lines = text.lines().filter(|line| !line.starts_with("nav:"));
                let nav = format!("nav: [{{title: 首页{number}, url: /}}]\n");
                lines.fold(nav, |text, line| text + line + "\n")
            }),
        }
        self.undo.iter().map(|(path, _)| path.clone()).collect()
    }

    /// Takes the latest edit back.
    fn undo(&mut self) -> BTreeSet<String> {
        let undo = std::mem::take(&mut self.undo);
        for (path, bytes) in undo.iter().rev() {
            match bytes {
                Some(bytes) => write_file(&self.site.path(path), bytes),
                None => fs::remove_file(self.site.path(path)).unwrap(),
            }
        }
        undo.into_iter().map(|(path, _)| path).collect()
    }

    fn session(&self, out: &str, use_cache: bool) -> Session {
        Session::new(
            tribune::internals::build::output::BuildTarget::new(self.site.root(), self.site.path(out)),
            Options::default(),
            use_cache,
        )
    }

    /// A clean build, and its outputs.
    fn clean(&mut self) -> (Build, std::collections::BTreeMap<String, Vec<u8>>) {
        let (build, _) = self.session("clean", false).build(&Changes::Anything, &Progress::default());
        let outputs = if build.is_ok() { tree(&self.site.path("clean")) } else { Default::default() };
        if build.is_ok() {
            self.site.remove("clean");
        }
        (build, outputs)
    }
}

fn seeds() -> u64 {
    std::env::var("TRIBUNE_EDIT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(3)
}

#[test]
fn after_random_edits_incremental_builds_equal_clean_builds() {
    let mut updated = 0;
    for seed in 1..=seeds() {
        let mut office = Organization::new(seed);
        let mut watching = office.session("public", true);
        watching.build(&Changes::Anything, &Progress::default());
        for step in 0..STEPS {
            let mut changes = office.step();
            let where_am_i = format!("seed {seed}, step {step}: {changes:?}");
            let (mut clean, mut wanted) = office.clean();
            let before = office.site.outputs();
            let (build, _) = watching.build(&Changes::Files(changes), &Progress::default());
            assert_eq!(build.diagnostics, clean.diagnostics, "{where_am_i}");
            if !clean.is_ok() {
                assert!(office.site.outputs() == before, "a failed build changed the output: {where_am_i}");
                changes = office.undo();
                (clean, wanted) = office.clean();
                assert!(clean.is_ok(), "{:?}", clean.diagnostics);
                watching.build(&Changes::Files(changes), &Progress::default());
            }
            updated += usize::from(build.rendered.made.len() == 1);
            assert_same(&office.site.outputs(), &wanted, &where_am_i);
            let mut fresh = office.session("fresh", true);
            fresh.build(&Changes::Anything, &Progress::default());
            fresh.end();
            assert_same(&tree(&office.site.path("fresh")), &wanted, &where_am_i);
        }
    }
    assert!(updated > 0, "no edit was a small one: the test tests nothing");
}

#[track_caller]
fn assert_same(
    actual: &std::collections::BTreeMap<String, Vec<u8>>,
    wanted: &std::collections::BTreeMap<String, Vec<u8>>,
    where_am_i: &str,
) {
    let paths: BTreeSet<&String> = actual.keys().chain(wanted.keys()).collect();
    let differ: Vec<_> = paths.into_iter().filter(|path| actual.get(*path) != wanted.get(*path)).collect();
    assert!(differ.is_empty(), "{differ:?} are not as a clean build makes them after {where_am_i}");
}

#[test]
fn after_random_edits_watch_leaves_what_a_clean_build_gives() {
    let mut office = Organization::new(77);
    let mut command = tribune();
    command.current_dir(office.site.root()).args(["watch", "--json"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let stdout = child.stdout.take().unwrap();
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let lines = BufReader::new(stdout).lines().map_while(Result::ok);
        lines.for_each(|line| drop(sender.send(line)));
    });
    let settle = || {
        let first = lines.recv_timeout(Duration::from_secs(30));
        while lines.recv_timeout(SILENCE).is_ok() {}
        first.is_ok()
    };
    assert!(settle());
    for step in 0..20 {
        let changes = office.step();
        let where_am_i = format!("step {step}: {changes:?}");
        let unchanged =
            office.undo.iter().all(|(path, bytes)| fs::read(office.site.path(path)).ok() == *bytes);
        assert!(unchanged || settle(), "watch says nothing after {where_am_i}");
        let (clean, mut wanted) = office.clean();
        if !clean.is_ok() {
            office.undo();
            settle();
            wanted = office.clean().1;
        }
        // A busy machine may need longer for what an edit of two files brings.
        let deadline = Instant::now() + Duration::from_secs(20);
        while office.site.outputs() != wanted && Instant::now() < deadline {
            std::thread::sleep(SILENCE);
        }
        assert_same(&office.site.outputs(), &wanted, &where_am_i);
    }
    child.kill().unwrap();
    child.wait().unwrap();
}
