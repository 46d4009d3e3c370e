//! The catalogue of everything that can be wrong with a site: a stable code for each, a message and
//! a remedy in Chinese and in English, written for the clerk who has to mend it.

pub use crate::diagnostics::io_error::{IoError, IoErrorKind};

/// The language of messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    #[default]
    En,
}

/// The shape of a YAML value, as a message names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// No value.
    Nothing,
    /// `true` or `false`.
    Bool,
    /// A number.
    Number,
    /// A whole number.
    Integer,
    /// A string.
    Text,
    /// A list.
    List,
    /// A mapping.
    Map,
}

impl Shape {
    pub(crate) fn name(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Shape::Nothing => ("空值", "nothing"),
            Shape::Bool => ("是非值（true 或 false）", "true or false"),
            Shape::Number => ("数字", "a number"),
            Shape::Integer => ("整数", "a whole number"),
            Shape::Text => ("文字", "text"),
            Shape::List => ("列表", "a list"),
            Shape::Map => ("键值对", "a mapping"),
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

/// Why a folder cannot be the output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The root of the file system.
    Root,
    /// A user's home.
    Home,
    /// It holds the site's sources, or is among them.
    Sources,
    /// Not a folder at all.
    NotAFolder,
    /// Where another build stages its outputs.
    Staging,
}

impl Refusal {
    pub(crate) fn words(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Refusal::Root => ("那里是文件系统的根", "is the root of the file system"),
            Refusal::Home => ("那里是用户主目录", "is a home folder"),
            Refusal::Sources => ("那里是站点的源文件", "holds the site's sources"),
            Refusal::NotAFolder => ("那里不是文件夹", "is not a folder"),
            Refusal::Staging => ("那里是生成时暂存网页的地方", "is where builds stage their outputs"),
        };
        if lang == Lang::Zh { zh } else { en }
    }
}

/// Why a file that is not UTF-8 was not read as GB18030 either.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GbDoubt {
    /// It says itself, by a byte order mark, that it is UTF-8.
    Excluded,
    /// Another encoding, or too little text to tell.
    Unlikely,
    /// It is not, from this byte on.
    Broken(usize),
}

impl GbDoubt {
    pub(crate) fn words(self, lang: Lang) -> String {
        match (self, lang) {
            (GbDoubt::Excluded, _) => String::new(),
            (GbDoubt::Unlikely, Lang::Zh) => "，看内容也不能确定是 GB18030 编码".into(),
            (GbDoubt::Unlikely, Lang::En) => ", and what it holds is not certainly GB18030".into(),
            (GbDoubt::Broken(at), Lang::Zh) => format!("，也不是 GB18030 编码（第 {at} 字节起）"),
            (GbDoubt::Broken(at), Lang::En) => format!(", nor GB18030 (from byte {at} on)"),
        }
    }
}

