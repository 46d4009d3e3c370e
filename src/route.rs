//! URLs and output paths: the table of everything that is written, its collisions, and the lookup of
//! links from document to document.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use percent_encoding::{percent_decode_str, utf8_percent_encode};
use rustc_hash::FxHashMap;
use unicode_normalization::{UnicodeNormalization, is_nfc};

use crate::Outputs;
use crate::complaint::Complaints;
use crate::config::{ADDRESS_LIMIT, NOT_IN_PATH};
use crate::diagnostic::{Diagnostic, Severity};
use crate::markdown::{self, Digest, Target};
use crate::problem::Problem;
use crate::scan::read_source;
use crate::site::{Named, Page, PageId, Site};
use crate::source::Span;
use crate::text::nearest;
use crate::world::World;

/// The longest name of a file, in bytes, that the usual file systems allow.
const LONGEST_NAME: usize = 255;

/// What makes an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// How a message names it: a file, or what the program makes of itself.
    pub name: String,
    /// The file to correct, if it is a file's doing.
    pub file: Option<(String, Span)>,
    /// What kind of mistake a collision would be.
    pub kind: OriginKind,
}

/// What is to be mended where outputs collide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OriginKind {
    /// The name of a file, or a slug.
    Name,
    /// The name of a topic, in site.yaml.
    Topic,
    /// A former URL, as written.
    Alias(String),
    /// A mistake that was reported where it was read.
    Reported,
}

impl Origin {
    /// An output of the file at `path`, by what stands at `span`.
    pub fn file(path: &str, span: Span) -> Origin {
        Origin { name: path.to_owned(), file: Some((path.to_owned(), span)), kind: OriginKind::Name }
    }

    /// Is there a file or a folder of the content to be mended?
    fn is_located(&self) -> bool {
        self.file.is_some() || self.name.starts_with("content/")
    }

    /// An output of the program's own.
    pub fn made(name: impl Into<String>) -> Origin {
        Origin { name: name.into(), file: None, kind: OriginKind::Name }
    }
}

/// All output paths of the site.
#[derive(Debug, Default)]
pub struct Routes(Arc<Outputs>);

/// Paths that differ only in case or in Unicode form are one file on many disks.
pub fn fold(path: &str) -> Cow<'_, str> {
    if !path.is_ascii() {
        // By way of capitals, for a capital may have several small letters: σ and ς, ss and ß.
        return path.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    }
    if path.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return path.to_ascii_lowercase().into();
    }
    path.into()
}

/// The output path of a path of the site: `/a/` → `a/index.html`.
pub fn output_path(url: &str) -> String {
    let path = url.trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() }
}

impl Routes {
    /// The routes to these outputs.
    pub fn new(outputs: Arc<Outputs>) -> Routes {
        Routes(outputs)
    }

    /// Is there an output for this path of the site?
    pub fn holds(&self, url: &str) -> bool {
        let path = output_path(url);
        self.0.contains(path.as_str()) || self.0.contains(format!("{path}/index.html").as_str())
    }
}

/// Reports outputs that would be one file, outputs that need a folder where another is a file, names
/// that some disks cannot hold, and addresses that are too long, if `base` bytes are before their paths. `origin`
/// tells what makes the output with a number.
pub fn check_paths<'p>(
    paths: impl Iterator<Item = &'p str>,
    base: usize,
    origin: &dyn Fn(usize) -> Origin,
    complaints: &mut Complaints,
) {
    let mut known: FxHashMap<Cow<str>, usize> = FxHashMap::default();
    let mut folders: BTreeMap<&str, usize> = BTreeMap::new();
    let mut last = "";
    let mut names = Names { base, reported: BTreeSet::new() };
    for (number, path) in paths.enumerate() {
        names.check(path, number, origin, complaints);
        match known.entry(fold(path)) {
            Entry::Vacant(entry) => {
                entry.insert(number);
            }
            Entry::Occupied(entry) => report(&origin(*entry.get()), &origin(number), path, complaints),
        }
        // Many outputs in a row stand in one folder.
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        if folder != last {
            last = folder;
            for (at, _) in path.match_indices('/') {
                folders.entry(&path[..at]).or_insert(number);
            }
        }
    }
    for (folder, number) in folders {
        if let Some(file) = known.get(&fold(folder)) {
            report(&origin(*file), &origin(number), folder, complaints);
        }
    }
}

