//! Bodies: Markdown and the HTML in it.

use super::{Input, Make, document, each, rows};

fn body(text: String) -> Vec<u8> {
    format!("---\ntitle: 甲\n---\n\n{text}").into_bytes()
}

/// `part`, `count` times.
fn repeated(part: &str, count: usize) -> Vec<u8> {
    body(part.repeat(count))
}

/// A line for every level of nesting, each one deeper: longer than its number of levels.
fn stairs(count: usize, marker: &str, indent: &str) -> Vec<u8> {
    let levels = (count as f64).sqrt() as usize;
    body(each(levels, |level| format!("{}{marker}a\n", indent.repeat(level))))
}

pub fn inputs() -> Vec<Input> {
    [BLOCKS, INLINES, HTML, REFERENCES, SLIPS]
        .map(|inputs| rows(document, inputs))
        .into_iter()
        .flatten()
        .collect()
}

const BLOCKS: &[(&str, Make)] = &[
    ("quotes in a line", |n| repeated(">", n)),
    ("quotes with spaces", |n| repeated("> ", n)),
    ("quotes, then text", |n| body(format!("{}a\n", "> ".repeat(n)))),
    ("quotes and lazy lines", |n| body(format!("{}a\n{}", ">".repeat(n), "b\n".repeat(n)))),
    ("forty quotes a line", |n| repeated(&format!("{}a\n", ">".repeat(40)), n)),
    ("forty quotes and lazy lines", |n| body(format!("{}a\n{}", ">".repeat(40), "b\n".repeat(n)))),
    ("forty items and blank lines", |n| body(format!("{}a\n{}", "- ".repeat(40), "\n".repeat(n)))),
    ("items in a line", |n| repeated("- ", n)),
    ("items in a line, then text", |n| body(format!("{}a", "- ".repeat(n)))),
    ("numbers in a line", |n| body(format!("{}a", "1. ".repeat(n)))),
    ("quotes and items in a line", |n| body(format!("{}a", "> - ".repeat(n)))),
    ("stairs of items", |n| stairs(n, "- ", "  ")),
    ("stairs of items and blank lines", |n| {
        let mut file = stairs(n, "- ", "  ");
        file.extend("\n".repeat(n).bytes());
        file
    }),
    ("stairs of numbers", |n| stairs(n, "1. ", "   ")),
    ("stairs of tabs", |n| stairs(n, "- ", "\t")),
    ("items", |n| repeated("- a\n", n)),
    ("loose items", |n| repeated("- a\n\n", n)),
    ("items of other kinds", |n| repeated("- a\n* b\n+ c\n", n)),
    ("numbered items", |n| body(each(n, |at| format!("{at}. a\n")))),
    ("tasks", |n| repeated("- [ ] a\n- [x] b\n", n)),
    ("terms and definitions", |n| repeated("甲\n: 乙\n\n", n)),
    ("colons in a line", |n| body(format!("甲\n{}", ": ".repeat(n)))),
    ("definitions of one term", |n| body(format!("甲\n{}", ": 乙\n".repeat(n)))),
    ("blank lines", |n| repeated("\n", n)),
    ("blank lines with spaces", |n| repeated(" \n", n)),
    ("rules", |n| repeated("***\n", n)),
    ("a long rule", |n| repeated("- ", n)),
    ("a rule that is none", |n| body(format!("{}a", "* ".repeat(n)))),
    ("underlines", |n| repeated("a\n===\n", n)),
    ("headings", |n| body(each(n, |at| format!("# 标题{at}\n\n")))),
    ("headings with one title", |n| repeated("# 标题\n\n", n)),
    ("headings with one id", |n| repeated("# 标题 {#a}\n\n", n)),
    ("headings with numbered titles", |n| body(each(n, |at| format!("# 甲-{}\n\n# 甲\n\n", at + 2)))),
    ("a long heading", |n| body(format!("# {}", "标题".repeat(n)))),
    ("a heading of attributes", |n| body(format!("# a {{{}}}\n", ".b k=v ".repeat(n)))),
    ("a heading of braces", |n| body(format!("# a {}\n", "{".repeat(n)))),
    ("a long table", |n| body(format!("|a|b|\n|-|-|\n{}", "|1|2|\n".repeat(n)))),
    ("a wide table", |n| body(format!("{}|\n{}|\n{}|\n", "|a".repeat(n), "|-".repeat(n), "|1".repeat(n)))),
    ("a table as wide as long", |n| {
        let side = (n as f64).sqrt() as usize;
        body(format!("{}|\n{}|\n{}", "|a".repeat(side), "|-".repeat(side), "|1\n".repeat(side)))
    }),
    ("a wide table with short rows", |n| {
        body(format!("{}|\n{}|\n{}", "|a".repeat(n), "|-".repeat(n), "|1\n".repeat(n)))
    }),
    ("tables", |n| repeated("|a|\n|-|\n|1|\n\n", n)),
    ("bars", |n| repeated("|", n)),
    ("rows that are no table", |n| repeated("|a|b|\n", n)),
    ("code fences", |n| repeated("```\n", n)),
    ("fences of growing length", |n| {
        body(each((n as f64).sqrt() as usize, |at| format!("{}\n", "`".repeat(at + 3))))
    }),
    ("a fence without an end", |n| body(format!("```\n{}", "甲\n".repeat(n)))),
    ("indented code", |n| repeated("    a\n\n", n)),
    ("spaces", |n| repeated(" ", n)),
    ("a long line", |n| repeated("人民代表大会", n)),
    ("lines", |n| repeated("人民代表大会\n", n)),
    ("paragraphs without a sentence's end", |n| repeated("人民，", n)),
    ("tabs", |n| repeated("\t", n)),
];

