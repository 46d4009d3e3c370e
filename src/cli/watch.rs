//! `watch`: builds, and builds again after every change.

use crate::build::watch::Event;
use crate::cli::args::BuildArgs;
use crate::cli::build::{open_session, show};
use crate::cli::terminal::print_error;
use crate::diagnostics::Lang;
use crate::render::Progress;

/// Builds after every change, until the process is ended. Returns the exit code.
pub(crate) fn watch(args: &BuildArgs, lang: Lang) -> u8 {
    let mut session = match open_session(args, false, lang) {
        Ok(session) => session,
        Err(code) => return code,
    };
    session.run(Progress::default(), &mut |event| show_event(event, args, lang));
    0
}

/// Shows what a session has done.
pub(crate) fn show_event(event: Event, args: &BuildArgs, lang: Lang) {
    match event {
        Event::Built(build, elapsed_ms) => show(&build, elapsed_ms, args, lang),
        Event::Polling => print_error(match lang {
            Lang::Zh => "系统不能通知文件的改动（可能达到了监视数量的上限），改为定时查看",
            Lang::En => "the system does not report changes (possibly too many watches); polling instead",
        }),
    }
}