fn report(first: &Origin, second: &Origin, path: &str, complaints: &mut Complaints) {
    if [first, second].iter().any(|origin| origin.kind == OriginKind::Reported) {
        return;
    }
    let path = format!("/{path}");
    let problem = match (&first.kind, &second.kind) {
        // Aliases are entered last.
        (_, OriginKind::Alias(alias)) => {
            Problem::AliasCollision { alias: alias.clone(), path, other: first.name.clone() }
        }
        (OriginKind::Topic, OriginKind::Topic) => {
            Problem::TopicCollision { path, first: first.name.clone(), second: second.name.clone() }
        }
        _ => Problem::Collision { path, first: first.name.clone(), second: second.name.clone() },
    };
    let culprit = [second, first].into_iter().find(|origin| origin.is_located());
    locate(culprit.unwrap_or(second), problem, complaints);
}

/// Reports a problem where it can be mended: in a file, or at a file or folder of the content as a whole.
fn locate(origin: &Origin, problem: Problem, complaints: &mut Complaints) {
    match &origin.file {
        Some((file, span)) => complaints.error(file, *span, problem),
        None if origin.is_located() => {
            complaints.error(&origin.name, Span { line: 1, column: 1, width: 1 }, problem);
        }
        None => complaints.push(Diagnostic::error(problem)),
    }
}

/// The names and addresses of outputs. What is wrong with one is reported once, though it be wrong with all that a
/// file makes, or with all that a folder holds.
struct Names {
    /// How many bytes stand before the paths of the site.
    base: usize,
    reported: BTreeSet<String>,
}

impl Names {
    fn check(
        &mut self,
        path: &str,
        number: usize,
        origin: &dyn Fn(usize) -> Origin,
        complaints: &mut Complaints,
    ) {
        let mut end = 0;
        let mut sound = true;
        for segment in path.split('/') {
            end += segment.len();
            let problem = if segment.len() > LONGEST_NAME {
                Some(Problem::NameTooLong { path: format!("/{path}"), bytes: segment.len() })
            } else if is_reserved(segment) || is_odd(segment) {
                Some(Problem::ReservedName { path: format!("/{path}"), name: segment.to_owned() })
            } else {
                None
            };
            if let Some(problem) = problem {
                sound = false;
                self.report(&path[..end], segment, &origin(number), problem, complaints);
            }
            end += 1;
        }
        if let Some((end, length)) = self.too_long(path).filter(|_| sound) {
            let problem = Problem::AddressTooLong { path: format!("/{path}"), length, limit: ADDRESS_LIMIT };
            self.report(&path[..end], "/", &origin(number), problem, complaints);
        }
    }

    /// Where the first folder ends whose address is too long, or else the path, and how long that of the path is.
    fn too_long(&self, path: &str) -> Option<(usize, usize)> {
        // Percent-encoding makes three bytes of one; most paths are far from that.
        if self.base + 3 * path.len() < ADDRESS_LIMIT {
            return None;
        }
        let length =
            |path: &str| self.base + 1 + utf8_percent_encode(path, NOT_IN_PATH).map(str::len).sum::<usize>();
        let address = path.strip_suffix("index.html").filter(|rest| rest.ends_with('/')).unwrap_or(path);
        let whole = length(address);
        let mut folders = path.match_indices('/').map(|(at, _)| at);
        let end = || folders.find(|at| length(&path[..*at]) >= ADDRESS_LIMIT).unwrap_or(path.len());
        (whole >= ADDRESS_LIMIT).then(end).map(|end| (end, whole))
    }

    /// Reports `what` is wrong with the file or folder at `path`, unless it was reported of it, or of its origin.
    fn report(
        &mut self,
        path: &str,
        what: &str,
        origin: &Origin,
        problem: Problem,
        complaints: &mut Complaints,
    ) {
        let Origin { name, file, kind } = origin;
        let span = file.as_ref().map_or((0, 0), |(_, span)| (span.line, span.column));
        let of_path = match kind {
            OriginKind::Reported => return,
            // Each of them is written by itself.
            OriginKind::Alias(_) => true,
            _ => self.reported.insert(format!("/{path}")),
        };
        if of_path & self.reported.insert(format!("{what}\n{name}\n{span:?}")) {
            locate(origin, problem, complaints);
        }
    }
}

/// Names that Windows keeps for devices, whatever their ending (it cuts dots and spaces from the end, too, and
/// takes superscript digits for digits).
fn is_reserved(segment: &str) -> bool {
    // The longest is CONOUT$; most names are none of them at the first glance.
    if !segment.starts_with(['C', 'c', 'P', 'p', 'A', 'a', 'N', 'n', 'L', 'l']) {
        return false;
    }
    let stem = segment.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let digit = |rest: &str| {
        let mut chars = rest.chars();
        matches!((chars.next(), chars.next()), (Some('1'..='9' | '¹' | '²' | '³'), None))
    };
    let numbered = |name: &str| stem.strip_prefix(name).is_some_and(digit);
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || numbered("COM")
        || numbered("LPT")
}

