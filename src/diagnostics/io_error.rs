//! Errors of the operating system, by kind, with a hint for each.

use std::io::{Error, ErrorKind};

use crate::diagnostics::lang::Lang;
use crate::diagnostics::obstacle::Obstacle;

/// An error of the operating system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct IoError {
    /// Its kind.
    pub kind: IoErrorKind,
    /// The system's own message, for whoever is asked for help.
    pub detail: String,
    /// What stands in the way of a write, if that is known.
    pub obstacle: Option<Obstacle>,
}

/// The kinds of errors that have a hint of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum IoErrorKind {
    /// The disk or the quota is full (ENOSPC, EDQUOT).
    Full,
    /// No permission (EACCES, EPERM).
    Denied,
    /// The file system is read-only (EROFS).
    ReadOnly,
    /// Too many files are open (EMFILE, ENFILE).
    TooManyOpen,
    /// A rename would cross file systems (EXDEV).
    OtherDisk,
    /// There is no such file (ENOENT).
    Missing,
    /// A part of the path is not a folder (ENOTDIR).
    NotAFolder,
    /// Something else has the name (EEXIST, EISDIR, ENOTEMPTY).
    InTheWay,
    /// The disk fails (EIO).
    Damaged,
    /// The name is too long or not allowed (ENAMETOOLONG).
    BadName,
    /// Something is mounted there (EBUSY), or another program has the file open (Windows).
    Busy,
    /// Anything else.
    Other,
}

impl From<&Error> for IoError {
    fn from(error: &Error) -> IoError {
        IoError { kind: IoErrorKind::of(error), detail: error.to_string(), obstacle: None }
    }
}

/// EMFILE, ENFILE and EIO, which have no [`ErrorKind`], are the same numbers on all Unixes.
#[cfg(unix)]
const TOO_MANY_OPEN: &[i32] = &[24, 23];
#[cfg(unix)]
const DAMAGED: &[i32] = &[5];
#[cfg(unix)]
const BUSY: &[i32] = &[];
/// ERROR_TOO_MANY_OPEN_FILES.
#[cfg(not(unix))]
const TOO_MANY_OPEN: &[i32] = &[4];
/// ERROR_CRC, ERROR_IO_DEVICE.
#[cfg(not(unix))]
const DAMAGED: &[i32] = &[23, 1117];
/// ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION.
#[cfg(not(unix))]
const BUSY: &[i32] = &[32, 33];

impl IoErrorKind {
    fn of(error: &Error) -> IoErrorKind {
        match error.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => IoErrorKind::Full,
            ErrorKind::PermissionDenied => IoErrorKind::Denied,
            ErrorKind::ReadOnlyFilesystem => IoErrorKind::ReadOnly,
            ErrorKind::CrossesDevices => IoErrorKind::OtherDisk,
            ErrorKind::NotFound => IoErrorKind::Missing,
            ErrorKind::NotADirectory => IoErrorKind::NotAFolder,
            ErrorKind::AlreadyExists | ErrorKind::IsADirectory | ErrorKind::DirectoryNotEmpty => {
                IoErrorKind::InTheWay
            }
            ErrorKind::InvalidFilename => IoErrorKind::BadName,
            ErrorKind::ResourceBusy => IoErrorKind::Busy,
            _ => match error.raw_os_error() {
                Some(number) if TOO_MANY_OPEN.contains(&number) => IoErrorKind::TooManyOpen,
                Some(number) if DAMAGED.contains(&number) => IoErrorKind::Damaged,
                Some(number) if BUSY.contains(&number) => IoErrorKind::Busy,
                _ => IoErrorKind::Other,
            },
        }
    }
}

impl IoError {
    /// What has happened: in English the system's own message, in Chinese with that in brackets.
    pub fn message(&self, lang: Lang) -> String {
        let zh = match self.kind {
            IoErrorKind::Full => "磁盘满了，或者超过了配额",
            IoErrorKind::Denied => "没有权限",
            IoErrorKind::ReadOnly => "那里只能读，不能写",
            IoErrorKind::TooManyOpen => "打开的文件太多",
            IoErrorKind::OtherDisk => "不在同一个磁盘上",
            IoErrorKind::Missing => "那里没有这个文件或文件夹",
            IoErrorKind::NotAFolder => "路径中间有一段不是文件夹",
            IoErrorKind::InTheWay => "那里已有别的文件或文件夹",
            IoErrorKind::Damaged => "磁盘读写出错",
            IoErrorKind::BadName => "文件名太长，或磁盘不接受",
            IoErrorKind::Busy => "正被占用",
            IoErrorKind::Other => return self.detail.clone(),
        };
        lang.pick(format!("{zh}（{}）", self.detail), self.detail.clone())
    }

