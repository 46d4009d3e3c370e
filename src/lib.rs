//! Tribune turns the Markdown of a people's congress's publicity office into a static site.
//!
//! The crate is one pipeline; every phase takes the type before it and gives a new, complete one:
//!
//! ```text
//! World ─scan→ Sources ─parse→ Documents ─assemble→ Site ─plan→ Jobs ─render→ Outputs ─commit→ public/
//!   └───────────── amend (a document's text has changed) ──────────┘
//! ```
//!
//! | phase | file | gives |
//! | --- | --- | --- |
//! | | [`world`] | files and the clock; the only reader |
//! | | [`config`], [`office`], [`district`] | `site.yaml`, `districts.yaml` |
//! | scan | [`mod@scan`] | which content file is what |
//! | parse | [`parse`], [`document`], [`markdown`] | front matter, summary, headings, links of each file |
//! | | [`picture`], [`svg`] | the size of each picture |
//! | assemble | [`site`], [`related`] | what is published and how it hangs together |
//! | plan | [`plan`], [`listing`], [`route`] | one job for each output; collisions; links that lead nowhere |
//! | amend | [`update`] | the same site with some documents exchanged, and the jobs that this touches |
//! | render | [`render`], [`inputs`], [`trace`] | what has to be made, and why |
//! | | [`compose`], [`theme`], [`template`], [`view`], [`show`], [`mod@column`], [`xml`] | the bytes of one output |
//! | | [`functions`], [`query`], [`engine`] | what templates ask for |
//! | | [`mod@linked_data`], [`qr`], [`mod@manifest`], [`headers`] | parts of them that follow rules of their own |
//! | | [`thumbnail`] | large pictures in smaller |
//! | | [`priority`] | what is waited for, and made first |
//! | commit | [`mod@publish`], [`output`] | files; the only writer |
//!
//! Between builds: [`cache`] keeps parsed documents and the traces of outputs, [`seal`] tells whether there
//! is anything to do at all, [`store`] is how both lie on the disk, [`fingerprint`] compares.
//! Beneath them: [`encoding`] and [`source`] (text and places in it), [`yaml`], [`tag`], [`fields`] and [`slip`] (settings, with
//! every mistake), [`date`], [`slug`] and [`text`] (Chinese text), [`static_file`] (what a theme brings
//! along), [`active`], [`media`], [`link`] and [`limits`] (what is not let in).
//!
//! [`build`] runs it up to the bytes, [`publish()`] to the files. `watch` and `serve` call the same
//! [`publish()`], with the [`Cache`] of the build before; [`schedule`] tells them when, if nobody edits anything.
//!
//! What holds everywhere:
//! - Problems are data ([`diagnostic`], [`problem`]), collected over the whole site before anything is
//!   shown ([`report`]), and no input makes the program panic.
//! - Nothing depends on hash order, thread count, locale or the machine's time zone: the same site gives
//!   the same bytes.
//! - A body is turned to HTML inside its job and dropped. What stays in memory of a page is its front
//!   matter, its summary and its links.
//! - An output is reused only when its source, its context, its templates and every answer its templates
//!   got are as they were, and its file is as it was left: a build with a cache gives what a clean one gives.
//!   (While watching, files that only somebody else has touched are noticed after half a minute of quiet.)
//! - Nothing reaches the output folder before the whole build has succeeded.

pub mod build;
pub mod cli;
pub mod config;
pub mod content;
pub mod diagnostics;
pub mod render;
pub mod serve;
pub mod site;
pub mod text;
pub mod theme;
pub mod world;
