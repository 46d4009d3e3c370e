//! `on_error: keep` in site.yaml: documents with errors keep the pages of the former build, so that they do not keep the
//! rest of the site from going out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use crate::build::incremental::Cache;
use crate::config::Config;
use crate::content::document::Document;
use crate::content::{File, HeldDocuments, Parsed};
use crate::diagnostics::messages::{ContentProblem, SiteProblem, ThemeProblem};
use crate::diagnostics::{Diagnostic, Place, Problem};
use crate::render::OutputSink;
use crate::site::{Site, address_of, address_of_name, file_names};
use crate::text::{in_markup, output_path};
use crate::world::{CONTENT, INDEX_FILE};

/// What remains of a document with errors.
#[derive(Debug, Clone)]
enum Former {
    /// Its page, and what the page was made from.
    Page(Arc<Document>),
    /// Its page at this path of the site; what it says is not known any more.
    Address(String),
    /// Nothing: it had no page.
    Nothing,
}

/// The documents with errors that are held back.
#[derive(Debug, Clone, Default)]
pub(super) struct HeldBack {
    /// By their files.
    documents: BTreeMap<String, Former>,
    /// Outputs that their pages need, and that nothing else makes any more.
    outputs: BTreeSet<String>,
    /// What is wrong with them, and what became of them.
    pub diagnostics: Vec<Diagnostic>,
}

impl HeldBack {
    /// The files of the documents.
    pub(super) fn files(&self) -> BTreeSet<String> {
        self.documents.keys().cloned().collect()
    }

    /// Also holds back the documents that have errors among `diagnostics`. Returns whether there are any.
    pub(super) fn add(
        &mut self,
        diagnostics: &[Diagnostic],
        site: &Site,
        cache: &Cache,
        sink: &dyn OutputSink,
    ) -> bool {
        let wrong: BTreeSet<&str> = diagnostics.iter().filter_map(document_with_error).collect();
        let of_them =
            |found: &&Diagnostic| found.place.as_ref().is_some_and(|place| wrong.contains(&*place.file));
        self.diagnostics.extend(diagnostics.iter().filter(of_them).cloned());
        for path in &wrong {
            let former = self.former(path, &site.config, cache, sink);
            let problem = match &former {
                Former::Nothing => ContentProblem::LeftOut,
                _ => ContentProblem::PageKept,
            };
            if is_markdown(path) {
                self.diagnostics.push(Diagnostic::new(problem).at(Place::file(*path)));
            }
            self.documents.insert((*path).to_owned(), former);
        }
        !wrong.is_empty()
    }

    /// What remains of the document at `path`.
    fn former(&mut self, path: &str, config: &Config, cache: &Cache, sink: &dyn OutputSink) -> Former {
        let is_there = |url: &str| sink.has(&output_path(url)) && sink.stamp(&output_path(url)).is_some();
        let published = cache.content.published_at(path);
        if let Some(document) = published {
            let url = address_of(document, config);
            let is_made_from_it = cache.traces.source(&output_path(&url)) == Some(document.fingerprint);
            if is_there(&url) && is_made_from_it {
                self.keep_files_of(&url, config, sink);
                return Former::Page(Arc::clone(document));
            }
        }
        let name = path.strip_prefix(CONTENT).unwrap_or(path).trim_start_matches('/');
        let url =
            published.map_or_else(|| address_of_name(name, None, config), |known| address_of(known, config));
        if !is_markdown(path) || !is_there(&url) {
            return Former::Nothing;
        }
        self.keep_files_of(&url, config, sink);
        Former::Address(url)
    }

    /// Keeps the pictures, attachments and style sheets that the page at `url` refers to, for nothing else may do so.
    fn keep_files_of(&mut self, url: &str, config: &Config, sink: &dyn OutputSink) {
        let page = sink.read(&output_path(url)).unwrap_or_default();
        let targets = in_markup(&String::from_utf8_lossy(&page));
        let names = targets.iter().flat_map(|target| file_names(config, url, target));
        self.outputs.extend(names.filter(|name| !name.ends_with(".html") && sink.has(name)));
    }

    /// Puts what remains of the documents in their places.
    pub(super) fn apply(&self, files: &[File], parsed: &mut Parsed, diagnostics: &mut Vec<Diagnostic>) {
        if self.documents.is_empty() {
            return;
        }
        diagnostics.retain(|found| {
            !found.place.as_ref().is_some_and(|place| self.documents.contains_key(&place.file))
        });
        let loaded = std::mem::take(&mut parsed.documents).into_iter();
        let mut loaded: HashMap<String, Arc<Document>> =
            loaded.map(|(file, document)| (file.path, document)).collect();
        let mut held = HeldDocuments { outputs: self.outputs.clone(), ..HeldDocuments::default() };
        for file in files {
            match self.documents.get(&file.path) {
                None => {
                    parsed
                        .documents
                        .extend(loaded.remove(&file.path).map(|document| (file.clone(), document)));
                }
                Some(Former::Page(document)) => {
                    held.kept.insert(file.name.clone());
                    parsed.documents.push((file.clone(), Arc::clone(document)));
                }
                Some(Former::Address(url)) => {
                    held.outputs.insert(output_path(url));
                    held.addresses.insert(file.name.clone(), url.clone());
                }
                Some(Former::Nothing) => parsed.failed.push(file.name.clone()),
            }
        }
        parsed.held = held;
    }
}

/// The file of the document that a diagnostic is an error of, and of it alone. What two files do to each other, and
/// what the system reports, is not.
fn document_with_error(found: &Diagnostic) -> Option<&str> {
    let file = found.place.as_ref()?.file.as_str();
    let is_own = match &found.problem {
        Problem::Content(ContentProblem::MarkdownEnding) => return found.is_error().then_some(file),
        Problem::Content(ContentProblem::TooManyDocuments { .. }) => false,
        Problem::Site(problem) => matches!(problem, SiteProblem::RequiredBySection { .. }),
        Problem::Theme(problem) => {
            matches!(problem, ThemeProblem::UnknownTemplate { .. } | ThemeProblem::TemplateWithoutBody { .. })
        }
        Problem::Build(_) | Problem::Stored(_) => false,
        problem => !problem.is_io(),
    };
    (is_own && found.is_error() && is_markdown(file)).then_some(file)
}

/// Whether the file at `path` is a document or plain page by its name.
fn is_markdown(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.starts_with(CONTENT) && name != INDEX_FILE && name.to_ascii_lowercase().ends_with(".md")
}
