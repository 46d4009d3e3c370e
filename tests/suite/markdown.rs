//! Markdown as editors write it. Every `tests/markdown/*.md` is a body; what it becomes is its snapshot.
//! The rules for emphasis beside Chinese punctuation are a table of their own.

use std::fmt::Write;
use std::fs;

use tribune::internals::config::{HtmlPolicy, Paragraphs};
use tribune::internals::content::markdown::{Body, LinkTarget, TocEntry, anchors, digest, render};
use tribune::internals::diagnostics::Problem;
use tribune::internals::diagnostics::messages::LinkProblem;
use tribune::internals::text::SlugStyle;

/// Links to `.md` files become pages, `nowhere.md` leads nowhere.
fn resolve(target: &str) -> LinkTarget {
    if target == "nowhere.md" {
        LinkTarget::Nowhere
    } else {
        LinkTarget::Href(target.replace(".md", ".html"))
    }
}

fn html(body: &str, policy: HtmlPolicy) -> String {
    render(&Body::of(body, Paragraphs::Markdown), SlugStyle::Pinyin, policy, &resolve).html
}

#[test]
fn bodies_become_html_with_a_summary_a_word_count_and_contents() {
    insta::glob!("../markdown", "*.md", |path| {
        let body = fs::read_to_string(path).unwrap();
        let (digest, slips) = digest(&Body::of(&body, Paragraphs::Markdown), true, HtmlPolicy::Sanitize);
        let rendered =
            render(&Body::of(&body, Paragraphs::Markdown), SlugStyle::Pinyin, HtmlPolicy::Sanitize, &resolve);
        let mut text = format!("{}\n", rendered.html);
        let _ = writeln!(text, "summary: {}\nwords: {}", digest.summary, rendered.words);
        contents(&mut text, &rendered.toc, 0);
        for slip in slips {
            match slip.problem {
                Problem::Link(LinkProblem::Unsafe { target }) => {
                    let _ = writeln!(text, "unsafe: {target}");
                }
                other => {
                    let _ = writeln!(text, "slip: {}", other.code());
                }
            }
        }
        for (name, policy) in [("escape", HtmlPolicy::Escape), ("trust", HtmlPolicy::Trust)] {
            let other = html(&body, policy);
            if other != rendered.html {
                let _ = writeln!(text, "\n--- html: {name}\n{other}");
            }
        }
        insta::assert_snapshot!(text);
    });
}

fn contents(text: &mut String, entries: &[TocEntry], depth: usize) {
    for entry in entries {
        let _ = writeln!(text, "{}h{} #{} {}", "  ".repeat(depth), entry.level, entry.id, entry.title);
        contents(text, &entry.children, depth + 1);
    }
}

