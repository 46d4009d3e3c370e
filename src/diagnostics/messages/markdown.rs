//! Problems of the bodies of documents, found by `content/markdown/`.

use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::problems;
use crate::diagnostics::messages::yaml::ascii_mark_hint;
use crate::text::human_size;

problems! {
    /// A body that is too complex, HTML that would lose text, or a typo in Markdown.
    enum MarkdownProblem;

    TooDeep { limit: usize } = Error "too-deep" {
        zh: "正文从这里起嵌套超过 {limit} 层",
        hint: "请减少引用、列表或 HTML 标签的层数；确实需要，就在 content/site.yaml 里写 limits: {{nesting: 200}}",
        en: "the text is nested more than {limit} levels deep from here on",
        hint: "use fewer levels of quotes, lists or HTML elements, or raise `limits: {{nesting: 200}}` in content/site.yaml",
    }
    NumberJumps { expected: u64, written: u64 } = Warning "list-number" {
        zh: "这一条的编号是 {written}，接着上一条应是 {expected}",
        hint: "网页按写出来的编号显示；写错了请改正",
        en: "this item has the number {written}; after the one before, {expected} would follow",
        hint: "readers see the number as it is written: correct it if it is wrong",
    }
    LinesJoined { lines: usize } = Warning "lines-joined" {
        zh: "这里有 {lines} 行会连成一段",
        hint: "各自成段的，请在段落之间空一行；整个网站都是一行一段的，就在 content/site.yaml 里写 paragraphs: lines",
        en: "these {lines} lines become one paragraph",
        hint: "leave a blank line between paragraphs; if all documents have one line a paragraph, write `paragraphs: lines` in content/site.yaml",
    }
    ProseAsCode = Warning "prose-as-code" {
        zh: "行首有四个空格或制表符，这一段会显示成程序代码",
        hint: "请删去行首的空格；首行的空两格由网页自动加上",
        en: "four spaces or a tab in front make this paragraph a block of code",
        hint: "remove the spaces; the page indents paragraphs by itself",
    }
    TabTable = Warning "tab-table" {
        zh: "这几行用制表符隔开，不成表格，会连成一段",
        hint: "请写成 | 甲 | 乙 |，第二行写 | --- | --- |；或者在 content/site.yaml 里写 paragraphs: lines",
        en: "these lines, whose cells are separated by tabs, are no table, and become one paragraph",
        hint: "write | a | b |, and | --- | --- | below the head; or write `paragraphs: lines` in content/site.yaml",
    }
    TableTooWide { limit: usize } = Error "table-too-wide" {
        zh: "这张表格超过了 {limit} 列",
        hint: "请拆成几张表格，或把表格文件放在 content 里供人下载",
        en: "this table has more than {limit} columns",
        hint: "split it, or put the table's file into the content folder for download",
    }
    HtmlTooMuch { limit: u64 } = Error "html-too-much" {
        zh: { format!("正文里有 HTML，而正文连同没有结束的标签（每一段里重复一次）超过了 {}", human_size(*limit)) },
        hint: "请补上结束标签，把正文分成几篇，或改用 Markdown 写；确实要这样长，就在 content/site.yaml 里写 limits: {{raw_html: 512 KB}}",
        en: { format!("the body contains HTML, and is longer than {} with its unclosed tags, which are repeated in every block", human_size(*limit)) },
        hint: "close the tags, divide the document, or write Markdown instead; if it must be as long, set `limits: {{raw_html: 512 KB}}` in content/site.yaml",
    }
    HtmlUnclosed { what: String } = Error "html-unclosed" {
        zh: "这里的 HTML“{what}”没有结束，它后面的正文都会丢失",
        hint: { match html_end(what).as_deref() {
            Some("-->") => "请在注释的末尾写 -->；不需要注释，就删去 <!--".to_owned(),
            Some(end) => format!("请在该结束的地方补上 {end}，或者删去它；要显示这些字，就写成 `{what}`"),
            None => format!("请补上 > 和成对的引号，或者删去它；要显示这些字，就写成 `{what}`"),
        } },
        en: "the HTML `{what}` is not closed: the text after it would be lost",
        hint: { match html_end(what).as_deref() {
            Some("-->") => "end the comment with -->, or delete <!--".to_owned(),
            Some(end) => format!("write {end} where it ends, or delete it; to show it as text, write `{what}` in backquotes"),
            None => format!("add the missing > and quote, or delete it; to show it as text, write `{what}` in backquotes"),
        } },
    }
    HtmlForeign { what: String } = Error "html-foreign" {
        zh: "“{what}”是图形或公式里的标签，里面的文字不会显示",
        hint: "请删去 {what} 和它的结束标签；要显示这些字，就写成 `{what}`",
        en: "`{what}` belongs in drawings or formulas: the text in it would be lost",
        hint: "delete {what} and its end tag; to show it as text, write `{what}` in backquotes",
    }
    HtmlLeftOut { what: String } = Warning "html-left-out" {
        zh: "“{what}”不会出现在网页上：正文里只保留无害的 HTML",
        hint: { instead_of(what, Lang::Zh) },
        en: "`{what}` will not be on the page: only harmless HTML is kept",
        hint: { instead_of(what, Lang::En) },
    }
    LinkSpace { target: String } = Warning "link-space" {
        zh: "“{target}”里有空格，这里不成链接，只显示文字",
        hint: "请用尖括号括起：(<{target}>)；或者改文件名，不用空格",
        en: "`{target}` contains a space: this is not a link, and is shown as text",
        hint: "put it in angle brackets, (<{target}>), or rename the file",
    }
    LinkGap = Warning "link-gap" {
        zh: "“]”和“(”之间有空格，这里不成链接，只显示文字",
        hint: "请删去空格，写成 [文字](路径)",
        en: "there is a space between `]` and `(`: this is not a link, and is shown as text",
        hint: "remove the space: [text](path)",
    }
    LinkUnclosed = Warning "link-unclosed" {
        zh: "链接的括号没有关上，这里不成链接，只显示文字",
        hint: "请补上半角右括号 )",
        en: "the bracket of the link is not closed: this is not a link, and is shown as text",
        hint: "add the closing bracket )",
    }
    LinkEmpty = Warning "link-empty" {
        zh: "链接或图片没有写地址",
        hint: "请在圆括号里写上文件的路径或网址，或者去掉链接",
        en: "the link or picture has no address",
        hint: "write a path or an address between the brackets, or remove the link",
    }
    FullWidthMark { mark: char } = Warning "full-width-mark" {
        zh: "这里用了全角的“{mark}”",
        hint: { ascii_mark_hint(*mark, Lang::Zh) },
        en: "this is the full-width mark `{mark}`",
        hint: { ascii_mark_hint(*mark, Lang::En) },
    }
    PictureData = Warning "picture-data" {
        zh: "这张图片的数据直接写在正文里，不会显示",
        hint: "请把图片存成 .jpg 或 .png 文件，和文稿放在一起，写成 ![图里是什么](图片.jpg)",
        en: "the data of this picture stands in the text itself: it will not be shown",
        hint: "save the picture as a .jpg or .png file beside the document and write ![what it shows](picture.jpg)",
    }
    PictureFormat { ending: String } = Warning "picture-format" {
        zh: "多数浏览器打不开 .{ending} 格式的图片",
        hint: "请用看图软件把图片另存为 .jpg 或 .png，再改这里的文件名",
        en: "most browsers cannot show pictures in the format .{ending}",
        hint: "save the picture as .jpg or .png and change the name here",
    }
    PictureAlt = Warning "picture-alt" {
        zh: "图片没有写说明，用读屏软件的人不知道图里是什么",
        hint: "请在方括号里写一句话：![图里是什么](…)；HTML 里写 alt=\"图里是什么\"",
        en: "the picture has no description: people who use a screen reader do not learn what it shows",
        hint: "write a few words between the brackets, ![what it shows](…), or in HTML alt=\"what it shows\"",
    }
    PictureElsewhere { target: String } = Warning "picture-elsewhere" {
        zh: "“{target}”是别的网站的图片，浏览器会按本站的安全策略拦下它",
        hint: "请把图片存下来，和文稿放在一起，写成 ![图里是什么](图片.jpg)",
        en: "`{target}` is a picture of another site: browsers block it by this site's security policy",
        hint: "save the picture beside the document and write ![what it shows](picture.jpg)",
    }
    HeadingSpace { heading: String } = Warning "heading-space" {
        zh: "# 后面没有空格，这一行不成标题，只显示文字",
        hint: "请写成“{heading}”",
        en: "there is no space after `#`: this is not a heading, and is shown as text",
        hint: "write `{heading}`",
    }
    HeadingUnderline { line: String, heading: String } = Warning "heading-underline" {
        zh: "“{line}”紧接在文字下面，它上面的文字成了标题",
        hint: "要分隔线，请在“{line}”前面空一行；要标题，请写成“## {heading}”",
        en: "`{line}` is straight below text, which becomes a heading",
        hint: "for a line across the page, leave a blank line before `{line}`; for a heading, write `## {heading}`",
    }
    SecondTitle = Warning "second-title" {
        zh: "正文里有两个以上的一级标题（# 加空格）",
        hint: "请改成二级标题“## …”：一级标题是全文的题目，只能有一个",
        en: "the text has more than one heading of the first level (`# `)",
        hint: "write `## …`: a heading of the first level is the title of the whole text",
    }
    EmphasisSpace = Warning "emphasis-space" {
        zh: "** 和文字之间有空格，这里不成加粗，会显示出星号",
        hint: "请删去 ** 里面的空格，写成 **文字**",
        en: "there is a space between `**` and the text: this is not bold, and the asterisks are shown",
        hint: "remove the spaces inside: **text**",
    }
    TableDelimiter { row: String } = Warning "table-delimiter" {
        zh: "这张表格缺少表头下面的分隔行，或者分隔行的列数和表头不同，不成表格",
        hint: "请把第二行写成 {row}",
        en: "below the head of this table there is no row of dashes with as many cells: it is not a table",
        hint: "write {row} as the second row",
    }
    TableText = Warning "table-text" {
        zh: "这一行文字紧接在表格下面，成了表格的一行",
        hint: "请在表格和文字之间空一行",
        en: "this line of text is straight below a table, and becomes a row of it",
        hint: "leave a blank line between the table and the text",
    }
    TableCells { columns: usize, lost: String } = Warning "table-cells" {
        zh: "表头只有 {columns} 列，这一行多出来的“{lost}”不会显示",
        hint: "请在表头和分隔行里补上一列，或删去多余的 |；文字里的竖线要写成 \\|",
        en: "the table's head has {columns} columns: `{lost}` in this row will not be shown",
        hint: "add a column to the head and to the row of dashes, or remove the extra |; write a bar in text as \\|",
    }
    FootnoteMissing { label: String } = Warning "footnote-missing" {
        zh: "脚注“[^{label}]”没有注文，会原样显示",
        hint: "请另起一行写 [^{label}]: 注文，用半角冒号；不要脚注就删去",
        en: "there is no note for `[^{label}]`: it is shown as it is",
        hint: "write [^{label}]: and the note on a line of its own, or remove the mark",
    }
    FootnoteUnused { label: String } = Warning "footnote-unused" {
        zh: "正文里没有提到脚注“[^{label}]”，这条注文不会显示",
        hint: "请在正文要加注的地方写上 [^{label}]，或删去这条注文",
        en: "the text does not refer to the note `[^{label}]`, which will not be shown",
        hint: "write [^{label}] in the text where the note belongs, or remove the note",
    }
    FootnoteTwice { label: String } = Warning "footnote-twice" {
        zh: "脚注“[^{label}]”有两条注文，后一条不会显示",
        hint: "请给后一条换一个编号，或并成一条",
        en: "there are two notes `[^{label}]`: the second one will not be shown",
        hint: "give the second one another number, or join them",
    }
    DefinitionHidden { label: String } = Warning "definition-hidden" {
        zh: "这一行不会显示：“[{label}]: …”在 Markdown 里是链接的定义",
        hint: "请去掉方括号，写成“{label}：…”",
        en: "this line will not be shown: `[{label}]: …` defines a link in Markdown",
        hint: "remove the brackets: `{label}: …`",
    }
    BodyEmpty = Warning "body-empty" {
        zh: "这篇文档没有正文",
        hint: "请在第二个 --- 的下面写正文；还没有写好，就在信息栏里加一行 draft: true",
        en: "this document has no text",
        hint: "write it below the second `---`; if it is not finished, add `draft: true` to the front matter",
    }
    HtmlUnknown { what: String } = Warning "html-unknown" {
        zh: "“{what}”被当成了网页的标签，不会显示",
        hint: "要显示这些字，请写成 `{what}`（两边加反引号）；不要就删去",
        en: "`{what}` is taken for a tag, and will not be shown",
        hint: "to show it as text, write `{what}` in backquotes; otherwise delete it",
    }
    HtmlStyle { what: String } = Warning "html-style" {
        zh: "“{what}”不起作用：对齐和颜色由网站统一规定",
        hint: "请删去它；要突出文字，写成 **文字**；表格的对齐写在分隔行里，例如 | :---: |",
        en: "`{what}` has no effect: alignment and colour are those of the site",
        hint: "delete it; to stress text, write **text**; align the columns of a table in the row of dashes, as in | :---: |",
    }
    FenceUnclosed = Warning "fence-unclosed" {
        zh: "从这里开始的代码块没有结束，后面的文字都成了代码",
        hint: "请在代码之后另起一行写 ```（和开头一样多）；不是代码就删去这一行",
        en: "the code block that begins here is not closed: everything after it is shown as code",
        hint: "write the same ``` on a line of its own after the code; remove this line if it is not code",
    }
}

