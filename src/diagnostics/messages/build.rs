//! Problems of a build as such, found by `build/` and `cli/`: where the site is, where its outputs go.

use crate::diagnostics::io_error::IoError;
use crate::diagnostics::lang::Lang;
use crate::diagnostics::messages::describe::problems;
use crate::diagnostics::messages::shorten::short;

problems! {
    /// A build that cannot begin, or whose outputs cannot be written.
    enum BuildProblem;

    NoSite { folder: Option<String> } = Error "no-site" {
        zh: { match folder {
            Some(folder) => format!("“{folder}”里没有 content/site.yaml，不是站点文件夹"),
            None => "找不到站点：这里和上级文件夹里都没有 content/site.yaml".to_owned(),
        } },
        hint: "请进入站点文件夹，或用 --root 指明它；新建站点用 tribune init 文件夹名",
        en: { match folder {
            Some(folder) => format!("`{folder}` is not a site: it has no content/site.yaml"),
            None => "no site here: neither this folder nor any above it has content/site.yaml".to_owned(),
        } },
        hint: "go to the site's folder or name it with --root; `tribune init DIR` makes a new one",
    }
    BadSourceDate { value: String } = Error "bad-source-date" {
        zh: "环境变量 SOURCE_DATE_EPOCH 的值“{value}”无效",
        hint: "请写从 1970 年算起的整秒数，如 1767834000（date +%s 的输出）；按现在的时间生成，请去掉这个变量",
        en: "the environment variable SOURCE_DATE_EPOCH has the invalid value `{value}`",
        hint: "write whole seconds since 1970, as in 1767834000 (what `date +%s` prints); unset it to build for the current time",
    }
    WriteFailed { path: String, error: IoError, undone: bool } = Error "write-failed" {
        zh: { format!("写不了“{path}”：{}", error.message(Lang::Zh)) },
        hint: { match undone {
            true => format!("{}。已换上的文件都已还原，网页和原来一样", error.hint_for_writing(Lang::Zh)),
            false => format!("{}。原来的网页没有改动", error.hint_for_writing(Lang::Zh)),
        } },
        en: { format!("cannot write `{path}`: {}", error.message(Lang::En)) },
        hint: { match undone {
            true => format!("{}; all replaced files were restored", error.hint_for_writing(Lang::En)),
            false => format!("{}; the existing output was not changed", error.hint_for_writing(Lang::En)),
        } },
    }
    CommitInterrupted { path: String, error: IoError } = Error "commit-interrupted" {
        zh: { format!("换上新网页时中断，也没能全部换回来：“{path}”：{}", error.message(Lang::Zh)) },
        hint: { format!("{}。再运行一次，会先把这一次做完或全部换回；在那之前网页可能有新有旧，每个文件都是完整的", error.hint_for_writing(Lang::Zh)) },
        en: { format!("replacing the output was interrupted and could not be undone entirely: `{path}`: {}", error.message(Lang::En)) },
        hint: { format!("{}; then run it again: the next run begins by completing or undoing this one; until then the output may be partly new; no file is incomplete", error.hint_for_writing(Lang::En)) },
    }
    PlaceTaken { path: String, more: usize } = Error "place-taken" {
        zh: { match more {
            0 => format!("“{path}”不在本程序的生成清单里，不能覆盖"),
            _ => format!("“{path}”等 {} 个文件不在本程序的生成清单里，不能覆盖", more + 1),
        } },
        hint: "请移走，或用 --out 指定别的文件夹；如果确是以前生成的（清单 .tribune-files 丢失），可先清空输出文件夹。网页没有改动",
        en: { match more {
            0 => format!("`{path}` was not made by this program and will not be overwritten"),
            _ => format!("`{path}` and {more} more files were not made by this program and will not be overwritten"),
        } },
        hint: { match more {
            0 => "move it away, or name another folder with --out; if it is from an earlier build (the list .tribune-files was lost), empty the output folder; nothing was changed",
            _ => "move them away, or name another folder with --out; if they are from earlier builds (the list .tribune-files was lost), empty the output folder; nothing was changed",
        } },
    }
    OutRefused { path: String, why: Refusal } = Error "out-refused" {
        zh: { format!("不能把网页写到“{path}”：{}", why.message(Lang::Zh)) },
        hint: "请用 --out 指定一个专用的文件夹",
        en: { format!("will not write the site to `{path}`: it {}", why.message(Lang::En)) },
        hint: "name a folder of its own with --out",
    }
    OtherSite { path: String, title: Option<String>, url: String } = Error "other-site" {
        zh: { match title {
            Some(title) => format!("“{path}”里是另一个站点生成的网页：{title}（{url}）"),
            None => format!("“{path}”里是另一个站点生成的网页：清单里的网页，这个站点多半没有"),
        } },
        hint: "网页没有改动。请用 --out 指定别的文件夹；确实要换成这个站点，或者这就是原来的站点、改了名称和网址，请先清空这个文件夹再生成",
        en: { match title {
            Some(title) => format!("`{path}` holds the pages of another site: {title} ({url})"),
            None => format!("`{path}` holds the pages of another site: this one has few of the pages that its list names"),
        } },
        hint: "nothing was changed; name another folder with --out; if this site is to take its place, or is the same under another name, empty the folder first",
    }
    OwnFolder { path: String, linked: bool } = Error "own-folder" {
        zh: { match linked {
            true => format!("“{path}”是链接：程序在里面记自己的东西，不能跟着链接写到别处"),
            false => format!("“{path}”不是文件夹：程序要在里面记自己的东西"),
        } },
        hint: { match linked {
            true => "请删除这个链接（它指向的地方不会改动），程序会自己建一个文件夹",
            false => "请移走它，程序会自己建一个文件夹",
        } },
        en: { match linked {
            true => format!("`{path}` is a link: the program's own files would be written elsewhere"),
            false => format!("`{path}` is not a folder: the program keeps its own files there"),
        } },
        hint: { match linked {
            true => "remove the link (its target is not changed); the program creates a folder",
            false => "move it away; the program creates a folder",
        } },
    }
    NotKept { path: String, error: IoError } = Warning "not-kept" {
        zh: { format!("写不了“{path}”：{}；下次生成要用的记录存不下来", error.message(Lang::Zh)) },
        hint: { format!("{}。网页照常生成，只是慢一些", error.hint_for_writing(Lang::Zh)) },
        en: { format!("cannot write `{path}`: {}; nothing is kept for the next build", error.message(Lang::En)) },
        hint: { format!("{}; the site is built all the same, only more slowly", error.hint_for_writing(Lang::En)) },
    }
    ThreadsRefused { wanted: usize, error: IoError } = Error "threads-refused" {
        zh: { format!("不能启动 {wanted} 个线程：{}", error.message(Lang::Zh)) },
        hint: "请用 --threads 指定少一些的线程，关掉一些程序，或请管理员提高允许的进程数（ulimit -u）",
        en: { match wanted {
            1 => format!("could not start a thread: {}", error.message(Lang::En)),
            _ => format!("could not start {wanted} threads: {}", error.message(Lang::En)),
        } },
        hint: "ask for fewer with --threads, close some programs, or have the limit on processes raised (ulimit -u)",
    }
}

/// Why a folder cannot be the output folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The root of the file system.
    Root,
    /// A user's home folder.
    Home,
    /// It contains the site's sources, or is among them.
    Sources,
    /// Not a folder at all.
    NotAFolder,
    /// Where another build stages its outputs.
    Staging,
}

impl Refusal {
    fn message(self, lang: Lang) -> &'static str {
        match self {
            Refusal::Root => lang.pick("那里是文件系统的根", "is the root of the file system"),
            Refusal::Home => lang.pick("那里是用户主目录", "is a home folder"),
            Refusal::Sources => lang.pick("那里是站点的源文件", "contains the site's sources"),
            Refusal::NotAFolder => lang.pick("那里不是文件夹", "is not a folder"),
            Refusal::Staging => {
                lang.pick("那里是生成时暂存网页的地方", "is where builds stage their outputs")
            }
        }
    }
}

short!(Refusal);
