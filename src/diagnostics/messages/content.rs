//! Problems of documents, their front matter and the files beside them, found by `content/`.

use crate::diagnostics::messages::describe::problems;

problems! {
    /// A wrong document, or a file of the content folder that cannot be published.
    enum ContentProblem;

    TooManyDocuments { count: usize, limit: usize } = Error "too-many" {
        zh: "有 {count} 个文稿，超过上限 {limit}；从这里起多出来",
        hint: "如果没有放错文件夹，请在 content/site.yaml 里写 limits: {{documents: {count}}}",
        en: "there are {count} documents; the limit is {limit}, and this one is beyond it",
        hint: "if they all belong here, write limits: {{documents: {count}}} in content/site.yaml",
    }
    MarkdownEnding = Error "markdown-ending" {
        zh: "这是一篇文稿，但文件名不以 .md 结尾，不会成为网页，只会原样公开",
        hint: "要发布，请把扩展名改成 .md；是副本或备份，请删除，或移出 content，或在文件名前加 _",
        en: "this is a document, but its name does not end in .md: it would not become a page, but be published as it is",
        hint: "name it .md; to leave it out, move it out of content, or put _ before its name",
    }
    PageKept = Notice "page-kept" {
        zh: "这篇文稿有错误，网站上仍是原来的网页",
        hint: "请改正这篇文稿的错误；站点设了 on_error: keep，其他文稿照常发布",
        en: "this document has errors: its page stays as it was",
        hint: "correct the errors; because of `on_error: keep` the rest of the site goes out",
    }
    LeftOut = Notice "left-out" {
        zh: "这篇文稿有错误，也没有原来的网页可用，这次没有发布",
        hint: "请改正这篇文稿的错误；站点设了 on_error: keep，其他文稿照常发布",
        en: "this document has errors, and there is no earlier page of it: it is not published",
        hint: "correct the errors; because of `on_error: keep` the rest of the site goes out",
    }
    NestedIndex = Warning "nested-index" {
        zh: "_index.md 只在 content/ 和栏目的第一级文件夹里起作用，这一个没有用到",
        hint: "请移到栏目文件夹，或改名为 index.md 成为一篇文档",
        en: "_index.md has an effect only in content/ and in a section's own folder: this one is not used",
        hint: "move it to the section's folder, or name it index.md to make it a document",
    }
    HtmlFile = Error "html-file" {
        zh: "网页和程序文件（无论看名字还是看里面）不能当作附件发布：浏览器或服务器会运行里面的脚本",
        hint: "请改写成 Markdown，或改成 PDF 等格式；文稿来源完全可靠时，可在 content/site.yaml 里写 html: trust",
        en: "web pages and programs, by name or by content, are not published as attachments: browsers or servers would run the code in them",
        hint: "rewrite it in Markdown, or publish a PDF; if all content is trusted, write html: trust in content/site.yaml",
    }
    ActiveFile = Error "active-file" {
        zh: "从这里起有脚本、外部样式或程序读不懂的写法，打开这个文件时可能会被运行",
        hint: "请用绘图软件另存为“普通 SVG”或 PNG；文稿来源完全可靠时，可在 content/site.yaml 里写 html: trust",
        en: "a script, an external style sheet or something that cannot be parsed begins here: it may run when the file is opened",
        hint: "save it as plain SVG or as PNG; if all content is trusted, write html: trust in content/site.yaml",
    }
    PictureUnreadable = Warning "picture-unreadable" {
        zh: "这个文件按文件名是图片，却读不出来：已经损坏，或者不是图片",
        hint: "请用看图软件打开看一看，重新导出后再放进来",
        en: "by its name this is a picture, but it cannot be read: it is damaged, or not a picture",
        hint: "open it in a picture viewer, and export it again",
    }
    PictureDamaged = Warning "picture-damaged" {
        zh: "图片有损坏，不能缩小，网页上用了原图",
        hint: "请重新导出这张图片，或者换一张",
        en: "the picture is damaged and cannot be reduced; pages use the original",
        hint: "export it again, or use another picture",
    }
    FrontMatterMissing = Error "front-matter-missing" {
        zh: "文件开头没有 --- 设置区",
        hint: "第一行写 ---，接着写 title: 标题 等，再用一行 --- 结束",
        en: "the file does not begin with front matter",
        hint: "write --- on the first line, then title: … and the rest, then --- again",
    }
    FrontMatterUnclosed = Error "front-matter-unclosed" {
        zh: "设置区没有结束的 --- 行",
        hint: "在设置的最后一行之后另起一行写 ---",
        en: "the front matter is not closed",
        hint: "write --- on a line of its own after the last setting",
    }
    CutByHash { key: &'static str, rest: String } = Warning "cut-by-hash" {
        zh: "“{key}”里空格加 # 之后的“{rest}”被当作注释，不会显示",
        hint: "如果它是内容，请用引号括起：{key}: \"…{rest}\"",
        en: "`{rest}` in `{key}` is read as a comment and will not be shown",
        hint: "if it is part of the text, use quotes: {key}: \"…{rest}\"",
    }
    BadDate { key: &'static str, value: String, suggestion: Option<String> } = Error "bad-date" {
        zh: "“{key}”的日期“{value}”无效",
        hint: { match suggestion {
            Some(date) => format!("请写成 {date}"),
            None => "请按年、月、日写成 2026-01-08 或 2026-01-08 09:30，日期要真实存在".to_owned(),
        } },
        en: "`{key}` is not a valid date: `{value}`",
        hint: { match suggestion {
            Some(date) => format!("write {date}"),
            None => "write year, month and day like 2026-01-08 or 2026-01-08 09:30, and a day that exists".to_owned(),
        } },
    }
    DateAhead { key: &'static str } = Warning "date-ahead" {
        zh: { match *key {
            "updated" => "“updated”是将来的时间",
            _ => "“date”在一年以后",
        } },
        hint: { match *key {
            "updated" => "updated 写已经更正的时间，到那时才公开的请用 publish_at。请核对年月日",
            _ => "请核对年份；到那时才公开的，请写 publish_at",
        } },
        en: { match *key {
            "updated" => "`updated` is in the future",
            _ => "`date` is more than a year ahead",
        } },
        hint: { match *key {
            "updated" => "`updated` is when the text was corrected; to publish later, use `publish_at`: check the date",
            _ => "check the year; to publish it only then, use `publish_at`",
        } },
    }
    DateAfterRelease = Warning "date-after-release" {
        zh: "“date”晚于“publish_at”：网页公开时，上面的日期还没有到",
        hint: "请核对；date 应当不晚于 publish_at，要推迟公开请改 publish_at",
        en: "`date` is after `publish_at`: the page is public before its own date",
        hint: "check them: `date` must not be after `publish_at`; to publish later, change `publish_at`",
    }
    UpdatedFirst = Warning "updated-first" {
        zh: "“updated”早于“date”：还没有发布，就已经更正",
        hint: "updated 写发布之后更正的时间，没有更正就删去这一行。请核对",
        en: "`updated` is before `date`: it was corrected before it was published",
        hint: "`updated` is when a published text was corrected; without a correction, remove it: check them",
    }
    ExpiresFirst { before: &'static str } = Warning "expires-first" {
        zh: { match *before {
            "date" => "“expires”不晚于“date”：到了所写的日期，这篇文稿已经撤下".to_owned(),
            _ => format!("“expires”不晚于“{before}”：这篇文稿不会发布"),
        } },
        hint: "expires 是撤下的时间，要晚于 date 和 publish_at；只写日期的，从那一天零点算起。请核对",
        en: { match *before {
            "date" => "`expires` is not after `date`: on its date the document is already withdrawn".to_owned(),
            _ => format!("`expires` is not after `{before}`: the document is never published"),
        } },
        hint: "`expires` is the time of withdrawal and must be after `date` and `publish_at`; a date without a time means midnight: check them",
    }
    BadAlias { value: String } = Error "bad-alias" {
        zh: "aliases 里的旧网址“{value}”无效",
        hint: "请写以 / 开头的站内网页路径，例如 /old/path.html，不能含有 .. 或 \\；扩展名只能是 .html、.htm、.shtml、.php、.asp、.aspx、.do、.action，或者没有",
        en: "`{value}` in `aliases` is not a path of this site",
        hint: "write the path of a page that begins with /, as in /old/path.html, without .. or \\; it ends in .html, .htm, .shtml, .php, .asp, .aspx, .do or .action, or has no extension",
    }
}