/// Names that file systems of Windows cannot hold, or hold under another name, and climbing ones: an output is
/// what it is called everywhere.
fn is_odd(segment: &str) -> bool {
    let bad = |byte: u8| byte < b' ' || byte == 0x7F || b"<>:\"\\|?*".contains(&byte);
    segment.is_empty() || segment.ends_with(['.', ' ']) || segment.bytes().any(bad)
}

/// Why a link cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is nothing of that name.
    Nowhere,
    /// It climbs out of the content folder.
    Climbs,
    /// The document is not published.
    Withdrawn,
    /// An absolute path that is not this site's: another system may answer it.
    Unknown,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The address: right even where there is a fault to report, as far as there is one.
    pub target: Target,
    /// The page there, if it is a page's.
    pub page: Option<PageId>,
    /// The asset there, by number, if it is an asset's and nothing but it is asked for.
    pub asset: Option<usize>,
    /// What is wrong with it.
    pub fault: Option<Fault>,
}

impl Followed {
    fn to(target: Target) -> Followed {
        Followed { target, page: None, asset: None, fault: None }
    }

    fn nowhere(fault: Fault) -> Followed {
        Followed { fault: Some(fault), ..Followed::to(Target::Nowhere) }
    }
}

/// Where a link stands.
#[derive(Debug, Clone, Copy)]
pub struct Standpoint<'a> {
    /// The content file, relative to the content folder.
    pub name: &'a str,
    /// The path of its page on the site.
    pub url: &'a str,
}

/// Follows `target`, a link written in the file at `from`. Whether the page has the heading that it names
/// is for [`check_links`] to find out.
pub fn follow(site: &Site, routes: &Routes, from: Standpoint, target: &str) -> Followed {
    let split = target.find(['?', '#']).unwrap_or(target.len());
    let (path, rest) = target.split_at(split);
    if path.is_empty() {
        let page = match site.named(from.name) {
            Named::Page(id) => Some(id),
            _ => None,
        };
        return Followed { page, ..Followed::to(Target::Href(target.to_owned())) };
    }
    let Ok(decoded) = percent_decode_str(path).decode_utf8() else {
        // `%C4%E3`: an older system's address in GBK, which is that system's affair.
        let href = Followed::to(Target::Href(format!("{}{target}", site.config.base_url.path)));
        let own = path.starts_with('/');
        return if own {
            Followed { fault: Some(Fault::Unknown), ..href }
        } else {
            Followed::nowhere(Fault::Nowhere)
        };
    };
    let path: Cow<str> = if is_nfc(&decoded) { decoded } else { decoded.nfc().collect() };
    let href = |url: &str| Followed::to(Target::Href(format!("{}{rest}", site.config.base_url.link(url))));
    let absolute = path.starts_with('/');
    let base = if absolute { "" } else { from.name };
    let Some(name) = join(base, &path) else { return Followed::nowhere(Fault::Climbs) };
    match site.named(&name) {
        Named::Page(id) => return Followed { page: Some(id), ..href(&site.page(id).url) },
        Named::Asset(at) => {
            let asset = rest.is_empty().then_some(at);
            return Followed { asset, ..href(&site.assets[at].url) };
        }
        Named::Withdrawn => return Followed::nowhere(Fault::Withdrawn),
        Named::Failed => return Followed::to(Target::Nowhere),
        Named::Nothing => {}
    }
    if let Some(url) = index_url(site, &name) {
        return href(&url);
    }
    let is_source = name.to_ascii_lowercase().ends_with(".md");
    let base = if absolute { "" } else { from.url };
    let url = join(base, &path).map(|joined| with_slashes(&joined, &path));
    match url {
        Some(url) if !is_source && routes.holds(&url) => href(&url),
        Some(url) if !is_source && absolute => Followed { fault: Some(Fault::Unknown), ..href(&url) },
        _ => Followed::nowhere(Fault::Nowhere),
    }
}

fn with_slashes(joined: &str, path: &str) -> String {
    let slash = if path.ends_with('/') && !joined.is_empty() { "/" } else { "" };
    format!("/{joined}{slash}")
}

/// A link to a section's or the home page's `_index.md` leads to its listing.
fn index_url(site: &Site, name: &str) -> Option<String> {
    if name == "_index.md" {
        return Some("/".to_owned());
    }
    let folder = name.strip_suffix("/_index.md")?;
    let section = site.sections.iter().find(|section| section.name == folder)?;
    Some(format!("/{}/", section.slug))
}

