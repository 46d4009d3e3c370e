//! Lists the content folder and sorts its files into documents, `_index.md` and assets.

use rustc_hash::FxHashSet;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::config::Limits;
use crate::diagnostics::messages::{ContentProblem, FileProblem};
use crate::diagnostics::{Diagnostic, Place, world_error};
use crate::text::{ending, is_unfit};
use crate::world::{CONTENT, DISTRICTS_FILE, Entry, INDEX_FILE, SITE_FILE, Stamp, World};

/// A file of the content folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path below the content folder in NFC, as used by URLs, links and messages.
    pub name: String,
    /// Its path below the site's root, as the disk spells it.
    pub path: String,
    /// The file's stamp.
    pub stamp: Stamp,
}

/// The files of the content folder by kind, each list in the order of names.
#[derive(Debug, Default)]
pub struct Sources {
    /// The `_index.md` of the home page and of the sections.
    pub indexes: Vec<File>,
    /// Documents and plain pages.
    pub documents: Vec<File>,
    /// Files that are copied unchanged.
    pub assets: Vec<File>,
    /// All files, published or not, as the disk spells them.
    pub paths: Vec<Box<str>>,
    /// The names of files that cannot be used: links to them are not reported as well.
    pub refused: Vec<String>,
    /// Whether any file or folder is a symbolic link.
    linked: bool,
}

impl Sources {
    /// Whether a file can change without a file event for its path, by a symbolic or hard link.
    pub fn has_links(&self) -> bool {
        if self.linked {
            return true;
        }
        let mut numbers = FxHashSet::default();
        let numbered = |file: &&File| file.stamp.number != 0;
        let files = self.indexes.iter().chain(&self.documents).chain(&self.assets);
        !files.filter(numbered).all(|file| numbers.insert(file.stamp.number))
    }
}

/// Lists and sorts the content folder.
pub fn scan(world: &dyn World, limits: &Limits) -> (Sources, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    for entry in world.list(CONTENT) {
        match entry {
            Ok(entry) => classify(entry, &mut sources, &mut diagnostics),
            Err(error) => {
                sources.refused.extend(
                    error.path.strip_prefix(CONTENT).and_then(|path| path.get(1..)).map(str::to_owned),
                );
                diagnostics.push(world_error(&error));
            }
        }
    }
    sources.paths.sort_unstable();
    for list in [&mut sources.indexes, &mut sources.documents, &mut sources.assets] {
        list.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
    }
    if let Some(beyond) = sources.documents.get(limits.documents) {
        let problem =
            ContentProblem::TooManyDocuments { count: sources.documents.len(), limit: limits.documents };
        diagnostics.push(Diagnostic::new(problem).at(Place::file(beyond.path.clone())));
        sources.documents.truncate(limits.documents);
    }
    (sources, diagnostics)
}

fn classify(entry: Entry, sources: &mut Sources, diagnostics: &mut Vec<Diagnostic>) {
    let Entry { path, stamp, linked } = entry;
    sources.linked |= linked;
    sources.paths.push(path.as_str().into());
    if path == SITE_FILE || path == DISTRICTS_FILE {
        return;
    }
    let below = &path[CONTENT.len() + 1..];
    let name = if is_nfc(below) { below.to_owned() } else { below.nfc().collect() };
    let (folders, last) = name.rsplit_once('/').unwrap_or(("", &name));
    let hidden = |segment: &str| segment.starts_with(['_', '.']);
    if folders.split('/').any(hidden) {
        return;
    }
    if last == INDEX_FILE {
        if folders.contains('/') {
            diagnostics.push(Diagnostic::new(ContentProblem::NestedIndex).at(Place::file(path)));
        } else {
            sources.indexes.push(File { name, path, stamp });
        }
        return;
    }
    if hidden(last) || is_leftover(last) {
        return;
    }
    // U+FFFD is left in names by archives that were unpacked in the wrong encoding.
    if name.contains(|c: char| c.is_control() || is_unfit(c)) {
        diagnostics
            .push(Diagnostic::new(FileProblem::NameNotUnicode { path: path.clone() }).at(Place::file(path)));
        return;
    }
    if is_misnamed(last) {
        diagnostics.push(Diagnostic::new(ContentProblem::MarkdownEnding).at(Place::file(path)));
        return;
    }
    let is_markdown = ending(last).eq_ignore_ascii_case("md");
    let list = if is_markdown { &mut sources.documents } else { &mut sources.assets };
    list.push(File { name, path, stamp });
}

/// Whether it is a backup, lock or thumbnail file of an editor or system. A backup of a draft must not be published.
fn is_leftover(name: &str) -> bool {
    const ENDINGS: &[&str] = &[
        "bak",
        "tmp",
        "temp",
        "swp",
        "swo",
        "orig",
        "old",
        "rej",
        "asd",
        "wbk",
        "lnk",
        "crdownload",
        "part",
    ];
    const NAMES: &[&str] = &["thumbs.db", "ehthumbs.db", "desktop.ini"];
    let name = name.to_lowercase();
    name.ends_with('~')
        || name.starts_with('#') && name.ends_with('#')
        || name.starts_with("~$")
        || ENDINGS.contains(&ending(&name))
        || NAMES.contains(&name.as_str())
}

/// Whether it is Markdown with another ending than `.md`, or the `.md.txt` that Windows makes while it hides endings.
/// It would be published as an asset, together with its front matter.
fn is_misnamed(name: &str) -> bool {
    let name = name.to_lowercase();
    ["markdown", "mdown", "mdwn", "mkd", "mkdn", "mdtext", "mdtxt"].contains(&ending(&name))
        || name.ends_with(".md.txt")
}
