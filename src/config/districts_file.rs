//! Reads `districts.yaml`.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::config::districts::{District, DistrictId, Districts};
use crate::config::yaml::{Located, Mistake, Node, Value, Yaml, located};
use crate::diagnostics::messages::{ConfigProblem, YamlProblem};
use crate::diagnostics::{Diagnostic, Source};
use crate::text::{is_slug, nearest, suggestion};

/// The maximum number of levels; administrative divisions have five or six.
const DEPTH_LIMIT: usize = 16;
/// The maximum number of unknown parents with suggestions, which are expensive to find.
const SUGGESTIONS: usize = 50;

const DISTRICT_KEYS: &[&str] = &["code", "name", "slug", "parent"];

/// Warnings for unusual codes: codes have 6 digits (GB/T 2260), or 9 or 12 below the county (GB/T 10114).
fn odd_codes(all: &[District]) -> impl Iterator<Item = Mistake> {
    let odd = |code: &str| !matches!(code.len(), 6 | 9 | 12) || !code.bytes().all(|b| b.is_ascii_digit());
    all.iter()
        .filter(move |district| odd(&district.code))
        .map(|district| (ConfigProblem::OddCode { code: district.code.clone() }.into(), district.code_span))
}

/// The codes and slugs so far, with the names of their districts.
#[derive(Default)]
struct Seen {
    codes: FxHashMap<String, String>,
    slugs: FxHashMap<String, String>,
    /// Whether an entry was not a mapping.
    not_a_mapping: bool,
}

/// A district before its parent is looked up.
struct RawDistrict {
    district: District,
    parent: Option<Located<String>>,
}

/// Reads `districts.yaml`. Entries with errors are reported and left out.
pub fn read_districts(source: &Source) -> (Districts, Vec<Diagnostic>) {
    let yaml = Yaml::file(source);
    let node = match yaml.parse(DISTRICT_KEYS) {
        Ok(node) => node,
        Err(error) => return (Districts::unreadable(), vec![*error]),
    };
    let mut mistakes = Vec::new();
    let items = match node.value {
        Value::List(items) => items,
        Value::Null => Vec::new(),
        _ => {
            mistakes.push((ConfigProblem::NotAList.into(), node.span));
            Vec::new()
        }
    };
    let mut raw: Vec<RawDistrict> = Vec::new();
    let mut seen = Seen::default();
    for item in items {
        match district(yaml, item, &mut seen) {
            (Some(district), found) => {
                mistakes.extend(found);
                raw.push(district);
            }
            (None, found) => mistakes.extend(found),
        }
    }
    let all = with_parents(raw, &mut mistakes);
    let broken = mistakes.iter().any(|(problem, _)| problem.is_error());
    mistakes.extend(odd_codes(&all));
    (Districts::new(all, broken), located(source, mistakes))
}

fn district(yaml: Yaml, item: Node, seen: &mut Seen) -> (Option<RawDistrict>, Vec<Mistake>) {
    let span = item.span;
    // Only the first such entry is examined for typos.
    if !matches!(item.value, Value::Map(_) | Value::Null) && std::mem::replace(&mut seen.not_a_mapping, true)
    {
        return (None, vec![(YamlProblem::NotAMapping { known: DISTRICT_KEYS.to_vec() }.into(), span)]);
    }
    let mut fields = match yaml.fields(item, DISTRICT_KEYS) {
        Ok(fields) => fields,
        Err(error) => return (None, vec![(error.problem, span)]),
    };
    let code = fields.required_text("code");
    let name = fields.required_text("name");
    let slug = fields.required_text("slug");
    let parent = fields.text("parent");
    if let Some(slug) = slug.as_ref().filter(|slug| !is_slug(&slug.value)) {
        let suggestion = suggestion(&slug.value);
        fields.mistake(ConfigProblem::BadSlug { value: slug.value.clone(), suggestion }, slug.span);
    }
    for (key, value) in [("code", &code), ("slug", &slug)] {
        let Some(value) = value else { continue };
        let same = match key {
            "code" => seen.codes.get(&value.value),
            _ => seen.slugs.get(&value.value.to_ascii_lowercase()),
        };
        if let Some(other) = same {
            let other = other.clone();
            fields.mistake(
                ConfigProblem::DuplicateDistrict { key, value: value.value.clone(), other },
                value.span,
            );
            // Left out: its pages would collide with those of the other district.
            return (None, fields.finish());
        }
    }
    let raw = code.zip(name).zip(slug).map(|((code, name), slug)| {
        seen.codes.insert(code.value.clone(), name.value.clone());
        seen.slugs.insert(slug.value.to_ascii_lowercase(), name.value.clone());
        RawDistrict {
            district: District {
                code: code.value,
                name: name.value,
                slug: slug.value,
                parent: None,
                span: slug.span,
                code_span: code.span,
            },
            parent,
        }
    });
    (raw, fields.finish())
}

