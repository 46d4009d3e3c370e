//! Standard output and error, exit codes, and the language of messages.

use std::io;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::problems;
use crate::diagnostics::{Diagnostic, Lang, human};

/// The exit code of a site with errors.
pub(crate) const HAS_ERRORS: u8 = 1;
/// The exit code where reading or writing failed.
pub(crate) const IO_FAILED: u8 = 3;

static WRITE_FAILED: AtomicBool = AtomicBool::new(false);

/// The language of the locale (POSIX: `LC_ALL`, then `LC_MESSAGES`, then `LANG`), or of the system.
pub(crate) fn system_language() -> Lang {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    #[cfg(windows)]
    let locale = locale.or_else(sys_locale::get_locale);
    if locale.is_some_and(|locale| locale.to_lowercase().starts_with("zh")) { Lang::Zh } else { Lang::En }
}

/// Prints a line on standard output.
pub(crate) fn print(text: &str) {
    print_bytes(format!("{text}\n").as_bytes());
}

/// Prints these bytes on standard output.
pub(crate) fn print_bytes(bytes: &[u8]) {
    let mut stdout = io::stdout();
    check_write(stdout.write_all(bytes).and_then(|()| stdout.flush()));
}

/// Remembers a failure to write to standard output. A closed pipe is none: the reader has seen enough.
pub(crate) fn check_write(written: io::Result<()>) {
    if written.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe) {
        WRITE_FAILED.store(true, Ordering::Relaxed);
    }
}

/// Whether writing to standard output has failed.
pub(crate) fn write_failed() -> bool {
    WRITE_FAILED.load(Ordering::Relaxed)
}

/// Prints a line on standard error. If that fails, there is no way to report it.
pub(crate) fn print_error(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints diagnostics on standard error: `all`, or some of each kind.
pub(crate) fn report(diagnostics: &[Diagnostic], all: bool, lang: Lang) {
    let (shown, table) = problems::select(diagnostics, all, lang);
    let mut text: String = shown.into_iter().map(|diagnostic| human(diagnostic, lang) + "\n").collect();
    if let Some(table) = table {
        text += &table;
        text.push('\n');
    }
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Prints diagnostics on standard error. Returns the exit code.
pub(crate) fn fail(diagnostics: &[Diagnostic], lang: Lang) -> u8 {
    report(diagnostics, false, lang);
    exit_code(diagnostics)
}

/// The exit code after a run with these diagnostics.
pub(crate) fn exit_code(diagnostics: &[Diagnostic]) -> u8 {
    let errors = || diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    if errors().any(|error| error.problem.is_io()) {
        IO_FAILED
    } else if errors().next().is_some() {
        HAS_ERRORS
    } else {
        0
    }
}
