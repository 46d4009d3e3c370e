//! Writes a made-up site to a folder: `cargo run --release --example corpus -- --documents 10000 FOLDER`.
#![expect(clippy::disallowed_methods, reason = "it writes a site, not an output")]

use std::path::PathBuf;

use clap::Parser;

mod corpus;

use corpus::Shape;

/// Writes a made-up site, the same for the same numbers.
#[derive(Parser)]
struct Args {
    /// The folder to write to; what stands there already is written over.
    folder: PathBuf,
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
    let Args { folder, documents, districts, years, kinds, bytes, seed } = Args::parse();
    for (path, text) in corpus::tribune(Shape { documents, districts, years, kinds, bytes, seed }) {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
