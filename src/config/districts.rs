//! `districts.yaml`: the districts that the site covers, and their hierarchy.

use rustc_hash::FxHashMap;

use crate::config::yaml::fields::{Located, Mistake, located};
use crate::config::yaml::typos;
use crate::config::yaml::{Node, Value, Yaml};
use crate::diagnostics::messages::config::ConfigProblem;
use crate::diagnostics::messages::yaml::YamlProblem;
use crate::diagnostics::problem::Problem;
use crate::diagnostics::source::{Source, Span};
use crate::diagnostics::{Diagnostic, Place};
use crate::text::cjk::nearest;
use crate::text::slug;
use crate::text::slug::is_slug;

/// How many districts may stand one above the other: a country has five or six levels.
const DEPTH_LIMIT: usize = 16;
/// How many districts a message names at most.
const NAMED: usize = 50;
/// For how many unknown names of a file the nearest known one is looked for.
const SUGGESTED: usize = 50;

const DISTRICT_KEYS: &[&str] = &["code", "name", "slug", "parent"];

/// A district's number in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DistrictId(pub u32);

/// A district that the site covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// GB/T 2260 code, as written.
    pub code: String,
    /// 汉阳区
    pub name: String,
    /// Its URL segment.
    pub slug: String,
    /// The district above it.
    pub parent: Option<DistrictId>,
    /// The place of its slug.
    pub span: Span,
    /// The place of its code.
    pub code_span: Span,
}

/// The districts, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Districts {
    all: Vec<District>,
    /// By code and by slug: a hundred thousand documents name one of thousands.
    exact: FxHashMap<String, DistrictId>,
    by_name: FxHashMap<String, Vec<DistrictId>>,
    below: FxHashMap<Option<DistrictId>, Vec<DistrictId>>,
    /// The file could not be read whole: names that are missing may only be missing here.
    pub broken: bool,
}

/// Why a name means no district.
pub enum NoDistrict {
    /// None has the name.
    Unknown,
    /// These have it.
    Ambiguous(Vec<DistrictId>),
}

impl Districts {
    /// A registry of which nothing is known.
    pub fn unreadable() -> Districts {
        Districts { broken: true, ..Districts::default() }
    }

    fn new(all: Vec<District>, broken: bool) -> Districts {
        let mut districts = Districts { all, broken, ..Districts::default() };
        for (number, district) in districts.all.iter().enumerate() {
            let id = DistrictId(number as u32);
            for key in [&district.code, &district.slug] {
                districts.exact.entry(key.clone()).or_insert(id);
            }
            districts.by_name.entry(district.name.clone()).or_default().push(id);
            districts.below.entry(district.parent).or_default().push(id);
        }
        districts
    }