const INLINES: &[(&str, Make)] = &[
    ("opening brackets", |n| repeated("[", n)),
    ("closing brackets", |n| repeated("]", n)),
    ("opening and closing brackets", |n| body("[".repeat(n) + &"]".repeat(n))),
    ("pairs of brackets", |n| repeated("[]", n)),
    ("brackets around text", |n| body("[a".repeat(n) + &"](b)".repeat(n))),
    ("brackets and parentheses", |n| repeated("[a](", n)),
    ("links that do not end", |n| repeated("[a](<b", n)),
    ("titles that do not end", |n| repeated("[a](b \"", n)),
    ("parentheses in links", |n| body(format!("[a]({}", "(".repeat(n)))),
    ("pairs of parentheses in links", |n| body(format!("[a]({}{})", "(".repeat(n), ")".repeat(n)))),
    ("opening images", |n| repeated("![", n)),
    ("images in images", |n| body("![a".repeat(n) + &"](b)".repeat(n))),
    ("images", |n| repeated("![a](b.jpg \"甲｜乙\")\n\n", n)),
    ("links", |n| repeated("[a](b) ", n)),
    ("bang brackets and parentheses", |n| repeated("![[]()", n)),
    ("footnote marks", |n| repeated("[^", n)),
    ("footnote marks and text", |n| repeated("[^a", n)),
    ("stars and letters", |n| repeated("*a ", n)),
    ("letters and stars", |n| repeated("a* ", n)),
    ("stars", |n| repeated("*", n)),
    ("underscores", |n| repeated("_", n)),
    ("underscores and letters", |n| repeated("_a ", n)),
    ("tildes", |n| repeated("~", n)),
    ("tildes and letters", |n| repeated("~~a ", n)),
    ("emphasis in emphasis", |n| body("*a ".repeat(n) + &"b*".repeat(n))),
    ("strong in emphasis", |n| body("*a **a ".repeat(n) + &"b** b*".repeat(n))),
    ("emphasis that crosses", |n| repeated("*a _b* c_ ", n)),
    ("runs of all lengths", |n| body(each((n as f64).sqrt() as usize, |at| format!("{}a ", "*".repeat(at))))),
    ("triple stars", |n| repeated("a***b", n)),
    ("strong quotes in hanzi", |n| repeated("**“", n)),
    ("strong quotes in hanzi, closed", |n| repeated("甲**“乙”**丙", n)),
    ("emphasis in hanzi", |n| repeated("甲*乙", n)),
    ("selectors beside stars", |n| repeated("“\u{FE01}**", n)),
    ("backticks of growing length", |n| {
        body(each((n as f64).sqrt() as usize, |at| format!("{}a", "`".repeat(at + 1))))
    }),
    ("backticks", |n| repeated("`", n)),
    ("backticks and letters", |n| repeated("`a``b", n)),
    ("backslashes", |n| repeated("\\", n)),
    ("backslashes and stars", |n| repeated("\\*", n)),
    ("backslashes before a star", |n| body(format!("甲{}*乙*", "\\".repeat(n)))),
    ("ampersands", |n| repeated("&", n)),
    ("entities", |n| repeated("&amp;", n)),
    ("entities without an end", |n| repeated("&a", n)),
    ("numbers of entities", |n| body(format!("&#{};", "9".repeat(n)))),
    ("hard breaks", |n| repeated("a  \n", n)),
    ("addresses", |n| repeated("<https://a.cn/>", n)),
    ("addresses without an end", |n| repeated("<https://a", n)),
    ("mail addresses without an end", |n| repeated("<a@b", n)),
    ("dollars", |n| repeated("$", n)),
    ("quotation marks", |n| repeated("\"'", n)),
    ("unsafe links", |n| repeated("[a](javascript:b) ", n)),
];

