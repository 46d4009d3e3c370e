//! CSS by its tokens (CSS Syntax Module Level 3): white space goes where the grammar does not need it, all
//! tokens stay as they are written. What a declaration means is not looked at, so that properties, units
//! and at-rules of any year pass through.

use cssparser::{ParseError, ParseErrorKind, Parser, Token, TokenSerializationType};

use crate::minify::Unreadable;

/// Blocks in blocks beyond this are not written by people; deeper ones would only fill the stack.
const DEPTH: usize = 64;

/// The style sheet without comments and needless white space.
///
/// # Errors
/// The first place at which it is broken: a string or an address that does not end in its line, a bracket
/// without its partner.
pub fn minify(sheet: &str) -> Result<String, Unreadable> {
    let mark = if sheet.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let (mark, text) = sheet.split_at(mark);
    let mut press = Press::new(text);
    let read = press.block(&mut Parser::new(text), 0);
    // A name that comes to the front would be taken for a byte order mark.
    if mark.is_empty() && press.out.starts_with('\u{FEFF}') {
        return Err(Unreadable(0));
    }
    match read {
        Ok(()) => Ok(format!("{mark}{}{}", press.out, if press.semicolon { ";" } else { "" })),
        Err(ParseError { kind: ParseErrorKind::Custom(at) }) => Err(Unreadable(mark.len() + at)),
        Err(_) => Err(Unreadable(mark.len())),
    }
}

/// What stands between the last token and the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Nothing,
    Comment,
    Space,
}

struct Press<'t> {
    text: &'t str,
    out: String,
    gap: Gap,
    /// A semicolon that waits: before a closing brace it is not needed.
    semicolon: bool,
    /// The kind of the last token, and whether white space after it is needless.
    last: TokenSerializationType,
    open: bool,
    /// Was the last token a colon? After it, white space may be a whole value.
    colon: bool,
}

impl<'t> Press<'t> {
    fn new(text: &'t str) -> Self {
        let out = String::with_capacity(text.len());
        let last = TokenSerializationType::Nothing;
        Press { text, out, gap: Gap::Nothing, semicolon: false, last, open: true, colon: false }
    }

    /// Writes what is left of the block that `parser` stands in; an error is the place of what is broken.
    fn block(&mut self, parser: &mut Parser<'t>, depth: usize) -> Result<(), ParseError<usize>> {
        loop {
            let start = parser.position().byte_index();
            let Ok(token) = parser.next_including_whitespace_and_comments() else { return Ok(()) };
            let token = token.clone();
            let end = parser.position().byte_index();
            let written = &self.text[start..end];
            match closing(&token) {
                _ if is_broken(&token, written) => return Err(ParseError::custom(start)),
                Some(_) if depth == DEPTH => return Err(ParseError::custom(start)),
                Some(closing) => {
                    self.token(written, &token);
                    let inner = parser.parse_nested_block(|parser| {
                        self.block(parser, depth + 1)?;
                        Ok(parser.position().byte_index())
                    })?;
                    let end = parser.position().byte_index();
                    if &self.text[inner..end] != closing {
                        return Err(ParseError::custom(start));
                    }
                    self.close(closing);
                }
                None => self.token(written, &token),
            }
        }
    }

    fn token(&mut self, written: &str, token: &Token) {
        match token {
            Token::WhiteSpace(_) => self.gap = Gap::Space,
            Token::Comment(text) if text.starts_with('!') => self.license(written),
            Token::Comment(_) if self.gap == Gap::Nothing => self.gap = Gap::Comment,
            Token::Comment(_) => {}
            Token::Semicolon => {
                self.keep_empty_value();
                self.before(TokenSerializationType::Other, true);
                self.after(TokenSerializationType::Other, true);
                self.semicolon = true;
            }
            _ => {
                let close = matches!(token, Token::Comma | Token::CurlyBracketBlock)
                    || matches!(token, Token::Delim('>' | '!'));
                self.before(token.serialization_type(), close);
                self.out.push_str(written);
                let open = closing(token).is_some()
                    || matches!(token, Token::Comma | Token::Colon | Token::Delim('>'));
                self.after(token.serialization_type(), open);
                self.colon = *token == Token::Colon;
            }
        }
    }

    /// Writes what has to stand before a token of this kind; `close` if it needs no white space there.
    fn before(&mut self, next: TokenSerializationType, close: bool) {
        let semicolon = std::mem::take(&mut self.semicolon);
        if semicolon {
            self.out.push(';');
        }
        let joined = !semicolon && self.last.needs_separator_when_before(next);
        match self.gap {
            Gap::Space if joined || !(close || self.open) => self.out.push(' '),
            Gap::Comment if joined => self.out.push_str("/**/"),
            _ => {}
        }
    }

    fn after(&mut self, kind: TokenSerializationType, open: bool) {
        (self.gap, self.last, self.open, self.colon) = (Gap::Nothing, kind, open, false);
    }

    /// Writes the end of a block; the end of a declaration list needs no semicolon before it.
    fn close(&mut self, closing: &str) {
        // After another one it stays: what is minified stays as it is.
        self.semicolon &= closing != "}" || self.out.ends_with(';');
        self.keep_empty_value();
        self.before(TokenSerializationType::Other, true);
        self.out.push_str(closing);
        self.after(TokenSerializationType::Other, closing == "}");
    }