    /// All districts with their numbers, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (DistrictId, &District)> {
        self.all.iter().enumerate().map(|(number, district)| (DistrictId(number as u32), district))
    }

    /// The district with the number `id`.
    pub fn get(&self, id: DistrictId) -> &District {
        &self.all[id.0 as usize]
    }

    /// The districts directly below `parent`, or the topmost ones.
    pub fn below(&self, parent: Option<DistrictId>) -> impl Iterator<Item = DistrictId> {
        self.below.get(&parent).into_iter().flatten().copied()
    }

    /// `id` and the districts above it, from the nearest to the topmost.
    pub fn upwards(&self, id: DistrictId) -> impl Iterator<Item = DistrictId> {
        std::iter::successors(Some(id), |id| self.get(*id).parent)
    }

    /// The district with this code, slug or name.
    ///
    /// # Errors
    /// No district, or several of one name.
    pub fn find(&self, name: &str) -> Result<DistrictId, NoDistrict> {
        if let Some(id) = self.exact.get(name) {
            return Ok(*id);
        }
        match self.by_name.get(name).map(Vec::as_slice) {
            None | Some([]) => Err(NoDistrict::Unknown),
            Some([id]) => Ok(*id),
            Some(named) => Err(NoDistrict::Ambiguous(named.to_vec())),
        }
    }

    /// How a front matter would name the district: its name, or its slug where several share the name.
    pub fn reference(&self, id: DistrictId) -> &str {
        let district = self.get(id);
        if self.find(&district.name).is_ok() { &district.name } else { &district.slug }
    }

    /// The problem to report for a name that means no district; whether the nearest one is to be looked for says
    /// `suggest`.
    pub fn problem(&self, name: &str, why: NoDistrict, suggest: bool) -> Problem {
        if let Some(problem) = typos::invisible(name) {
            return problem.into();
        }
        let problem = match why {
            NoDistrict::Ambiguous(ids) => {
                let candidates = ids.iter().take(NAMED).map(|id| {
                    let district = self.get(*id);
                    format!("{} ({})", district.code, district.slug)
                });
                ConfigProblem::AmbiguousDistrict { name: name.to_owned(), candidates: candidates.collect() }
            }
            NoDistrict::Unknown => ConfigProblem::UnknownDistrict {
                name: name.to_owned(),
                nearest: if suggest { self.nearest(name) } else { Vec::new() },
                all: self.some_names(),
            },
        };
        problem.into()
    }

    /// The names of all districts, or of the first of very many.
    fn some_names(&self) -> Vec<String> {
        let names = self.all.iter().take(NAMED).map(|district| district.name.clone());
        names.chain((self.all.len() > NAMED).then(|| "…".to_owned())).collect()
    }

    fn nearest(&self, name: &str) -> Vec<String> {
        let keys = self.all.iter().flat_map(|d| [d.name.as_str(), d.slug.as_str(), d.code.as_str()]);
        let Some(near) = nearest(name, keys) else { return Vec::new() };
        self.all
            .iter()
            .filter(|d| d.name == near || d.slug == near || d.code == near)
            .map(|d| format!("{} ({})", d.name, d.slug))
            .collect()
    }
}

/// Codes have 6 digits (GB/T 2260), or 9 and 12 below the county (GB/T 10114).
fn odd_codes(source: &Source, all: &[District]) -> Vec<Diagnostic> {
    let odd = |code: &str| !matches!(code.len(), 6 | 9 | 12) || !code.bytes().all(|b| b.is_ascii_digit());
    let all: Vec<&District> = all.iter().filter(|district| odd(&district.code)).collect();
    let spans: Vec<Span> = all.iter().map(|district| district.code_span).collect();
    let warning = |(district, place): (&District, Place)| {
        Diagnostic::new(ConfigProblem::OddCode { code: district.code.clone() }).at(place)
    };
    all.into_iter().zip(source.places(&spans)).map(warning).collect()
}

/// The codes and slugs so far, with the names of their districts.
#[derive(Default)]
struct Taken {
    codes: FxHashMap<String, String>,
    slugs: FxHashMap<String, String>,
    /// Was there an entry that is no mapping?
    odd: bool,
}

struct RawDistrict {
    district: District,
    parent: Option<Located<String>>,
}

/// Reads `districts.yaml`. Entries with mistakes are left out and reported.
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
    let mut taken = Taken::default();
    for item in items {
        match district(yaml, item, &mut taken) {
            (Some(district), found) => {
                mistakes.extend(found);
                raw.push(district);
            }
            (None, found) => mistakes.extend(found),
        }
    }
    let all = with_parents(raw, &mut mistakes);
    let broken = mistakes.iter().any(|(problem, _)| !problem.is_warning());
    let mut diagnostics = located(source, mistakes);
    diagnostics.extend(odd_codes(source, &all));
    (Districts::new(all, broken), diagnostics)
}

