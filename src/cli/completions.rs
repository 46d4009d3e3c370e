//! `completions`: completion scripts for shells.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::cli::args::Cli;
use crate::cli::terminal::print_bytes;

/// Prints the script for `shell`. Returns the exit code.
pub(crate) fn completions(shell: Shell) -> u8 {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "tribune", &mut script);
    print_bytes(&script);
    0
}
