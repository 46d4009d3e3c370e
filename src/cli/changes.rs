//! What a build changes for readers, for people (`--changes`).

use std::fmt::Write;

use crate::build::{Moved, Shown, SiteChanges};
use crate::diagnostics::{Lang, visible};

/// The documents that are new, changed, gone and moved.
pub(super) fn changes_text(changes: &SiteChanges, lang: Lang) -> String {
    let SiteChanges { new, changed, gone, moved, other_pages } = changes;
    let mut text = String::new();
    if changes == &SiteChanges::default() {
        return lang.pick("读者看到的网页没有变化\n", "nothing changes for readers\n").to_owned();
    }
    list(&mut text, lang.pick(("新增", "篇"), ("new", "")), new);
    list(&mut text, lang.pick(("有改动", "篇"), ("changed", "")), changed);
    list(&mut text, lang.pick(("撤下", "篇"), ("gone", "")), gone);
    if !moved.is_empty() {
        let _ = writeln!(text, "{}", heading(lang.pick(("换了网址", "篇"), ("moved", "")), moved.len()));
        moved.iter().for_each(|moved| line_of_moved(&mut text, moved, lang));
    }
    if *other_pages > 0 {
        let _ = match lang {
            Lang::Zh => writeln!(text, "另有 {other_pages} 个网页随之变化（清单、模板等）"),
            Lang::En => writeln!(text, "{other_pages} other pages change: listings, templates and the like"),
        };
    }
    text
}

fn heading((what, unit): (&str, &str), count: usize) -> String {
    if unit.is_empty() { format!("{what}: {count}") } else { format!("{what} {count} {unit}：") }
}

fn list(text: &mut String, what: (&str, &str), documents: &[Shown]) {
    if documents.is_empty() {
        return;
    }
    let _ = writeln!(text, "{}", heading(what, documents.len()));
    for Shown { url, title } in documents {
        let _ = writeln!(text, "{}", visible(&format!("  {title}  {url}")));
    }
}

fn line_of_moved(text: &mut String, moved: &Moved, lang: Lang) {
    let Moved { from, to, file, remedy } = moved;
    let _ = writeln!(text, "{}", visible(&format!("  {}  {} → {}", to.title, from.url, to.url)));
    let Some(remedy) = remedy else { return };
    let _ = writeln!(
        text,
        "{}",
        visible(&match lang {
            Lang::Zh => format!("    旧网址会打不开；要让它转到新网址，请在 {file} 的设置区写：{remedy}"),
            Lang::En => format!(
                "    the former address leads nowhere; to redirect it, write in the front matter of {file}: {remedy}"
            ),
        })
    );
}
