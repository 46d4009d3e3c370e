//! Integration tests: the real program builds whole sites, which are changed, built again and checked.
//!
//! Read [`site_test`], the harness, first. `INSTA_UPDATE=always cargo test --locked --test suite` updates the snapshots and
//! the golden pages; review the difference before you commit it.
#![expect(clippy::disallowed_methods, reason = "tests make and look at real files")]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test a panic is the report"
)]

mod architecture;
mod broken;
mod commands;
mod commonmark;
#[path = "../../benches/corpus/mod.rs"]
#[allow(dead_code, reason = "only a part of it serves here")]
mod corpus;
mod dates;
mod diagnostics;
#[cfg(target_os = "linux")]
mod disks;
mod doubling;
mod encodings;
mod equality;
mod faults;
mod faults_refused;
mod faulty_disk;
#[path = "../../fuzz/src/lib.rs"]
mod fuzz;
mod fuzz_replay;
mod going_out;
mod golden;
mod html;
mod incremental;
mod inert;
mod inspection;
mod leftovers;
mod listings;
mod live;
mod live_again;
mod live_replaced;
mod live_test;
mod markdown;
mod memory;
mod paragraphs;
mod pictures;
mod properties;
mod publishing;
mod races;
mod raw_links;
mod related;
mod reproducible;
mod serving;
mod site_test;
mod statics;
mod themes;
mod threats_content;
mod threats_gone;
mod threats_links;
mod threats_losing;
mod threats_places;
mod threats_protected;
mod threats_refused;
mod threats_serving;
mod threats_slow_clients;
mod threats_templates;
mod threats_turns;
mod topics;
mod unreferenced;
mod xss;
