//! JavaScript by its tokens (ECMA-262, section 12): comments go, and white space that no token needs. A
//! line break stays wherever one stood between two statements that may lack their semicolon, so that
//! automatic semicolon insertion (section 12.10) finds what it found before. Where only a whole parser
//! could tell a division from a regular expression, the script is left as it is.

use crate::minify::Unreadable;

/// The script without comments and needless white space.
///
/// # Errors
/// The first place that cannot be read: a string, comment or bracket that does not end, a slash that may
/// divide or begin a regular expression, a comment in the manner of HTML.
pub fn minify(script: &str) -> Result<String, Unreadable> {
    let mark = if script.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
    let mut press = Press {
        text: script,
        at: mark,
        out: script[..mark].to_owned(),
        gap: Gap { space: false, line: true, license: String::new() },
        last: Kind::Start,
        last_text: "",
        before_last: "",
        open: Vec::new(),
    };
    press.hashbang();
    while press.at < script.len() {
        press.step()?;
    }
    if let Some(open) = press.open.last() {
        return Err(Unreadable(open.at));
    }
    press.license();
    Ok(press.out)
}

/// What stands between the last token and the next one.
#[derive(Debug)]
struct Gap {
    space: bool,
    line: bool,
    license: String,
}

/// The kind of a token, as far as what may follow it depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Start,
    /// A name, a keyword, a number.
    Word,
    /// A string or a template.
    Text,
    /// A regular expression.
    Regex,
    /// A bracket that opens, a comma, a semicolon, a colon.
    Open,
    /// A bracket that closes; after some round ones a statement begins.
    Close {
        statement: bool,
    },
    Operator,
}

/// A bracket that is open.
#[derive(Debug)]
struct Bracket {
    at: usize,
    closing: char,
    /// The head of an `if`, `while`, `for` or `with`.
    head: bool,
    /// It is the `${` of a template, which goes on after it.
    template: bool,
}

struct Press<'t> {
    text: &'t str,
    at: usize,
    out: String,
    gap: Gap,
    last: Kind,
    last_text: &'t str,
    before_last: &'t str,
    open: Vec<Bracket>,
}

