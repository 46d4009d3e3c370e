//! Problems of settings, found by `config/yaml/`: the syntax of YAML, typos, keys and the types of values.

use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::{one_of, problems};
use crate::diagnostics::messages::shorten::{Detail, short};
use crate::text::changes_direction;

problems! {
    /// A mistake in YAML: in its syntax, or in a key or value.
    enum YamlProblem;

    TooLong { bytes: usize, limit: usize } = Error "yaml-too-long" {
        zh: "这部分设置有 {bytes} 字节，超过上限 {limit} 字节",
        hint: "请精简；文档的正文应写在第二个 --- 之后。确实要这样长，就在 content/site.yaml 里写 limits: {{front_matter: 128 KB}}",
        en: "these settings are {bytes} bytes long; the limit is {limit}",
        hint: "shorten them; the text of a document belongs after the second --- (`limits: {{front_matter: 128 KB}}` in content/site.yaml allows more in documents)",
    }
    AliasesTooLong = Error "yaml-too-long" {
        zh: "*引用 一层套一层，展开以后太长，从这里起超过了上限",
        hint: "请直接写出内容，或减少 *引用 的层数",
        en: "aliases (*) of aliases make these settings too long: the limit is reached here",
        hint: "write the values out, or use fewer levels of aliases",
    }
    TooManyItems = Error "yaml-too-long" {
        zh: "这个文件里的项目太多，从这里起超过了上限",
        hint: "请删去不需要的项目，例如重复贴入的几段",
        en: "there are too many items in this file: the limit is reached here",
        hint: "remove what is not needed, such as parts that were pasted twice",
    }
    TooDeep { limit: usize } = Error "yaml-too-deep" {
        zh: "设置嵌套超过 {limit} 层",
        hint: "请减少缩进的层数；文稿里确实需要，就在 content/site.yaml 里写 limits: {{yaml_depth: 32}}",
        en: "the settings nest more than {limit} levels deep",
        hint: "use fewer levels; `limits: {{yaml_depth: 32}}` in content/site.yaml allows more in documents",
    }
    Syntax { detail: Detail } = Error "yaml-syntax" {
        zh: "这一行不合 YAML 的写法",
        hint: "每行写“名称: 内容”，冒号用半角并后接空格；内容含特殊符号时用引号括起",
        en: "this is not valid YAML ({detail})",
        hint: "write `name: value` on each line, with quotes around values that contain special characters",
    }
    SecondColon = Error "yaml-colon" {
        zh: "一行里有两处“冒号加空格”，或者上一行没有写完",
        hint: "内容里有冒号时用引号括起，例如 title: \"甲: 乙\"；并检查缩进",
        en: "there is a second `: ` on the line, or the line before is unfinished",
        hint: "put quotes around a value that contains a colon, as in title: \"a: b\"; check the indentation",
    }
    Tab = Error "yaml-tab" {
        zh: "缩进用了制表符（Tab）",
        hint: "请改用空格",
        en: "the line is indented with a tab",
        hint: "use spaces instead",
    }
    Unclosed = Error "yaml-unclosed" {
        zh: "引号或括号没有成对",
        hint: "请补上另一半引号或括号，并用半角符号",
        en: "a quote or bracket is not closed",
        hint: "add the missing quote or bracket",
    }
    Escape = Error "yaml-escape" {
        zh: "双引号里的反斜线“\\”有特别的用处，这里的写法不成立",
        hint: "请改用单引号，或去掉引号，反斜线就是普通字符，例如 'C:\\附件'；要留双引号，反斜线就写两个 \\\\",
        en: "a backslash in double quotes begins an escape sequence, and this is not a valid one",
        hint: "use single quotes or none, where a backslash is an ordinary character, as in 'C:\\files'; in double quotes write it twice: \\\\",
    }
    TextAfterQuote = Error "text-after-quote" {
        zh: "引号或括号结束之后还有文字",
        hint: "请把整个内容用引号括起，里面的引号用中文引号“”",
        en: "there is text after the closing quote or bracket",
        hint: "put quotes around the whole value, and use “ ” inside",
    }
    Reference = Error "yaml-reference" {
        zh: "不支持 YAML 的 &锚点、*引用 和 << 合并",
        hint: "请直接写出内容；以 & 或 * 开头的文字要用引号括起",
        en: "YAML anchors (&), aliases (*) and merge keys (<<) are not supported",
        hint: "write the value out; put quotes around text that begins with & or *",
    }
    Tag { text: String } = Error "yaml-tag" {
        zh: "“{text}”以半角叹号开头，会被当作 YAML 的标签，不是文字",
        hint: { format!("如果是文字，请用引号括起，例如 \"{}\"，或改用全角叹号；!!str 一类的标签请删去", text.replace(['"', '\\'], "")) },
        en: "`{text}` begins with an exclamation mark: YAML reads it as a tag, not as text",
        hint: { format!("put quotes around it if it is text, as in \"{}\"; remove tags such as !!str", text.replace(['"', '\\'], "")) },
    }
    DuplicateKey { key: String } = Error "duplicate-key" {
        zh: "“{key}”写了两次",
        hint: "请只留一个",
        en: "`{key}` is written twice",
        hint: "keep one of the two",
    }
    FullWidthColon { key: String, ascii: String } = Error "full-width-colon" {
        zh: "“{key}”后面用了全角冒号“：”",
        hint: "请改成半角冒号加空格：“{ascii}: ”",
        en: "`{key}` is followed by the full-width colon `：`",
        hint: "write an ASCII colon and a space: `{ascii}: `",
    }
    FullWidthMark { mark: char } = Error "full-width-mark" {
        zh: "这里用了全角的“{mark}”",
        hint: { ascii_mark_hint(*mark, Lang::Zh) },
        en: "this is the full-width mark `{mark}`",
        hint: { ascii_mark_hint(*mark, Lang::En) },
    }
    InvisibleCharacter { code: u32 } = Error "invisible-character" {
        zh: { match char::from_u32(*code).is_some_and(changes_direction) {
            true => format!("这里有一个看不见的字符 U+{code:04X}，它会颠倒后面文字的顺序"),
            false => format!("这里有一个看不见的字符 U+{code:04X}"),
        } },
        hint: "看不见的字符常是从网页或聊天软件复制来的；请删去这一处，重新输入",
        en: { match char::from_u32(*code).is_some_and(changes_direction) {
            true => format!("there is an invisible character here that reverses the text after it: U+{code:04X}"),
            false => format!("there is an invisible character here: U+{code:04X}"),
        } },
        hint: "invisible characters come with text from web pages and chats: remove this one, and type the text again",
    }
    InvisibleLeftOut { code: u32 } = Warning "invisible-character" {
        zh: "这里有一个看不见的字符 U+{code:04X}，生成时已略去",
        hint: "看不见的字符常是从网页或聊天软件复制来的；请删去这一处，重新输入",
        en: "there is an invisible character here: U+{code:04X}; it was left out",
        hint: "invisible characters come with text from web pages and chats: remove this one, and type the text again",
    }
    OddSpace { code: u32 } = Error "odd-space" {
        zh: { match code {
            0x3000 => "这里用了全角空格".to_owned(),
            _ => format!("这里的空格不是普通空格（U+{code:04X}）"),
        } },
        hint: "请切换到英文输入法，改成半角空格",
        en: { match code {
            0x3000 => "there is a full-width space here".to_owned(),
            _ => format!("the space here is not an ordinary one (U+{code:04X})"),
        } },
        hint: "write an ASCII space instead",
    }
    ListMark { item: String } = Error "list-mark" {
        zh: "列表的每一项要以半角减号加空格开头",
        hint: "请写成“- {item}”，半角减号后面有一个空格",
        en: "each item of a list begins with a hyphen and a space",
        hint: "write `- {item}`, with an ASCII hyphen and a space",
    }
    DashBeforeKey { key: String } = Error "dash-before-key" {
        zh: "“{key}”前面多了减号：这里不是列表",
        hint: "请删去减号，写成“{key}: …”",
        en: "there is a hyphen before `{key}`, but this is not a list",
        hint: "remove the hyphen: `{key}: …`",
    }
    Indent = Error "yaml-indent" {
        zh: "这一行的缩进和上面对不齐",
        hint: "同一层的设置缩进要一样多，用半角空格；最外层不缩进",
        en: "the line is not indented like those above",
        hint: "indent the settings of one level alike, with ASCII spaces; do not indent the outermost level",
    }
    DocumentMark = Error "yaml-document" {
        zh: "设置文件里不用 --- 行",
        hint: "请删去 --- 这一行；只有 .md 文件才用它把设置和正文分开",
        en: "a settings file has no --- lines",
        hint: "remove the --- line: only .md files use it, to separate settings from text",
    }
    NoSpaceAfterColon { key: String } = Error "no-space-after-colon" {
        zh: "“{key}:”后面缺少空格",
        hint: "请在冒号后加一个空格：“{key}: ”",
        en: "there is no space after `{key}:`",
        hint: "put a space after the colon: `{key}: `",
    }
    NoColon { text: String } = Error "no-colon" {
        zh: "“{text}”这一行缺少冒号",
        hint: "请写成“名称: 内容”，冒号用半角并后接空格；如果是接着上一行的内容，请写在同一行",
        en: "the line `{text}` has no colon",
        hint: "write `name: value`, with a space after the colon; if it continues the line before, put it there",
    }
    FrontMatterDashes { found: String } = Error "front-matter-dashes" {
        zh: "这里写的是“{found}”，不是三个半角减号 ---",
        hint: "请切换到英文输入法，写三个减号 ---",
        en: "this line is `{found}`, not three ASCII hyphens ---",
        hint: "write three ASCII hyphens: ---",
    }
    FrontMatterFence { found: String } = Error "front-matter-dashes" {
        zh: { match found.starts_with("---") {
            true => format!("“{found}”的 --- 后面还有文字，不能作设置区的开头或结尾"),
            false => format!("“{}”的前面有空格，不能作设置区的结尾", found.trim_start()),
        } },
        hint: "--- 要单独占一行：前面不留空格，后面不写别的",
        en: { match found.starts_with("---") {
            true => format!("there is text after the --- in `{found}`: it neither begins nor ends the front matter"),
            false => format!("there is a space before `{}`: it does not end the front matter", found.trim_start()),
        } },
        hint: "--- must be on a line of its own, with no space before it and nothing after it",
    }
    NotAMapping { known: Vec<&'static str> } = Error "not-a-mapping" {
        zh: "这里应是若干行“名称: 内容”",
        hint: { one_of(Lang::Zh, None, "可用的名称：", known) },
        en: "lines of the form `name: value` are expected here",
        hint: { one_of(Lang::En, None, "known names: ", known) },
    }
    UnknownKey { key: String, nearest: Option<String>, known: Vec<String> } = Error "unknown-key" {
        zh: "不认识的名称“{key}”",
        hint: { one_of(Lang::Zh, nearest.as_ref(), "可用的名称：", known) },
        en: "unknown key `{key}`",
        hint: { one_of(Lang::En, nearest.as_ref(), "known keys: ", known) },
    }
    MissingKey { key: &'static str } = Error "missing-key" {
        zh: "缺少“{key}”",
        hint: "请补上一行“{key}: …”",
        en: "`{key}` is missing",
        hint: "add a line `{key}: …`",
    }
    EmptyValue { key: &'static str } = Error "empty-value" {
        zh: "“{key}”是空的",
        hint: "请在“{key}:”后面写上内容；以 # 开头的内容要用引号括起",
        en: "`{key}` is empty",
        hint: "write a value after `{key}:`; put quotes around one that begins with #",
    }
    WrongType { key: String, expected: Shape, found: Shape } = Error "wrong-type" {
        zh: { format!("“{key}”应是{}，这里却是{}", expected.name(Lang::Zh), found.name(Lang::Zh)) },
        hint: { wrong_type_hint(key, *expected, Lang::Zh) },
        en: { format!("`{key}` should be {}, not {}", expected.name(Lang::En), found.name(Lang::En)) },
        hint: { wrong_type_hint(key, *expected, Lang::En) },
    }
    OutOfRange { key: &'static str, least: i64, most: i64 } = Error "out-of-range" {
        zh: "“{key}”应在 {least} 到 {most} 之间",
        hint: { if *key == "year" { "年份是四位数字，请写成 2025 这样" } else { "请改正这个数字" } },
        en: "`{key}` should be between {least} and {most}",
        hint: { if *key == "year" { "a year has four digits, as in 2025" } else { "correct the number" } },
    }
    ControlCharacter { key: &'static str, code: u32 } = Error "control-character" {
        zh: "“{key}”里有看不见的控制字符 U+{code:04X}",
        hint: "请删去它，重新输入这段文字",
        en: "`{key}` contains the control character U+{code:04X}",
        hint: "remove it, and type the text again",
    }
    NotAllowed { key: &'static str, value: String, allowed: Vec<String>, nearest: Option<String> } = Error "not-allowed" {
        zh: "“{key}”不能是“{value}”",
        hint: { one_of(Lang::Zh, nearest.as_ref(), "可选：", allowed) },
        en: "`{key}` cannot be `{value}`",
        hint: { one_of(Lang::En, nearest.as_ref(), "one of: ", allowed) },
    }
}

