//! What is said of each problem: its code, the message and the remedy, in Chinese and in English.

use crate::config::yaml::keys::english;
use crate::diagnostics::problem::{Lang, Problem, Shape, Words, split_list};
use crate::text::size::shown;
use crate::text::unicode::is_turning;

/// The stable code of `problem`, and what is said of it in `lang`.
pub fn describe(problem: &Problem, lang: Lang) -> (&'static str, Words) {
    let zh = lang == Lang::Zh;
    let say = |code: &'static str, zh_message: String, zh_hint: String, message: String, hint: String| {
        let (message, hint) = if zh { (zh_message, zh_hint) } else { (message, hint) };
        (code, Words { message, hint })
    };
    match problem {
        Problem::NoSite { folder } => say(
            "no-site",
            match folder {
                Some(folder) => format!("“{folder}”里没有 content/site.yaml，不是站点文件夹"),
                None => "找不到站点：这里和上级文件夹里都没有 content/site.yaml".into(),
            },
            "请进入站点文件夹，或用 --root 指明它；新建站点用 tribune init 文件夹名".into(),
            match folder {
                Some(folder) => format!("`{folder}` is not a site: it holds no content/site.yaml"),
                None => "no site here: neither this folder nor one above it holds content/site.yaml".into(),
            },
            "go to the site's folder or name it with --root; `tribune init DIR` makes a new one".into(),
        ),
        Problem::BadSourceDate { value } => say(
            "bad-source-date",
            format!("环境变量 SOURCE_DATE_EPOCH 的值“{value}”无效"),
            "请写从 1970 年算起的整秒数，如 1767834000（date +%s 的输出）；按现在的时间生成，请去掉这个变量".into(),
            format!("the environment variable SOURCE_DATE_EPOCH holds `{value}`"),
            "write whole seconds since 1970, as in 1767834000 (what `date +%s` prints); unset it to build for now"
                .into(),
        ),
        Problem::ReadFailed { path, fault } => say(
            "read-failed",
            format!("读不了“{path}”：{}", fault.words(Lang::Zh)),
            fault.remedy_of_reading(Lang::Zh).into(),
            format!("cannot read `{path}`: {}", fault.words(Lang::En)),
            fault.remedy_of_reading(Lang::En).into(),
        ),
        Problem::LeavesRoot { path } => say(
            "leaves-root",
            format!("链接“{path}”指向站点文件夹之外"),
            "请把文件复制进来，不要用指向外面的链接".into(),
            format!("the link `{path}` leads out of the site's folder"),
            "copy the file in instead of linking to it".into(),
        ),
        Problem::LinkToHidden { path } => say(
            "link-to-hidden",
            format!("链接“{path}”指向不发布的地方：名称以 . 或 _ 开头的文件或文件夹，或者输出文件夹"),
            "要发布的文件请复制进来，不要用链接；不要发布的，请删除这个链接".into(),
            format!("the link `{path}` leads to what is not published: a name that begins with . or _, or the output folder"),
            "copy the file in if it is to be published; else remove the link".into(),
        ),
        Problem::LinkLoop { path } => say(
            "link-loop",
            format!("文件夹链接“{path}”绕了一圈回到自己"),
            "请删除这个链接".into(),
            format!("the folder link `{path}` leads back to itself"),
            "remove the link".into(),
        ),
        Problem::NotAFile { path } => say(
            "not-a-file",
            format!("“{path}”不是普通文件"),
            "请把它移出站点文件夹".into(),
            format!("`{path}` is not an ordinary file"),
            "move it out of the site's folder".into(),
        ),
        Problem::NameNotUnicode { path } => say(
            "name-not-unicode",
            format!("文件名“{}”不是 Unicode 编码，或含有控制字符，无法变成网址", path.escape_debug()),
            "请重新命名这个文件".into(),
            format!("the file name `{}` is not Unicode, or holds control characters: it cannot become a URL", path.escape_debug()),
            "rename the file".into(),
        ),
        Problem::NotUtf8 { offset, doubt } => say(
            "not-utf8",
            format!("文件不是 UTF-8 编码（第 {offset} 字节起）{}", doubt.words(Lang::Zh)),
            "请用编辑器“另存为”UTF-8 编码；如果打开已是乱码，请找原稿".into(),
            format!("the file is not UTF-8 (from byte {offset} on){}", doubt.words(Lang::En)),
            "save it again with the encoding UTF-8; if an editor shows garbage, go back to the original".into(),
        ),
        Problem::NotUtf16 { offset } => say(
            "not-utf16",
            format!("文件开头标明是 UTF-16 编码，但从第 {offset} 字节起不完整"),
            "文件可能没有复制完；请找原稿，用编辑器“另存为”UTF-8 编码".into(),
            format!("the file begins as UTF-16, but is broken from byte {offset} on"),
            "it was perhaps not copied to its end: go back to the original and save it as UTF-8".into(),
        ),
        Problem::Converted => say(
            "converted",
            "文件是 GB18030（GBK、GB2312）编码，生成时已转换成 UTF-8，文件本身没有改动".into(),
            "请用编辑器“另存为”UTF-8 编码，就不再提醒".into(),
            "the file is GB18030 (GBK, GB2312); it was read as that, and left as it is".into(),
            "save it with the encoding UTF-8, and this will not be said again".into(),
        ),
        Problem::ControlInText { code, offset, count } => say(
            "control-character",
            format!("文件里有看不见的控制字符 U+{code:04X}（第 {offset} 字节），这类字符共 {count} 个"),
            "常是从 Word 或旧系统复制来的；请删去它，重新输入这段文字".into(),
            format!("the file holds the control character U+{code:04X} (byte {offset}); {count} of this kind in all"),
            "such characters come with text from Word or old systems: remove it, and type the text again".into(),
        ),
        Problem::ReplacementCharacter { offset, count } => say(
            "replacement-character",
            format!("文件里有“\u{FFFD}”（U+FFFD，第 {offset} 字节），共 {count} 个：以前转换编码时丢了字"),
            "请找原稿，把丢的字补上".into(),
            format!("the file holds U+FFFD (byte {offset}), {count} in all: an earlier conversion has lost text"),
            "go back to the original and put in what is missing".into(),
        ),
        Problem::NulByte { offset } => say(
            "nul-byte",
            format!("文件里有空字节（第 {offset} 字节），不是文本文件或不是 UTF-8 编码"),
            "请用编辑器“另存为”UTF-8 编码".into(),
            format!("the file holds a NUL byte (byte {offset}): it is not text, or not UTF-8"),
            "save it again with the encoding UTF-8".into(),
        ),
        Problem::ChangedMeanwhile { path } => say(
            "changed-meanwhile",
            format!("生成过程中“{path}”又被修改"),
            "请再生成一次".into(),
            format!("`{path}` was changed while the site was being built"),
            "build again".into(),
        ),
        Problem::FileTooLong { bytes, limit } => say(
            "file-too-long",
            format!("这个文件有 {}，超过上限 {}", shown(*bytes), shown(*limit)),
            "请缩小或拆开；确实要这样大，就在 content/site.yaml 里写 limits: {file: 20 MB}（文稿、模板）或 limits: {asset: 1 GB}（图片、附件）".into(),
            format!("this file has {}; the limit is {}", shown(*bytes), shown(*limit)),
            "make it smaller, or raise `limits: {file: 20 MB}` (documents, templates) or `limits: {asset: 1 GB}` (pictures, attachments) in content/site.yaml".into(),
        ),
        Problem::SettingsTooLong { bytes, limit } => say(
            "file-too-long",
            format!("这个设置文件有 {}，最多只能有 {}，这个上限不能改", shown(*bytes), shown(*limit)),
            "里面可能误贴了别的内容（正文、图片的编码、重复的几段）：请打开看一看，只留下设置；正文请写在 .md 文件里".into(),
            format!("this settings file has {}; it can have {} at most, which cannot be changed", shown(*bytes), shown(*limit)),
            "perhaps something else was pasted into it (text of documents, an encoded picture, the same again and again): open it, and keep nothing but settings; text belongs into .md files".into(),
        ),
        Problem::TooMany { what, count, limit } => {
            let words = if *what == "documents" { "文稿" } else { "栏目" };
            say(
                "too-many",
                format!("有 {count} 个{words}，超过上限 {limit}；从这里起多出来"),
                match *what {
                    "documents" => format!("如果没有放错文件夹，请在 content/site.yaml 里写 limits: {{documents: {count}}}"),
                    _ => format!("请分成几个站点，或减少{words}"),
                },
                format!("there are {count} {what}; the limit is {limit}, and this one is beyond it"),
                match *what {
                    "documents" => format!("if they all belong here, write limits: {{documents: {count}}} in content/site.yaml"),
                    _ => format!("make several sites, or use fewer {what}"),
                },
            )
        }
        Problem::TooDeep { limit } => say(
            "too-deep",
            format!("正文从这里起嵌套超过 {limit} 层"),
            "请减少引用、列表或 HTML 标签的层数；确实需要，就在 content/site.yaml 里写 limits: {nesting: 200}".into(),
            format!("the text nests more than {limit} levels deep from here on"),
            "use fewer levels of quotes, lists or HTML elements, or raise `limits: {nesting: 200}` in content/site.yaml".into(),
        ),
        Problem::HtmlFile => say(
            "html-file",
            "网页和程序文件（无论看名字还是看里面）不能当作附件发布：浏览器或服务器会运行里面的脚本".into(),
            "请改写成 Markdown，或改成 PDF 等格式；文稿来源完全可靠时，可在 content/site.yaml 里写 html: trust".into(),
            "web pages and programs, be it by name or by what is inside, are not published as attachments: browsers or servers would run what is in them".into(),
            "rewrite it in Markdown, or publish a PDF; where all content is trusted, write html: trust in content/site.yaml".into(),
        ),
        Problem::MarkdownEnding => say(
            "markdown-ending",
            "文稿的文件名要以 .md 结尾，这一个不会成为网页".into(),
            "请把扩展名改成 .md；不想发布，就移出 content，或在文件名前加 _".into(),
            "the name of a document ends in .md: this file would not become a page".into(),
            "name it .md; to leave it out, move it out of content, or put _ before its name".into(),
        ),
        Problem::ActiveFile => say(
            "active-file",
            "从这里起有脚本、外部样式或程序读不懂的写法，打开这个文件时可能会被运行".into(),
            "请用绘图软件另存为“普通 SVG”或 PNG；文稿来源完全可靠时，可在 content/site.yaml 里写 html: trust".into(),
            "here begins a script, a foreign style sheet, or something that cannot be understood: it may run when the file is opened".into(),
            "save it as plain SVG or as PNG; where all content is trusted, write html: trust in content/site.yaml".into(),
        ),
        Problem::BadSize { key, value } => say(
            "bad-size",
            format!("“{key}”的“{value}”不是大小"),
            format!("例如 {key}: 10 MB，单位用 KB、MB 或 GB"),
            format!("`{value}` is not a size for `{key}`"),
            format!("write {key}: 10 MB, for example; units are KB, MB and GB"),
        ),
        Problem::YamlTooLong { bytes, limit } => say(
            "yaml-too-long",
            format!("这部分设置有 {bytes} 字节，超过上限 {limit} 字节"),
            "请精简；文档的正文应写在第二个 --- 之后。确实要这样长，就在 content/site.yaml 里写 limits: {front_matter: 128 KB}".into(),
            format!("these settings are {bytes} bytes long; the limit is {limit}"),
            "shorten them; the text of a document belongs after the second --- (`limits: {front_matter: 128 KB}` in content/site.yaml allows more in documents)".into(),
        ),
        Problem::YamlTooMuch { by_references: true } => say(
            "yaml-too-long",
            "*引用 一层套一层，展开以后太长，从这里起超过了上限".into(),
            "请直接写出内容，或减少 *引用 的层数".into(),
            "aliases (*) of aliases make these settings too long: from here on they are beyond the limit".into(),
            "write the values out, or use fewer levels of aliases".into(),
        ),
        Problem::YamlTooMuch { by_references: false } => say(
            "yaml-too-long",
            "这个文件里的项目太多，从这里起超过了上限".into(),
            "请删去不需要的项目，例如重复贴入的几段".into(),
            "there are too many items in this file: from here on they are beyond the limit".into(),
            "remove what is not needed, such as parts that were pasted twice".into(),
        ),
        Problem::YamlTooDeep { limit } => say(
            "yaml-too-deep",
            format!("设置嵌套超过 {limit} 层"),
            "请减少缩进的层数；文稿里确实需要，就在 content/site.yaml 里写 limits: {yaml_depth: 32}".into(),
            format!("the settings nest more than {limit} levels deep"),
            "use fewer levels; `limits: {yaml_depth: 32}` in content/site.yaml allows more in documents".into(),
        ),
        Problem::YamlSyntax { detail } => say(
            "yaml-syntax",
            "这一行不合 YAML 的写法".into(),
            "每行写“名称: 内容”，冒号用半角并后接空格；内容含特殊符号时用引号括起".into(),
            format!("this is not valid YAML ({detail})"),
            "write `name: value` on each line, with quotes round values that hold special characters".into(),
        ),
        Problem::YamlColon => say(
            "yaml-colon",
            "一行里有两处“冒号加空格”，或者上一行没有写完".into(),
            "内容里有冒号时用引号括起，例如 title: \"甲: 乙\"；并检查缩进".into(),
            "a second `: ` on the line, or the line before is unfinished".into(),
            "put quotes round a value that holds a colon, as in title: \"a: b\"; check the indentation".into(),
        ),
        Problem::YamlTab => say(
            "yaml-tab",
            "缩进用了制表符（Tab）".into(),
            "请改用空格".into(),
            "the line is indented with a tab".into(),
            "use spaces instead".into(),
        ),
        Problem::YamlUnclosed => say(
            "yaml-unclosed",
            "引号或括号没有成对".into(),
            "请补上另一半引号或括号，并用半角符号".into(),
            "a quote or bracket is not closed".into(),
            "add the missing quote or bracket".into(),
        ),
        Problem::YamlEscape => say(
            "yaml-escape",
            "双引号里的反斜线“\\”有特别的用处，这里的写法不成立".into(),
            "请改用单引号，或去掉引号，反斜线就是普通字符，例如 'C:\\附件'；要留双引号，反斜线就写两个 \\\\".into(),
            "a backslash in double quotes begins an escape, and there is none like this".into(),
            "use single quotes, or none, where a backslash is a character like others, as in 'C:\\files'; between double quotes write it twice: \\\\".into(),
        ),
        Problem::TextAfterQuote => say(
            "text-after-quote",
            "引号或括号结束之后还有文字".into(),
            "请把整个内容用引号括起，里面的引号用中文引号“”".into(),
            "there is text after the closing quote or bracket".into(),
            "put quotes round the whole value, and use “ ” inside".into(),
        ),
        Problem::TooNested { limit } => say(
            "too-nested",
            format!("这里一层套一层，超过了 {limit} 层"),
            "请减少上级区划的层数".into(),
            format!("this is nested more than {limit} levels deep"),
            "use fewer levels of parent districts".into(),
        ),
        Problem::TableTooWide { limit } => say(
            "table-too-wide",
            format!("这张表格超过了 {limit} 列"),
            "请拆成几张表格，或把表格文件放在 content 里供人下载".into(),
            format!("this table has more than {limit} columns"),
            "divide it, or put the table's file into the content folder for people to fetch".into(),
        ),
        Problem::HtmlTooMuch { limit } => say(
            "html-too-much",
            format!("正文里有 HTML，而正文连同没有结束的标签（每一段里重复一次）超过了 {}", shown(*limit)),
            "请补上结束标签，把正文分成几篇，或改用 Markdown 写；确实要这样长，就在 content/site.yaml 里写 limits: {raw_html: 512 KB}".into(),
            format!("the body contains HTML, and is longer than {} with its unclosed tags, which are repeated in every block", shown(*limit)),
            "close the tags, divide the document, or write Markdown instead; if it must be as long, set `limits: {raw_html: 512 KB}` in content/site.yaml".into(),
        ),
        Problem::HtmlUnclosed { what } => say(
            "html-unclosed",
            format!("这里的 HTML“{what}”没有结束，它后面的正文都会丢失"),
            match what.as_str() {
                "<!--" => "请在注释的末尾写 -->；不需要注释，就删去 <!--".to_owned(),
                _ => match html_end(what) {
                    Some(end) => format!("请在该结束的地方补上 {end}，或者删去它；要显示这些字，就写成 `{what}`"),
                    None => format!("请补上 > 和成对的引号，或者删去它；要显示这些字，就写成 `{what}`"),
                },
            },
            format!("the HTML `{what}` is not closed: the text after it would be lost"),
            match what.as_str() {
                "<!--" => "end the comment with -->, or delete <!--".to_owned(),
                _ => match html_end(what) {
                    Some(end) => format!("write {end} where it ends, or delete it; to show it as text, write `{what}` in backquotes"),
                    None => format!("add the > and the quote that are missing, or delete it; to show it as text, write `{what}` in backquotes"),
                },
            },
        ),
        Problem::HtmlForeign { what } => say(
            "html-foreign",
            format!("“{what}”是图形或公式里的标签，里面的文字不会显示"),
            format!("请删去 {what} 和它的结束标签；要显示这些字，就写成 `{what}`"),
            format!("`{what}` belongs into drawings or formulas: the text in it would be lost"),
            format!("delete {what} and its end tag; to show it as text, write `{what}` in backquotes"),
        ),
        Problem::HtmlLeftOut { what } => {
            let (zh, en) = instead_of(what);
            say(
                "html-left-out",
                format!("“{what}”不会出现在网页上：正文里只保留无害的 HTML"),
                zh.into(),
                format!("`{what}` will not be on the page: of HTML in bodies only what is harmless is kept"),
                en.into(),
            )
        }
        Problem::YamlReference => say(
            "yaml-reference",
            "不支持 YAML 的 &锚点、*引用 和 << 合并".into(),
            "请直接写出内容；以 & 或 * 开头的文字要用引号括起".into(),
            "YAML anchors (&), aliases (*) and merge keys (<<) are not supported".into(),
            "write the value out; put quotes round text that begins with & or *".into(),
        ),
        Problem::YamlTag { text } => say(
            "yaml-tag",
            format!("“{text}”以半角叹号开头，会被当作 YAML 的标签，不是文字"),
            format!("如果是文字，请用引号括起，例如 \"{}\"，或改用全角叹号；!!str 一类的标签请删去", text.replace(['"', '\\'], "")),
            format!("`{text}` begins with an exclamation mark: YAML would take that for a tag, not for text"),
            format!("put quotes round it if it is text, as in \"{}\"; remove tags such as !!str", text.replace(['"', '\\'], "")),
        ),
        Problem::DuplicateKey { key } => say(
            "duplicate-key",
            format!("“{key}”写了两次"),
            "请只留一个".into(),
            format!("`{key}` is written twice"),
            "keep one of the two".into(),
        ),
        Problem::FullWidthColon { key } => say(
            "full-width-colon",
            format!("“{key}”后面用了全角冒号“：”"),
            format!("请改成半角冒号加空格：“{}: ”", english(key)),
            format!("`{key}` is followed by the full-width colon `：`"),
            format!("write an ASCII colon and a space: `{}: `", english(key)),
        ),
        Problem::FullWidthMark { mark } => {
            let (ascii, zh, en) = ascii_of(*mark);
            say(
                "full-width-mark",
                format!("这里用了全角的“{mark}”"),
                format!("请切换到英文输入法，改成半角{zh} {ascii}"),
                format!("this is the full-width mark `{mark}`"),
                format!("write the ASCII {en} `{ascii}`"),
            )
        }
        Problem::InvisibleCharacter { code } => {
            let turns = char::from_u32(*code).is_some_and(is_turning);
            say(
                "invisible-character",
                match turns {
                    true => format!("这里有一个看不见的字符 U+{code:04X}，它会颠倒后面文字的顺序"),
                    false => format!("这里有一个看不见的字符 U+{code:04X}"),
                },
                "看不见的字符常是从网页或聊天软件复制来的；请删去这一处，重新输入".into(),
                match turns {
                    true => format!("there is a character that cannot be seen here, and that turns round the text after it: U+{code:04X}"),
                    false => format!("there is a character that cannot be seen here: U+{code:04X}"),
                },
                "invisible characters come with text from web pages and chats: remove this, and type it again".into(),
            )
        }
        Problem::InvisibleLeftOut { code } => say(
            "invisible-character",
            format!("这里有一个看不见的字符 U+{code:04X}，生成时已略去"),
            "看不见的字符常是从网页或聊天软件复制来的；请删去这一处，重新输入".into(),
            format!("there is a character that cannot be seen here: U+{code:04X}; it was left out"),
            "invisible characters come with text from web pages and chats: remove this, and type it again".into(),
        ),
        Problem::OddSpace { code } => say(
            "odd-space",
            match code {
                0x3000 => "这里用了全角空格".into(),
                _ => format!("这里的空格不是普通空格（U+{code:04X}）"),
            },
            "请切换到英文输入法，改成半角空格".into(),
            match code {
                0x3000 => "there is a full-width space here".into(),
                _ => format!("the space here is not an ordinary one (U+{code:04X})"),
            },
            "write an ASCII space instead".into(),
        ),
        Problem::ListMark { item } => say(
            "list-mark",
            "列表的每一项要以半角减号加空格开头".into(),
            format!("请写成“- {item}”，半角减号后面有一个空格"),
            "each item of a list begins with a hyphen and a space".into(),
            format!("write `- {item}`, with an ASCII hyphen and a space"),
        ),
        Problem::DashBeforeKey { key } => say(
            "dash-before-key",
            format!("“{key}”前面多了减号：这里不是列表"),
            format!("请删去减号，写成“{key}: …”"),
            format!("there is a hyphen before `{key}`, but this is no list"),
            format!("remove the hyphen: `{key}: …`"),
        ),
        Problem::YamlIndent => say(
            "yaml-indent",
            "这一行的缩进和上面对不齐".into(),
            "同一层的设置缩进要一样多，用半角空格；最外层不缩进".into(),
            "the line is not indented like those above".into(),
            "indent the settings of one level alike, with ASCII spaces; the outermost not at all".into(),
        ),
        Problem::YamlDocument => say(
            "yaml-document",
            "设置文件里不用 --- 行".into(),
            "请删去 --- 这一行；只有 .md 文件才用它把设置和正文分开".into(),
            "a settings file has no --- lines".into(),
            "remove the --- line: only .md files part settings and text by it".into(),
        ),
        Problem::NoSpaceAfterColon { key } => say(
            "no-space-after-colon",
            format!("“{key}:”后面缺少空格"),
            format!("请在冒号后加一个空格：“{key}: ”"),
            format!("there is no space after `{key}:`"),
            format!("put a space after the colon: `{key}: `"),
        ),
        Problem::NoColon { text } => say(
            "no-colon",
            format!("“{text}”这一行缺少冒号"),
            "请写成“名称: 内容”，冒号用半角并后接空格；如果是接着上一行的内容，请写在同一行".into(),
            format!("the line `{text}` has no colon"),
            "write `name: value`, with a space after the colon; if it goes on with the line before, put it there".into(),
        ),
        Problem::CutByHash { key, rest } => say(
            "cut-by-hash",
            format!("“{key}”里空格加 # 之后的“{rest}”被当作注释，不会显示"),
            format!("如果它是内容，请用引号括起：{key}: \"…{rest}\""),
            format!("`{rest}` in `{key}` is read as a comment and will not be shown"),
            format!("if it is part of the text, use quotes: {key}: \"…{rest}\""),
        ),
        Problem::NotAMapping { known } => say(
            "not-a-mapping",
            "这里应是若干行“名称: 内容”".into(),
            format!("可用的名称：{}", known.join("、")),
            "lines of the form `name: value` are expected here".into(),
            format!("known names: {}", known.join(", ")),
        ),
        Problem::NotAList => say(
            "not-a-list",
            "这里应是以“- ”开头的若干行".into(),
            "每个区划一行，例如 - {code: \"420105\", name: 汉阳区, slug: hanyang}".into(),
            "a list is expected here: lines that begin with `- `".into(),
            "one district a line, as in - {code: \"420105\", name: 汉阳区, slug: hanyang}".into(),
        ),
        Problem::FrontMatterMissing => say(
            "front-matter-missing",
            "文件开头没有 --- 设置区".into(),
            "第一行写 ---，接着写 title: 标题 等，再用一行 --- 结束".into(),
            "the file does not begin with front matter".into(),
            "write --- on the first line, then title: … and the rest, then --- again".into(),
        ),
        Problem::FrontMatterUnclosed => say(
            "front-matter-unclosed",
            "设置区没有结束的 --- 行".into(),
            "在设置的最后一行之后另起一行写 ---".into(),
            "the front matter is not closed".into(),
            "write --- on a line of its own after the last setting".into(),
        ),
        Problem::FrontMatterDashes { found } => say(
            "front-matter-dashes",
            format!("这里写的是“{found}”，不是三个半角减号 ---"),
            "请切换到英文输入法，写三个减号 ---".into(),
            format!("this line is `{found}`, not three ASCII hyphens ---"),
            "write three ASCII hyphens: ---".into(),
        ),
        Problem::FrontMatterFence { found } => say(
            "front-matter-dashes",
            match found.starts_with("---") {
                true => format!("“{found}”的 --- 后面还有文字，不能作设置区的开头或结尾"),
                false => format!("“{}”的前面有空格，不能作设置区的结尾", found.trim_start()),
            },
            "--- 要单独占一行：前面不留空格，后面不写别的".into(),
            match found.starts_with("---") {
                true => format!("there is text after the --- in `{found}`: it neither begins nor ends the front matter"),
                false => format!("there is a space before `{}`: it does not end the front matter", found.trim_start()),
            },
            "--- stands on a line of its own: no space before it, nothing behind it".into(),
        ),
        Problem::UnknownKey { key, nearest, known } => say(
            "unknown-key",
            format!("不认识的名称“{key}”"),
            match nearest {
                Some(near) => format!("是不是想写“{near}”？可用的名称：{}", known.join("、")),
                None => format!("可用的名称：{}", known.join("、")),
            },
            format!("unknown key `{key}`"),
            match nearest {
                Some(near) => format!("did you mean `{near}`? Known keys: {}", known.join(", ")),
                None => format!("known keys: {}", known.join(", ")),
            },
        ),
        Problem::MissingKey { key } => say(
            "missing-key",
            format!("缺少“{key}”"),
            format!("请补上一行“{key}: …”"),
            format!("`{key}` is missing"),
            format!("add a line `{key}: …`"),
        ),
        Problem::RequiredBySection { key, section } => say(
            "missing-key",
            format!("缺少“{key}”，栏目“{section}”要求每篇都有"),
            format!("请补上一行“{key}: …”，或修改 content/{section}/_index.md 里的 requires"),
            format!("`{key}` is missing; the section `{section}` requires it"),
            format!("add a line `{key}: …`, or change `requires` in content/{section}/_index.md"),
        ),
        Problem::EmptyValue { key } => say(
            "empty-value",
            format!("“{key}”是空的"),
            format!("请在“{key}:”后面写上内容；以 # 开头的内容要用引号括起"),
            format!("`{key}` is empty"),
            format!("write a value after `{key}:`; put quotes round one that begins with #"),
        ),
        Problem::WrongType { key, expected, found } => say(
            "wrong-type",
            format!("“{key}”应是{}，这里却是{}", expected.name(Lang::Zh), found.name(Lang::Zh)),
            wrong_type_hint(key, *expected, Lang::Zh),
            format!("`{key}` should be {}, not {}", expected.name(Lang::En), found.name(Lang::En)),
            wrong_type_hint(key, *expected, Lang::En),
        ),
        Problem::OutOfRange { key, least, most } => {
            let year = *key == "year";
            say(
                "out-of-range",
                format!("“{key}”应在 {least} 到 {most} 之间"),
                if year { "年份是四位数字，请写成 2025 这样" } else { "请改正这个数字" }.into(),
                format!("`{key}` should be between {least} and {most}"),
                if year { "a year has four digits, as in 2025" } else { "correct the number" }.into(),
            )
        }
        Problem::ControlCharacter { key, code } => say(
            "control-character",
            format!("“{key}”里有看不见的控制字符 U+{code:04X}"),
            "请删去它，重新输入这段文字".into(),
            format!("`{key}` holds the control character U+{code:04X}"),
            "remove it: type the text again".into(),
        ),
        Problem::OneOf { key, value, allowed, nearest } => say(
            "not-allowed",
            format!("“{key}”不能是“{value}”"),
            match nearest {
                Some(near) => format!("是不是想写“{near}”？可选：{}", allowed.join("、")),
                None => format!("可选：{}", allowed.join("、")),
            },
            format!("`{key}` cannot be `{value}`"),
            match nearest {
                Some(near) => format!("did you mean `{near}`? One of: {}", allowed.join(", ")),
                None => format!("one of: {}", allowed.join(", ")),
            },
        ),
        Problem::BadDate { key, value, suggestion } => say(
            "bad-date",
            format!("“{key}”的日期“{value}”无效"),
            match suggestion {
                Some(date) => format!("请写成 {date}"),
                None => "请写成 2026-01-08 或 2026-01-08 09:30，日期要真实存在".into(),
            },
            format!("`{key}` is not a valid date: `{value}`"),
            match suggestion {
                Some(date) => format!("write {date}"),
                None => "write 2026-01-08 or 2026-01-08 09:30, and a day that exists".into(),
            },
        ),
        Problem::ExpiresFirst { before } => say(
            "expires-first",
            match *before {
                "date" => "“expires”不晚于“date”：到了所写的日期，这篇文稿已经撤下".into(),
                _ => format!("“expires”不晚于“{before}”：这篇文稿不会发布"),
            },
            "expires 是撤下的时间，要晚于 date 和 publish_at；只写日期的，从那一天零点算起。请核对".into(),
            match *before {
                "date" => "`expires` is not after `date`: on its date the document is withdrawn already".into(),
                _ => format!("`expires` is not after `{before}`: the document is never published"),
            },
            "`expires` says when it is withdrawn, and comes after `date` and `publish_at`; a day alone means its midnight: check them".into(),
        ),
        Problem::BadSlug { value, suggestion } => {
            let example = |words: &str| match suggestion.as_str() {
                "" => String::new(),
                _ => format!("{words}{suggestion}"),
            };
            say(
                "bad-slug",
                format!("slug“{value}”不能用在网址里"),
                format!("只用字母、数字、汉字和 - _ .，不能有斜线，不能以 . 或 _ 开头{}", example("，例如 ")),
                format!("the slug `{value}` cannot stand in a URL"),
                format!("use letters, digits, hanzi, - _ and . only, no slash, and no . or _ first{}", example("; for example ")),
            )
        }
        Problem::BadAlias { value } => say(
            "bad-alias",
            format!("aliases 里的旧网址“{value}”无效"),
            "请写以 / 开头的站内网页路径，例如 /old/path.html，不能含有 .. 或 \\；扩展名只能是 .html、.htm、.shtml、.php、.asp、.aspx、.do、.action，或者没有".into(),
            format!("`{value}` in `aliases` is not a path of this site"),
            "write the path of a page that begins with /, as in /old/path.html, without .. or \\; it ends in .html, .htm, .shtml, .php, .asp, .aspx, .do or .action, or has no ending".into(),
        ),
        Problem::BadLink { key, value } => say(
            "bad-link",
            format!("“{key}”的链接“{value}”无效"),
            "请写 http:// 或 https:// 开头的网址，或以 / 开头的站内路径".into(),
            format!("`{key}` is not a link: `{value}`"),
            "write a URL that begins with http:// or https://, or a path of this site that begins with /".into(),
        ),
        Problem::BadBaseUrl { value } => say(
            "bad-base-url",
            format!("站点网址“{value}”无效"),
            "请写成 https://www.example.gov.cn，可以带路径，不带参数，最长 1024 个字符".into(),
            format!("the base URL `{value}` is not valid"),
            "write it like https://www.example.gov.cn, with a path if need be, without a query, in at most 1024 characters".into(),
        ),
        Problem::BadSiteCode { value } => say(
            "bad-site-code",
            format!("网站标识码“{value}”无效"),
            "网站标识码是 10 位数字，或者 bm 加 8 位数字，请核对".into(),
            format!("`{value}` is not a site code (网站标识码)"),
            "it has ten digits, or `bm` and eight digits: check it".into(),
        ),
        Problem::BadPoliceNumber { value, digits } => say(
            "bad-police-number",
            format!("公安备案号“{value}”里有 {digits} 位数字，应有 14 位"),
            "请照公安备案网站上的写全，例如 鄂公网安备42000000000000号".into(),
            format!("the police number (公安备案号) `{value}` has {digits} digits, not 14"),
            "write the whole number, like 鄂公网安备42000000000000号".into(),
        ),
        Problem::PictureMissing { key, value, nearest } => say(
            "picture-missing",
            format!("“{key}”要用本站自己的图片，content 文件夹里没有“{value}”"),
            match nearest {
                Some(near) => format!("是不是想写“{near}”？"),
                None => "请把图片放进 content 文件夹，从 / 写起，例如 /img/emblem.svg".into(),
            },
            format!("`{key}` needs a picture of this site, and the content folder holds no `{value}`"),
            match nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "put the picture into the content folder and write its path from /, like /img/emblem.svg".into(),
            },
        ),
        Problem::InspectionSettings { missing } => say(
            "inspection-settings",
            format!("缺少网站检查要看的设置：{}", missing.join("、")),
            "请在 content/site.yaml 里补上；政府网站的网页标签（国办发〔2017〕47号）少不了它们".into(),
            format!("settings that inspections look for are missing: {}", missing.join(", ")),
            "add them to content/site.yaml: the page tags of official sites (国办发〔2017〕47号) need them".into(),
        ),
        Problem::ColumnDescription { section } => say(
            "column-description",
            format!("栏目“{section}”没有说明"),
            format!("请在 content/{section}/_index.md 里写 description: 一两句话，网页标签里要用"),
            format!("the section `{section}` has no description"),
            format!("write `description: …` in content/{section}/_index.md: the page tags need it"),
        ),
        Problem::UnknownDistrict { name, nearest, all } => say(
            "unknown-district",
            format!("content/districts.yaml 里没有区划“{name}”"),
            match nearest.as_slice() {
                _ if districts_of(name).len() > 1 => {
                    format!("几个区划请写成 [{}]，用半角逗号和空格分开", districts_of(name).join(", "))
                }
                [] => format!("已有的区划：{}", all.join("、")),
                near => format!("是不是想写：{}？已有的区划：{}", near.join("、"), all.join("、")),
            },
            format!("content/districts.yaml has no district `{name}`"),
            match nearest.as_slice() {
                _ if districts_of(name).len() > 1 => {
                    format!("write several districts as [{}], with ASCII commas", districts_of(name).join(", "))
                }
                [] => format!("the districts there: {}", all.join(", ")),
                near => format!("did you mean {}? The districts there: {}", near.join(", "), all.join(", ")),
            },
        ),
        Problem::ListInOneText { key, value } => say(
            "list-in-one-text",
            format!("“{key}”里的“{value}”像是几项写成了一项"),
            format!("几项请写成 {key}: [{}]，用半角逗号和空格分开", split_list(value).join(", ")),
            format!("`{value}` in `{key}` looks like several items in one"),
            format!("write several as {key}: [{}], with ASCII commas", split_list(value).join(", ")),
        ),
        Problem::OddCode { code } => say(
            "odd-code",
            format!("区划代码“{code}”不是 6 位数字"),
            "GB/T 2260 的代码是 6 位数字（乡镇 9 位，村和社区 12 位），用半角引号括起，请核对".into(),
            format!("the district code `{code}` is not six digits"),
            "codes by GB/T 2260 have 6 digits (townships 9, villages 12), in ASCII quotes: check it".into(),
        ),
        Problem::AmbiguousDistrict { name, candidates } => say(
            "ambiguous-district",
            format!("有几个区划都叫“{name}”"),
            format!("请改写代码或 slug：{}", candidates.join("、")),
            format!("more than one district is called `{name}`"),
            format!("write the code or the slug instead: {}", candidates.join(", ")),
        ),
        Problem::DuplicateDistrict { key, value, other } => say(
            "duplicate-district",
            format!("区划的 {key}“{value}”已被“{other}”使用"),
            format!("每个区划的 {key} 必须不同"),
            format!("the district {key} `{value}` is already that of {other}"),
            format!("every district needs a {key} of its own"),
        ),
        Problem::UnknownParent { code, nearest } => say(
            "unknown-parent",
            format!("上级区划“{code}”不在本文件里"),
            match nearest {
                Some(near) => format!("是不是想写“{near}”？"),
                None => "请先列出上级区划，或删去 parent".into(),
            },
            format!("the parent district `{code}` is not in this file"),
            match nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "list the parent too, or remove `parent`".into(),
            },
        ),
        Problem::ParentLoop { name } => say(
            "parent-loop",
            format!("“{name}”的上级绕了一圈又回到它自己"),
            "请改正 parent".into(),
            format!("the parents of {name} lead back to itself"),
            "correct `parent`".into(),
        ),
        Problem::UnknownTheme { name, known } => say(
            "unknown-theme",
            format!("没有主题“{name}”"),
            format!("themes/ 里或程序自带的主题有：{}", known.join("、")),
            format!("there is no theme `{name}`"),
            format!("the themes in themes/ and in the program: {}", known.join(", ")),
        ),
        Problem::ThemeLoop { name } => say(
            "theme-loop",
            format!("主题“{name}”的 extends 绕了一圈又回到它自己"),
            "请改正 theme.yaml 里的 extends".into(),
            format!("the theme `{name}` extends itself in the end"),
            "correct `extends` in theme.yaml".into(),
        ),
        Problem::UnknownTemplate { name, nearest } => say(
            "unknown-template",
            format!("主题里没有模板“{name}”"),
            match nearest {
                Some(near) => format!("是不是想写“{near}”？"),
                None => "请检查 template 的文件名".into(),
            },
            format!("the theme has no template `{name}`"),
            match nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "check the file name in `template`".into(),
            },
        ),
        Problem::TemplateWithoutBody { name } => say(
            "template-without-body",
            format!("模板“{name}”里没有 page.content，网页上不会有正文"),
            "请改用 page.html 等文档模板，或删去 template 这一行".into(),
            format!("the template `{name}` does not mention page.content: the page would have no text"),
            "use a template for documents, such as page.html, or remove `template`".into(),
        ),
        Problem::NestedIndex => say(
            "nested-index",
            "_index.md 只在 content/ 和栏目的第一级文件夹里起作用，这一个没有用到".into(),
            "请移到栏目文件夹，或改名为 index.md 成为一篇文档".into(),
            "_index.md means something only in content/ and in a section's own folder: this one is not used".into(),
            "move it to the section's folder, or call it index.md to make it a document".into(),
        ),
        Problem::PictureUnreadable => say(
            "picture-unreadable",
            "这个文件按文件名是图片，却读不出来：已经损坏，或者不是图片".into(),
            "请用看图软件打开看一看，重新导出后再放进来".into(),
            "by its name this is a picture, but it cannot be read: it is damaged, or none at all".into(),
            "open it in a picture viewer, and export it anew".into(),
        ),
        Problem::PictureDamaged => say(
            "picture-damaged",
            "图片有损坏，不能缩小，网页上用了原图".into(),
            "请重新导出这张图片，或者换一张".into(),
            "the picture is damaged and cannot be reduced; pages show it as it is".into(),
            "export it anew, or take another one".into(),
        ),
        Problem::LinkNowhere { target, nearest } => say(
            "link-nowhere",
            format!("链接“{target}”没有对应的文件"),
            match nearest {
                Some(near) => format!("是不是想写“{near}”？"),
                None => "路径从本文件所在的文件夹算起；请检查文件名".into(),
            },
            format!("the link `{target}` leads nowhere"),
            match nearest {
                Some(near) => format!("did you mean `{near}`?"),
                None => "the path starts from this file's folder; check the file's name".into(),
            },
        ),
        Problem::LinkClimbs { target } => say(
            "link-climbs",
            format!("链接“{target}”越出了 content 文件夹"),
            "请减少 ../ 的个数".into(),
            format!("the link `{target}` climbs out of the content folder"),
            "use fewer ../".into(),
        ),
        Problem::LinkWithdrawn { target } => say(
            "link-withdrawn",
            format!("链接“{target}”指向的文档没有发布（草稿、未到时间或已过期），只显示文字"),
            "请去掉链接，或发布那篇文档".into(),
            format!("the link `{target}` leads to a document that is not published (draft, scheduled or expired): only its text is shown"),
            "remove the link, or publish the document".into(),
        ),
        Problem::LinkUnknown { target, nearest } => say(
            "link-unknown",
            format!("站内链接“{target}”不是本站生成的页面"),
            match nearest {
                Some(near) => format!("是不是想写“{near}”？如果它由别的系统提供，可以不理会"),
                None => "如果它由别的系统提供，可以不理会".into(),
            },
            format!("the link `{target}` is not a page of this site"),
            match nearest {
                Some(near) => format!("did you mean `{near}`? If another system on the same server answers it, all is well"),
                None => "if another system on the same server answers it, all is well".into(),
            },
        ),
        Problem::AnchorMissing { anchor, file, nearest } => say(
            "anchor-missing",
            format!("“{file}”里没有标题编号“#{anchor}”"),
            match nearest {
                Some(near) => format!("是不是想写“#{near}”？"),
                None => "请检查 # 后面的编号".into(),
            },
            format!("`{file}` has no heading with the id `#{anchor}`"),
            match nearest {
                Some(near) => format!("did you mean `#{near}`?"),
                None => "check the part after the #".into(),
            },
        ),
        Problem::UnsafeLink { target } => say(
            "unsafe-link",
            format!("链接“{target}”的类型不允许，只显示文字"),
            "只允许 http、https、mailto、tel 和站内链接".into(),
            format!("links like `{target}` are not allowed: only its text is shown"),
            "http, https, mailto, tel and relative links are allowed".into(),
        ),
        Problem::LinkOnThisComputer { target } => say(
            "link-on-this-computer",
            format!("链接“{target}”指向某台电脑上的文件，网上打不开"),
            "请把文件放进 content 文件夹，再写从本文件算起的路径，例如 附件/报告.doc".into(),
            format!("the link `{target}` leads to a file on somebody's computer: nobody else can open it"),
            "put the file into the content folder and write its path from this file, as in files/report.doc".into(),
        ),
        Problem::LinkSpace { target } => say(
            "link-space",
            format!("“{target}”里有空格，这里不成链接，只显示文字"),
            format!("请用尖括号括起：(<{target}>)；或者改文件名，不用空格"),
            format!("`{target}` holds a space: this is no link, and is shown as it stands"),
            format!("put it in angle brackets, (<{target}>), or rename the file"),
        ),
        Problem::LinkGap => say(
            "link-gap",
            "“]”和“(”之间有空格，这里不成链接，只显示文字".into(),
            "请删去空格，写成 [文字](路径)".into(),
            "there is a space between `]` and `(`: this is no link, and is shown as it stands".into(),
            "remove the space: [text](path)".into(),
        ),
        Problem::LinkUnclosed => say(
            "link-unclosed",
            "链接的括号没有关上，这里不成链接，只显示文字".into(),
            "请补上半角右括号 )".into(),
            "the bracket of the link is not closed: this is no link, and is shown as it stands".into(),
            "add the closing bracket )".into(),
        ),
        Problem::LinkEmpty => say(
            "link-empty",
            "链接或图片没有写地址".into(),
            "请在圆括号里写上文件的路径或网址，或者去掉链接".into(),
            "the link or picture has no address".into(),
            "write a path or an address between the brackets, or remove the link".into(),
        ),
        Problem::FenceUnclosed => say(
            "fence-unclosed",
            "从这里开始的代码块没有结束，后面的文字都成了代码".into(),
            "请在代码之后另起一行写 ```（和开头一样多）；不是代码就删去这一行".into(),
            "the code block that begins here is not closed: all that follows is shown as code".into(),
            "write the same ``` on a line of its own after the code; remove this line if it is none".into(),
        ),
        Problem::Collision { path, first, second } => say(
            "collision",
            format!("“{first}”和“{second}”都要生成 {path}"),
            "请给其中一个改文件名或写不同的 slug（只差大小写也算相同）".into(),
            format!("`{first}` and `{second}` both make {path}"),
            "rename one of them or give it another slug (names that differ only in case are the same)".into(),
        ),
        Problem::AliasCollision { alias, path, other } => say(
            "collision",
            format!("aliases 里的旧网址“{alias}”和“{other}”都要生成 {path}"),
            "请修改或删去这个旧网址".into(),
            format!("the alias `{alias}` and `{other}` both make {path}"),
            "change or remove the alias".into(),
        ),
        Problem::TopicCollision { path, first, second } => say(
            "collision",
            format!("主题词“{first}”和“{second}”的网址都是 {path}"),
            format!("请在 content/site.yaml 里给其中一个定网址，例如 topics: {{{second}: another}}"),
            format!("the topics {first} and {second} both have the address {path}"),
            format!("give one of them an address in content/site.yaml, as in topics: {{{second}: another}}"),
        ),
        Problem::AddressTooLong { path, length, limit } => say(
            "address-too-long",
            format!(
                "网址太长（连同站点网址、汉字编码后有 {length} 个字符，站点地图协议要求少于 {limit} 个）：{path}"
            ),
            "请减少文件夹的层数，或改短文件夹名、文件名、slug 或旧网址；编码后一个汉字占 9 个字符".into(),
            format!(
                "the address is too long ({length} characters with the base URL, percent-encoded; sitemaps demand less than {limit}): {path}"
            ),
            "use fewer folders, or shorter names of folders and files, a shorter slug or alias; encoded, a hanzi takes nine characters".into(),
        ),
        Problem::NameTooLong { path, bytes } => say(
            "name-too-long",
            format!("输出文件名太长（{bytes} 字节，上限 255）：{path}"),
            other_name(path, path.split('/').find(|name| name.len() == *bytes), Lang::Zh),
            format!("the output file's name is too long ({bytes} bytes, the limit is 255): {path}"),
            other_name(path, path.split('/').find(|name| name.len() == *bytes), Lang::En),
        ),
        Problem::ReservedName { path, name } => say(
            "reserved-name",
            format!("“{name}”在 Windows 上不能作文件名：{path}"),
            other_name(path, Some(name), Lang::Zh),
            format!("`{name}` cannot be a file's name on Windows: {path}"),
            other_name(path, Some(name), Lang::En),
        ),
        Problem::StaticFolder { path, by_alias } => say(
            "static-folder",
            format!("网址 /static/ 下面只能有主题的静态文件，浏览器会把它们保存一年，改了以后读者也看不到：{path}"),
            match by_alias {
                true => "请修改或删去这个旧网址".into(),
                false => "请给 content 里的这个文件夹改名".into(),
            },
            format!("below /static/ there is only what belongs to the theme; browsers keep it for a year, so that readers would not see it change: {path}"),
            match by_alias {
                true => "change or remove the alias".into(),
                false => "give this folder of the content another name".into(),
            },
        ),
        Problem::StaticMissing { target } => say(
            "static-missing",
            format!("样式表提到的“{target}”不在主题的 static 文件夹里"),
            "请检查路径；它从样式表所在的文件夹算起".into(),
            format!("the style sheet names `{target}`, which is not among the theme's static files"),
            "check the path; it starts from the style sheet's folder".into(),
        ),
        Problem::StaticUnreadable => say(
            "static-unreadable",
            "不是 UTF-8 或 GB18030 编码的文字，原样发布".into(),
            "请把文件另存为 UTF-8 编码".into(),
            "the file is not text in UTF-8 or GB18030; it is published as it is".into(),
            "save the file as UTF-8".into(),
        ),
        Problem::TemplateSyntax { template, detail } => say(
            "template-syntax",
            format!("模板“{template}”有错：{detail}"),
            "请改正模板；可用的变量和函数见主题手册".into(),
            format!("the template `{template}` has a mistake: {detail}"),
            "correct the template; the theme guide lists the variables and functions".into(),
        ),
        Problem::TemplateRender { template, page, detail } => say(
            "template-render",
            format!("生成 {page} 时模板“{template}”出错：{detail}"),
            "请改正模板；可用的变量和函数见主题手册".into(),
            format!("the template `{template}` failed while rendering {page}: {detail}"),
            "correct the template; the theme guide lists the variables and functions".into(),
        ),
        Problem::TemplateSlow { template, page, seconds } => say(
            "template-slow",
            format!("生成 {page} 时模板“{template}”用了 {seconds} 秒"),
            "请检查模板里的循环，特别是循环里的循环；确实需要更长时间，可在 site.yaml 的 limits 里加大 page_seconds".into(),
            format!("the template `{template}` took {seconds} seconds to render {page}"),
            "check its loops, above all loops inside loops; if it needs the time, raise `page_seconds` under `limits` in site.yaml".into(),
        ),
        Problem::WriteFailed { path, fault } => say(
            "write-failed",
            format!("写不了“{path}”：{}", fault.words(Lang::Zh)),
            format!("{}。原来的网页没有改动", fault.remedy_of_writing(Lang::Zh)),
            format!("cannot write `{path}`: {}", fault.words(Lang::En)),
            format!("{}; the former pages are as they were", fault.remedy_of_writing(Lang::En)),
        ),
        Problem::CommitInterrupted { path, fault } => say(
            "commit-interrupted",
            format!("换上新网页时中断，也没能换回来：“{path}”：{}", fault.words(Lang::Zh)),
            format!(
                "{}。再运行一次，会先把这一次做完；每个文件都是完整的",
                fault.remedy_of_writing(Lang::Zh)
            ),
            format!(
                "putting the new pages in place was cut short and could not be taken back: `{path}`: {}",
                fault.words(Lang::En)
            ),
            format!(
                "{}; then run it again: the next run begins by completing this one; every single file is whole",
                fault.remedy_of_writing(Lang::En)
            ),
        ),
        Problem::PlaceTaken { path, more } => say(
            "place-taken",
            match more {
                0 => format!("“{path}”不在本程序的生成清单里，不能覆盖"),
                _ => format!("“{path}”等 {} 个文件不在本程序的生成清单里，不能覆盖", more + 1),
            },
            "请移走，或用 --out 指定别的文件夹；如果确是以前生成的（清单 .tribune-files 丢失），可先清空输出文件夹。网页没有改动".into(),
            match more {
                0 => format!("`{path}` was not made by this program and will not be overwritten"),
                _ => format!("`{path}` and {more} more files were not made by this program and will not be overwritten"),
            },
            "move them away, or name another folder with --out; if they are from earlier builds (their list .tribune-files was lost), empty the output folder; nothing was changed".into(),
        ),
        Problem::OutRefused { path, why } => say(
            "out-refused",
            format!("不能把网页写到“{path}”：{}", why.words(Lang::Zh)),
            "请用 --out 指定一个专用的文件夹".into(),
            format!("will not write the site to `{path}`: it {}", why.words(Lang::En)),
            "name a folder of its own with --out".into(),
        ),
        Problem::OwnFolder { path, linked } => say(
            "own-folder",
            match linked {
                true => format!("“{path}”是链接：程序在里面记自己的东西，不能跟着链接写到别处"),
                false => format!("“{path}”不是文件夹：程序要在里面记自己的东西"),
            },
            match linked {
                true => "请删除这个链接（它指向的地方不会改动），程序会自己建一个文件夹".into(),
                false => "请移走它，程序会自己建一个文件夹".into(),
            },
            match linked {
                true => format!("`{path}` is a link: what the program keeps there would be written elsewhere"),
                false => format!("`{path}` is not a folder: the program keeps its own things there"),
            },
            match linked {
                true => "remove the link (what it leads to stays as it is); the program makes a folder".into(),
                false => "move it away; the program makes a folder".into(),
            },
        ),
        Problem::ThreadsRefused { wanted, fault } => say(
            "threads-refused",
            format!("不能启动 {wanted} 个线程：{}", fault.words(Lang::Zh)),
            "请用 --threads 指定少一些的线程，关掉一些程序，或请管理员提高允许的进程数（ulimit -u）".into(),
            match wanted {
                1 => format!("could not start a thread: {}", fault.words(Lang::En)),
                _ => format!("could not start {wanted} threads: {}", fault.words(Lang::En)),
            },
            "ask for fewer with --threads, close some programs, or have the limit on processes raised (ulimit -u)".into(),
        ),
    }
}