/// By the rules of the CommonMark CJK-friendly amendments: a run is left-flanking if no white space
/// follows, and what follows is not punctuation other than CJK, or white space, such punctuation or a
/// CJK character stands before it; right-flanking is its mirror. For `_` CommonMark's further rules stay.
const EMPHASIS: &[(&str, &str)] = &[
    // Quotes, brackets and stops at the edges of strong text, hanzi outside.
    ("**“两个联系”**工作", "<strong>“两个联系”</strong>工作"),
    ("做好**“两个联系”**工作", "做好<strong>“两个联系”</strong>工作"),
    ("**真，**她", "<strong>真，</strong>她"),
    ("**《监督法》**规定", "<strong>《监督法》</strong>规定"),
    ("学习**《监督法》**。", "学习<strong>《监督法》</strong>。"),
    ("**（一）**坚持", "<strong>（一）</strong>坚持"),
    ("这是**重点！**请看", "这是<strong>重点！</strong>请看"),
    ("**重点：**内容", "<strong>重点：</strong>内容"),
    ("**「强调」**です", "<strong>「强调」</strong>です"),
    ("は**「強調」**です", "は<strong>「強調」</strong>です"),
    ("**안녕(hello)**하세요", "<strong>안녕(hello)</strong>하세요"),
    ("**这是(注)**吗", "<strong>这是(注)</strong>吗"),
    ("共**89%**完成", "共<strong>89%</strong>完成"),
    ("增长**12.5%**，其中", "增长<strong>12.5%</strong>，其中"),
    ("见**[链接](/a)**处", "见<strong><a href=\"/a\">链接</a></strong>处"),
    ("用**`代码`**写", "用<strong><code>代码</code></strong>写"),
    ("**‘单引号’**内", "<strong>‘单引号’</strong>内"),
    ("办理**——重点——**事项", "办理<strong>——重点——</strong>事项"),
    // One star, three stars.
    ("*“甲”*乙", "<em>“甲”</em>乙"),
    ("甲*，乙，*丙", "甲<em>，乙，</em>丙"),
    ("甲***“乙”***丙", "甲<em><strong>“乙”</strong></em>丙"),
    // Strikethrough follows.
    ("~~“删”~~字", "<del>“删”</del>字"),
    ("请~~（删）~~看", "请<del>（删）</del>看"),
    // `_` is for words: inside one it stays, with or without Chinese.
    ("_强调_", "<em>强调</em>"),
    ("（_强调_）", "（<em>强调</em>）"),
    ("“_强调_”", "“<em>强调</em>”"),
    ("文字_强调_文字", "文字_强调_文字"),
    ("__“强”__调", "__“强”__调"),
    ("snake_case_name", "snake_case_name"),
    // What CommonMark decides well stays so.
    ("人大**代表**工作", "人大<strong>代表</strong>工作"),
    ("a**\"b\"**c", "a**&quot;b&quot;**c"),
    ("a**(b)**c", "a**(b)**c"),
    ("** 空格 **", "** 空格 **"),
    ("**甲 **乙", "**甲 **乙"),
    ("2*3*4", "2<em>3</em>4"),
    // One and two make three, and both could open and close (section 6.2, rule 9).
    ("\\**“甲”**乙", "**“甲”**乙"),
    ("`**“甲”**乙`", "<code>**“甲”**乙</code>"),
    ("**é(e)**é", "**é(e)**é"),
    // Variation selectors belong to the character before them.
    ("**甲\u{FE00}(乙)**丙\u{FE00}", "<strong>甲\u{FE00}(乙)</strong>丙\u{FE00}"),
    ("葛\u{E0100}**（乙）**丙", "葛\u{E0100}<strong>（乙）</strong>丙"),
    ("a**“\u{FE01}b”\u{FE01}**丙", "a**“\u{FE01}b”\u{FE01}**丙"),
    ("甲**“\u{FE01}b”\u{FE01}**丙", "甲<strong>“\u{FE01}b”\u{FE01}</strong>丙"),
    // Hanzi outside the first plane, full-width letters, half-width kana.
    ("**(𠮷)**野家", "<strong>(𠮷)</strong>野家"),
    ("𠮷**(野)**家", "𠮷<strong>(野)</strong>家"),
    ("**(Ａ)**Ｂ", "<strong>(Ａ)</strong>Ｂ"),
    ("**(ｱ)**ｲ", "<strong>(ｱ)</strong>ｲ"),
    // Emoji are no CJK characters.
    ("a**(b)**😀", "a**(b)**😀"),
];

#[test]
fn emphasis_beside_chinese_follows_the_cjk_friendly_amendments() {
    let mut report = String::new();
    for (markdown, inline) in EMPHASIS {
        let plain = |html: &str| html.replace("&quot;", "\"");
        let (expected, actual) = (format!("<p>{inline}</p>\n"), html(markdown, HtmlPolicy::Trust));
        if plain(&actual) != plain(&expected) {
            let _ = writeln!(report, "{markdown}\n  expected {expected}  actual   {actual}");
        }
    }
    assert!(report.is_empty(), "{report}");
}

/// What stands beside a run, and what the amendments call it.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Space,
    Punctuation,
    Cjk,
    CjkPunctuation,
    Other,
}

const SIDES: &[(&str, Side)] = &[
    (" ", Side::Space),
    ("\u{3000}", Side::Space),
    ("(", Side::Punctuation),
    ("“", Side::Punctuation),
    ("%", Side::Punctuation),
    ("—", Side::Punctuation),
    ("汉", Side::Cjk),
    ("ア", Side::Cjk),
    ("한", Side::Cjk),
    ("，", Side::CjkPunctuation),
    ("《", Side::CjkPunctuation),
    ("！", Side::CjkPunctuation),
    ("a", Side::Other),
    ("7", Side::Other),
    ("я", Side::Other),
];

