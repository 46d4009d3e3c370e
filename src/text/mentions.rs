//! The files that a web page, a drawing, a style sheet or a script mentions. Too many are found rather than too few:
//! whoever asks looks for files of these names, and most are no files.

/// Attributes with addresses (HTML standard, "Attributes"; SVG 2, section 16.1).
const ATTRIBUTES: &[&str] =
    &["background", "data", "href", "imagesrcset", "poster", "src", "srcset", "xlink:href"];
/// The longest address of a file, in bytes. `data:` URLs are longer.
const LONGEST: usize = 2048;

/// The addresses in a piece of HTML or XML: in attributes, and in styles. Comments are left out.
pub fn in_markup(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'<', rest.as_bytes()) {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
        } else if rest.starts_with(|c: char| c.is_ascii_alphabetic()) {
            rest = attributes(rest, &mut found);
        }
    }
    found.extend(in_style(text));
    found.retain(|target| may_be_file(target));
    found
}

/// Reads the attributes of a tag, whose name `text` begins with. Returns what follows the tag.
fn attributes<'t>(text: &'t str, found: &mut Vec<String>) -> &'t str {
    let is_space = |c: char| c.is_ascii_whitespace() || c == '/';
    let ends_name = |c: char| is_space(c) || matches!(c, '=' | '>');
    let mut rest = &text[text.find(ends_name).unwrap_or(text.len())..];
    loop {
        rest = rest.trim_start_matches(is_space);
        if rest.is_empty() || rest.starts_with('>') {
            return rest;
        }
        // A name may begin with an equals sign (HTML standard, section 13.2.5.32).
        let end = rest.char_indices().skip(1).find(|(_, c)| ends_name(*c)).map_or(rest.len(), |(at, _)| at);
        let (name, after) = rest.split_at(end);
        let Some(value) = after.trim_start().strip_prefix('=') else {
            rest = after;
            continue;
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, after) = match quote {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => {
                value.split_at(value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len()))
            }
        };
        rest = after;
        let name = name.to_ascii_lowercase();
        if name.ends_with("srcset") {
            let candidates = value.split(',').filter_map(|part| part.split_whitespace().next());
            found.extend(candidates.map(unescaped));
        } else if ATTRIBUTES.contains(&name.as_str()) {
            found.push(unescaped(value.trim()));
        }
    }
}

fn unescaped(value: &str) -> String {
    value.replace("&amp;", "&")
}

/// The addresses in a style sheet: in `url(…)`, and after `@import`.
pub fn in_style(sheet: &str) -> Vec<String> {
    let urls = sheet.split("url(").skip(1).filter_map(|rest| rest.split(')').next());
    let imports = sheet.split("@import").skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        rest[1..].split(quote).next()
    });
    let targets = urls.chain(imports).map(|target| target.trim().trim_matches(['"', '\'']));
    targets.filter(|target| may_be_file(target)).map(str::to_owned).collect()
}

/// The texts between any two quotes of a script or template, which may be names of files.
pub fn in_script(text: &str) -> Vec<String> {
    let texts = text.split(['"', '\'', '`', '\n']).map(str::trim);
    texts.filter(|text| text.contains('.') && may_be_file(text)).map(str::to_owned).collect()
}

fn may_be_file(target: &str) -> bool {
    !target.is_empty()
        && target.len() <= LONGEST
        && !target.starts_with(['#', '?'])
        && !target.starts_with("data:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_in_attributes_and_styles() {
        let cases: &[(&str, &[&str])] = &[
            ("<img src=\"图 一.png\" alt='名单.xls'>", &["图 一.png"]),
            ("<IMG SRC=a.png><a\nhref = 'b.pdf'>c.pdf</a>", &["a.png", "b.pdf"]),
            ("<img srcset=\"a.png 1x, b.png 2x\"/>", &["a.png", "b.png"]),
            ("<video poster=a.jpg src=b.mp4></video>", &["a.jpg", "b.mp4"]),
            ("<a href='a.pdf?x=1&amp;y=2'>", &["a.pdf?x=1&y=2"]),
            ("<!-- <img src=a.png> --><img src=b.png>", &["b.png"]),
            ("<!-- <img src=a.png>", &[]),
            ("<p style=\"background: url('a.png')\">", &["a.png"]),
            ("<svg><image xlink:href='a.png'/><use href='#b'/></svg>", &["a.png"]),
            ("<img src=\"a.png", &["a.png"]),
            ("<a = b ='c' =>", &[]),
            ("1 < 2 <", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(in_markup(text), *expected, "{text}");
        }
    }

    #[test]
    fn addresses_are_found_in_style_sheets_and_scripts() {
        let sheet = "@import 'a.css'; p { b: url( \"c.png\" ) } q { d: url(data:x) } @import";
        assert_eq!(in_style(sheet), ["c.png", "a.css"]);
        assert_eq!(in_script("{{ url(path=\"/a b.pdf\") }} x = 'c.js'; d"), ["/a b.pdf", "c.js"]);
    }
}