/// `path` as seen from the file `base`; `None` if it climbs above the top.
pub fn join(base: &str, path: &str) -> Option<String> {
    let folder = base.trim_start_matches('/').rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut segments: Vec<&str> = folder.split('/').filter(|segment| !segment.is_empty()).collect();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

/// Follows all links of all pages and introductions, and reports those that lead nowhere. Gives the pages
/// of which a link names a heading.
pub fn check_links(
    world: &dyn World,
    site: &Site,
    routes: &Routes,
    complaints: &mut Complaints,
) -> HashSet<PageId> {
    let mut checker = Checker { world, site, routes, complaints, anchors: HashMap::new() };
    for page in &site.pages {
        checker.page(page);
    }
    for section in &site.sections {
        let Some(index) = &section.index else { continue };
        let url = format!("/{}/", section.slug);
        let from = Standpoint { name: &index.source, url: &url };
        checker.body(from, &Site::path_of(&index.source), &index.digest, index.body_start);
    }
    if let Some(index) = &site.home {
        let from = Standpoint { name: &index.source, url: "/" };
        checker.body(from, &Site::path_of(&index.source), &index.digest, index.body_start);
    }
    checker.anchors.into_keys().collect()
}

/// The same for a single page.
pub fn check_page(
    world: &dyn World,
    site: &Site,
    routes: &Routes,
    page: &Page,
    complaints: &mut Complaints,
) -> HashSet<PageId> {
    let mut checker = Checker { world, site, routes, complaints, anchors: HashMap::new() };
    checker.page(page);
    checker.anchors.into_keys().collect()
}

struct Checker<'a> {
    world: &'a dyn World,
    site: &'a Site,
    routes: &'a Routes,
    complaints: &'a mut Complaints,
    /// The ids of the headings of those pages that a link names one of: they are read for that.
    anchors: HashMap<PageId, BTreeSet<String>>,
}

impl Checker<'_> {
    fn page(&mut self, page: &Page) {
        let from = Standpoint { name: &page.document.source, url: &page.url };
        self.body(from, &page.path, &page.document.digest, page.document.body_start);
        self.image(from, page);
    }

    fn body(&mut self, from: Standpoint, path: &str, digest: &Digest, body_start: usize) {
        for link in &digest.links {
            if self.complaints.is_full(path) {
                break;
            }
            let Followed { page, fault, .. } = follow(self.site, self.routes, from, &link.target);
            let found = match fault {
                Some(fault) => Some(self.complaint(from, &link.target, fault)),
                None => page.and_then(|id| self.missing_anchor(id, &link.target)),
            };
            if let Some((severity, problem)) = found {
                self.complaints.at_offset(path, severity, body_start + link.offset, link.width, problem);
            }
        }
    }

    fn image(&mut self, from: Standpoint, page: &Page) {
        let Some(image) = &page.document.meta.image else { return };
        if image.value.starts_with("http://") || image.value.starts_with("https://") {
            return;
        }
        match follow(self.site, self.routes, from, &image.value).fault {
            None | Some(Fault::Unknown) => {}
            Some(fault) => {
                let (_, problem) = self.complaint(from, &image.value, fault);
                self.complaints.error(&page.path, image.span, problem);
            }
        }
    }

    fn complaint(&mut self, from: Standpoint, target: &str, fault: Fault) -> (Severity, Problem) {
        let target = target.to_owned();
        match fault {
            // `\\server\share`, of which Markdown leaves one backslash.
            Fault::Nowhere if target.starts_with('\\') => {
                (Severity::Error, Problem::LinkOnThisComputer { target })
            }
            Fault::Nowhere => {
                let suggest = self.complaints.may_suggest();
                let nearest = if suggest { nearest_link(self.site, from, &target) } else { None };
                (Severity::Error, Problem::LinkNowhere { target, nearest })
            }
            Fault::Climbs => (Severity::Error, Problem::LinkClimbs { target }),
            Fault::Withdrawn => (Severity::Warning, Problem::LinkWithdrawn { target }),
            Fault::Unknown => {
                let suggest = self.complaints.may_suggest();
                let nearest = if suggest { nearest_page(self.site, &target) } else { None };
                (Severity::Warning, Problem::LinkUnknown { target, nearest })
            }
        }
    }

    /// The complaint if `target` names a heading that the page `id` does not have.
    fn missing_anchor(&mut self, id: PageId, target: &str) -> Option<(Severity, Problem)> {
        let (_, written) = target.split_once('#')?;
        let anchor = percent_decode_str(written).decode_utf8_lossy();
        if anchor.is_empty() || anchor.starts_with("fn-") || anchor.starts_with("fnref-") {
            return None;
        }
        let (world, site) = (self.world, self.site);
        let anchors = self.anchors.entry(id).or_insert_with(|| anchors(world, site, id));
        if anchors.contains(&*anchor) {
            return None;
        }
        let names = anchors.iter().map(String::as_str);
        let nearest = if self.complaints.may_suggest() { nearest(written, names) } else { None };
        let nearest = nearest.map(str::to_owned);
        let file = site.page(id).path.clone();
        Some((Severity::Warning, Problem::AnchorMissing { anchor: written.to_owned(), file, nearest }))
    }
}

