//! Which site has written an output folder. Its list of outputs says so, by the title and the address of the site: they
//! stay the same when the site is moved, cloned, or has lost what it keeps between builds. A site that changes them has
//! noted the former ones in its own folder.

use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::build::output::disk::Disk;
use crate::build::output::files::{Failure, MANIFEST, persist, read_own};
use crate::build::output::journal::is_below;
use crate::config::SiteName;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::messages::BuildProblem;
use crate::site::routes::Outputs;
use crate::world::{Fingerprint, display_path};

/// How the line of a list of outputs begins that names the site. No path of an output holds a colon.
const MARK: &str = "site: ";

/// The line of a list of outputs that names its site.
pub(super) fn line(site: &SiteName) -> String {
    format!("{MARK}{} {}\n", site.url, site.title)
}

/// The site that a list of outputs names.
fn read(list: &str) -> Option<SiteName> {
    let (url, title) = list.lines().find_map(|line| line.strip_prefix(MARK))?.split_once(' ')?;
    Some(SiteName { title: title.to_owned(), url: url.to_owned() })
}

/// The site that the list of outputs names, and the outputs of the previous build. The list decides what may be deleted: lines that are not paths below the folder
/// are ignored.
///
/// # Errors
/// There is a list, but it cannot be read. Without it, all outputs would be taken for foreign files.
pub(super) fn read_manifest(out: &Path) -> io::Result<(Option<SiteName>, Outputs)> {
    let text = read_own(&out.join(MANIFEST))?.unwrap_or_default();
    let text = String::from_utf8(text).unwrap_or_default();
    let paths = text.lines().filter(|path| is_below(path)).map(Arc::from).collect();
    Ok((read(&text), paths))
}

/// The names under which a site, at the folder that it is at now, has written an output folder.
#[derive(Debug)]
pub(super) struct Names {
    file: PathBuf,
    root: String,
}

impl Names {
    /// Those of the site at `root` in the output folder with the real path `out`; `own` is the site's own folder.
    pub(super) fn of(root: &Path, own: &Path, out: &Path) -> Names {
        let name = format!("{}.site", Fingerprint::of(out.to_string_lossy().as_bytes()).short());
        // A copy of the site has a copy of the file, but has written nothing.
        Names { file: own.join(name), root: format!("root: {}\n", root.to_string_lossy().escape_debug()) }
    }

    fn read(&self) -> String {
        let text = read_own(&self.file).ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
        text.filter(|text| text.starts_with(&self.root)).unwrap_or_else(|| self.root.clone())
    }

    /// Notes that the site writes as `site`. If that fails, only a new name will be refused.
    pub(super) fn note(&self, disk: &dyn Disk, site: &SiteName) {
        let mut text = self.read();
        if !has(&text, site) {
            let _ = write!(text, "{}", line(site));
            persist(disk, &self.file, |file| file.write_all(text.as_bytes()));
        }
    }

    /// Refuses an output folder `out` that another site than `site` has written: `owner`. Lists of earlier versions name
    /// no site: then it is one that has noted nothing here, and to which fewer than half of the `former` outputs belong.
    pub(super) fn check(
        &self,
        out: &Path,
        (owner, former): (Option<&SiteName>, &Outputs),
        (site, paths): (&SiteName, &Outputs),
    ) -> Result<(), Failure> {
        let is_other = match owner {
            Some(owner) => owner != site && !has(&self.read(), owner),
            None => self.read() == self.root && former.intersection(paths).count() * 2 < former.len(),
        };
        if !is_other {
            return Ok(());
        }
        let (title, url) = owner.map(|owner| (owner.title.clone(), owner.url.clone())).unzip();
        let problem =
            BuildProblem::OtherSite { path: display_path(out), title, url: url.unwrap_or_default() };
        Err(Box::new(Diagnostic::new(problem)))
    }
}

fn has(names: &str, site: &SiteName) -> bool {
    let wanted = line(site);
    names.lines().any(|known| known == wanted.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_names_its_site() {
        let site = SiteName { title: "江城 人大".to_owned(), url: "https://example.gov.cn".to_owned() };
        assert_eq!(read(&format!("{}a.html\n", line(&site))), Some(site));
        assert_eq!(read("a.html\nsite\n"), None);
    }
}