impl<'t> Press<'t> {
    /// `#!` in the first line is for the shell.
    fn hashbang(&mut self) {
        if self.rest().starts_with("#!") {
            let end = line_end(self.rest());
            self.out.push_str(&self.rest()[..end]);
            self.at += end;
            if self.at < self.text.len() {
                self.out.push('\n');
            }
        }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn fail<T>(&self) -> Result<T, Unreadable> {
        Err(Unreadable(self.at))
    }

    /// Reads what stands next: white space, a comment, or a token.
    fn step(&mut self) -> Result<(), Unreadable> {
        let rest = self.rest();
        let Some(c) = rest.chars().next() else { return Ok(()) };
        if is_line_end(c) {
            self.gap.line = true;
            self.at += c.len_utf8();
        } else if is_space(c) {
            self.gap.space = true;
            self.at += c.len_utf8();
        } else if rest.starts_with("//") {
            self.gap.space = true;
            self.at += line_end(rest);
        } else if rest.starts_with("/*") {
            self.comment()?;
        } else {
            self.token(c)?;
        }
        Ok(())
    }

    fn comment(&mut self) -> Result<(), Unreadable> {
        let rest = self.rest();
        let Some(end) = rest[2..].find("*/") else { return self.fail() };
        let comment = &rest[..end + 4];
        if comment.starts_with("/*!") {
            self.gap.license.push_str(comment);
        }
        self.gap.space = true;
        self.gap.line |= comment.contains(is_line_end);
        self.at += comment.len();
        Ok(())
    }

    fn token(&mut self, c: char) -> Result<(), Unreadable> {
        let rest = self.rest();
        if rest.starts_with("<!--") || (self.gap.line && rest.starts_with("-->")) {
            return self.fail();
        }
        match c {
            '"' | '\'' => {
                let Some(end) = string_end(rest, c) else { return self.fail() };
                self.put(Kind::Text, end);
            }
            '`' => self.template(1)?,
            '/' if self.begins_regex()? => {
                let Some(end) = regex_end(rest) else { return self.fail() };
                self.put(Kind::Regex, end);
            }
            '(' | '[' | '{' => self.open_bracket(c),
            ')' | ']' | '}' => self.close_bracket(c)?,
            ',' | ';' | ':' => self.put(Kind::Open, 1),
            '+' | '-' if rest[1..].starts_with(c) => self.put(Kind::Operator, 2),
            _ if is_word(c) => self.put(Kind::Word, rest.find(|c| !is_word(c)).unwrap_or(rest.len())),
            _ if c.is_ascii() => self.put(Kind::Operator, 1),
            _ => return self.fail(),
        }
        Ok(())
    }

    /// Does the slash that stands next begin a regular expression?
    fn begins_regex(&self) -> Result<bool, Unreadable> {
        match self.last {
            Kind::Start | Kind::Open => Ok(true),
            Kind::Operator => Ok(!matches!(self.last_text, "++" | "--")),
            Kind::Text | Kind::Regex => Ok(false),
            Kind::Close { statement } if self.last_text == ")" => Ok(statement),
            Kind::Close { .. } if self.last_text == "]" => Ok(false),
            // After a block a statement begins, after an object goes an expression on.
            Kind::Close { .. } => self.fail(),
            Kind::Word if self.before_last == "." => Ok(false),
            Kind::Word => match self.last_text {
                "return" | "typeof" | "instanceof" | "in" | "new" | "delete" | "void" | "throw" | "case"
                | "do" | "else" | "extends" | "default" => Ok(true),
                // Names in one place, keywords in another.
                "of" | "yield" | "await" => self.fail(),
                _ => Ok(false),
            },
        }
    }

    fn open_bracket(&mut self, c: char) {
        let keyword = matches!(self.last_text, "if" | "while" | "for" | "with") && self.before_last != ".";
        let of_await = self.last_text == "await" && self.before_last == "for";
        let head = c == '(' && self.last == Kind::Word && (keyword || of_await);
        let closing = match c {
            '(' => ')',
            '[' => ']',
            _ => '}',
        };
        self.open.push(Bracket { at: self.at, closing, head, template: false });
        self.put(Kind::Open, 1);
    }

    fn close_bracket(&mut self, c: char) -> Result<(), Unreadable> {
        match self.open.pop() {
            Some(bracket) if bracket.closing != c => self.fail(),
            None => self.fail(),
            Some(bracket) if bracket.template => self.template(1),
            Some(bracket) => {
                self.put(Kind::Close { statement: bracket.head }, 1);
                Ok(())
            }
        }
    }

    /// Reads a template's text, from `from` bytes on, to its end or to the next expression in it.
    fn template(&mut self, from: usize) -> Result<(), Unreadable> {
        let text = self.rest();
        let mut at = from;
        loop {
            let Some(found) = text[at..].find(['\\', '`', '$']) else { return self.fail() };
            at += found;
            match &text.as_bytes()[at..] {
                [b'`', ..] => {
                    self.put(Kind::Text, at + 1);
                    return Ok(());
                }
                [b'$', b'{', ..] => {
                    self.open.push(Bracket { at: self.at, closing: '}', head: false, template: true });
                    self.put(Kind::Open, at + 2);
                    return Ok(());
                }
                [b'\\', ..] => at += 1 + text[at + 1..].chars().next().map_or(0, char::len_utf8),
                _ => at += 1,
            }
        }
    }

    /// Writes the licences that wait; tells whether there were any.
    fn license(&mut self) -> bool {
        let license = std::mem::take(&mut self.gap.license);
        // Two slashes would begin another comment.
        if !license.is_empty() && self.out.ends_with('/') {
            self.out.push(' ');
        }
        self.out.push_str(&license);
        !license.is_empty()
    }

    /// Writes the next `length` bytes as a token, with what has to stand before it.
    fn put(&mut self, kind: Kind, length: usize) {
        let token = &self.rest()[..length];
        let licensed = self.license();
        if self.gap.line {
            if self.keeps_line(token) {
                self.out.push('\n');
            }
        } else if self.gap.space && !licensed && self.keeps_space(kind, token) {
            self.out.push(' ');
        }
        self.out.push_str(token);
        self.gap = Gap { space: false, line: false, license: String::new() };
        self.before_last = std::mem::replace(&mut self.last_text, token);
        self.last = kind;
        self.at += length;
    }

    /// May a line break before `next` end a statement, or keep two tokens apart?
    fn keeps_line(&self, next: &str) -> bool {
        // After these no statement can end, and before a brace it ends without a line break, too.
        !(matches!(self.last, Kind::Start | Kind::Open) || next.starts_with('}'))
    }

    /// Would two tokens on one line become others without a space between them?
    fn keeps_space(&self, kind: Kind, next: &str) -> bool {
        let operator =
            |c: char| c.is_ascii_punctuation() && !matches!(c, '"' | '\'' | '`' | '_' | '$' | '\\');
        let before = match self.last {
            Kind::Operator => true,
            Kind::Word | Kind::Regex => false,
            _ => return false,
        };
        match kind {
            Kind::Operator if before => next.starts_with(operator),
            Kind::Regex => self.last_text == "/",
            // `1 .toString()`
            Kind::Operator => next == "." && self.last_text.starts_with(|c: char| c.is_ascii_digit()),
            Kind::Word => !before,
            _ => false,
        }
    }
}

fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{2028}' | '\u{2029}')
}

