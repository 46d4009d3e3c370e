//! Which files are published: those that something published refers to, those that `publish` in site.yaml names, and
//! those that browsers and search engines fetch by themselves. Manuscripts and lists of names lie beside documents in
//! every office, and are not for the public.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

use crate::config::yaml::Node;
use crate::config::{Config, is_well_known};
use crate::content::document::{Document, SectionIndex};
use crate::content::markdown::Digest;
use crate::diagnostics::messages::ConfigProblem;
use crate::diagnostics::{Diagnostic, DiagnosticSink};
use crate::site::address::address_of;
use crate::site::model::{Asset, Page, Site};
use crate::text::join;
use crate::world::SITE_FILE;

/// Keeps the assets that are published, and lists the others. Of the `problems` of assets, those of published ones are
/// reported.
pub(super) fn settle(
    site: &mut Site,
    problems: Vec<(String, Diagnostic)>,
    mentioned: &[String],
    sink: &mut DiagnosticSink,
) {
    let mut files = Files::of(site, problems.iter().map(|(name, _)| name.as_str()));
    files.refer_to(of_site(site, mentioned));
    for page in &site.pages {
        files.refer_to(names_in(&site.config, &page.document).into_iter());
    }
    let published = files.published(&site.config, sink);
    for (_, problem) in problems.into_iter().filter(|(name, _)| published.contains(name)) {
        sink.push(problem);
    }
    let (assets, others): (Vec<Asset>, Vec<Asset>) =
        std::mem::take(&mut site.assets).into_iter().partition(|asset| published.contains(&asset.file.name));
    site.unreferenced = others.into_iter().map(|asset| asset.file).collect();
    site.assets_by_name =
        assets.iter().enumerate().map(|(at, asset)| (asset.file.name.clone(), at)).collect::<HashMap<_, _>>();
    site.assets = assets;
}

/// The names of the files that a page refers to.
pub fn files_of(site: &Site, page: &Page) -> BTreeSet<String> {
    let is_file = |name: &String| site.assets_by_name.contains_key(name) || site.is_unreferenced(name);
    names_in(&site.config, &page.document).into_iter().filter(is_file).collect()
}

/// The files of a site, and which of them something refers to.
struct Files {
    /// What each file mentions.
    mentions: BTreeMap<String, Vec<String>>,
    referenced: BTreeSet<String>,
}

impl Files {
    /// The assets of the site, and `others` that could not be read.
    fn of<'n>(site: &Site, others: impl Iterator<Item = &'n str>) -> Files {
        let assets = site.assets.iter();
        let mut mentions: BTreeMap<String, Vec<String>> =
            assets.map(|asset| (asset.file.name.clone(), asset.content.mentions.clone())).collect();
        for name in others {
            mentions.entry(name.to_owned()).or_default();
        }
        Files { mentions, referenced: BTreeSet::new() }
    }

    fn refer_to(&mut self, names: impl Iterator<Item = String>) {
        self.referenced.extend(names.filter(|name| self.mentions.contains_key(name)));
    }

    /// The files that are published, those that published files refer to among them.
    fn published(mut self, config: &Config, sink: &mut DiagnosticSink) -> BTreeSet<String> {
        for pattern in &config.publish {
            let matching = self.mentions.keys().filter(|name| pattern.matches(name));
            let matching: Vec<String> = matching.cloned().collect();
            if matching.is_empty() && pattern.is_definite() {
                let problem = ConfigProblem::PublishNothing { value: pattern.text.clone() };
                sink.add(SITE_FILE, pattern.span, problem);
            }
            self.referenced.extend(matching);
        }
        self.referenced.extend(self.mentions.keys().filter(|name| is_well_known(name)).cloned());
        let mut pending: Vec<String> = self.referenced.iter().cloned().collect();
        while let Some(name) = pending.pop() {
            let targets = self.mentions.get(&name).into_iter().flatten();
            let names: Vec<String> = targets.flat_map(|target| file_names(config, &name, target)).collect();
            let is_new = |name: &String| self.mentions.contains_key(name) && !self.referenced.contains(name);
            let new: BTreeSet<String> = names.into_iter().filter(is_new).collect();
            pending.extend(new.iter().cloned());
            self.referenced.extend(new);
        }
        self.referenced
    }
}

/// The names that the settings, the introductions and the theme refer to. Not all of them are files.
fn of_site<'s>(site: &'s Site, mentioned: &'s [String]) -> impl Iterator<Item = String> + 's {
    let config = &site.config;
    let badge = config.office.badge.as_ref().map(|badge| badge.image.value.as_str());
    let emblem = config.emblem.as_ref().map(|emblem| emblem.value.as_str());
    let nav = config.nav.iter().flatten().map(|item| item.url.as_str());
    let texts = mentioned.iter().map(String::as_str).chain(badge).chain(emblem).chain(nav);
    let of_texts = texts.chain(config.extra.texts()).flat_map(|text| file_names(config, "", text));
    let indexes = site.sections.iter().filter_map(|section| section.index.as_ref()).chain(&site.home);
    of_texts.chain(indexes.flat_map(|index: &SectionIndex| {
        let extra = index.extra.iter().flat_map(Node::texts);
        targets(&index.digest).chain(extra).flat_map(|target| file_names(config, &index.source, target))
    }))
}

/// The names that a document refers to. Not all of them are files.
pub(super) fn names_in(config: &Config, document: &Document) -> BTreeSet<String> {
    let meta = &document.meta;
    let image = meta.image.as_ref().map(|image| image.value.as_str());
    let credit = meta.credit.as_ref().and_then(|credit| credit.url.as_deref());
    let extra = meta.extra.iter().flat_map(Node::texts);
    let all = targets(&document.digest).chain(image).chain(credit).chain(extra);
    // A template may link to what `extra` names, and does so from the root.
    let url = address_of(document, config);
    let bases = [document.source.as_str(), url.as_str(), ""];
    all.flat_map(|target| bases.into_iter().flat_map(|base| file_names(config, base, target))).collect()
}

fn targets(digest: &Digest) -> impl Iterator<Item = &str> {
    digest.links.iter().map(|link| link.target.as_str()).chain(digest.mentions.iter().map(String::as_str))
}

/// The names that `target` may stand for, written in the file `from`: one, or two where the site has a path of its own.
pub fn file_names(config: &Config, from: &str, target: &str) -> Vec<String> {
    let base = &config.base_url;
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = path.strip_prefix(base.origin.as_str()).unwrap_or(path);
    if path.is_empty() || path.contains("//") {
        return Vec::new();
    }
    let below =
        path.strip_prefix(base.path.as_str()).filter(|rest| !base.path.is_empty() && rest.starts_with('/'));
    let name = |path: &str| {
        let decoded: Cow<str> = percent_decode_str(path).decode_utf8().ok()?;
        let path: String = decoded.nfc().collect();
        join(if path.starts_with('/') { "" } else { from }, &path)
    };
    [Some(path), below].into_iter().flatten().filter_map(name).collect()
}
