//! What is fuzzed: each target is a plain function of bytes that panics where a promise is broken. The
//! fuzzer calls them (`fuzz_targets/`), and so does an ordinary test that replays the seeds
//! (`tests/suite/fuzz_replay.rs`).

mod promises;
mod targets;
mod templates;

pub use targets::*;
pub use templates::template_data;

/// A target's body.
pub type Body = fn(&[u8]);

/// All targets by name. A new one needs a line here, a file in `fuzz_targets/`, an entry in `Cargo.toml`, and
/// seeds in `seeds/<name>/`.
pub const TARGETS: &[(&str, Body)] = &[
    ("front_matter", front_matter),
    ("document", document),
    ("markdown", markdown),
    ("template_data", template_data),
    ("site_file", site_file),
    ("districts_file", districts_file),
    ("request_path", request_path),
    ("cache_file", cache_file),
    ("journal", journal),
    ("picture_head", picture_head),
];
