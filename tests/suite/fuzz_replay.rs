//! Replays every seed in `fuzz/seeds` without the fuzzer; see `fuzz/README.md`.

use std::collections::BTreeSet;
use std::panic::catch_unwind;

use tribune::internals::build::incremental::Cache;

use crate::fuzz::{TARGETS, cache_of};
use crate::site_test::{repository, tree};

#[test]
fn every_seed_keeps_the_promises_of_its_target() {
    let mut broken = Vec::new();
    for (name, body) in TARGETS {
        let seeds = tree(&repository().join("fuzz/seeds").join(name));
        assert!(!seeds.is_empty(), "no seeds for {name}");
        for (seed, bytes) in seeds {
            if catch_unwind(|| body(&bytes)).is_err() {
                broken.push(format!("{name}/{seed}"));
            }
            // Whoever is cut off in the middle gets the same.
            if catch_unwind(|| body(&bytes[..bytes.len() / 2])).is_err() {
                broken.push(format!("the first half of {name}/{seed}"));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Numbers in a cache lead to other parts of it: where they lead nowhere, there is no cache.
#[test]
fn numbers_in_a_cache_are_checked() {
    let mut content = postcard::to_allocvec(&Cache::default()).unwrap();
    assert!(content.ends_with(&[0, 0, 0]), "no questions, no sets of them, no outputs");
    assert!(cache_of(&content).is_some());
    content.truncate(content.len() - 2);
    // One set, of one question, the seventh; no outputs.
    content.extend([1, 1, 7, 0]);
    assert!(cache_of(&content).is_none());
}

/// A target that is in one of these places only is never run, or never replayed.
#[test]
fn every_target_has_a_program_and_seeds() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let in_folder = |folder: &str| -> BTreeSet<String> {
        let files = tree(&repository().join("fuzz").join(folder)).into_keys();
        files.map(|path| path.split(['/', '.']).next().unwrap_or_default().to_owned()).collect()
    };
    for folder in ["fuzz_targets", "seeds"] {
        assert_eq!(in_folder(folder), names, "fuzz/{folder}");
    }
    let manifest = std::fs::read_to_string(repository().join("fuzz/Cargo.toml")).unwrap();
    for name in &names {
        assert!(
            manifest.contains(&format!("name = \"{name}\"\npath = \"fuzz_targets/{name}.rs\"")),
            "{name}"
        );
    }
}

/// `unsafe_code = "forbid"` holds for every crate there is: a package's lints are those of all its targets.
#[test]
fn unsafe_code_is_forbidden_everywhere() {
    for manifest in ["Cargo.toml", "fuzz/Cargo.toml"] {
        let text = std::fs::read_to_string(repository().join(manifest)).unwrap();
        assert!(text.contains("[lints.rust]\nunsafe_code = \"forbid\""), "{manifest}");
    }
}
