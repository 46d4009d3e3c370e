//! Reads a YAML file, or the front matter of a document, and converts errors to diagnostics.

use crate::config::yaml::fields::Fields;
use crate::config::yaml::parser::Bounds;
use crate::config::yaml::tree::{Node, Value};
use crate::config::yaml::{parser, syntax_error, typos};
use crate::diagnostics::messages::YamlProblem;
use crate::diagnostics::{Diagnostic, Source, Span};

/// The maximum size of a settings file in bytes. A province has thousands of townships.
pub const SETTINGS_LIMIT: u64 = 4 * 1024 * 1024;

impl Bounds {
    /// The defaults for front matter (`limits` in site.yaml).
    pub const FRONT_MATTER: Bounds = Bounds { bytes: 64 * 1024, depth: 16, aliases: 0 };
    /// The limits of settings files.
    pub const SETTINGS: Bounds = Bounds { bytes: SETTINGS_LIMIT as usize, ..Bounds::FRONT_MATTER };
}

/// YAML in a file: the whole file, or the front matter of a document.
#[derive(Clone, Copy)]
pub struct Yaml<'a> {
    /// The file.
    pub source: &'a Source,
    /// The YAML text.
    pub text: &'a str,
    /// The number of lines before it in the file.
    pub lines_before: u32,
    /// Its limits.
    pub bounds: Bounds,
}

impl<'a> Yaml<'a> {
    /// A file that consists of YAML.
    pub fn file(source: &'a Source) -> Self {
        Yaml { source, text: &source.text, lines_before: 0, bounds: Bounds::SETTINGS }
    }
}

impl Yaml<'_> {
    /// Parses the text; `known` keys are used to recognise typos.
    ///
    /// # Errors
    /// The first error: parsing stops there.
    pub fn parse(self, known: &[&str]) -> Result<Node, Box<Diagnostic>> {
        let Bounds { bytes: limit, depth, .. } = self.bounds;
        if self.text.len() > limit {
            let problem = YamlProblem::TooLong { bytes: self.text.len(), limit };
            return Err(self.error((problem, Span { line: 1, column: 1, width: 1 })));
        }
        let in_front_matter = self.lines_before > 0;
        parser::parse(self.text, self.lines_before, self.bounds, known).map_err(|error| {
            self.error(syntax_error::explain(self.text, error, known, in_front_matter, depth))
        })
    }

    fn error(self, (problem, span): (YamlProblem, Span)) -> Box<Diagnostic> {
        let span = Span { line: span.line + self.lines_before, ..span };
        Box::new(Diagnostic::new(problem).at(self.source.place(span)))
    }

    /// Reads the node as a mapping.
    ///
    /// # Errors
    /// The node is not a mapping; an empty text counts as an empty mapping.
    pub fn fields(
        self,
        node: Node,
        known: &'static [&'static str],
    ) -> Result<Fields<'static>, Box<Diagnostic>> {
        match node.value {
            Value::Map(entries) => Ok(Fields::new(entries, node.span, known)),
            Value::Null => Ok(Fields::new(Vec::new(), node.span, known)),
            Value::List(items) if items.iter().any(|item| item.key_among(known).is_some()) => {
                let first = items.iter().find_map(|item| item.key_among(known));
                let (key, span) = first.map_or_else(Default::default, |key| (key.name.clone(), key.span));
                let problem = YamlProblem::DashBeforeKey { key };
                Err(Box::new(Diagnostic::new(problem).at(self.source.place(span))))
            }
            _ => Err(match typos::first(self.text, known) {
                Some(typo) => self.error(typo),
                None => {
                    let problem = YamlProblem::NotAMapping { known: known.to_vec() };
                    Box::new(Diagnostic::new(problem).at(self.source.place(node.span)))
                }
            }),
        }
    }
}