    /// What to do when something could not be written.
    pub fn hint_for_writing(&self, lang: Lang) -> String {
        match &self.obstacle {
            Some(obstacle) => obstacle.hint(lang),
            None => self.general_hint_for_writing(lang).to_owned(),
        }
    }

    /// The same if only the kind of the error is known.
    fn general_hint_for_writing(&self, lang: Lang) -> &'static str {
        match self.kind {
            IoErrorKind::Full => lang.pick(
                "请删去不用的文件，或请管理员增加空间、配额；生成一次最多要有两份网页那么大的空间",
                "remove files that are not needed, or have the space or the quota enlarged; a build may take twice \
                 the space of the whole site",
            ),
            IoErrorKind::Denied => lang.pick(
                "请检查输出文件夹和它上一级文件夹的写入权限，是不是换了用户运行",
                "check that you may write to the output folder and to the one above it, and which user runs this",
            ),
            IoErrorKind::ReadOnly => lang.pick(
                "请用 --out 指定能写的地方，或请管理员把磁盘改为可写；突然变成只读的磁盘可能快要坏了",
                "name another place with --out, or have the file system mounted for writing; a disk that has \
                 suddenly become read-only may be about to fail",
            ),
            IoErrorKind::OtherDisk => lang.pick(
                "输出文件夹里有一部分在另一个磁盘或挂载点上；请用 --out 指定一个整个在同一磁盘上的文件夹",
                "a part of the output folder is on another disk or mount: name a folder with --out that is \
                 entirely on one disk",
            ),
            IoErrorKind::Missing => lang.pick(
                "请检查文件夹是否被删除或改名；如果输出文件夹是链接，请检查它指向的地方是否存在",
                "check whether the folder was removed or renamed; if the output folder is a link, check that its \
                 target exists",
            ),
            IoErrorKind::NotAFolder => lang.pick(
                "路径中间有一段是文件，或者是指向不存在之处的链接；请移走它，或用 --out 指定别的文件夹",
                "a part of the path is a file or a broken link: move it away, or name another folder \
                 with --out",
            ),
            IoErrorKind::InTheWay => lang.pick(
                "那里有别人的文件、文件夹或无处可去的链接占了名字；请移走它，或用 --out 指定别的文件夹",
                "a file, a folder or a broken link already has this name: move it away, or name another \
                 folder with --out",
            ),
            IoErrorKind::BadName => lang.pick(
                "请把输出文件夹放到短一些的路径下，或给文稿写短一些的 slug",
                "put the output folder at a shorter path, or give the document a shorter `slug`",
            ),
            IoErrorKind::Busy => lang.pick(
                "那里可能挂载着别的文件或文件夹（findmnt 可查），或者文件正被别的程序打开；请卸载它、关掉那个程序，或用 --out 指定别的文件夹",
                "something is probably mounted there (`findmnt` shows it), or another program has the file open: unmount \
                 it, close that program, or name another folder with --out",
            ),
            IoErrorKind::Other => {
                lang.pick("请检查磁盘空间和写入权限", "check the free space and the permissions")
            }
            IoErrorKind::TooManyOpen | IoErrorKind::Damaged => self.common_hint(lang),
        }
    }

    /// What to do when something could not be read.
    pub fn hint_for_reading(&self, lang: Lang) -> String {
        if let Some(obstacle) = &self.obstacle {
            return obstacle.hint(lang);
        }
        let hint = match self.kind {
            IoErrorKind::Denied => lang.pick(
                "请检查读取权限，是不是换了用户运行",
                "check that you may read it, and which user runs this",
            ),
            IoErrorKind::Missing => lang.pick(
                "请检查文件是否被删除或改名；如果是链接，请检查它指向的文件是否存在",
                "check whether the file was removed or renamed; if it is a link, check that its target exists",
            ),
            IoErrorKind::NotAFolder | IoErrorKind::InTheWay => lang.pick(
                "请检查它和路径中间的每一段是文件还是文件夹",
                "check which parts of its path are files, and which are folders",
            ),
            IoErrorKind::BadName => lang.pick("请给文件起短一些的名字", "give the file a shorter name"),
            _ => self.common_hint(lang),
        };
        hint.to_owned()
    }

    /// What to do, be it about reading or writing.
    fn common_hint(&self, lang: Lang) -> &'static str {
        match self.kind {
            IoErrorKind::TooManyOpen => lang.pick(
                "请关掉一些程序后再试，或提高允许打开的文件数（ulimit -n）",
                "close some programs and try again, or raise the number of files that may be open (ulimit -n)",
            ),
            IoErrorKind::Damaged => lang.pick(
                "磁盘可能快要坏了，或网络磁盘断了；请先备份，再请管理员检查磁盘和系统日志",
                "the disk may be failing, or a network disk was disconnected: make a backup, then have the disk and the \
                 system log checked",
            ),
            _ => lang
                .pick("请检查文件是否存在、是否有读取权限", "check that the file exists and that you may read it"),
        }
    }
}
