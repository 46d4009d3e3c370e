//! Writes a made-up site to a folder: `cargo run --release --example corpus -- --documents 10000 FOLDER`.
#![expect(clippy::disallowed_methods, reason = "it writes a site, not an output")]

use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};

mod corpus;

use corpus::{Shape, peers};

/// What the site is written for.
#[derive(Clone, Copy, ValueEnum)]
enum Generator {
    Tribune,
    /// Tribune, with a theme that gives the same HTML as the others' templates.
    TribuneLean,
    Hugo,
    Zola,
}

/// Writes a made-up site, the same for the same numbers.
#[derive(Parser)]
struct Args {
    /// The folder to write to; what stands there already is written over.
    folder: PathBuf,
    /// The generator that is to build it.
    #[arg(long = "for", value_enum, default_value_t = Generator::Tribune)]
    generator: Generator,
    /// Documents.
    #[arg(long, default_value_t = Shape::default().documents)]
    documents: usize,
    /// Districts, cities among them.
    #[arg(long, default_value_t = Shape::default().districts)]
    districts: usize,
    /// Years that the documents are spread over.
    #[arg(long, default_value_t = Shape::default().years)]
    years: usize,
    /// Sections.
    #[arg(long, default_value_t = Shape::default().kinds)]
    kinds: usize,
    /// The average length of a body in bytes.
    #[arg(long, default_value_t = Shape::default().bytes)]
    bytes: usize,
    /// Another number makes another site.
    #[arg(long, default_value_t = Shape::default().seed)]
    seed: u64,
}

fn main() -> std::io::Result<()> {
    let Args { folder, generator, documents, districts, years, kinds, bytes, seed } = Args::parse();
    let shape = Shape { documents, districts, years, kinds, bytes, seed };
    match generator {
        Generator::Tribune => write(&folder, corpus::tribune(shape)),
        Generator::TribuneLean => write(&folder, peers::tribune(shape)),
        Generator::Hugo => write(&folder, peers::hugo(shape)),
        Generator::Zola => write(&folder, peers::zola(shape)),
    }
}

fn write(folder: &Path, files: impl Iterator<Item = (String, String)>) -> std::io::Result<()> {
    for (path, text) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