fn wrong_type_hint(key: &str, expected: Shape, lang: Lang) -> String {
    let example = match (key, expected) {
        ("nav", _) => "nav: [{title: 首页, url: /}]".to_owned(),
        ("date" | "publish_at" | "expires", _) => format!("{key}: 2026-01-08"),
        (_, Shape::Bool) => match lang {
            Lang::Zh => format!("{key}: true（是），{key}: false（否）"),
            Lang::En => format!("{key}: true, or {key}: false"),
        },
        (_, Shape::Integer | Shape::Number) => format!("{key}: 2025"),
        (_, Shape::List) => format!("{key}: [甲, 乙]"),
        (_, Shape::Map) => format!("{key}: {{name: …}}"),
        (_, Shape::Text | Shape::Nothing) => match lang {
            Lang::Zh => format!("{key}: \"…\"，特殊的文字用引号括起"),
            Lang::En => format!("{key}: \"…\", with quotes round what is special"),
        },
    };
    match lang {
        Lang::Zh => format!("例如 {example}"),
        Lang::En => format!("for example {example}"),
    }
}

/// The ASCII mark that a full-width one stands for, with its names.
fn ascii_of(mark: char) -> (char, &'static str, &'static str) {
    match mark {
        '，' => (',', "逗号", "comma"),
        '（' | '）' => (if mark == '（' { '(' } else { ')' }, "括号", "bracket"),
        '【' | '［' | '〔' => ('[', "方括号", "bracket"),
        '】' | '］' | '〕' => (']', "方括号", "bracket"),
        '｛' => ('{', "花括号", "brace"),
        '｝' => ('}', "花括号", "brace"),
        '！' => ('!', "叹号", "exclamation mark"),
        _ => ('"', "引号", "quote"),
    }
}

