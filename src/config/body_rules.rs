//! The settings in site.yaml for how the bodies of documents are read.

/// What to do with raw HTML in Markdown (`html` in site.yaml).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum HtmlPolicy {
    /// Keep harmless elements, and remove scripts and styles.
    #[default]
    Sanitize,
    /// Show it as text.
    Escape,
    /// Keep it unchanged.
    Trust,
}

/// What ends a paragraph in Markdown (`paragraphs` in site.yaml).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Paragraphs {
    /// A blank line (CommonMark).
    #[default]
    Markdown,
    /// Also the end of a line, where offices begin a new paragraph.
    Lines,
}
