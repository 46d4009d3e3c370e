//! The changes that a commit makes to the output folder, written down before the first one, so that a later run can
//! complete or undo an interrupted commit. A damaged journal reads as none.

use crate::world::Fingerprint;

/// The first line; the number is that of the format.
const HEAD: &str = "tribune journal 1";

/// The changes of a commit, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Journal {
    /// What happens to the list of outputs in the folder.
    pub list: List,
    /// What happens to outputs.
    pub changes: Vec<Change>,
}

/// What happens to the list of outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// It stays the same.
    Same,
    /// There was none.
    First,
    /// It is replaced.
    Changed,
}

/// One output, by its path below the output folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A new file.
    Add(String),
    /// A file that replaces another.
    Replace(String),
    /// A file that is removed.
    Remove(String),
}

impl Change {
    /// The path of the output.
    pub fn path(&self) -> &str {
        let (Change::Add(path) | Change::Replace(path) | Change::Remove(path)) = self;
        path
    }

    fn sign(&self) -> char {
        match self {
            Change::Add(_) => '+',
            Change::Replace(_) => '*',
            Change::Remove(_) => '-',
        }
    }
}

impl Journal {
    /// The paths of all changes.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.changes.iter().map(Change::path)
    }

    /// The journal as text, a line for each change, with a checksum at the end.
    pub fn to_text(&self) -> String {
        let list = match self.list {
            List::Same => "same",
            List::First => "first",
            List::Changed => "changed",
        };
        let mut text = format!("{HEAD}\nlist {list}\n");
        for change in &self.changes {
            text.push(change.sign());
            text.push(' ');
            text.push_str(change.path());
            text.push('\n');
        }
        let sum = Fingerprint::of(text.as_bytes());
        text.push_str(&format!("end {}\n", sum.short()));
        text
    }

    /// Reads what [`Journal::to_text`] wrote; nothing if it is damaged or incomplete, or names a path outside the
    /// folder.
    pub fn parse(bytes: &[u8]) -> Option<Journal> {
        let text = std::str::from_utf8(bytes).ok()?;
        let (content, end) = text.split_at(text.trim_end_matches('\n').rfind('\n')? + 1);
        if end != format!("end {}\n", Fingerprint::of(content.as_bytes()).short()) {
            return None;
        }
        // Not `lines`: a name may end with a carriage return.
        let mut lines = content.split_terminator('\n');
        if lines.next()? != HEAD {
            return None;
        }
        let list = match lines.next()? {
            "list same" => List::Same,
            "list first" => List::First,
            "list changed" => List::Changed,
            _ => return None,
        };
        Some(Journal { list, changes: lines.map(change).collect::<Option<_>>()? })
    }
}

fn change(line: &str) -> Option<Change> {
    let (sign, path) = line.split_once(' ')?;
    let path = Some(path).filter(|path| is_below(path))?.to_owned();
    match sign {
        "+" => Some(Change::Add(path)),
        "*" => Some(Change::Replace(path)),
        "-" => Some(Change::Remove(path)),
        _ => None,
    }
}

/// Whether `path` is certainly below the folder that it is joined to.
pub(super) fn is_below(path: &str) -> bool {
    !path.contains(['\\', '\0', ':']) && path.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal() -> Journal {
        let changes = [
            Change::Add("news/甲.html".into()),
            Change::Replace("index.html".into()),
            Change::Remove("news/乙 丙.html".into()),
            Change::Remove("丁\r".into()),
        ];
        Journal { list: List::Changed, changes: changes.into() }
    }

    #[test]
    fn files_are_read_back_and_damaged_ones_are_not() {
        let text = journal().to_text();
        assert_eq!(Journal::parse(text.as_bytes()), Some(journal()));
        for cut in 0..text.len() {
            assert_eq!(Journal::parse(&text.as_bytes()[..cut]), None, "cut at {cut}");
            let mut damaged = text.clone().into_bytes();
            damaged[cut] ^= 1;
            assert_eq!(Journal::parse(&damaged), None, "damaged at {cut}");
        }
    }

    #[test]
    fn no_path_of_a_journal_climbs() {
        for path in ["../x", "a/../../x", "/etc/passwd", "a//b", ".", "", "c:/x", "a\\b", "a\0b"] {
            let journal = Journal { list: List::Same, changes: vec![Change::Remove(path.into())] };
            assert_eq!(Journal::parse(journal.to_text().as_bytes()), None, "{path:?}");
        }
    }
}