    /// `--x: ;` sets an empty value; to older browsers `--x:;` is a mistake.
    fn keep_empty_value(&mut self) {
        if self.colon && self.gap == Gap::Space {
            self.out.push(' ');
            self.gap = Gap::Nothing;
        }
    }

    fn license(&mut self, written: &str) {
        if std::mem::take(&mut self.semicolon) {
            self.out.push(';');
        }
        if self.gap == Gap::Space && !self.open {
            self.out.push(' ');
        }
        self.out.push_str(written);
        self.last = TokenSerializationType::Nothing;
        // White space on either side of the comment is one stretch of it.
        self.open |= self.gap == Gap::Space;
        self.gap = Gap::Nothing;
    }
}

/// What ends the block that a token begins.
fn closing(token: &Token) -> Option<&'static str> {
    match token {
        Token::Function(_) | Token::ParenthesisBlock => Some(")"),
        Token::SquareBracketBlock => Some("]"),
        Token::CurlyBracketBlock => Some("}"),
        _ => None,
    }
}

/// Is this something that browsers recover from by leaving things out?
fn is_broken(token: &Token, written: &str) -> bool {
    match token {
        Token::UnquotedUrl(_) => !written.ends_with(')'),
        Token::QuotedString(_) => written.len() < 2 || !written.ends_with(['"', '\'']),
        Token::Comment(_) => !written.ends_with("*/"),
        // Before what follows white space it would begin an escape.
        Token::Delim('\\') => true,
        _ => token.is_parse_error(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sheet: &str, expected: &str) {
        assert_eq!(minify(sheet).as_deref(), Ok(expected), "{sheet}");
        assert_eq!(minify(expected).as_deref(), Ok(expected), "what is small stays as it is");
    }

    #[test]
    fn white_space_and_comments_go_and_the_last_semicolon_of_a_block() {
        check("/* a */\nbody {\n  color : red;\n  margin: 0 auto;\n}\n", "body{color :red;margin:0 auto}");
        check("a , b > c ~ d + e f { }", "a,b>c ~ d + e f{}");
        check(
            "@media ( min-width : 40em ) and (width >= 3px) { a { b: c } }",
            "@media (min-width :40em) and (width>= 3px){a{b:c}}",
        );
        check("a { b: c !important ; }", "a{b:c!important}");
        check("a { b: c ;; }", "a{b:c;;}");
    }

    #[test]
    fn white_space_that_means_something_stays() {
        check(
            "a :hover, a:hover { width: calc( 1px + (2px - 3px) ) }",
            "a :hover,a:hover{width:calc(1px + (2px - 3px))}",
        );
        check("a { --x: ; --y: ; }", "a{--x: ;--y: }");
        check("a { font: 1em / 2 \"甲  乙\" , b }", "a{font:1em / 2 \"甲  乙\",b}");
        check(
            "@charset \"utf-8\";\n@import url( a.css ) layer( x );",
            "@charset \"utf-8\";@import url( a.css ) layer(x);",
        );
        check(".a\\31 b .c\\32 { d: e }", ".a\\31 b .c\\32 {d:e}");
        check("a { unicode-range: U+4E00-9FFF, U+30?? }", "a{unicode-range:U+4E00-9FFF,U+30??}");
    }

    #[test]
    fn removing_a_comment_joins_no_tokens() {
        check("a/**/b { c: 1/**/px; d: e/* */f }", "a/**/b{c:1/**/px;d:e/**/f}");
        check("a /* x */ b{}", "a b{}");
    }

    #[test]
    fn new_and_unknown_grammar_stays_as_it_is_written() {
        let sheet = "a{&:has(>b){text-autospace:ideograph-alpha;text-spacing-trim:space-all}@container c (inline-size>= 30em){& d{zu-kunft:oklch(50% .1 20)}}}";
        check(sheet, sheet);
        check(
            "a{color:red;color:oklch(50% 0.10 20);margin:0px 0px}",
            "a{color:red;color:oklch(50% 0.10 20);margin:0px 0px}",
        );
    }

    #[test]
    fn licences_stay() {
        check("/*! MIT */\n\na { b: c; /*! d */ }", "/*! MIT */a{b:c;/*! d */}");
        check("a /*! x */ b{}", "a /*! x */b{}");
    }

    #[test]
    fn broken_sheets_are_told_by_place() {
        for (sheet, at) in [
            ("a { b: \"c\n }", 7),
            ("a { b: c } }", 11),
            ("a{}\nb { c: (d }", 14),
            ("a{}\nb { c: (d", 11),
            ("a { b: url(c d) }", 7),
            ("a { b: c", 2),
            ("a {} /* b", 5),
            ("a{b:c\\\n)}", 5),
        ] {
            assert_eq!(minify(sheet), Err(Unreadable(at)), "{sheet}");
        }
        assert!(minify("/* a */\u{FEFF} b{}").is_err());
        assert!(minify(&"(".repeat(1_000_000)).is_err());
    }
}
