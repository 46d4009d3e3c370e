//! The districts that the site covers, and their hierarchy.

use rustc_hash::FxHashMap;

use crate::config::yaml::invisible;
use crate::diagnostics::messages::ConfigProblem;
use crate::diagnostics::{Problem, Span};
use crate::text::nearest;

/// The maximum number of districts in a message.
const LISTED: usize = 50;

/// A district: its index in the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DistrictId(pub u32);

/// A district that the site covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct District {
    /// GB/T 2260 code, as written.
    pub code: String,
    /// Its name: 汉阳区
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
    /// By code and by slug.
    exact: FxHashMap<String, DistrictId>,
    by_name: FxHashMap<String, Vec<DistrictId>>,
    below: FxHashMap<Option<DistrictId>, Vec<DistrictId>>,
    /// Whether the file has errors, so that districts may be missing here.
    pub broken: bool,
}

/// Why a name does not identify a district.
pub enum NoDistrict {
    /// No district has this name.
    Unknown,
    /// Several districts have it.
    Ambiguous(Vec<DistrictId>),
}

impl Districts {
    /// The registry of a file that could not be read.
    pub fn unreadable() -> Districts {
        Districts { broken: true, ..Districts::default() }
    }

    /// The registry of `all`; `broken` if districts may be missing from it.
    pub fn new(all: Vec<District>, broken: bool) -> Districts {
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

    /// All districts with their identifiers, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (DistrictId, &District)> {
        self.all.iter().enumerate().map(|(number, district)| (DistrictId(number as u32), district))
    }

    /// The district `id`.
    pub fn get(&self, id: DistrictId) -> &District {
        &self.all[id.0 as usize]
    }

    /// The districts directly below `parent`, or those without a parent.
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
    /// No district has the name, or several have.
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

    /// What to write in front matter for the district: its name, or its slug where several have that name.
    pub fn reference(&self, id: DistrictId) -> &str {
        let district = self.get(id);
        if self.find(&district.name).is_ok() { &district.name } else { &district.slug }
    }

    /// The problem to report if [`Districts::find`] fails for `name`; with `suggest`, it names the most similar
    /// districts.
    pub fn problem(&self, name: &str, reason: NoDistrict, suggest: bool) -> Problem {
        if let Some(problem) = invisible(name) {
            return problem.into();
        }
        let problem = match reason {
            NoDistrict::Ambiguous(ids) => {
                let candidates = ids.iter().take(LISTED).map(|id| {
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

    /// The names of all districts; of many, only the first ones and `…`.
    fn some_names(&self) -> Vec<String> {
        let names = self.all.iter().take(LISTED).map(|district| district.name.clone());
        names.chain((self.all.len() > LISTED).then(|| "…".to_owned())).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registry_may_have_more_than_65536_districts() {
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
