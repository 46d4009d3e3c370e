//! The commands that make what was not there: a site, a document.

use std::io::Write;
use std::path::Path;

use crate::build::model::Options;
use crate::cli::scaffold;
use crate::cli::scaffold::NewDocument;
use crate::cli::{HAS_ERRORS, IO_FAILED, NewArgs, OUT, complain, exit_code, place, say, start_threads};
use crate::content::scan::world_error;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::{Lang, Problem};
use crate::world::{DiskWorld, World, display_path};

/// Makes a site in `dir`. Gives the exit code.
pub fn init(dir: &Path, lang: Lang) -> u8 {
    match scaffold::init(dir) {
        Ok(_) => {
            let dir = display_path(dir);
            say(&match lang {
                Lang::Zh => format!("已新建站点 {dir}。接着：cd {dir}，再运行 tribune serve"),
                Lang::En => format!("made a new site in {dir}; next: cd {dir}, then tribune serve"),
            });
            0
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let dir = display_path(dir);
            let text = match lang {
                Lang::Zh => format!("{dir} 里已有站点的文件，没有改动。请换一个文件夹"),
                Lang::En => {
                    format!("{dir} holds files of a site already and is as it was: name another folder")
                }
            };
            let _ = writeln!(std::io::stderr(), "{text}");
            HAS_ERRORS
        }
        Err(error) => {
            let problem = Problem::WriteFailed { path: display_path(dir), fault: (&error).into() };
            complain(&[Diagnostic::error(problem)], lang);
            IO_FAILED
        }
    }
}

/// Makes a document in the site. Gives the exit code.
pub fn new(args: &NewArgs, lang: Lang) -> u8 {
    let fail = |diagnostics: Vec<Diagnostic>| {
        complain(&diagnostics, lang);
        exit_code(&diagnostics)
    };
    let placed = place(args.root.as_deref());
    let (root, clock) = match placed.and_then(|placed| start_threads(None).map(|()| placed)) {
        Ok(place) => place,
        Err(error) => return fail(vec![*error]),
    };
    let world = DiskWorld::new(&root).building_into(root.join(OUT)).at(clock);
    // Documents with mistakes are no reason to refuse a new one.
    let prepared = match crate::build::pipeline::prepare(&world, &Options::default(), &mut Default::default())
    {
        Ok(prepared) => prepared,
        Err(diagnostics) => return fail(diagnostics),
    };
    let site = &prepared.engine.site;
    let now = world.now().to_zoned(site.config.time_zone.clone());
    let wanted = NewDocument {
        section: &args.section,
        title: &args.title,
        district: args.district.as_deref(),
        year: args.year,
        date: args.date.as_deref(),
    };
    let draft = match scaffold::draft(site, &now, wanted) {
        Ok(draft) => draft,
        Err(problem) => return fail(vec![Diagnostic::error(problem)]),
    };
    if let Err(error) = world.check_new(&draft.path) {
        return fail(vec![world_error(&error)]);
    }
    match write_draft(&root, &draft) {
        Ok(path) => {
            say(&path);
            if let Some(district) = &draft.assumed_district {
                let text = match lang {
                    Lang::Zh => format!("区划先写成了“{district}”，请核对"),
                    Lang::En => format!("the district was set to {district}: check it"),
                };
                let _ = writeln!(std::io::stderr(), "{text}");
            }
            0
        }
        Err(error) => {
            let problem = Problem::WriteFailed { path: draft.path, fault: (&error).into() };
            fail(vec![Diagnostic::error(problem)])
        }
    }
}

/// Writes a new document; where its name is taken, it gets a number.
fn write_draft(root: &Path, draft: &scaffold::Draft) -> std::io::Result<String> {
    let stem = draft.path.trim_end_matches(".md");
    let mut number = 1;
    loop {
        let path = if number == 1 { draft.path.clone() } else { format!("{stem}-{number}.md") };
        match crate::build::output::create_file(&root.join(&path), draft.text.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(error),
            Ok(()) => return Ok(path),
        }
    }
}