fn district(yaml: Yaml, item: Node, taken: &mut Taken) -> (Option<RawDistrict>, Vec<Mistake>) {
    let span = item.span;
    let odd = !matches!(item.value, Value::Map(_) | Value::Null);
    // What the first was probably meant to be goes for all of them.
    if odd && std::mem::replace(&mut taken.odd, true) {
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
        let suggestion = slug::suggestion(&slug.value);
        fields.mistake(ConfigProblem::BadSlug { value: slug.value.clone(), suggestion }, slug.span);
    }
    for (key, value) in [("code", &code), ("slug", &slug)] {
        let Some(value) = value else { continue };
        let same = match key {
            "code" => taken.codes.get(&value.value),
            _ => taken.slugs.get(&value.value.to_ascii_lowercase()),
        };
        if let Some(other) = same {
            let other = other.clone();
            fields.mistake(
                ConfigProblem::DuplicateDistrict { key, value: value.value.clone(), other },
                value.span,
            );
            // One of two with the same address is enough: the other would collide with it everywhere.
            return (None, fields.finish());
        }
    }
    let raw = code.zip(name).zip(slug).map(|((code, name), slug)| {
        taken.codes.insert(code.value.clone(), name.value.clone());
        taken.slugs.insert(slug.value.to_ascii_lowercase(), name.value.clone());
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
                let near = if unknown <= SUGGESTED { nearest(&parent.value, codes) } else { None };
                let code = parent.value.clone();
                let problem = ConfigProblem::UnknownParent { code, nearest: near.map(str::to_owned) };
                mistakes.push((problem.into(), parent.span));
                None
            }
        });
        parents.push(parent);
    }
    let ways = Ways::up(&parents);
    let mut kept = Vec::with_capacity(all.len());
    for (number, mut district) in all.into_iter().enumerate() {
        if let Some(parent) = &raw[number].parent {
            if ways.loops[number] {
                mistakes
                    .push((ConfigProblem::ParentLoop { name: district.name.clone() }.into(), parent.span));
            } else if ways.depths[number] == DEPTH_LIMIT + 1 {
                mistakes.push((ConfigProblem::TooNested { limit: DEPTH_LIMIT }.into(), parent.span));
            }
        }
        // Loops are cut, and so is what is too deep: walking upwards ends soon.
        let cut = ways.loops[number] || ways.depths[number].is_multiple_of(DEPTH_LIMIT + 1);
        district.parent = parents[number].filter(|_| !cut);
        kept.push(district);
    }
    kept
}

/// The ways from each district to the top.
struct Ways {
    /// Is it among its own ancestors?
    loops: Vec<bool>,
    /// The number of districts on the way, itself included.
    depths: Vec<usize>,
}

impl Ways {
    /// Walks from each district upwards, to where somebody has been.
    fn up(parents: &[Option<DistrictId>]) -> Ways {
        let mut ways = Ways { loops: vec![false; parents.len()], depths: vec![0; parents.len()] };
        let mut walkers = vec![usize::MAX; parents.len()];
        for start in 0..parents.len() {
            let mut path = Vec::new();
            let mut at = start;
            let mut depth = loop {
                if ways.depths[at] > 0 {
                    break ways.depths[at];
                }
                if walkers[at] == start {
                    let ring = path.iter().position(|before| *before == at).unwrap_or(0);
                    for number in path.drain(ring..) {
                        (ways.loops[number], ways.depths[number]) = (true, 1);
                    }
                    break 1;
                }
                walkers[at] = start;
                path.push(at);
                match parents[at] {
                    Some(parent) => at = parent.0 as usize,
                    None => break 0,
                }
            };
            for number in path.into_iter().rev() {
                depth += 1;
                ways.depths[number] = depth;
            }
        }
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry(parents: &[Option<u32>]) -> Vec<Option<DistrictId>> {
        parents.iter().map(|parent| parent.map(DistrictId)).collect()
    }

    #[test]
    fn rings_are_found_and_ways_into_them_end() {
        let ways = Ways::up(&registry(&[Some(1), Some(2), Some(1), None, Some(0), Some(5)]));
        assert_eq!(ways.loops, [false, true, true, false, false, true]);
        assert_eq!(ways.depths, [2, 1, 1, 1, 3, 1]);
    }

    #[test]
    fn a_registry_of_villages_does_not_wrap_round() {
        let district = |number: u32| District {
            code: number.to_string(),
            name: number.to_string(),
            slug: format!("v{number}"),
            parent: None,
            span: Span::default(),
            code_span: Span::default(),
        };
        let districts = Districts::new((0..70_000).map(district).collect(), false);
        for number in [0, 65_535, 65_536, 69_999] {
            let found = districts.find(&format!("v{number}")).ok();
            assert_eq!(found.map(|id| districts.get(id).code.clone()), Some(number.to_string()));
        }
    }
}
