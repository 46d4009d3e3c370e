//! Checks files against the rules of the site: its HTML policy, its sections and its limits.

use crate::config::{Config, HtmlPolicy, MAX_SECTIONS};
use crate::content::File;
use crate::content::assets::{is_page, is_xml};
use crate::content::document::Document;
use crate::content::markdown::{Digest, HtmlPiece, LossyHtml};
use crate::diagnostics::messages::{ConfigProblem, ContentProblem, MarkdownProblem, SiteProblem};
use crate::diagnostics::{Diagnostic, DiagnosticSink, Place};
use crate::site::model::{Asset, Named, Section, Site};
use crate::world::{CONTENT, SITE_FILE};

/// Reports raw HTML that would lose text. An unclosed comment or element swallows the text after it, unless HTML is
/// shown as text; an element that is removed by sanitizing may lose its own text.
pub(super) fn html(
    path: &str,
    digest: &Digest,
    body_start: usize,
    config: &Config,
    sink: &mut DiagnosticSink,
) {
    let LossyHtml { unclosed, foreign, left_out, unknown, styled } = &digest.lossy_html;
    let unclosed = unclosed.as_ref().filter(|_| config.html != HtmlPolicy::Escape);
    let foreign = foreign.as_ref().filter(|_| config.html == HtmlPolicy::Sanitize);
    let what = |at: &HtmlPiece| at.what.clone();
    let error = match (unclosed, foreign) {
        (Some(at), _) => Some((at, MarkdownProblem::HtmlUnclosed { what: what(at) })),
        (None, Some(at)) => Some((at, MarkdownProblem::HtmlForeign { what: what(at) })),
        (None, None) => None,
    };
    // One problem per element.
    let reported = error.as_ref().map(|(at, _)| at.offset);
    let left_out =
        left_out.iter().filter(|at| config.html == HtmlPolicy::Sanitize && reported != Some(at.offset));
    let warnings = left_out.map(|at| (at, MarkdownProblem::HtmlLeftOut { what: what(at) }));
    let unknown =
        unknown.iter().filter(|at| config.html != HtmlPolicy::Escape && reported != Some(at.offset));
    let unknown = unknown.map(|at| (at, MarkdownProblem::HtmlUnknown { what: what(at) }));
    let styled = styled.iter().filter(|_| config.html == HtmlPolicy::Sanitize);
    let styled = styled.map(|at| (at, MarkdownProblem::HtmlStyle { what: what(at) }));
    for (at, problem) in error.into_iter().chain(warnings).chain(unknown).chain(styled) {
        sink.at_offset(path, body_start + at.offset, at.what.chars().count() as u32, problem);
    }
}

/// Warns of pictures of other sites, unless the site trusts its content: its security policy has browsers block them.
pub(super) fn pictures(
    path: &str,
    digest: &Digest,
    body_start: usize,
    config: &Config,
    sink: &mut DiagnosticSink,
) {
    let origin = config.base_url.origin.as_str();
    let is_own = |target: &str| {
        let rest = target.strip_prefix(origin).or_else(|| target.strip_prefix(origin.split_once(':')?.1));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if config.html == HtmlPolicy::Trust {
        return;
    }
    for picture in digest.pictures_elsewhere.iter().filter(|picture| !is_own(&picture.target)) {
        let problem = MarkdownProblem::PictureElsewhere { target: picture.target.clone() };
        sink.at_offset(path, body_start + picture.offset, picture.width, problem);
    }
}

/// Reports files that browsers or servers would execute, unless the site trusts its content.
pub(super) fn assets(assets: &[Asset], config: &Config, sink: &mut DiagnosticSink) {
    if config.html == HtmlPolicy::Trust {
        return;
    }
    for asset in assets {
        let path = &asset.file.path;
        let is_inside = asset.content.active.is_some() && !is_xml(&asset.file.name);
        if is_page(&asset.file.name) || is_inside {
            sink.push(Diagnostic::new(ContentProblem::HtmlFile).at(Place::file(path.clone())));
        } else if let Some(at) = asset.content.active {
            sink.at_offset(path, at as usize, 1, ContentProblem::ActiveFile);
        }
    }
}

/// Reports too many sections.
pub(super) fn sections(sections: &[Section], sink: &mut DiagnosticSink) {
    if let Some(excess) = sections.get(MAX_SECTIONS) {
        let problem = SiteProblem::TooManySections { count: sections.len(), limit: MAX_SECTIONS };
        sink.push(Diagnostic::new(problem).at(Place::file(format!("{CONTENT}/{}", excess.name))));
    }
}

/// Reports the keys that the section requires and the document lacks.
pub(super) fn required(section: &Section, file: &File, document: &Document, sink: &mut DiagnosticSink) {
    let default = ["date".to_owned(), "district".to_owned()];
    let requires = section.index.as_ref().and_then(|index| index.requires.as_deref()).unwrap_or(&default);
    for key in requires.iter().filter(|key| !document.meta.has(key)) {
        let problem = SiteProblem::RequiredBySection { key: key.clone(), section: section.name.clone() };
        sink.add(&file.path, document.meta.place_for(key), problem);
    }
}

/// Warns of sections without a description.
pub fn check_descriptions(site: &Site, sink: &mut DiagnosticSink) {
    for section in &site.sections {
        let problem = SiteProblem::NoDescription { section: section.name.clone() };
        match &section.index {
            Some(index) if index.is_described => {}
            Some(index) => sink.add(&Site::path_of(&index.source), index.title_span, problem),
            // Its index has errors, which are reported there.
            None if matches!(site.named(&format!("{}/_index.md", section.name)), Named::Failed) => {}
            None => {
                let folder = Place::file(Site::path_of(&section.name));
                sink.push(Diagnostic::new(problem).at(folder));
            }
        }
    }
}

/// Reports pictures in site.yaml that do not exist in the content folder.
pub fn check_pictures(site: &Site, sink: &mut DiagnosticSink) {
    let Config { emblem, office, .. } = &site.config;
    let badge = office.badge.as_ref().map(|badge| ("office.badge.image", &badge.image));
    for (key, picture) in emblem.as_ref().map(|emblem| ("emblem", emblem)).into_iter().chain(badge) {
        let name = picture.value.trim_start_matches('/');
        if !matches!(site.named(name), Named::Asset(_)) {
            let nearest = site.nearest_name(name).map(|near| format!("/{near}"));
            let problem = ConfigProblem::PictureMissing { key, value: picture.value.clone(), nearest };
            sink.add(SITE_FILE, picture.span, problem);
        }
    }
}
