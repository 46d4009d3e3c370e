//! Compiles a theme's templates, and converts errors of the template engine to diagnostics with the template, the line
//! and the page being rendered.

use std::time::Duration;

use tera::{ErrorKind, Tera};

use crate::diagnostics::messages::{Detail, ThemeProblem};
use crate::diagnostics::{Diagnostic, Source, Span};
use crate::theme::layers::Theme;

impl Theme {
    /// Parses the templates, with the functions that `register` adds.
    ///
    /// # Errors
    /// All errors that can be found without rendering.
    pub fn compile(&self, register: impl FnOnce(&mut Tera)) -> Result<Tera, Vec<Diagnostic>> {
        let mut tera = Tera::new();
        // Every template makes a page, whatever its extension: `report.txt` is escaped like `report.html`.
        tera.autoescape_on([""]);
        let prefixed = tera.set_fallback_prefixes(self.prefixes.clone());
        register(&mut tera);
        // Unused templates are not compiled: the blocks of their parents may no longer exist.
        let used = self.templates.iter().filter(|(full, _)| self.is_usable(full));
        let added = prefixed.and_then(|()| tera.add_raw_templates(used));
        match added {
            Ok(()) => Ok(tera),
            Err(error) => {
                let mut diagnostics = self.syntax_errors();
                if diagnostics.is_empty() {
                    diagnostics = self.errors(&error, "", None);
                }
                Err(diagnostics)
            }
        }
    }

    /// The syntax errors of all templates, as the engine stops at the first.
    fn syntax_errors(&self) -> Vec<Diagnostic> {
        let mut diagnostics = Vec::new();
        for (name, text) in &self.templates {
            if let Err(error) = Tera::new().add_raw_template(name, text)
                && matches!(error.kind(), ErrorKind::SyntaxError(_))
            {
                diagnostics.extend(self.errors(&error, "", None));
            }
        }
        diagnostics
    }

    /// The diagnostics for an error of the template engine while rendering `page` with the template of the short name
    /// `rendering`; without a page, while loading the templates.
    pub fn errors(&self, error: &tera::Error, rendering: &str, page: Option<&str>) -> Vec<Diagnostic> {
        match error.kind() {
            ErrorKind::SyntaxError(report) | ErrorKind::RenderingError(report) => {
                let span = report.span();
                let width = if span.end_line == span.start_line { span.end_col - span.start_col } else { 1 };
                let place = Span {
                    line: span.start_line as u32,
                    column: span.start_col as u32 + 1,
                    width: width as u32,
                };
                let name = report.filename();
                let code = self.templates.get(name).and_then(|text| text.get(span.range.clone()));
                let message = match code.map(str::trim).filter(|code| !code.is_empty() && code.len() <= 80) {
                    // The engine's message does not always quote the code.
                    Some(code) if !report.message().contains(code) => {
                        format!("{} (`{code}`)", report.message())
                    }
                    _ => report.message().to_owned(),
                };
                vec![self.template_error(name, place, &message, page)]
            }
            // Unknown filters, functions and templates are several reports in one text.
            ErrorKind::Msg(text) if text.starts_with("error: ") => {
                text.split("\n\nerror: ").map(|report| self.report(report)).collect()
            }
            ErrorKind::MissingParent { current, .. } => {
                let span = self.find_in(current, "extends");
                vec![self.template_error(current, span, &error.to_string(), page)]
            }
            ErrorKind::CircularExtend { tpl, .. } | ErrorKind::CircularInclude { tpl, .. } => {
                let span = self.find_in(tpl, "{%");
                vec![self.template_error(tpl, span, &error.to_string(), page)]
            }
            _ => {
                let text = error.to_string();
                let full = self.template(rendering).unwrap_or_default();
                let named = self.templates.keys().find(|name| text.contains(name.as_str()));
                let span = Span { line: 1, column: 1, width: 1 };
                vec![self.template_error(named.unwrap_or(&full), span, &text, page)]
            }
        }
    }

    /// The warning for the template of the short name `rendering`, which took `time` to render `page`.
    pub fn slow(&self, rendering: &str, page: &str, time: Duration) -> Diagnostic {
        let name = self.template(rendering).unwrap_or_default();
        let (template, page) = (name.clone(), page.to_owned());
        let problem = ThemeProblem::TemplateSlow { template, page, seconds: time.as_secs() };
        self.at(&name, self.find_in(&name, "{% for"), problem)
    }

    /// Parses a report of the engine: `message`, then ` --> name:line:column`.
    fn report(&self, report: &str) -> Diagnostic {
        let report = report.strip_prefix("error: ").unwrap_or(report);
        let (message, rest) = report.split_once('\n').unwrap_or((report, ""));
        let location = rest.trim_start().strip_prefix("--> ").and_then(|rest| rest.lines().next());
        let mut parts = location.unwrap_or_default().rsplitn(3, ':');
        let column = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
        let line = parts.next().and_then(|part| part.parse().ok()).unwrap_or(1);
        let name = parts.next().unwrap_or_default();
        self.template_error(name, Span { line, column, width: 1 }, message, None)
    }

    fn find_in(&self, name: &str, wanted: &str) -> Span {
        let line =
            self.templates.get(name).and_then(|text| text.lines().position(|line| line.contains(wanted)));
        Span { line: line.map_or(1, |at| at as u32 + 1), column: 1, width: 1 }
    }

    fn template_error(&self, name: &str, span: Span, message: &str, page: Option<&str>) -> Diagnostic {
        let template = name.to_owned();
        let detail = Detail(message.to_owned());
        let problem = match page {
            Some(page) => ThemeProblem::TemplateRender { template, page: page.to_owned(), detail },
            None => ThemeProblem::TemplateSyntax { template, detail },
        };
        self.at(name, span, problem)
    }

    fn at(&self, name: &str, span: Span, problem: ThemeProblem) -> Diagnostic {
        let file = match name.strip_prefix("chamber/") {
            Some(rest) => format!("themes/chamber/templates/{rest}"),
            None => name.to_owned(),
        };
        let text = self.templates.get(name).cloned().unwrap_or_default();
        Diagnostic::new(problem).at(Source::of(file, text).place(span))
    }
}
