//! Where a body may have a slip, and what the parser has to find there.

use std::ops::Range;

use crate::content::markdown::links::Slip;
use crate::content::markdown::lints::structure::Structure;
use crate::diagnostics::messages::MarkdownProblem;

/// How many candidates of one kind are checked in one body.
pub(super) const MOST: usize = 1000;

/// A slip, if the parser finds what it takes at its place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Candidate {
    /// The slip.
    pub problem: MarkdownProblem,
    /// The byte in the body at which it stands.
    pub at: usize,
    /// What the parser has to find.
    pub found: Found,
}

/// What the parser has to find at the place of a candidate.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Found {
    /// Text that is neither in a link, nor in code, nor in raw HTML.
    Text,
    /// The same, or the text of a link.
    Shown,
    /// Text that is in no table either.
    TextOutsideTables,
    /// A run of asterisks at each of these places that is text.
    Literal(usize, usize),
    /// The text or the picture of a link, so many bytes further on.
    LinkAfter(usize),
    /// A row of a table.
    Row,
    /// A heading with a line below it, in this range.
    Underlined { text: Range<usize>, is_sure: bool },
    /// A heading of the first level that is not the first one.
    SecondTitle,
}

impl Candidate {
    /// A slip in text.
    pub(super) fn text(problem: MarkdownProblem, at: usize) -> Candidate {
        Candidate { problem, at, found: Found::Text }
    }

    /// A full-width mark where an ASCII one was meant.
    pub(super) fn wide(mark: char, at: usize) -> Candidate {
        // Tables hold other full-width marks that stand for ASCII ones elsewhere.
        let found = if mark == '＊' { Found::Text } else { Found::TextOutsideTables };
        Candidate { problem: MarkdownProblem::FullWidthMark { mark }, at, found }
    }

    /// Whether the parser finds what it takes.
    pub(super) fn stands(&self, structure: &Structure) -> bool {
        if structure.verbatim.contain(self.at) {
            return false;
        }
        match &self.found {
            Found::Text => !structure.links.contain(self.at),
            Found::Shown => !structure.links.contain(self.at) || structure.link_texts.contain(self.at),
            Found::TextOutsideTables => {
                !structure.links.contain(self.at) && !structure.tables.contain(self.at)
            }
            Found::Literal(first, second) => [*first, *second].into_iter().all(|at| {
                !structure.links.contain(at)
                    && !structure.verbatim.contain(at)
                    && !structure.emphasised.contains(&at)
            }),
            Found::LinkAfter(bytes) => structure.links.contain(self.at + bytes),
            Found::Row => structure.tables.contain(self.at),
            Found::Underlined { text, is_sure } => {
                structure.is_underlined(text) && (*is_sure || structure.underlined.len() == 1)
            }
            Found::SecondTitle => structure
                .titles
                .get(1)
                .is_some_and(|title| (self.at.saturating_sub(4)..=self.at).contains(title)),
        }
    }

    /// The slip.
    pub(super) fn slip(self) -> Slip {
        Slip { problem: self.problem.into(), offset: self.at, width: 1 }
    }
}