const HTML: &[(&str, Make)] = &[
    ("less-than signs", |n| repeated("<", n)),
    ("comments without an end", |n| repeated("<!--", n)),
    ("comments in a line without an end", |n| repeated("a <!-- ", n)),
    ("declarations without an end", |n| repeated("a <!A ", n)),
    ("instructions without an end", |n| repeated("a <?", n)),
    ("CDATA without an end", |n| repeated("a <![CDATA[", n)),
    ("instructions", |n| repeated("<?", n)),
    ("comments", |n| repeated("<!-- a -->\n", n)),
    ("dashes in a comment", |n| body(format!("<!--{}-->", "-".repeat(n)))),
    ("elements in elements", |n| repeated("<div>", n)),
    ("elements in elements, in lines", |n| repeated("<div>\n\n", n)),
    ("inline elements in elements", |n| repeated("a<b>", n)),
    ("spans in spans", |n| repeated("<span>a", n)),
    ("other inline elements in elements", |n| body(each(n, |at| format!("<font size={at}>a")))),
    ("elements that are opened again", |n| {
        body(each(n, |at| format!("<b id=a{at}>")) + &"<p>a</p>".repeat(n))
    }),
    ("links in links", |n| repeated("<a href=b>", n)),
    ("tables in tables", |n| repeated("<table>", n)),
    ("cells in tables", |n| repeated("<table><tr><td>", n)),
    ("items in lists of HTML", |n| repeated("<ul><li>", n)),
    ("elements that close what is not open", |n| repeated("</b></p></div>", n)),
    ("wrongly nested elements", |n| repeated("<b><i></b></i>", n)),
    ("text in a table of HTML", |n| body(format!("<table>{}", "a<b>".repeat(n)))),
    ("attributes", |n| body(format!("<b {}>a", "a=b ".repeat(n)))),
    ("attributes of other names", |n| body(format!("<b {}>a", each(n, |at| format!("a{at}=b "))))),
    ("a long attribute", |n| body(format!("<b title=\"{}\">a", "甲".repeat(n)))),
    ("no-break spaces in HTML", |n| body(format!("<div>{}</div>", "\u{a0}".repeat(n)))),
    ("middle dots in HTML", |n| body(format!("<b>甲</b>{}", "甲·".repeat(n)))),
    ("entities in HTML", |n| body(format!("<div>{}</div>", "&amp;".repeat(n)))),
    ("no-break spaces by name in HTML", |n| body(format!("<div>\n{}</div>", "&nbsp;".repeat(n)))),
    ("entities in an attribute", |n| body(format!("<b title=\"{}\">a</b>", "&amp;".repeat(n)))),
    ("no-break spaces beside HTML", |n| body(format!("<b>a</b>\n\n{}", "\u{a0}a".repeat(n)))),
    ("no-break spaces beside a comment", |n| body(format!("<!-- a -->\n\na{}", "\u{a0}".repeat(n)))),
    ("entities in code beside HTML", |n| body(format!("<b>a</b> `{}`", "&".repeat(n)))),
    ("entities in a link beside HTML", |n| body(format!("<b>a</b> [b](/c?{})", "&d=e".repeat(n)))),
    ("entities between tags that end nothing", |n| {
        body(format!("a{}", "&amp;&amp;&amp;&amp;</b>".repeat(n)))
    }),
    ("entities beside the cells of a table", |n| {
        body(format!("<table>{}</table>", "&amp;&amp;&amp;<tr><td><p>a</p></td></tr>".repeat(n)))
    }),
    ("attributes without an end", |n| repeated("<a b=\"", n)),
    ("tags without an end", |n| repeated("<a ", n)),
    ("blocks of HTML", |n| repeated("<div>\n甲\n</div>\n\n", n)),
    ("paragraphs of HTML", |n| repeated("<p>甲", n)),
    ("frames", |n| repeated("<svg><math>", n)),
    ("scripts", |n| repeated("<script>", n)),
];