/// White space by ECMA-262, section 12.2, without ends of lines.
fn is_space(c: char) -> bool {
    c == '\u{FEFF}' || (c.is_whitespace() && c != '\u{85}' && !is_line_end(c))
}

/// A part of a name, a keyword or a number; what is not ASCII can stand in names only.
fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '\\' | '#') || (!c.is_ascii() && c.is_alphanumeric())
}

fn line_end(text: &str) -> usize {
    text.find(is_line_end).unwrap_or(text.len())
}

/// Where the string that begins here ends, behind its quote.
fn string_end(text: &str, quote: char) -> Option<usize> {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next();
            }
            '\n' | '\r' => return None,
            c if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Where the regular expression that begins here ends, behind its flags.
fn regex_end(text: &str) -> Option<usize> {
    let mut class = false;
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            c if is_line_end(c) => return None,
            '\\' => {
                chars.next().filter(|(_, c)| !is_line_end(*c))?;
            }
            '[' => class = true,
            ']' => class = false,
            '/' if !class => {
                let flags = &text[at + 1..];
                return Some(at + 1 + flags.find(|c| !is_word(c)).unwrap_or(flags.len()));
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(script: &str, expected: &str) {
        assert_eq!(minify(script).as_deref(), Ok(expected), "{script}");
        assert_eq!(minify(expected).as_deref(), Ok(expected), "what is small stays as it is");
    }

    #[test]
    fn comments_and_white_space_go() {
        check(
            "// a\n'use strict';\n\n/* b */\nconst a = 1, b = { c : [ 2 , 3 ] }; // d\n",
            "'use strict';const a=1,b={c:[2,3]};",
        );
        check("if ( a ) {\n  return b\n}\n", "if(a){return b}");
        check("#!/bin/node\n\na", "#!/bin/node\na");
        check("#!", "#!");
        check("a in b; new A; typeof x; return \"a\" + `b`;", "a in b;new A;typeof x;return\"a\"+`b`;");
    }

    #[test]
    fn a_line_break_that_may_end_a_statement_stays() {
        check("let a = 1\n\n\n  let b = 2\n;[1].map(f)\n", "let a=1\nlet b=2\n;[1].map(f)");
        check("i\n++\ni", "i\n++\ni");
        check("function f() {\n  return\n  1\n}\ng()", "function f(){return\n1}\ng()");
        check("a /* b\n c */ d", "a\nd");
    }

    #[test]
    fn tokens_are_neither_joined_nor_changed() {
        check("a + +b - -c + ++d - --e", "a+ +b- -c+ ++d- --e");
        check("1 .toString() + 1. .x", "1 .toString()+1. .x");
        check("a < !b; a / /c/ / d", "a< !b;a/ /c//d");
        check("/a/g in b", "/a/g in b");
        check("x ? .5 : 1e+3", "x? .5:1e+3");
        check("class A { #a = 1; static async *b() {} }", "class A{#a=1;static async*b(){}}");
    }

    #[test]
    fn strings_templates_and_regular_expressions_stay_as_they_are_written() {
        check("f('a  // b\\'', \"/* c */\")", "f('a  // b\\'',\"/* c */\")");
        check("`a  ${ b + `  ${ { c : 1 }.c } ` } \\` // d`", "`a  ${b+`  ${{c:1}.c} `} \\` // d`");
        check("a = /[/\"'`] \\/\\* x/g.test(s)", "a=/[/\"'`] \\/\\* x/g.test(s)");
        check("if (a) / b  c/.test(d); (a) / b  / c; a[0] / 2 / 1", "if(a)/ b  c/.test(d);(a)/b/c;a[0]/2/1");
        check("x++ / 2 / 1; o.if / 2 / 1; o.if (a) / 2 / 1", "x++ /2/1;o.if/2/1;o.if(a)/2/1");
    }

    #[test]
    fn licences_stay() {
        check("/*! MIT */\nlet a/*!b*/= 1 /*! c */", "/*! MIT */let a/*!b*/=1/*! c */");
        check("a / /*! b */ c; d = /e/ /*! f */", "a/ /*! b */c;d=/e/ /*! f */");
    }

    #[test]
    fn what_is_broken_or_has_two_readings_is_told_by_place() {
        for (script, at) in [
            ("a = 'b\n'", 4),
            ("f(", 1),
            ("f(]", 2),
            ("/* a", 0),
            ("a = `b", 4),
            ("{} / 1 / 2", 3),
            ("x = /a\n/", 4),
            ("a\n--> b", 2),
            ("a <!-- b", 2),
            ("yield / 1 / 2", 6),
            ("甲 = 1; “乙”", 9),
        ] {
            assert_eq!(minify(script), Err(Unreadable(at)), "{script}");
        }
        assert!(minify(&"{".repeat(1_000_000)).is_err());
    }
}