/// The kind of a YAML value, as a message names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "they are named below")]
pub enum Shape {
    Nothing,
    Bool,
    Number,
    Integer,
    Text,
    List,
    Map,
}

impl Shape {
    fn name(self, lang: Lang) -> &'static str {
        match self {
            Shape::Nothing => lang.pick("空值", "nothing"),
            Shape::Bool => lang.pick("是非值（true 或 false）", "true or false"),
            Shape::Number => lang.pick("数字", "a number"),
            Shape::Integer => lang.pick("整数", "a whole number"),
            Shape::Text => lang.pick("文字", "text"),
            Shape::List => lang.pick("列表", "a list"),
            Shape::Map => lang.pick("键值对", "a mapping"),
        }
    }
}

fn wrong_type_hint(key: &str, expected: Shape, lang: Lang) -> String {
    let example = match (key, expected) {
        ("nav", _) => "nav: [{title: 首页, url: /}]".to_owned(),
        ("date" | "publish_at" | "expires", _) => format!("{key}: 2026-01-08"),
        (_, Shape::Bool) => lang
            .pick(format!("{key}: true（是），{key}: false（否）"), format!("{key}: true, or {key}: false")),
        (_, Shape::Integer | Shape::Number) => format!("{key}: 2025"),
        (_, Shape::List) => format!("{key}: [甲, 乙]"),
        (_, Shape::Map) => format!("{key}: {{name: …}}"),
        (_, Shape::Text | Shape::Nothing) => lang.pick(
            format!("{key}: \"…\"，特殊的文字用引号括起"),
            format!("{key}: \"…\", with quotes around special characters"),
        ),
    };
    lang.pick("例如 ", "for example ").to_owned() + &example
}

/// The hint that names the ASCII mark to write instead of a full-width one.
pub(super) fn ascii_mark_hint(mark: char, lang: Lang) -> String {
    let (ascii, zh, en) = match mark {
        '，' => (',', "逗号", "comma"),
        '（' => ('(', "括号", "bracket"),
        '）' => (')', "括号", "bracket"),
        '【' | '［' | '〔' => ('[', "方括号", "bracket"),
        '】' | '］' | '〕' => (']', "方括号", "bracket"),
        '｛' => ('{', "花括号", "brace"),
        '｝' => ('}', "花括号", "brace"),
        '！' => ('!', "叹号", "exclamation mark"),
        '＊' => ('*', "星号", "asterisk"),
        '＃' => ('#', "井号", "number sign"),
        '｜' => ('|', "竖线", "vertical bar"),
        '：' => (':', "冒号", "colon"),
        '—' | '－' | '–' | '─' => ('-', "减号", "hyphen"),
        _ => ('"', "引号", "quote"),
    };
    lang.pick(format!("请切换到英文输入法，改成半角{zh} {ascii}"), format!("write the ASCII {en} `{ascii}`"))
}

short!(Shape);
