//! Problems of reading files: access, names, sizes, encodings. `world/` and `text/` find them, `source.rs` reports
//! them.

use crate::diagnostics::io_error::IoError;
use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::problems;
use crate::text::{NotGb18030, human_size};

problems! {
    /// A file that cannot be read, or is not text.
    enum FileProblem;

    ReadFailed { path: String, error: IoError } = Error "read-failed" {
        zh: { format!("读不了“{path}”：{}", error.message(Lang::Zh)) },
        hint: { error.hint_for_reading(Lang::Zh) },
        en: { format!("cannot read `{path}`: {}", error.message(Lang::En)) },
        hint: { error.hint_for_reading(Lang::En) },
    }
    LeavesRoot { path: String } = Error "leaves-root" {
        zh: "链接“{path}”指向站点文件夹之外",
        hint: "请把文件复制进来，不要用指向外面的链接",
        en: "the link `{path}` points outside the site's folder",
        hint: "copy the file in instead of linking to it",
    }
    LinkToHidden { path: String } = Error "link-to-hidden" {
        zh: "链接“{path}”指向不发布的地方：名称以 . 或 _ 开头的文件或文件夹，或者输出文件夹",
        hint: "要发布的文件请复制进来，不要用链接；不要发布的，请删除这个链接",
        en: "the link `{path}` points to something that is not published: a name that begins with . or _, or the output folder",
        hint: "copy the file in if it is to be published; otherwise remove the link",
    }
    LinkLoop { path: String } = Error "link-loop" {
        zh: "文件夹链接“{path}”绕了一圈回到自己",
        hint: "请删除这个链接",
        en: "the folder link `{path}` leads back to itself",
        hint: "remove the link",
    }
    LinkedTwice { path: String, other: String } = Error "linked-twice" {
        zh: "“{path}”和“{other}”是同一个文件夹，通过链接在站点里出现了两次",
        hint: "一个文件夹只能由一个链接收进来：请删除另一个链接，或把文件复制过去",
        en: "`{path}` and `{other}` are one folder, which links lead to twice",
        hint: "only one link may lead to a folder: remove the other one, or copy the files",
    }
    TooManyFiles { path: String, limit: usize } = Error "too-many-files" {
        zh: "“{path}”里的文件超过 {limit} 个",
        hint: "请看看是不是误放了别的文件夹",
        en: "there are more than {limit} files in `{path}`",
        hint: "see whether another folder was put there by mistake",
    }
    NotAFile { path: String } = Error "not-a-file" {
        zh: "“{path}”不是普通文件",
        hint: "请换成普通文件，或把它移出站点文件夹",
        en: "`{path}` is not a regular file",
        hint: "put a regular file in its place, or move it out of the site's folder",
    }
    NameNotUnicode { path: String } = Error "name-not-unicode" {
        zh: { format!("文件名“{}”不是 Unicode 编码，或含有控制字符，无法变成网址", path.escape_debug()) },
        hint: "请重新命名这个文件",
        en: { format!("the file name `{}` is not Unicode, or contains control characters: it cannot become a URL", path.escape_debug()) },
        hint: "rename the file",
    }
    ChangedMeanwhile { path: String } = Error "changed-meanwhile" {
        zh: "生成过程中“{path}”又被修改",
        hint: "如果正在复制或保存，请等它完成，再生成一次",
        en: "`{path}` was changed while the site was being built",
        hint: "wait until it is completely copied or saved, and build again",
    }
    FileTooLong { bytes: u64, limit: u64 } = Error "file-too-long" {
        zh: { format!("这个文件有 {}，超过上限 {}", human_size(*bytes), human_size(*limit)) },
        hint: "请缩小或拆开；确实要这样大，就在 content/site.yaml 里写 limits: {{file: 20 MB}}（文稿、模板）或 limits: {{asset: 1 GB}}（图片、附件）",
        en: { format!("this file has {}; the limit is {}", human_size(*bytes), human_size(*limit)) },
        hint: "make it smaller, or raise `limits: {{file: 20 MB}}` (documents, templates) or `limits: {{asset: 1 GB}}` (pictures, attachments) in content/site.yaml",
    }
    SettingsTooLong { bytes: u64, limit: u64 } = Error "file-too-long" {
        zh: { format!("这个设置文件有 {}，最多只能有 {}，这个上限不能改", human_size(*bytes), human_size(*limit)) },
        hint: "里面可能误贴了别的内容（正文、图片的编码、重复的几段）：请打开看一看，只留下设置；正文请写在 .md 文件里",
        en: { format!("this settings file has {}; the limit is {} and cannot be changed", human_size(*bytes), human_size(*limit)) },
        hint: "something else may have been pasted into it (the text of documents, an encoded picture, repeated parts): open it and keep only settings; text belongs in .md files",
    }
    NotUtf8 { offset: usize, reason: NotGb18030 } = Error "not-utf8" {
        zh: { format!("文件不是 UTF-8 编码（第 {offset} 字节起）{}", not_gb18030(*reason, Lang::Zh)) },
        hint: "请用编辑器“另存为”UTF-8 编码；如果打开已是乱码，请找原稿",
        en: { format!("the file is not UTF-8 (from byte {offset} on){}", not_gb18030(*reason, Lang::En)) },
        hint: "save it as UTF-8; if an editor shows garbage, go back to the original",
    }
    NotUtf16 { offset: usize } = Error "not-utf16" {
        zh: "文件开头标明是 UTF-16 编码，但从第 {offset} 字节起不完整",
        hint: "文件可能没有复制完；请找原稿，用编辑器“另存为”UTF-8 编码",
        en: "the file begins as UTF-16, but is broken from byte {offset} on",
        hint: "the copy may be incomplete: go back to the original and save it as UTF-8",
    }
    NulByte { offset: usize } = Error "nul-byte" {
        zh: "文件里有空字节（第 {offset} 字节），不是文本文件或不是 UTF-8 编码",
        hint: "请用编辑器“另存为”UTF-8 编码",
        en: "the file contains a NUL byte (byte {offset}): it is not text, or not UTF-8",
        hint: "save it as UTF-8",
    }
    Converted = Warning "converted" {
        zh: "文件是 GB18030（GBK、GB2312）编码，生成时已转换成 UTF-8，文件本身没有改动",
        hint: "请用编辑器“另存为”UTF-8 编码，就不再提醒",
        en: "the file is GB18030 (GBK, GB2312); it was converted to UTF-8 for this build, the file itself was not changed",
        hint: "save it as UTF-8 to stop this warning",
    }
    ControlInText { code: u32, offset: usize, count: usize } = Error "control-character" {
        zh: "文件里有看不见的控制字符 U+{code:04X}（第 {offset} 字节），这类字符共 {count} 个",
        hint: "常是从 Word 或旧系统复制来的；请删去它，重新输入这段文字",
        en: "the file contains the control character U+{code:04X} (byte {offset}); {count} of this kind in all",
        hint: "such characters come with text from Word or old systems: remove it, and type the text again",
    }
    ControlLeftOut { code: u32 } = Warning "control-character" {
        zh: { format!("这里有一个看不见的控制字符 {}，生成时已略去", control_name(*code, Lang::Zh)) },
        hint: "常是从 Word 或旧系统复制来的；请删去这一处，重新输入",
        en: { format!("there is an invisible control character here: {}; it was left out", control_name(*code, Lang::En)) },
        hint: "such characters come with text from Word or old systems: remove this one, and type the text again",
    }
    ReplacementCharacter { offset: usize, count: usize } = Error "replacement-character" {
        zh: "文件里有“\u{FFFD}”（U+FFFD，第 {offset} 字节），共 {count} 个：以前转换编码时丢了字",
        hint: "请找原稿，把丢的字补上",
        en: "the file contains U+FFFD (byte {offset}), {count} in all: an earlier conversion has lost text",
        hint: "restore the missing text from the original",
    }
}

fn not_gb18030(reason: NotGb18030, lang: Lang) -> String {
    match reason {
        NotGb18030::Utf8Mark => String::new(),
        NotGb18030::NotChinese => lang
            .pick("，看内容也不能确定是 GB18030 编码", ", and its content is not certainly GB18030")
            .to_owned(),
        NotGb18030::Invalid(at) => lang.pick(
            format!("，也不是 GB18030 编码（第 {at} 字节起）"),
            format!(", nor GB18030 (from byte {at} on)"),
        ),
    }
}

/// The name of a control character.
fn control_name(code: u32, lang: Lang) -> String {
    let name = match code {
        0x07 => lang.pick("（响铃）", " (bell)"),
        0x08 => lang.pick("（退格）", " (backspace)"),
        0x0B => lang.pick("（Word 的手动换行）", " (a line break of Word)"),
        0x0C => lang.pick("（分页）", " (form feed)"),
        0x1B => lang.pick("（Esc）", " (escape)"),
        0x7F => lang.pick("（删除）", " (delete)"),
        _ => "",
    };
    format!("U+{code:04X}{name}")
}
