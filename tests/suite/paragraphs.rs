//! `paragraphs: lines`: one line a paragraph, as offices write; text that was wrapped by hand stays whole.

use proptest::prelude::*;
use tribune::internals::config::{HtmlPolicy, Limits, Paragraphs};
use tribune::internals::content::markdown::{Body, LinkTarget, check, digest, render};
use tribune::internals::text::SlugStyle;

fn html(body: &str, paragraphs: Paragraphs) -> String {
    let resolve = |target: &str| LinkTarget::Href(target.to_owned());
    render(&Body::of(body, paragraphs), SlugStyle::Pinyin, HtmlPolicy::Sanitize, &resolve).html
}

/// The blocks of the page, each on a line: its tag and its text.
fn blocks(body: &str) -> String {
    let html = html(body, Paragraphs::Lines).replace('\n', "⏎");
    let mut text = html;
    for (tag, mark) in [
        ("<p>", "\np "),
        ("<h2", "\nh2 <"),
        ("<ul>", "\nul"),
        ("<ol", "\nol <"),
        ("<li", "\nli <"),
        ("<pre>", "\npre "),
        ("<blockquote>", "\nquote"),
        ("<table>", "\ntable"),
        ("<tr>", "\ntr "),
        ("<img", "\nimg <"),
    ] {
        text = text.replace(tag, mark);
    }
    let mut plain = String::new();
    let mut inside = false;
    for c in text.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            '\n' => {
                inside = false;
                plain.push('\n');
            }
            _ if !inside => plain.push(c),
            _ => {}
        }
    }
    let lines = plain.lines().map(|line| line.trim_matches(['⏎', ' '])).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join(" | ")
}

#[test]
fn every_line_of_an_office_is_a_paragraph() {
    for (body, expected) in [
        // Indented by two ideographic spaces.
        ("　　第一段\n　　第二段\n", "p 第一段 | p 第二段"),
        ("第一段\n　　第二段，\n接着第二段\n", "p 第一段 | p 第二段，接着第二段"),
        ("　　只有一段。\n", "p 只有一段。"),
        // Sentence marks and colons, also before closing marks.
        ("会议结束。\n代表离场。\n", "p 会议结束。 | p 代表离场。"),
        (
            "会议指出：\n要抓落实！\n做得到吗？\n“做得到。”\n大家说……\n完了\n",
            "p 会议指出： | p 要抓落实！ | p 做得到吗？ | p “做得到。” | p 大家说…… | p 完了",
        ),
        ("**会议结束。**\n代表离场\n", "p 会议结束。 | p 代表离场"),
        // Numbers of official texts.
        (
            "工作如下\n一、监督\n（一）预算\n(二)决算\n1、听取\n2．审议\n",
            "p 工作如下 | p 一、监督 | p （一）预算 | p (二)决算 | p 1、听取 | p 2．审议",
        ),
        (
            "第一章　总则\n第一条　为了规范，\n第二条　本市\n",
            "p 第一章　总则 | p 第一条　为了规范， | p 第二条　本市",
        ),
        ("正文。\n2. 第二\n3. 第三\n", "p 正文。 | ol | li 第二 | li 第三"),
        // A short numbered line is a heading.
        (
            "一、主要工作\n常委会坚持党的领导，召开会议十二次。\n",
            "p 一、主要工作 | p 常委会坚持党的领导，召开会议十二次。",
        ),
        // The first line is long, and no sentence.
        (
            "（2025年9月11日示例区第八届人大常委会第三十次会议通过）\n常委会会议听取了区政府的报告。\n会议认为，工作成效明显。\n会议决定，批准这个报告，予以公布。\n",
            "p （2025年9月11日示例区第八届人大常委会第三十次会议通过） | p 常委会会议听取了区政府的报告。 | p 会议认为，工作成效明显。 | p 会议决定，批准这个报告，予以公布。",
        ),
        (
            "——在示例区第八届人民代表大会第五次会议上的报告\n各位代表：\n现在，我报告工作。\n请予审议。\n",
            "p ——在示例区第八届人民代表大会第五次会议上的报告 | p 各位代表： | p 现在，我报告工作。 | p 请予审议。",
        ),
        // Behind the mark of a sentence: notes, remarks, tags.
        (
            "会议。[^1]\n又说。（张三）\n强调。①\n<u>重申。</u>\n完\n\n[^1]: 注\n",
            "p 会议。1 | p 又说。（张三） | p 强调。① | p 重申。 | p 完 | ol | li | p 注 ↩",
        ),
        ("时间：9月\n地点：三楼\n", "p 时间：9月 | p 地点：三楼"),
        // In lists and quotations.
        ("> 引文。\n　　正文。\n", "quote | p 引文。 | p 正文。"),
        ("> 引文，\n接着\n", "quote | p 引文，接着"),
        ("1. 甲。\n具体内容。\n2. 乙。\n", "ol | li 甲。 | p 具体内容。 | ol | li 乙。"),
        ("- 甲。\n- 乙。\n", "ul | li 甲。 | li 乙。"),
        ("> 甲。\n> 乙。\n", "quote | p 甲。 | p 乙。"),
        // An image on a line of its own.
        ("见图\n![图](a.png)\n以上\n", "p 见图 | p | img | p 以上"),
        // Indented by spaces or a tab.
        ("    二十一日，会议召开。\n    “好。”代表说。\n", "p 二十一日，会议召开。 | p “好。”代表说。"),
        ("\t2025年，常委会\n", "p 2025年，常委会"),
        ("    **加粗**的字\n", "p 加粗的字"),
        ("\tA区完成投资。\n", "p A区完成投资。"),
        ("\t1. 甲项目\n\t2. 乙项目\n", "ol | li 甲项目 | li 乙项目"),
        ("\u{A0}\u{A0}甲。\n\u{A0}\u{A0}乙\n", "p 甲。 | p 乙"),
        ("前文\n    后文\n", "p 前文 | p 后文"),
        // With what is no paragraph.
        ("　　## 标题\n　　正文\n", "h2 标题 | p 正文"),
        ("正文。\n## 标题\n正文。\n- 甲\n", "p 正文。 | h2 标题 | p 正文。 | ul | li 甲"),
        (
            "如下表：\n| 甲 | 乙 |\n| --- | --- |\n| 一。 | 二。 |\n",
            "p 如下表： | table | tr 甲乙 | tr 一。二。",
        ),
    ] {
        assert_eq!(blocks(body), expected, "{body}");
    }
}

