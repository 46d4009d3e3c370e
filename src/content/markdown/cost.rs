//! Why a body is refused before it is parsed: it would take too long.

/// What a body has too much of, and where that begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooComplex {
    /// What there is too much of.
    pub kind: ComplexityKind,
    /// The byte in the body.
    pub offset: usize,
}

/// What there can be too much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ComplexityKind {
    /// Blocks in blocks, or HTML elements in HTML elements.
    Nesting,
    /// The columns of a table.
    Columns,
    /// Text with raw HTML.
    Html,
}