fn left_flanking(before: Side, after: Side) -> bool {
    use Side::{Cjk, CjkPunctuation, Punctuation, Space};
    after != Space && (after != Punctuation || matches!(before, Space | Punctuation | Cjk | CjkPunctuation))
}

/// Every pair of neighbours at the opening run, every pair at the closing one.
#[test]
fn every_pair_of_neighbours_flanks_as_the_amendments_say() {
    let mut report = String::new();
    for (before, b) in SIDES {
        for (after, a) in SIDES {
            // Between digits a run is text.
            if (*before, *after) == ("7", "7") {
                continue;
            }
            let opens = left_flanking(*b, *a);
            let opening = html(&format!("x{before}**{after}y** z"), HtmlPolicy::Trust).contains("<strong>");
            let closing = html(&format!("z **y{after}**{before}x"), HtmlPolicy::Trust).contains("<strong>");
            if (opening, closing) != (opens, opens) {
                let _ =
                    writeln!(report, "{before:?} {after:?}: {opens}, but opens {opening}, closes {closing}");
            }
        }
    }
    assert!(report.is_empty(), "{report}");
}

#[test]
fn scripts_never_come_through_unless_the_site_trusts_its_html() {
    let attacks = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<svg onload=alert(1)>",
        "<iframe src=//evil></iframe>",
        "<style>*{display:none}</style>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#x0A;script:alert(1))",
        "![x](data:text/html,<script>alert(1)</script>)",
        "<javascript:alert(1)>",
        "[x](vbscript:x)",
        "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
        "<a\nhref=\"\tjavascript:alert(1)\">x</a>",
    ];
    for attack in attacks {
        for policy in [HtmlPolicy::Sanitize, HtmlPolicy::Escape] {
            let html = html(attack, policy);
            let page = crate::html::Page::parse(&html);
            assert_eq!(page.count("script, iframe, style, svg, [onerror], [onload]"), 0, "{attack}: {html}");
            for href in [page.attributes("a", "href"), page.attributes("img", "src")].concat() {
                assert!(
                    !href.to_lowercase().contains("script:") && !href.starts_with("data:"),
                    "{attack}: {html}"
                );
            }
        }
    }
}

#[test]
fn headings_keep_their_ids_when_others_are_added_below() {
    let ids = |body: &str| -> Vec<String> {
        let body = Body::of(body, Paragraphs::Markdown);
        anchors(&body, SlugStyle::Pinyin, HtmlPolicy::Sanitize).into_iter().map(|(id, _)| id).collect()
    };
    assert_eq!(ids("# 甲\n# 乙"), ["jia", "yi"]);
    assert_eq!(ids("# 甲\n# 乙\n# 甲"), ["jia", "yi", "jia-2"]);
    assert_eq!(ids("# 甲\n# 甲 {#jia}\n# jia-2"), ["jia-2", "jia", "jia-2-2"]);
}

