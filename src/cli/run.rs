//! The command line.

use std::process::ExitCode;

use clap::Parser;

use crate::cli::args::{Cli, Command};
use crate::cli::terminal::{IO_FAILED, print_error, system_language, write_failed};
use crate::cli::{build, completions, init, list, new, serve, watch};
use crate::diagnostics::Lang;

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let lang = cli.lang.map_or_else(system_language, Lang::from);
    let code = match cli.command {
        Command::Build(args) => build::build(&args, lang),
        Command::Watch(args) => watch::watch(&args, lang),
        Command::Serve(args) => serve::serve(&args, lang),
        Command::New(args) => new::new(&args, lang),
        Command::Init { dir } => init::init(&dir, lang),
        Command::List(args) => list::list(&args, lang),
        Command::Completions { shell } => completions::completions(shell),
    };
    if code == 0 && write_failed() {
        print_error(match lang {
            Lang::Zh => "报告没能写出来：请检查标准输出写到的地方",
            Lang::En => "could not write the report: check where standard output goes",
        });
        return ExitCode::from(IO_FAILED);
    }
    ExitCode::from(code)
}
