//! `new`: a new document for an editor to fill in.

use std::io;
use std::path::Path;

use crate::build::output::create_file;
use crate::build::{Options, prepare};
use crate::cli::args::{NewArgs, OUT};
use crate::cli::draft::{Draft, NewDocument, draft};
use crate::cli::root::start;
use crate::cli::terminal::{fail, print, print_error};
use crate::diagnostics::messages::BuildProblem;
use crate::diagnostics::{Diagnostic, Lang, world_error};
use crate::world::{DiskWorld, World};

/// Writes a new document into the site. Returns the exit code.
pub(crate) fn new(args: &NewArgs, lang: Lang) -> u8 {
    match write_new(args) {
        Ok((path, draft)) => {
            print(&path);
            if let Some(district) = &draft.assumed_district {
                print_error(&match lang {
                    Lang::Zh => format!("区划先写成了“{district}”，请核对"),
                    Lang::En => format!("the district was set to {district}: please check it"),
                });
            }
            0
        }
        Err(diagnostics) => fail(&diagnostics, lang),
    }
}

fn write_new(args: &NewArgs) -> Result<(String, Draft), Vec<Diagnostic>> {
    let (root, clock) = start(args.root.as_deref(), None).map_err(|error| vec![*error])?;
    let world = DiskWorld::new(&root).building_into(root.join(OUT)).at(clock);
    // Mistakes in other documents do not matter here.
    let prepared = prepare(&world, &Options::default(), &mut Default::default())?;
    let site = &prepared.engine.site;
    let now = world.now().to_zoned(site.config.time_zone.clone());
    let wanted = NewDocument {
        section: &args.section,
        title: &args.title,
        district: args.district.as_deref(),
        year: args.year,
        date: args.date.as_deref(),
    };
    let draft = draft(site, &now, wanted).map_err(|problem| vec![Diagnostic::new(problem)])?;
    world.check_new(&draft.path).map_err(|error| vec![world_error(&error)])?;
    match write_draft(&root, &draft) {
        Ok(path) => Ok((path, draft)),
        Err(error) => {
            let problem =
                BuildProblem::WriteFailed { path: draft.path, error: (&error).into(), undone: false };
            Err(vec![Diagnostic::new(problem)])
        }
    }
}

/// Writes the document, with a number where its name is taken. Returns its path.
fn write_draft(root: &Path, draft: &Draft) -> io::Result<String> {
    let stem = draft.path.trim_end_matches(".md");
    let mut number = 1;
    loop {
        let path = if number == 1 { draft.path.clone() } else { format!("{stem}-{number}.md") };
        match create_file(&root.join(&path), draft.text.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(error),
            Ok(()) => return Ok(path),
        }
    }
}
