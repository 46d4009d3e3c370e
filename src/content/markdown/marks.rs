//! The marks by which a body is amended before it is parsed: noncharacters (Unicode 16, section 23.7), which are neither
//! space nor punctuation and in no real text, some of them with a punctuation character beside them.

use std::borrow::Cow;

/// Neither space nor punctuation.
pub(super) const NEUTRAL: &str = "\u{FDD0}";
/// Neutral to what is before, punctuation to what is after.
pub(super) const NEUTRAL_PUNCTUATION: &str = "\u{FDD1}\u{2026}";
/// Punctuation to what is before, neutral to what is after.
pub(super) const PUNCTUATION_NEUTRAL: &str = "\u{2026}\u{FDD2}";
/// A `*` that is text.
pub(super) const ASTERISK: &str = "\u{FDD3}";
/// A `_` that is text.
pub(super) const UNDERSCORE: &str = "\u{FDD4}";
/// A `~` that is text.
pub(super) const TILDE: &str = "\u{FDD5}";
/// A tab that makes no line break.
pub(super) const TAB: &str = "\u{FDD6}";

/// A change to a body before it is parsed.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    /// Where it is in the body, in bytes.
    pub at: usize,
    /// How many bytes it replaces.
    pub length: usize,
    /// The text in their place.
    pub text: Cow<'static, str>,
}
