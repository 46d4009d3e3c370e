//! The text of a new document: its front matter, filled in as far as possible.

use jiff::Zoned;

use crate::config::{DistrictId, Limits};
use crate::content::document;
use crate::diagnostics::messages::{ContentProblem, YamlProblem};
use crate::diagnostics::{Diagnostic, Problem, Source};
use crate::site::Site;
use crate::site::routes::is_reserved;
use crate::text::{Date, SlugStyle, is_unfit, nearest, segment, shorten, suggest};
use crate::world::CONTENT;

/// The longest file name made from a title, in bytes.
const LONGEST_NAME: usize = 60;

/// What is known about the new document.
#[derive(Debug, Clone, Copy)]
pub(super) struct NewDocument<'a> {
    /// The section's folder.
    pub section: &'a str,
    /// The title.
    pub title: &'a str,
    /// Name, code or slug of its district.
    pub district: Option<&'a str>,
    /// The year it reports on.
    pub year: Option<i16>,
    /// Its date.
    pub date: Option<&'a str>,
}

/// A new document.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Draft {
    /// Its path below the site's root.
    pub path: String,
    /// Its text.
    pub text: String,
    /// The district that was assumed, because none was given.
    pub assumed_district: Option<String>,
}

/// Writes the text of a new document.
///
/// # Errors
/// A section, district or date that does not exist, and any error that the document would cause in the next build.
pub(super) fn draft(site: &Site, now: &Zoned, wanted: NewDocument) -> Result<Draft, Problem> {
    let section = site.sections.iter().find(|section| section.name == wanted.section).ok_or_else(|| {
        let names = site.sections.iter().map(|section| section.name.as_str());
        YamlProblem::NotAllowed {
            key: "section",
            value: wanted.section.to_owned(),
            allowed: names.clone().map(str::to_owned).collect(),
            nearest: nearest(wanted.section, names).map(str::to_owned),
        }
    })?;
    let today = now.strftime("%Y-%m-%d").to_string();
    let date_text = wanted.date.unwrap_or(&today);
    let parsed = Date::parse(date_text).ok_or_else(|| ContentProblem::BadDate {
        key: "date",
        value: date_text.to_owned(),
        suggestion: suggest(date_text),
    })?;
    let (district, assumed) = match wanted.district {
        Some(name) => match site.districts.find(name) {
            Ok(id) => (Some(id), None),
            Err(why) => return Err(site.districts.problem(name, why, true)),
        },
        // Most documents are about the office's own district, the first in the registry.
        None => {
            let first = site.districts.below(None).next();
            (first, first.map(|id| site.districts.get(id).name.clone()))
        }
    };
    // Checked here, because the error for the file would not name the title.
    if let Some(c) = wanted.title.chars().find(|c| is_unfit(*c)) {
        return Err(YamlProblem::ControlCharacter { key: "title", code: c as u32 }.into());
    }
    let year = wanted.year.unwrap_or_else(|| parsed.in_zone(&site.config.time_zone).year());
    let name = format!("{}/{year}/{}.md", section.name, file_name(wanted.title));
    let text = text(site, wanted, &parsed.to_string(), district);
    let path = format!("{CONTENT}/{name}");
    match first_error(&path, &name, &text, &site.config.limits) {
        Some(problem) => Err(problem),
        None => Ok(Draft { path, text, assumed_district: assumed }),
    }
}

/// The first error that a document of this text would have.
fn first_error(path: &str, name: &str, text: &str, limits: &Limits) -> Option<Problem> {
    let found = match Source::decode(path, text.as_bytes()) {
        Ok(source) => document::parse(&source, name, limits).1,
        Err(error) => vec![*error],
    };
    found.into_iter().find(Diagnostic::is_error).map(|error| error.problem)
}

fn text(site: &Site, wanted: NewDocument, date: &str, district: Option<DistrictId>) -> String {
    let mut text = format!("---\ntitle: {}\ndate: {date}\n", yaml_text(wanted.title));
    if let Some(id) = district {
        text.push_str(&format!("district: {}\n", yaml_text(site.districts.reference(id))));
    }
    if let Some(year) = wanted.year {
        text.push_str(&format!("year: {year}\n"));
    }
    text.push_str("---\n\n");
    text
}

/// A file name for a title.
fn file_name(title: &str) -> String {
    let mut name = segment(title, SlugStyle::Pinyin).replace('.', "-");
    shorten(&mut name, LONGEST_NAME);
    let name = name.trim_matches(['-', '_']);
    if is_reserved(name) { format!("{name}-1") } else { name.to_owned() }
}

/// `text` as a YAML scalar in one line, in quotes if necessary.
fn yaml_text(text: &str) -> String {
    let text = text.replace(['\n', '\r', '\t'], " ");
    let mut options = serde_yaml::SerializerOptions::default();
    options.prefer_block_scalars = false;
    serde_yaml::to_string_with_options(&text, options).unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_become_yaml_that_reads_back() {
        assert_eq!(yaml_text("汉阳区人大常委会2025年工作报告"), "汉阳区人大常委会2025年工作报告");
        for title in [
            "甲: \"乙\"",
            "2025",
            "yes",
            "~",
            "- 甲",
            "#1",
            "'甲'",
            "[甲]",
            " 甲 ",
            "a\\b",
            "true",
            "1e3",
            "",
        ] {
            let written = yaml_text(title);
            assert!(!written.contains('\n'), "{written}");
            assert_eq!(serde_yaml::from_str::<String>(&written).unwrap(), title, "{written}");
        }
    }

    #[test]
    fn file_names_are_short_and_plain() {
        assert_eq!(file_name("汉阳区人大 v1.0"), "han-yang-qu-ren-da-v1-0");
        assert!(file_name(&"报告".repeat(50)).len() <= LONGEST_NAME);
        assert!(file_name(&format!("a{}", "ア".repeat(50))).len() <= LONGEST_NAME);
    }
}