/// The ids of the headings of a page. A file that cannot be read now is reported when it is rendered.
fn anchors(world: &dyn World, site: &Site, id: PageId) -> BTreeSet<String> {
    let page = site.page(id);
    let Ok(source) = read_source(world, &page.path) else { return BTreeSet::new() };
    let body = source.text.get(page.document.body_start..).unwrap_or_default();
    markdown::anchors(body, site.config.slugs).into_iter().collect()
}

/// The page whose address was probably meant by `target`, a path of the site.
fn nearest_page(site: &Site, target: &str) -> Option<String> {
    let path = percent_decode_str(target.split(['?', '#']).next()?).decode_utf8().ok()?;
    let source = path.trim_start_matches('/').strip_suffix(".html")?.to_owned() + ".md";
    let Named::Page(id) = site.named(site.nearest_name(&source)?) else { return None };
    Some(site.page(id).url.clone())
}

/// The web address that was probably meant: `www.npc.gov.cn`, `https：//…`, `https:/…`.
fn web_address(target: &str) -> Option<String> {
    let ascii = target.replace('：', ":").replace('／', "/");
    let scheme = ["https:", "http:"].into_iter().find(|scheme| ascii.starts_with(scheme));
    let rest = scheme.map_or(ascii.as_str(), |scheme| ascii[scheme.len()..].trim_start_matches(['/', '\\']));
    let host = rest.split('/').next().unwrap_or_default();
    let is_host = host.starts_with("www.") || host.ends_with(".gov.cn");
    (scheme.is_some() || is_host).then(|| format!("{}//{rest}", scheme.unwrap_or("https:")))
}

/// The link that was probably meant, as it would be written in the file at `from`.
fn nearest_link(site: &Site, from: Standpoint, target: &str) -> Option<String> {
    if let Some(address) = web_address(target) {
        return Some(address);
    }
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8_lossy();
    let absolute = path.starts_with('/');
    let wanted = join(if absolute { "" } else { from.name }, &path)?;
    let found = site.nearest_name(&wanted)?;
    if absolute {
        return Some(format!("/{found}"));
    }
    Some(relative(from.name, found))
}

/// The path from the file `from` to the file `to`.
fn relative(from: &str, to: &str) -> String {
    let mut from: Vec<&str> = from.split('/').collect();
    let mut to: Vec<&str> = to.split('/').collect();
    from.pop();
    while !from.is_empty() && to.len() > 1 && from.first() == to.first() {
        from.remove(0);
        to.remove(0);
    }
    format!("{}{}", "../".repeat(from.len()), to.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_written_as_their_index() {
        assert_eq!(output_path("/"), "index.html");
        assert_eq!(output_path("/reports/"), "reports/index.html");
        assert_eq!(output_path("/a/b.html"), "a/b.html");
    }

    #[test]
    fn links_are_seen_from_their_file() {
        assert_eq!(join("news/a.md", "../reports/b.md").as_deref(), Some("reports/b.md"));
        assert_eq!(join("news/a.md", "./b.md").as_deref(), Some("news/b.md"));
        assert_eq!(join("a.md", "../b.md"), None);
        assert_eq!(relative("news/2025/a.md", "news/2023/b.md"), "../2023/b.md");
        assert_eq!(relative("news/a.md", "news/b.md"), "b.md");
    }

    #[test]
    fn windows_keeps_some_names() {
        for name in ["con", "NUL.txt", "com1", "LPT9.html", "CON .txt", "com²", "conin$", "nul.tar.gz"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["console", "com0", "com10", "nul-a"] {
            assert!(!is_reserved(name), "{name}");
        }
        for name in ["a.", "a ", "..", "", "a:b", "a\\b", "a?", "a\u{7}", "a|b", "<a>"] {
            assert!(is_odd(name), "{name:?}");
        }
        for name in ["a b.pdf", "a.b", "汉阳.html", "a'b&c.txt"] {
            assert!(!is_odd(name), "{name}");
        }
    }
}
