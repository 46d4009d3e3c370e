//! How fast this machine writes an output tree at all: reads the tree below one folder into memory, writes
//! it below another, file by file on one thread, and prints the seconds that the writing took.
//! `cargo run --release --example plain_copy -- FROM TO`
#![expect(clippy::disallowed_methods, reason = "it measures the file system, not a build")]

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::Parser;
use walkdir::WalkDir;

/// Writes a copy of a folder, and prints the seconds that the writing took.
#[derive(Parser)]
struct Args {
    /// The folder to copy.
    from: PathBuf,
    /// The copy; it must not exist.
    to: PathBuf,
}

/// Something to write, by its path below the folder.
enum Entry {
    Folder(PathBuf),
    File(PathBuf, Vec<u8>),
}

fn main() -> io::Result<()> {
    let Args { from, to } = Args::parse();
    let tree = read(&from)?;
    let start = Instant::now();
    write(&to, &tree)?;
    println!("{}", start.elapsed().as_secs_f64());
    Ok(())
}

/// What stands below a folder, each folder before what it holds; the folder itself comes first.
fn read(from: &Path) -> io::Result<Vec<Entry>> {
    let mut tree = Vec::new();
    for entry in WalkDir::new(from).sort_by_file_name() {
        let entry = entry?;
        let path = entry.path().strip_prefix(from).map_err(io::Error::other)?.to_path_buf();
        tree.push(if entry.file_type().is_dir() {
            Entry::Folder(path)
        } else {
            Entry::File(path, std::fs::read(entry.path())?)
        });
    }
    Ok(tree)
}

fn write(to: &Path, tree: &[Entry]) -> io::Result<()> {
    for entry in tree {
        match entry {
            Entry::Folder(path) => std::fs::create_dir(to.join(path))?,
            Entry::File(path, bytes) => std::fs::write(to.join(path), bytes)?,
        }
    }
    Ok(())
}