const REFERENCES: &[(&str, Make)] = &[
    ("definitions", |n| body(each(n, |at| format!("[a{at}]: b\n")))),
    ("definitions of one label", |n| repeated("[a]: b\n", n)),
    ("references", |n| body(format!("[a]: b\n\n{}", "[a] ".repeat(n)))),
    ("references to nothing", |n| body(each(n, |at| format!("[a{at}] ")))),
    ("definitions and references", |n| {
        body(each(n, |at| format!("[a{at}]: b\n")) + "\n" + &each(n, |at| format!("[a{at}] ")))
    }),
    ("a long definition with references", |n| {
        let side = (n as f64).sqrt() as usize;
        body(format!("[a]: {}\n\n{}", "b".repeat(side), "[a]".repeat(side)))
    }),
    ("a long label", |n| body(format!("[{0}]: b\n\n[{0}]", "甲".repeat(n)))),
    ("labels that do not end", |n| repeated("[a\n", n)),
    ("footnotes", |n| {
        body(each(n, |at| format!("甲[^{at}]\n\n")) + &each(n, |at| format!("[^{at}]: 乙\n\n")))
    }),
    ("footnotes nobody mentions", |n| body(each(n, |at| format!("[^{at}]: 乙\n\n")))),
    ("mentions of one footnote", |n| body(format!("[^a]: 乙\n\n{}", "甲[^a]".repeat(n)))),
    ("footnotes of one label", |n| repeated("[^a]: 乙\n\n", n)),
    ("footnotes that mention the next", |n| {
        body("[^0]\n\n".to_owned() + &each(n, |at| format!("[^{at}]: 乙[^{}]\n\n", at + 1)))
    }),
    ("footnotes in footnotes", |n| repeated("[^a]: ", n)),
    ("mentions of missing footnotes", |n| body(each(n, |at| format!("甲[^{at}]")))),
];

/// What slips and bare addresses are looked for in.
const SLIPS: &[(&str, Make)] = &[
    ("full-width asterisks", |n| repeated("＊＊甲＊＊乙", n)),
    ("emphasis with spaces in it", |n| repeated("** 甲 ** 乙", n)),
    ("emphasis with spaces in it, line by line", |n| repeated("** 甲 **\n", n)),
    ("headings without a space", |n| repeated("##甲\n\n", n)),
    ("titles", |n| repeated("# 甲\n\n", n)),
    ("text with a line below", |n| repeated("甲。\n---\n\n", n)),
    ("rows without a head", |n| repeated("| 甲 | 乙 |\n", n)),
    ("full-width rows", |n| repeated("｜甲｜乙｜\n", n)),
    ("cells that are lost", |n| body(format!("| 甲 |\n| --- |\n{}", "| 乙 | 丙 |\n".repeat(n)))),
    ("a row of lost cells", |n| body(format!("| 甲 |\n| --- |\n{}", "| 乙 ".repeat(n)))),
    ("text below a table", |n| body(format!("| 甲 |\n| --- |\n{}", "乙\n".repeat(n)))),
    ("marks without notes", |n| body(each(n, |at| format!("甲[^{at}]")))),
    ("notes without marks", |n| body(each(n, |at| format!("[^{at}]: 甲\n\n")))),
    ("notes with full-width colons", |n| repeated("[^1]：甲\n", n)),
    ("hidden definitions", |n| body(each(n, |at| format!("[甲{at}]: 乙\n\n")))),
    ("quotes of titles", |n| repeated("![甲](a.png “乙”)", n)),
    ("web addresses", |n| repeated("见https://a.cn/b。", n)),
    ("web addresses in a line", |n| repeated("http://a.cn/", n)),
    ("schemes", |n| repeated("http://", n)),
    ("names of hosts", |n| repeated("www.", n)),
    ("hosts that are none", |n| repeated("www._", n)),
    ("brackets in an address", |n| body(format!("http://a.cn/{}", "(a)".repeat(n)))),
    ("closing brackets after an address", |n| body(format!("http://a.cn/{}", ")".repeat(n)))),
    ("mail addresses", |n| repeated("a@b.cn，", n)),
    ("at signs", |n| repeated("@a.b", n)),
    ("a long name before an at sign", |n| body(format!("{}@a.cn", "a".repeat(n)))),
    ("links in raw HTML", |n| repeated("<a href=\"a.md\">甲</a>\n", n)),
    ("attributes of a link", |n| body(format!("<a {}>甲</a>", each(n, |at| format!("b{at}=c "))))),
    ("tags that are none", |n| body(each(n, |at| format!("甲<a{at}>")))),
    ("colours", |n| body(each(n, |at| format!("<b style=\"color: {at}\">甲</b>")))),
    ("control characters", |n| repeated("甲\u{8}", n)),
];