/// What to do about the `name` of a file or a folder in the path of an output.
fn other_name(path: &str, name: Option<&str>, lang: Lang) -> String {
    let topic = path.strip_prefix("/topics/").and_then(|rest| rest.split('/').next());
    let folder = name.filter(|name| !path.ends_with(&format!("/{name}")));
    match (topic, folder, lang) {
        (Some(slug), _, Lang::Zh) => format!(
            "这是主题的网址：请改主题名，或在 content/site.yaml 的 topics 里写“主题名: 另一个名字”，代替“{slug}”"
        ),
        (Some(slug), _, Lang::En) => format!(
            "this is the address of a topic: rename it, or write `its name: another-slug` under topics in content/site.yaml, instead of `{slug}`"
        ),
        (None, Some(folder), Lang::Zh) => format!("请改（或缩短）文件夹“{folder}”的名字"),
        (None, Some(folder), Lang::En) => format!("rename the folder `{folder}`, or shorten its name"),
        (None, None, Lang::Zh) => "请改（或缩短）文件名，或另写一个短的 slug".to_owned(),
        (None, None, Lang::En) => "rename the file or shorten its name, or write another slug".to_owned(),
    }
}

/// What editors write instead of an element that is left out.
fn instead_of(element: &str) -> (&'static str, &'static str) {
    match element {
        "<svg>" | "<math>" | "<canvas>" => (
            "请把图形、公式存成 .svg 或 .png 文件，和文稿放在一起，写成 ![说明](图.svg)；不需要就删去",
            "save the drawing or formula as an .svg or .png file beside the document and write ![what it shows](drawing.svg); else delete it",
        ),
        "<script>" | "<style>" => (
            "请删去它和它的结束标签；样式和脚本由网站主题统一管理",
            "delete it and its end tag; styles and scripts are the theme's",
        ),
        "<audio>" | "<video>" | "<iframe>" | "<embed>" | "<object>" => (
            "请改写成链接，例如 [观看视频](https://…)；音视频文件也可以和文稿放在一起，写成 [观看视频](视频.mp4)",
            "write a link instead, as in [Watch the video](https://…) or, if the file is beside the document, [Watch the video](video.mp4)",
        ),
        _ => (
            "请删去它；要请读者填写，就写成链接，例如 [填写问卷](https://…)",
            "delete it; where readers are to fill something in, write a link, as in [Questionnaire](https://…)",
        ),
    }
}

/// What ends the HTML that begins with `what`; a tag without its own end has none.
fn html_end(what: &str) -> Option<String> {
    match what {
        "<?" => Some("?>".to_owned()),
        "<![CDATA[" => Some("]]>".to_owned()),
        "<!" => Some(">".to_owned()),
        _ => what.strip_suffix('>').map(|begun| begun.replace('<', "</") + ">"),
    }
}

/// The districts that one text seems to name: names have neither spaces nor commas.
fn districts_of(text: &str) -> Vec<&str> {
    let apart = |c: char| c.is_whitespace() || matches!(c, '，' | '、' | '；' | ',' | ';');
    let bracket = |c: char| matches!(c, '【' | '】' | '［' | '］' | '〔' | '〕');
    let parts: Vec<&str> = text.trim_matches(bracket).split(apart).filter(|part| !part.is_empty()).collect();
    // 汉 阳 区 is one name with spaces in it.
    if parts.iter().all(|part| part.chars().count() > 1) { parts } else { split_list(text) }
}