/// What ends the HTML that begins with `what`; nothing for a tag that is itself cut off.
fn html_end(what: &str) -> Option<String> {
    match what {
        "<!--" => Some("-->".to_owned()),
        "<?" => Some("?>".to_owned()),
        "<![CDATA[" => Some("]]>".to_owned()),
        "<!" => Some(">".to_owned()),
        _ => what.strip_suffix('>').map(|begun| begun.replace('<', "</") + ">"),
    }
}

/// What to write instead of an element that is left out.
fn instead_of(element: &str, lang: Lang) -> &'static str {
    match element {
        "<svg>" | "<math>" | "<canvas>" => lang.pick(
            "请把图形、公式存成 .svg 或 .png 文件，和文稿放在一起，写成 ![说明](图.svg)；不需要就删去",
            "save the drawing or formula as an .svg or .png file beside the document and write ![what it shows](drawing.svg); otherwise delete it",
        ),
        "<script>" | "<style>" => lang.pick(
            "请删去它和它的结束标签；样式和脚本由网站主题统一管理",
            "delete it and its end tag; styles and scripts belong to the theme",
        ),
        "<audio>" | "<video>" | "<iframe>" | "<embed>" | "<object>" => lang.pick(
            "请改写成链接，例如 [观看视频](https://…)；音视频文件也可以和文稿放在一起，写成 [观看视频](视频.mp4)",
            "write a link instead, as in [Watch the video](https://…) or, if the file is beside the document, [Watch the video](video.mp4)",
        ),
        _ => lang.pick(
            "请删去它；要请读者填写，就写成链接，例如 [填写问卷](https://…)",
            "delete it; if readers are to fill something in, write a link, as in [Questionnaire](https://…)",
        ),
    }
}
