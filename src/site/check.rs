//! What is wrong with files only as parts of a site: its policy, its sections, its limits.

use super::{Asset, Section};
use crate::active::{is_page, is_xml};
use crate::complaint::Complaints;
use crate::config::{Config, HtmlPolicy};
use crate::diagnostic::{Diagnostic, Place, Severity};
use crate::document::Document;
use crate::limits::NUMBERED;
use crate::markdown::{Digest, Swallower, Swallowers};
use crate::problem::{Problem, parts_of};
use crate::scan::{CONTENT, File};

/// `topics: 监督工作、代表工作` is one topic, and hardly what was meant.
pub fn topics(file: &File, document: &Document, complaints: &mut Complaints) {
    let meta = &document.meta;
    for topic in meta.topics.iter().filter(|topic| parts_of(topic).len() > 1) {
        let problem = Problem::ListInOneText { key: "topics", value: topic.clone() };
        complaints.warning(&file.path, meta.topics_span, problem);
    }
}

/// A comment or an element that is not closed takes the rest of the text with it, unless HTML is shown as text; one
/// that is sanitized away may take its own, and is missed.
pub fn html(path: &str, digest: &Digest, body_start: usize, config: &Config, complaints: &mut Complaints) {
    let Swallowers { unclosed, foreign, left_out } = &digest.swallowers;
    let unclosed = unclosed.as_ref().filter(|_| config.html != HtmlPolicy::Escape);
    let foreign = foreign.as_ref().filter(|_| config.html == HtmlPolicy::Sanitize);
    let found: Option<(fn(String) -> Problem, _)> = match (unclosed, foreign) {
        (Some(at), _) => Some((|what| Problem::HtmlUnclosed { what }, at)),
        (None, Some(at)) => Some((|what| Problem::HtmlForeign { what }, at)),
        (None, None) => None,
    };
    let mut say = |severity, at: &Swallower, problem: Problem| {
        complaints.at_offset(path, severity, body_start + at.offset, at.what.len() as u32, problem);
    };
    if let Some((problem, at)) = found {
        say(Severity::Error, at, problem(at.what.clone()));
    }
    // What is wrong with an element is said once.
    let others = left_out.iter().filter(|at| found.is_none_or(|(_, wrong)| wrong.offset != at.offset));
    for at in others.filter(|_| config.html == HtmlPolicy::Sanitize) {
        say(Severity::Warning, at, Problem::HtmlLeftOut { what: at.what.clone() });
    }
}

/// Files that browsers or servers run are published only where the site trusts its content.
pub fn assets(assets: &[Asset], config: &Config, complaints: &mut Complaints) {
    if config.html == HtmlPolicy::Trust {
        return;
    }
    for asset in assets {
        let path = &asset.file.path;
        let is_inside = asset.content.active.is_some() && !is_xml(&asset.file.name);
        if is_page(&asset.file.name) || is_inside {
            complaints.push(Diagnostic::error(Problem::HtmlFile).at(Place::file(path.clone())));
        } else if let Some(at) = asset.content.active {
            complaints.at_offset(path, Severity::Error, at as usize, 1, Problem::ActiveFile);
        }
    }
}

/// Sections are numbered.
pub fn sections(sections: &[Section], complaints: &mut Complaints) {
    if let Some(beyond) = sections.get(NUMBERED) {
        let problem = Problem::TooMany { what: "sections", count: sections.len(), limit: NUMBERED };
        complaints.push(Diagnostic::error(problem).at(Place::file(format!("{CONTENT}/{}", beyond.name))));
    }
}

/// What the section asks of its documents.
pub fn required(section: &Section, file: &File, document: &Document, complaints: &mut Complaints) {
    let default = ["date".to_owned(), "district".to_owned()];
    let requires = section.index.as_ref().and_then(|index| index.requires.as_deref()).unwrap_or(&default);
    for key in requires.iter().filter(|key| !document.meta.has(key)) {
        let problem = Problem::RequiredBySection { key: key.clone(), section: section.name.clone() };
        complaints.error(&file.path, document.meta.place_for(key), problem);
    }
}