fn with_parents(raw: Vec<RawDistrict>, mistakes: &mut Vec<Mistake>) -> Vec<District> {
    let all: Vec<District> = raw.iter().map(|raw| raw.district.clone()).collect();
    let names = Districts::new(all.clone(), false);
    let mut unknown = 0;
    let mut parents: Vec<Option<DistrictId>> = Vec::new();
    for entry in &raw {
        let parent = entry.parent.as_ref().and_then(|parent| match names.find(&parent.value) {
            Ok(id) => Some(id),
            Err(_) => {
                unknown += 1;
                let codes = all.iter().map(|district| district.code.as_str());
                let near = if unknown <= SUGGESTIONS { nearest(&parent.value, codes) } else { None };
                let code = parent.value.clone();
                let problem = ConfigProblem::UnknownParent { code, nearest: near.map(str::to_owned) };
                mistakes.push((problem.into(), parent.span));
                None
            }
        });
        parents.push(parent);
    }
    let ancestry = Ancestry::of(&parents);
    let mut kept = Vec::with_capacity(all.len());
    for (number, mut district) in all.into_iter().enumerate() {
        if let Some(parent) = &raw[number].parent {
            if let Some(size) = ancestry.loop_sizes.get(&number) {
                let problem = ConfigProblem::ParentLoop { name: district.name.clone(), size: *size };
                mistakes.push((problem.into(), parent.span));
            } else if ancestry.depths[number] == DEPTH_LIMIT + 1 {
                mistakes.push((ConfigProblem::TooNested { limit: DEPTH_LIMIT }.into(), parent.span));
            }
        }
        // Remove loops and excessive depth, so that following parents always terminates.
        let remove = ancestry.loops[number] || ancestry.depths[number].is_multiple_of(DEPTH_LIMIT + 1);
        district.parent = parents[number].filter(|_| !remove);
        kept.push(district);
    }
    kept
}

/// Loops and depths in the hierarchy of districts.
struct Ancestry {
    /// Whether each district is its own ancestor.
    loops: Vec<bool>,
    /// How many districts each loop has, by the first of them.
    loop_sizes: BTreeMap<usize, usize>,
    /// The level of each district; the topmost has level 1.
    depths: Vec<usize>,
}

impl Ancestry {
    /// Follows the parents of each district until a known level.
    fn of(parents: &[Option<DistrictId>]) -> Ancestry {
        let mut ancestry = Ancestry {
            loops: vec![false; parents.len()],
            loop_sizes: BTreeMap::new(),
            depths: vec![0; parents.len()],
        };
        // The start of the walk that last visited each district.
        let mut visited = vec![usize::MAX; parents.len()];
        for start in 0..parents.len() {
            let mut path = Vec::new();
            let mut at = start;
            let mut depth = loop {
                if ancestry.depths[at] > 0 {
                    break ancestry.depths[at];
                }
                if visited[at] == start {
                    let loop_start = path.iter().position(|before| *before == at).unwrap_or(0);
                    let size = path.len() - loop_start;
                    let first = path[loop_start..].iter().min().copied().unwrap_or(at);
                    ancestry.loop_sizes.insert(first, size);
                    for number in path.drain(loop_start..) {
                        (ancestry.loops[number], ancestry.depths[number]) = (true, 1);
                    }
                    break 1;
                }
                visited[at] = start;
                path.push(at);
                match parents[at] {
                    Some(parent) => at = parent.0 as usize,
                    None => break 0,
                }
            };
            for number in path.into_iter().rev() {
                depth += 1;
                ancestry.depths[number] = depth;
            }
        }
        ancestry
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(parents: &[Option<u32>]) -> Vec<Option<DistrictId>> {
        parents.iter().map(|parent| parent.map(DistrictId)).collect()
    }

    #[test]
    fn loops_are_found_and_chains_into_them_terminate() {
        let ancestry = Ancestry::of(&ids(&[Some(1), Some(2), Some(1), None, Some(0), Some(5)]));
        assert_eq!(ancestry.loops, [false, true, true, false, false, true]);
        assert_eq!(ancestry.loop_sizes, BTreeMap::from([(1, 2), (5, 1)]));
        assert_eq!(ancestry.depths, [2, 1, 1, 1, 3, 1]);
    }
}
