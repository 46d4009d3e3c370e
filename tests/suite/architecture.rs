//! Checks the invariants of ARCHITECTURE.md against the `use` lines of `src/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::site_test::repository;

/// The folders of `src/`, from the top down. Each imports only from those below it.
const ORDER: [&str; 11] =
    ["cli", "serve", "build", "render", "site", "content", "theme", "config", "diagnostics", "text", "world"];

/// Files that stand above all folders.
const TOP: [&str; 3] = ["main", "lib", "internals"];

/// The only folders that may name `std::fs`: the reader and the writer.
const DISK: [&str; 2] = ["world", "build/output"];

/// The modules of `src/` by their paths (`build/output/stage`; a folder's `mod.rs` is the folder), with their code
/// without comments and without their unit tests.
fn modules() -> BTreeMap<String, String> {
    let src = repository().join("src");
    let mut modules = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&src).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.path().extension().is_some_and(|ending| ending == "rs") {
            modules.insert(name_of(entry.path().strip_prefix(&src).unwrap()), code_of(entry.path()));
        }
    }
    assert!(modules.len() > 50, "{modules:?}");
    modules
}

fn name_of(path: &Path) -> String {
    let path = path.with_extension("").to_str().unwrap().replace('\\', "/");
    path.strip_suffix("/mod").unwrap_or(&path).to_owned()
}

fn code_of(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// The paths that a module takes from this crate, in `use` lines and elsewhere, without the leading `crate`.
fn paths(code: &str, own: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = String::new();
    for statement in code.split(';') {
        match statement.rsplit_once("use ").filter(|(before, _)| is_start_of_use(before)) {
            Some((before, tree)) => {
                rest.push_str(before);
                expand(&[], tree.trim(), &mut found);
            }
            None => rest.push_str(statement),
        }
        rest.push('\n');
    }
    for (at, _) in rest.match_indices("crate::") {
        let path = rest[at..].split(|c: char| !c.is_alphanumeric() && c != ':' && c != '_').next();
        found.push(path.unwrap_or_default().split("::").map(str::to_owned).collect());
    }
    let folder: Vec<&str> = own.split('/').collect();
    found.into_iter().filter_map(|path| absolute(&path, &folder)).collect()
}

fn is_start_of_use(before: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or_default().trim();
    line.is_empty() || line.starts_with("pub") || line.ends_with('{')
}

/// Writes out `a::{b, c::d}`.
fn expand(prefix: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let (head, group) = match tree.split_once('{') {
        Some((head, group)) => (head, group.rsplit_once('}').map(|(group, _)| group)),
        None => (tree, None),
    };
    let head = head.split(" as ").next().unwrap_or_default();
    let segments = head.split("::").map(str::trim).filter(|segment| !segment.is_empty());
    let path: Vec<String> = prefix.iter().cloned().chain(segments.map(str::to_owned)).collect();
    let Some(group) = group else { return found.push(path) };
    let mut depth = 0;
    let parts = group.split(|c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    });
    for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
        expand(&path, part, found);
    }
}

fn absolute(path: &[String], own: &[&str]) -> Option<Vec<String>> {
    let of = |base: &[&str], rest: &[String]| {
        base.iter().map(|segment| (*segment).to_owned()).chain(rest.iter().cloned()).collect()
    };
    match path.first()?.as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some(of(own, &path[1..])),
        "super" => Some(of(&own[..own.len() - 1], &path[1..])),
        _ => None,
    }
}

/// For each module the modules it imports from.
fn imports(modules: &BTreeMap<String, String>) -> BTreeMap<&str, BTreeSet<&str>> {
    let target = |path: &[String]| {
        let names = (1..=path.len()).rev().map(|length| path[..length].join("/"));
        names.into_iter().find_map(|name| modules.get_key_value(&name)).map(|(name, _)| name.as_str())
    };
    let of = |(name, code): (&'_ String, &String)| {
        let paths = paths(code, name);
        paths.iter().filter_map(|path| target(path)).filter(|to| to != name).collect()
    };
    modules.iter().map(|(name, code)| (name.as_str(), of((name, code)))).collect()
}

fn folder(module: &str) -> &str {
    module.split('/').next().unwrap_or_default()
}

#[test]
fn every_folder_of_the_source_has_its_place_in_the_order() {
    for module in modules().keys() {
        assert!(ORDER.contains(&folder(module)) || TOP.contains(&module.as_str()), "src/{module}");
    }
}

#[test]
fn no_import_runs_upwards() {
    let modules = modules();
    let rank = |module: &str| ORDER.iter().position(|name| *name == folder(module));
    let mut upwards = Vec::new();
    for (from, imported) in imports(&modules) {
        for to in imported {
            if rank(to) < rank(from) || TOP.contains(&to) {
                upwards.push(format!("{from} imports {to}"));
            }
        }
    }
    assert!(upwards.is_empty(), "{upwards:#?}");
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let modules = modules();
    let mut left = imports(&modules);
    // What imports nothing that is left cannot be part of a circle.
    loop {
        let names: BTreeSet<&str> = left.keys().copied().collect();
        let before = left.len();
        left.retain(|_, imported| imported.iter().any(|to| names.contains(to)));
        if left.len() == before {
            break;
        }
    }
    assert!(left.is_empty(), "in or above a circle: {left:#?}");
}

#[test]
fn a_mod_file_is_the_face_of_its_folder_and_nothing_else() {
    let src = repository().join("src");
    for module in modules().into_keys() {
        let face = src.join(&module).join("mod.rs");
        let Ok(text) = fs::read_to_string(face) else { continue };
        for statement in text
            .lines()
            .filter(|line| !line.starts_with("//") && !line.starts_with("#!"))
            .collect::<String>()
            .split(';')
        {
            let statement = statement.trim();
            let statement = match statement.strip_prefix("#[cfg(").and_then(|rest| rest.split_once(")]")) {
                Some((_, statement)) => statement.trim(),
                None => statement,
            };
            let known =
                ["", "mod ", "pub mod ", "pub(crate) mod ", "pub use self::", "pub(crate) use self::"];
            let is_known = known.iter().any(|start| match *start {
                "" => statement.is_empty(),
                start => statement.starts_with(start),
            });
            assert!(is_known && !statement.contains('*'), "src/{module}/mod.rs: {statement}");
        }
    }
}

#[test]
fn files_of_a_folder_are_private_to_it() {
    let src = repository().join("src");
    for module in modules().into_keys() {
        let Ok(text) = fs::read_to_string(src.join(&module).join("mod.rs")) else { continue };
        for name in text.lines().filter_map(|line| {
            line.strip_prefix("pub mod ").or(line.strip_prefix("pub(crate) mod "))?.strip_suffix(';')
        }) {
            assert!(src.join(&module).join(name).is_dir(), "src/{module}/mod.rs shows the file {name}.rs");
        }
    }
}

#[test]
fn only_the_world_reads_files_and_only_the_output_writes_them() {
    for (module, code) in modules() {
        let may = DISK.iter().any(|folder| module.starts_with(folder));
        assert!(may || !code.contains("std::fs"), "src/{module}.rs names std::fs");
    }
}
