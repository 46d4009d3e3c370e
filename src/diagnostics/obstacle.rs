//! What keeps the program from changing a file of the output, and how to remove it.

use crate::diagnostics::lang::Lang;

/// A file or folder that the system does not let the program change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Obstacle {
    /// Where it is.
    pub path: String,
    /// The number of the user to whom it belongs, if that is not the user who runs the program.
    pub owner: Option<u32>,
    /// Why it cannot be changed.
    pub cause: Cause,
}

/// Why a file or folder cannot be changed.
#[allow(dead_code, reason = "each system has some of them")]
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// It belongs to another user, as does probably all of this folder.
    Owner {
        /// The output folder; if it is not in there, the file or folder itself.
        folder: String,
    },
    /// It is a folder that its own user may not write to.
    Mode,
    /// It is marked as immutable.
    Immutable,
    /// Another program has it open. Only Windows refuses that, and it does not tell it from a lack of permission.
    InUse,
    /// Not because of its owner or its permissions.
    Unknown,
}

impl Obstacle {
    /// What it is, and what to do about it.
    pub(super) fn hint(&self, lang: Lang) -> String {
        let (path, word) = (&self.path, shell_word(&self.path));
        let (zh, en) = match self.owner {
            Some(0) => (format!("“{path}”属于 root，"), format!("`{path}` belongs to root and")),
            Some(user) => {
                (format!("“{path}”属于用户 {user}，"), format!("`{path}` belongs to user {user} and"))
            }
            None => (format!("“{path}”"), format!("`{path}`")),
        };
        match &self.cause {
            Cause::Owner { folder } => {
                let command = format!("sudo chown -R \"$(id -u)\" {}", shell_word(folder));
                lang.pick(
                    format!("{zh}请用 {command} 改回自己名下，或者请它的所有者删除“{folder}”"),
                    format!(
                        "{en} cannot be replaced by you: take it over with `{command}`, or ask its owner to \
                         delete `{folder}`"
                    ),
                )
            }
            Cause::Mode => lang.pick(
                format!("{zh}没有写入权限，请用 chmod u+rwx {word} 加上"),
                format!("{en} is not writable: run `chmod u+rwx {word}`"),
            ),
            Cause::Immutable => lang.pick(
                format!("{zh}设成了不可改动（lsattr 可查），请用 sudo chattr -i {word} 解除"),
                format!("{en} is immutable (`lsattr` shows it): lift that with `sudo chattr -i {word}`"),
            ),
            Cause::InUse => lang.pick(
                format!(
                    "{zh}可能正被别的程序打开，请关掉那个程序后再试；也请检查它是不是只读，文件夹是否有写入权限"
                ),
                format!(
                    "{en} is probably open in another program: close that; or check that it is not read-only, and \
                     that you may write to its folder"
                ),
            ),
            Cause::Unknown => lang.pick(
                format!(
                    "{zh}可能受到保护：它或它的文件夹设成了不可改动或只能追加（lsattr -d 可查，sudo chattr -i -a 解除），\
                     或者文件夹带粘滞位"
                ),
                format!(
                    "{en} may be protected: it or its folder is immutable or append-only (`lsattr -d` shows it, \
                     `sudo chattr -i -a` lifts it), or the folder is sticky"
                ),
            ),
        }
    }
}

/// A path as it is written in a shell.
fn shell_word(path: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if path.chars().all(is_plain) { path.to_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_commands_are_quoted() {
        for (path, word) in [
            ("site/新闻.html", "site/新闻.html"),
            ("a b", "'a b'"),
            ("$(x)'", r"'$(x)'\'''"),
            ("a;b", "'a;b'"),
        ] {
            assert_eq!(shell_word(path), word);
        }
    }
}