/// Everything that can be wrong. Fields hold what the messages name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant says what it is in `describe`, in two languages")]
pub enum Problem {
    // Files.
    NoSite { folder: Option<String> },
    BadSourceDate { value: String },
    ReadFailed { path: String, fault: IoError },
    LeavesRoot { path: String },
    LinkToHidden { path: String },
    LinkLoop { path: String },
    NotAFile { path: String },
    NameNotUnicode { path: String },
    NotUtf8 { offset: usize, doubt: GbDoubt },
    NotUtf16 { offset: usize },
    Converted,
    ControlInText { code: u32, offset: usize, count: usize },
    ReplacementCharacter { offset: usize, count: usize },
    NulByte { offset: usize },
    ChangedMeanwhile { path: String },
    FileTooLong { bytes: u64, limit: u64 },
    SettingsTooLong { bytes: u64, limit: u64 },
    TooMany { what: &'static str, count: usize, limit: usize },
    TooDeep { limit: usize },
    HtmlFile,
    MarkdownEnding,
    ActiveFile,
    // YAML.
    YamlTooLong { bytes: usize, limit: usize },
    YamlTooMuch { by_references: bool },
    YamlTooDeep { limit: usize },
    TooNested { limit: usize },
    TableTooWide { limit: usize },
    HtmlTooMuch { limit: u64 },
    HtmlUnclosed { what: String },
    HtmlForeign { what: String },
    HtmlLeftOut { what: String },
    YamlSyntax { detail: String },
    YamlColon,
    YamlTab,
    YamlUnclosed,
    YamlEscape,
    TextAfterQuote,
    YamlReference,
    YamlTag { text: String },
    DuplicateKey { key: String },
    FullWidthColon { key: String },
    FullWidthMark { mark: char },
    InvisibleCharacter { code: u32 },
    InvisibleLeftOut { code: u32 },
    OddSpace { code: u32 },
    ListMark { item: String },
    DashBeforeKey { key: String },
    YamlIndent,
    YamlDocument,
    NoSpaceAfterColon { key: String },
    NoColon { text: String },
    CutByHash { key: &'static str, rest: String },
    NotAMapping { known: Vec<&'static str> },
    NotAList,
    FrontMatterMissing,
    FrontMatterUnclosed,
    FrontMatterDashes { found: String },
    FrontMatterFence { found: String },
    // Fields.
    UnknownKey { key: String, nearest: Option<String>, known: Vec<String> },
    MissingKey { key: &'static str },
    RequiredBySection { key: String, section: String },
    EmptyValue { key: &'static str },
    WrongType { key: String, expected: Shape, found: Shape },
    OutOfRange { key: &'static str, least: i64, most: i64 },
    ControlCharacter { key: &'static str, code: u32 },
    OneOf { key: &'static str, value: String, allowed: Vec<String>, nearest: Option<String> },
    BadDate { key: &'static str, value: String, suggestion: Option<String> },
    ExpiresFirst { before: &'static str },
    BadSize { key: &'static str, value: String },
    BadSlug { value: String, suggestion: String },
    BadAlias { value: String },
    BadLink { key: &'static str, value: String },
    BadBaseUrl { value: String },
    BadSiteCode { value: String },
    BadPoliceNumber { value: String, digits: usize },
    PictureMissing { key: &'static str, value: String, nearest: Option<String> },
    InspectionSettings { missing: Vec<&'static str> },
    ColumnDescription { section: String },
    UnknownDistrict { name: String, nearest: Vec<String>, all: Vec<String> },
    ListInOneText { key: &'static str, value: String },
    OddCode { code: String },
    AmbiguousDistrict { name: String, candidates: Vec<String> },
    DuplicateDistrict { key: &'static str, value: String, other: String },
    UnknownParent { code: String, nearest: Option<String> },
    ParentLoop { name: String },
    UnknownTheme { name: String, known: Vec<String> },
    ThemeLoop { name: String },
    UnknownTemplate { name: String, nearest: Option<String> },
    TemplateWithoutBody { name: String },
    NestedIndex,
    PictureUnreadable,
    PictureDamaged,
    // Links and routes.
    LinkNowhere { target: String, nearest: Option<String> },
    LinkClimbs { target: String },
    LinkWithdrawn { target: String },
    LinkUnknown { target: String, nearest: Option<String> },
    AnchorMissing { anchor: String, file: String, nearest: Option<String> },
    UnsafeLink { target: String },
    LinkOnThisComputer { target: String },
    LinkSpace { target: String },
    LinkGap,
    LinkUnclosed,
    LinkEmpty,
    FenceUnclosed,
    Collision { path: String, first: String, second: String },
    AliasCollision { alias: String, path: String, other: String },
    TopicCollision { path: String, first: String, second: String },
    AddressTooLong { path: String, length: usize, limit: usize },
    NameTooLong { path: String, bytes: usize },
    ReservedName { path: String, name: String },
    StaticFolder { path: String, by_alias: bool },
    // Themes.
    StaticMissing { target: String },
    StaticUnreadable,
    TemplateSyntax { template: String, detail: String },
    TemplateRender { template: String, page: String, detail: String },
    TemplateSlow { template: String, page: String, seconds: u64 },
    // Output.
    WriteFailed { path: String, fault: IoError },
    CommitInterrupted { path: String, fault: IoError },
    PlaceTaken { path: String, more: usize },
    OutRefused { path: String, why: Refusal },
    OwnFolder { path: String, linked: bool },
    ThreadsRefused { wanted: usize, fault: IoError },
}

/// What is said of a problem in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// What is wrong, in one sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Problem {
    /// The stable code, for scripts and searches.
    pub fn code(&self) -> &'static str {
        crate::diagnostics::messages::describe(self, Lang::En).0
    }

    /// The message and the remedy in `lang`.
    pub fn words(&self, lang: Lang) -> Words {
        crate::diagnostics::messages::describe(self, lang).1
    }

    /// What the operating system has said, where that is all there is to it.
    pub fn fault(&self) -> Option<&IoError> {
        use Problem::{CommitInterrupted, ReadFailed, ThreadsRefused, WriteFailed};
        match self {
            ReadFailed { fault, .. }
            | WriteFailed { fault, .. }
            | CommitInterrupted { fault, .. }
            | ThreadsRefused { fault, .. } => Some(fault),
            _ => None,
        }
    }

    /// Is a value with this mistake used all the same, so that it is only to be said?
    pub fn is_forgiven(&self) -> bool {
        matches!(self, Problem::InvisibleLeftOut { .. } | Problem::ExpiresFirst { .. })
    }

    /// Is it a failure of reading or writing (exit code 3), not a mistake in the site (1)?
    pub fn is_io(&self) -> bool {
        use Problem::{CommitInterrupted, OutRefused, OwnFolder, PlaceTaken, ReadFailed, WriteFailed};
        matches!(
            self,
            ReadFailed { .. }
                | WriteFailed { .. }
                | CommitInterrupted { .. }
                | OutRefused { .. }
                | PlaceTaken { .. }
                | OwnFolder { .. }
                | Problem::ThreadsRefused { .. }
        )
    }
}

/// The items of a text in which they are parted by Chinese marks.
pub fn split_list(text: &str) -> Vec<&str> {
    let bracket = |c: char| matches!(c, '【' | '】' | '［' | '］' | '〔' | '〕');
    text.trim_matches(bracket)
        .split(['，', '、', '；'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect()
}
