//! Tribune turns the Markdown of a people's congress's publicity office into a static site.
//!
//! The crate is one pipeline. Every phase takes the complete result of the phase before it and gives a new one:
//!
//! ```text
//! World ─scan→ Sources ─load→ Documents ─assemble→ Site ─plan→ Jobs ─render→ Outputs ─commit→ public/
//! ```
//!
//! | phase | folder | gives |
//! | --- | --- | --- |
//! | | [`world`] | files and the clock; the only reader |
//! | | [`config`], [`theme`] | settings, districts, templates |
//! | scan, load | [`content`] | which file is what; front matter, summary, headings and links of each |
//! | assemble | [`site`] | what is published and how it hangs together |
//! | plan, render | [`render`] | one job for each output, and its bytes |
//! | commit | [`build`] | files; the only writer. Also runs the whole pipeline, once or after every change |
//!
//! [`cli`] and [`serve`] start builds and show them; [`diagnostics`] are the problems that all phases report; [`text`]
//! knows Chinese text, dates, slugs and encodings. ARCHITECTURE.md is the map, and says what always holds.

#![cfg_attr(feature = "internals", warn(unreachable_pub))]

mod build;
mod cli;
mod config;
mod content;
mod diagnostics;
mod render;
mod serve;
mod site;
mod text;
mod theme;
mod world;

#[cfg(feature = "internals")]
#[doc(hidden)]
pub mod internals;

pub use crate::cli::run;