#[test]
fn what_the_author_joins_stays_joined() {
    for (body, expected) in [
        ("    fn main() {\n    甲 = 1\n", "pre fn main() {⏎甲 = 1"),
        ("```\n甲。\n　　乙。\n```\n丙\n", "pre 甲。⏎　　乙。 | p 丙"),
        ("地址：示例路1号  \n电话：1234。  \n邮编\n", "p 地址：示例路1号⏎电话：1234。⏎邮编"),
        ("床前明月光，\n疑是地上霜\n", "p 床前明月光，疑是地上霜"),
        ("增加到\n1.5万元\n", "p 增加到⏎1.5万元"),
        ("根据监督法\n第六条的规定\n", "p 根据监督法第六条的规定"),
        ("<div>\n甲。\n乙。\n</div>\n", "甲。⏎乙。"),
        ("甲\n: 乙。\n", "甲⏎乙。"),
        // A comment, a link, code, emphasis and a tag that span lines.
        ("甲<!-- 内部。\n　　待核 -->乙。\n", "p 甲乙。"),
        ("甲[文字。\n又文字](f.pdf)丙\n", "p 甲文字。又文字丙"),
        ("乙**粗。\n体**丙\n", "p 乙粗。体丙"),
        ("甲`a。\nb`丙\n", "p 甲a。 b丙"),
        ("文<span title=\"甲。\n乙\">丙</span>\n", "p 文丙"),
        ("甲<u>乙。\n丙</u>丁\n", "p 甲乙。丙丁"),
        // Wrapped by hand, with a line that happens to end with a sentence.
        (
            "常委会坚持以人民为中心的发展思想，听取和审议专项\n工作报告二十项，开展执法检查五次、专题询问两次。\n工作评议十九人次，圆满完成了全年的各项任务和\n代表交办的事项。\n",
            "p 常委会坚持以人民为中心的发展思想，听取和审议专项工作报告二十项，开展执法检查五次、专题询问两次。工作评议十九人次，圆满完成了全年的各项任务和代表交办的事项。",
        ),
    ] {
        assert_eq!(blocks(body), expected, "{body}");
    }
}

#[test]
fn cells_separated_by_tabs_become_a_table() {
    for (body, expected) in [
        ("项目\t数量\n报告\t3个\n建议|意见\t8件\n", "table | tr 项目数量 | tr 报告3个 | tr 建议|意见8件"),
        (
            "如下表\n\t上年\t今年\n合计\t3\t**“4”**\n　　以上。\n",
            "p 如下表 | table | tr 上年今年 | tr 合计3“4” | p 以上。",
        ),
        ("\t甲说\n\t乙说\n", "p 甲说 | p 乙说"),
        ("姓名\t张三\n", "p 姓名\t张三"),
        (
            "姓名\t职务\t备注\n张三\t主任\n李四\t副主任\t兼\n",
            "table | tr 姓名职务备注 | tr 张三主任 | tr 李四副主任兼",
        ),
        ("序号\t项目\n1\t甲\t3\n2\t乙\t4\n", "table | tr 序号项目 | tr 1甲3 | tr 2乙4"),
        ("　　姓名\t职务\n　　张三\t主任\n", "table | tr 姓名职务 | tr 张三主任"),
        ("一、\t甲\n二、\t乙\n", "p 一、\t甲 | p 二、\t乙"),
    ] {
        assert_eq!(blocks(body), expected, "{body}");
    }
    let cells = html("\t上年\n合计\t3\n", Paragraphs::Lines);
    assert!(cells.contains("<th scope=\"col\"></th><th scope=\"col\">上年</th>"), "{cells}");
}

#[test]
fn markdown_knows_blank_lines_only() {
    assert_eq!(html("甲。\n　　乙。\n", Paragraphs::Markdown), "<p>甲。　　乙。</p>\n");
}

/// The hanzi of the page.
fn hanzi(html: &str) -> String {
    html.chars().filter(|c| matches!(c, '\u{4E00}'..='\u{9FFF}')).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_hanzi_is_lost_and_links_keep_their_places(
        lines in prop::collection::vec(
            r"(　　|    |\t|> |)(- |1\. |2\. |一、|（一）|第二条　|## |```|\||<div>|!\[图\]\(a\.png\)|: |)[甲乙丙\t|*。，：“”（）]{0,6}(\[丁\]\(a\.md\))?(  |\\)?",
            0..8
        )
    ) {
        let body = lines.join("\n");
        let lines = Body::of(&body, Paragraphs::Lines);
        prop_assume!(check(&lines, &Limits::default()).is_ok());
        prop_assert_eq!(hanzi(&html(&body, Paragraphs::Lines)), hanzi(&body), "{:?}", body);
        for link in digest(&lines, true, HtmlPolicy::Sanitize).0.links {
            prop_assert!(body[link.offset..].starts_with(['[', '!']), "{:?} {:?}", link, body);
        }
    }
}
