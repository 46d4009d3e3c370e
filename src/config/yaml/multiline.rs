//! Texts without quotes that go on over several lines. YAML joins whatever is indented: a setting with a full-width
//! colon, or an item that stands too far in, would be a part of the title above it, and nobody would notice.

use crate::config::yaml::fields::{english, is_key};
use crate::config::yaml::typos::{bare, in_list, shortened};
use crate::diagnostics::problem::Problem;

/// What the text is the value of: how much it may look like settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Prose: `时间：…` may well stand in it, and so may `name：…`.
    Prose,
    /// A name, a number, a date.
    Short,
    /// Something of which there may be a list.
    List,
}

impl Place {
    /// The place of the values of `key`, in a mapping at this place.
    pub fn of(self, key: &str) -> Place {
        match key {
            "topics" | "authors" | "district" | "aliases" | "keywords" | "requires" => Place::List,
            "title" | "date" | "year" | "source" | "name" | "url" | "code" | "parent" | "slug" | "editor"
            | "image" | "top" | "draft" | "publish_at" | "expires" | "template" => Place::Short,
            _ => Place::Prose,
        }
    }
}

/// The first line of the text `spelling` that was meant for something else: what is wrong with it, its number
/// (from 0: the line on which the text begins), and the column in it (from 1; on that line, in the text). `known` are
/// the keys of the file.
pub fn slip(
    spelling: &str,
    begins_line: bool,
    place: Place,
    known: &[&str],
) -> Option<(Problem, usize, usize)> {
    if spelling.starts_with(['"', '\'', '|', '>']) {
        return None;
    }
    // Where none of the items is one, that is said of the first.
    let place = if in_list(spelling).is_some() { Place::Short } else { place };
    let lines = spelling.lines().enumerate().skip(usize::from(!begins_line));
    lines.filter_map(|(number, line)| Some((number, line, in_line(line, place, known)?))).find_map(
        |(number, line, (problem, at))| Some((problem, number, 1 + line.get(..at)?.chars().count())),
    )
}

/// What is wrong with a line, and at which byte of it.
fn in_line(line: &str, place: Place, known: &[&str]) -> Option<(Problem, usize)> {
    let begins = line.trim_start();
    let indent = line.len() - begins.len();
    if let Some(item) = begins.strip_prefix('-').filter(|_| place == Place::List) {
        let problem = match item.starts_with(' ') {
            true => Problem::YamlIndent,
            false => Problem::ListMark { item: shortened(item) },
        };
        return (!item.trim().is_empty()).then_some((problem, indent));
    }
    let (at, colon) = begins.char_indices().find(|(_, c)| matches!(c, '：' | ':'))?;
    let key = bare(&begins[..at]);
    let means_a_key = || is_key(&key) || english(&key) != key;
    let is_known = known.contains(&key.as_str()) || (place != Place::Prose && means_a_key());
    let problem = match colon {
        '：' => Problem::FullWidthColon { key },
        _ => Problem::NoSpaceAfterColon { key },
    };
    is_known.then_some((problem, indent + at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, place: Place) -> Option<(&'static str, usize, usize)> {
        slip(text, false, place, &["draft"]).map(|(problem, line, column)| (problem.code(), line, column))
    }

    #[test]
    fn settings_are_told_from_texts_that_go_on() {
        assert_eq!(found("甲\n  draft：true", Place::Short), Some(("full-width-colon", 1, 8)));
        assert_eq!(found("甲\n\n  draft:true", Place::Prose), Some(("no-space-after-colon", 2, 8)));
        assert_eq!(found("甲\n  草稿：是", Place::Short), Some(("full-width-colon", 1, 5)));
        assert_eq!(found("监督\n  - 代表", Place::List), Some(("yaml-indent", 1, 3)));
        assert_eq!(found("监督\n -代表", Place::List), Some(("list-mark", 1, 2)));
        for (text, place) in [
            ("甲\n  时间：一月八日", Place::Prose),
            ("甲\n  - 乙", Place::Short),
            ("甲\n  通知：乙", Place::Short),
            ("\"甲\n  draft：true\"", Place::Short),
            ("|\n  draft：true", Place::Prose),
            ("draft：true", Place::Short),
        ] {
            assert_eq!(found(text, place), None, "{text}");
        }
    }
}