/// Bodies of which parsers lose or alter text, and what becomes of them.
const TEXT: &[(&str, &str)] = &[
    // Emphasis of two kinds, one inside the other.
    ("决定**_“两个联系”_**制度", "<p>决定<strong><em>“两个联系”</em></strong>制度</p>\n"),
    ("决定_**“两个联系”**_制度", "<p>决定_<strong>“两个联系”</strong>_制度</p>\n"),
    ("删去~~**“原条款”**~~字样", "<p>删去<del><strong>“原条款”</strong></del>字样</p>\n"),
    ("删去**~~“原条款”~~**字样", "<p>删去<strong><del>“原条款”</del></strong>字样</p>\n"),
    ("新增**~~《旧法》~~**一条", "<p>新增<strong><del>《旧法》</del></strong>一条</p>\n"),
    ("新增~~*《旧法》*~~一条", "<p>新增<del><em>《旧法》</em></del>一条</p>\n"),
    ("甲*~~**“乙”**~~*丙", "<p>甲<em><del><strong>“乙”</strong></del></em>丙</p>\n"),
    ("甲**“乙”~~丙~~**丁", "<p>甲<strong>“乙”<del>丙</del></strong>丁</p>\n"),
    // Braces behind headings.
    ("## 附件一 {草案}", "<h2 id=\"fu-jian-yi-cao-an\">附件一 {草案}</h2>\n"),
    ("附件一 {草案}\n===", "<h1 id=\"fu-jian-yi-cao-an\">附件一 {草案}</h1>\n"),
    ("## 附件 {一} {a b}", "<h2 id=\"fu-jian-yi-a-b\">附件 {一} {a b}</h2>\n"),
    ("## 附件 {#one .two}", "<h2 id=\"one\" class=\"two\">附件</h2>\n"),
    ("附件 {#one}\n---", "<h2 id=\"one\">附件</h2>\n"),
    ("## 附件 {#one 二}", "<h2 id=\"fu-jian-one-er\">附件 {#one 二}</h2>\n"),
    ("## 附件 \\{#one}", "<h2 id=\"fu-jian-one\">附件 {#one}</h2>\n"),
    ("## 附件{#one}", "<h2 id=\"fu-jian-one\">附件{#one}</h2>\n"),
    ("## 甲 {onclick=alert(1)}", "<h2 id=\"jia\">甲</h2>\n"),
    // Tabs.
    ("```\n甲\n```\t\n乙", "<pre><code>甲\n</code></pre>\n<p>乙</p>\n"),
    ("> ~~~\n> 甲\n> ~~~ \t\n\n乙", "<blockquote>\n<pre><code>甲\n</code></pre>\n</blockquote>\n<p>乙</p>\n"),
    (
        "|甲|乙|\n|---\t|---|\n|1|2|",
        "<div class=\"table\"><table><thead><tr><th scope=\"col\">甲</th><th scope=\"col\">乙</th></tr></thead><tbody>\n<tr><td>1</td><td>2</td></tr>\n</tbody></table></div>\n",
    ),
    ("甲\t\t\n乙", "<p>甲乙</p>\n"),
    ("宽3米*4米*5米", "<p>宽3米*4米*5米</p>\n"),
    ("３*４*５米", "<p>３*４*５米</p>\n"),
    ("甲  \n乙", "<p>甲<br />\n乙</p>\n"),
    ("    甲\t\t\n    乙", "<pre><code>甲\t\t\n乙</code></pre>\n"),
    // Colons at the beginning of a line.
    ("时间\n:2025年", "<p>时间\n:2025年</p>\n"),
    (":::tip\n甲\n:::", "<p>:::tip\n甲\n:::</p>\n"),
    ("时间\n: 2025年", "<dl>\n<dt>时间</dt>\n<dd>2025年</dd>\n</dl>\n"),
    // Tildes, asterisks and underscores beside numbers.
    ("9.5~10.5，投入3~5万元，~高~", "<p>9.5~10.5，投入3~5万元，~高~</p>\n"),
    ("3*4*5米", "<p>3*4*5米</p>\n"),
    ("5_000_元和6_000_元", "<p>5_000_元和6_000_元</p>\n"),
    ("改为2~~3~~4项", "<p>改为2<del>3</del>4项</p>\n"),
    ("`3*4*5` 和 ~~删~~", "<p><code>3*4*5</code> 和 <del>删</del></p>\n"),
    ("[长3*4*5](a_1_2.md)", "<p><a href=\"a_1_2.html\">长3*4*5</a></p>\n"),
    // The numbers of lists.
    ("1. 甲\n2. 乙\n4. 丁", "<ol>\n<li>甲</li>\n<li>乙</li>\n<li value=\"4\">丁</li>\n</ol>\n"),
    ("1. 甲\n1. 乙\n1. 丙", "<ol>\n<li>甲</li>\n<li>乙</li>\n<li>丙</li>\n</ol>\n"),
    (
        "3. 甲\n\n中间\n\n5. 乙\n7. 丙",
        "<ol start=\"3\">\n<li>甲</li>\n</ol>\n<p>中间</p>\n<ol start=\"5\">\n<li>乙</li>\n<li value=\"7\">丙</li>\n</ol>\n",
    ),
    (
        "1. 甲\n   1. 子\n   3. 孙\n2. 乙",
        "<ol>\n<li>甲\n<ol>\n<li>子</li>\n<li value=\"3\">孙</li>\n</ol>\n</li>\n<li>乙</li>\n</ol>\n",
    ),
];

#[test]
fn text_is_neither_lost_nor_altered() {
    let mut wrong = String::new();
    for (body, expected) in TEXT {
        for policy in [HtmlPolicy::Escape, HtmlPolicy::Sanitize] {
            let html = html(body, policy);
            if html != *expected {
                let _ = writeln!(wrong, "{body}\n  {html:?}\n  {expected:?}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
