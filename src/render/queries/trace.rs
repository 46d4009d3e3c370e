//! Traces: what each output was made from. A later build reuses an output when its source, its context,
//! its templates and the answers to all its templates' queries are unchanged, and so is the file itself
//! (verifying traces).

use std::sync::{Arc, OnceLock};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::diagnostics::Lang;
use crate::render::queries::query::Query;
use crate::render::queries::query_engine::QueryEngine;
use crate::site::routes::Outputs;
use crate::world::{Fingerprint, Stamp};

/// What an output is made from, beside what its templates ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inputs {
    /// The file that it shows or copies, as a whole.
    pub source: Fingerprint,
    /// What it gets from the rest of the site.
    pub context: Fingerprint,
    /// Its template and all that this one uses.
    pub templates: Fingerprint,
}

/// What one output was made from.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Trace {
    /// What it was made from.
    pub inputs: Inputs,
    /// The number of the set of its templates' queries.
    set: u32,
    /// The state of its file in the output folder.
    pub stamp: Stamp,
}

/// The traces of all outputs. Queries and sets of queries are stored once, because most pages make the same.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Traces {
    /// The fingerprint of what all outputs depend on: settings, navigation, the program.
    pub settings: Fingerprint,
    queries: Vec<(Query, Fingerprint)>,
    sets: Vec<Vec<u32>>,
    by_path: FxHashMap<Arc<str>, Trace>,
    #[serde(skip)]
    numbers: Option<Numbers>,
}

/// The numbers of queries and sets in their lists.
#[derive(Debug, Default)]
struct Numbers {
    queries: FxHashMap<Query, u32>,
    sets: FxHashMap<Vec<u32>, u32>,
}

/// An output that was made.
#[derive(Debug)]
pub struct Made {
    /// Its path.
    pub path: Arc<str>,
    /// Whether it was rendered, rather than copied.
    pub by_template: bool,
    /// Why it was made.
    pub reason: Reason,
    /// Whether its bytes differ from the existing file.
    pub written: bool,
    /// What it was made from.
    pub inputs: Inputs,
    /// The set of its templates' queries, by its number in [`RecordedQueries::sets`].
    pub set: u32,
    /// It has a warning, and later builds make it again to repeat the warning.
    pub damaged: bool,
}

/// The queries of a build.
#[derive(Debug, Default)]
pub struct RecordedQueries {
    /// The queries with the fingerprints of their answers.
    pub queries: Vec<(Query, Fingerprint)>,
    /// Sets of queries, by their numbers in `queries`.
    pub sets: Vec<Vec<u32>>,
}

/// Why an output was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There is no trace of it.
    New,
    /// The settings, the navigation or the program changed.
    Settings,
    /// Its own source file has changed.
    Source,
    /// What it shows of other pages changed.
    Context,
    /// One of its templates has changed.
    Template,
    /// The answer to this query changed.
    Answer(Query),
    /// The file in the output folder is missing or was changed.
    Touched,
}

impl Reason {
    /// The reason in a person's words.
    pub fn words(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Reason::New => ("没有以前的记录", "no record of an earlier build"),
            Reason::Settings => ("站点设置、导航或程序有变化", "settings, navigation or the program changed"),
            Reason::Source => ("源文件有变化", "its source changed"),
            Reason::Context => ("它显示的其他文档有变化", "what it shows of other pages changed"),
            Reason::Template => ("模板有变化", "a template changed"),
            Reason::Touched => ("输出文件缺失或被改动", "the output is missing or was touched"),
            Reason::Answer(query) => {
                return match lang {
                    Lang::Zh => format!("模板查询的结果有变化：{query}"),
                    Lang::En => format!("an answer changed: {query}"),
                };
            }
        };
        if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
    }
}

/// Compares outputs with their former traces. Each query is answered again at most once.
pub struct Verifier<'a> {
    former: &'a Traces,
    engine: &'a QueryEngine,
    usable: bool,
    answers: Vec<OnceLock<bool>>,
    sets: Vec<OnceLock<Option<u32>>>,
}

impl<'a> Verifier<'a> {
    /// A verifier of `former`, for a build with these `settings`.
    pub fn new(former: &'a Traces, engine: &'a QueryEngine, settings: Fingerprint) -> Self {
        Verifier {
            former,
            engine,
            usable: former.settings == settings,
            answers: former.queries.iter().map(|_| OnceLock::new()).collect(),
            sets: former.sets.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The trace of the output at `path`, if the output can be reused. `settings`: whether it depends on the settings;
    /// `stamp` returns the state of its file.
    ///
    /// # Errors
    /// Why it has to be made again.
    pub fn check(
        &self,
        path: &str,
        inputs: &Inputs,
        settings: bool,
        stamp: impl Fn() -> Option<Stamp>,
    ) -> Result<&'a Trace, Reason> {
        let Some(trace) = self.former.by_path.get(path) else { return Err(Reason::New) };
        if settings && !self.usable {
            return Err(Reason::Settings);
        }
        if trace.inputs.source != inputs.source {
            return Err(Reason::Source);
        }
        if trace.inputs.context != inputs.context {
            return Err(Reason::Context);
        }
        if trace.inputs.templates != inputs.templates {
            return Err(Reason::Template);
        }
        if self.former.sets.len() <= trace.set as usize {
            return Err(Reason::New);
        }
        if let Some(query) = self.changed(trace.set) {
            return Err(Reason::Answer(query.clone()));
        }
        if stamp() != Some(trace.stamp) {
            return Err(Reason::Touched);
        }
        Ok(trace)
    }

    /// The first query of a set whose answer has changed.
    fn changed(&self, set: u32) -> Option<&Query> {
        let queries = self.former.sets.get(set as usize)?;
        let first = *self.sets[set as usize]
            .get_or_init(|| queries.iter().copied().find(|query| !self.holds(*query)));
        first.map(|query| &self.former.queries[query as usize].0)
    }

    fn holds(&self, query: u32) -> bool {
        *self.answers[query as usize].get_or_init(|| {
            let (query, answer) = &self.former.queries[query as usize];
            self.engine.fingerprint(query).is_ok_and(|now| now == *answer)
        })
    }
}

impl Traces {
    /// Adds the outputs that a build made, with the state of each file. Outputs that are no longer in `outputs` are
    /// dropped.
    pub fn absorb<'m>(
        &mut self,
        settings: Fingerprint,
        outputs: &Outputs,
        recorded: &RecordedQueries,
        made: impl Iterator<Item = (&'m Made, Option<Stamp>)>,
    ) {
        self.settings = settings;
        let sets = self.numbers_of(recorded);
        for (Made { path, inputs, set, .. }, stamp) in made {
            match stamp {
                Some(stamp) => {
                    let trace = Trace { inputs: *inputs, set: sets[*set as usize], stamp };
                    self.by_path.insert(Arc::clone(path), trace)
                }
                // Without a known state it cannot be verified.
                None => self.by_path.remove(path),
            };
        }
        if self.by_path.len() > outputs.len() {
            self.by_path.retain(|path, _| outputs.contains(path));
        }
    }

    /// The numbers of a build's sets among those of these traces; new ones are added. A changed answer replaces the
    /// former one for all outputs, because all outputs with that query were made again.
    fn numbers_of(&mut self, recorded: &RecordedQueries) -> Vec<u32> {
        let numbers = self.numbers.get_or_insert_with(|| Numbers {
            queries: (0..).zip(&self.queries).map(|(at, (query, _))| (query.clone(), at)).collect(),
            sets: (0..).zip(&self.sets).map(|(at, set)| (set.clone(), at)).collect(),
        });
        let queries: Vec<u32> = recorded
            .queries
            .iter()
            .map(|(query, answer)| match numbers.queries.get(query) {
                Some(number) => {
                    self.queries[*number as usize].1 = *answer;
                    *number
                }
                None => {
                    let number = self.queries.len() as u32;
                    self.queries.push((query.clone(), *answer));
                    numbers.queries.insert(query.clone(), number);
                    number
                }
            })
            .collect();
        let number_of_set = |set: &Vec<u32>| {
            let mut set: Vec<u32> = set.iter().map(|at| queries[*at as usize]).collect();
            set.sort_unstable();
            *numbers.sets.entry(set).or_insert_with_key(|set| {
                self.sets.push(set.clone());
                self.sets.len() as u32 - 1
            })
        };
        recorded.sets.iter().map(number_of_set).collect()
    }

    /// Whether all numbers refer to existing queries and sets: a decoded cache is checked by this.
    pub fn is_whole(&self) -> bool {
        let known = |query: &u32| (*query as usize) < self.queries.len();
        self.sets.iter().flatten().all(known)
            && self.by_path.values().all(|trace| (trace.set as usize) < self.sets.len())
    }

    /// The state of the file at `path` after the build that made it.
    pub fn stamp(&self, path: &str) -> Option<Stamp> {
        self.by_path.get(path).map(|trace| trace.stamp)
    }

    /// The fingerprint of the source of the output at `path`.
    pub fn source(&self, path: &str) -> Option<Fingerprint> {
        self.by_path.get(path).map(|trace| trace.inputs.source)
    }

    /// Drops queries that no output makes any more.
    pub fn compact(&mut self) {
        self.numbers = None;
        let (mut sets, mut new_sets) = (FxHashMap::default(), Vec::new());
        for trace in self.by_path.values_mut() {
            trace.set = *sets.entry(trace.set).or_insert_with_key(|old| {
                new_sets.push(std::mem::take(&mut self.sets[*old as usize]));
                new_sets.len() as u32 - 1
            });
        }
        let (mut queries, mut new_queries) = (FxHashMap::default(), Vec::new());
        for query in new_sets.iter_mut().flatten() {
            *query = *queries.entry(*query).or_insert_with_key(|old| {
                new_queries.push(self.queries[*old as usize].clone());
                new_queries.len() as u32 - 1
            });
        }
        (self.sets, self.queries) = (new_sets, new_queries);
    }

    /// The outputs with a query for which `changed` returns true.
    pub fn outputs_with(&self, changed: impl Fn(&Query, Fingerprint) -> bool) -> FxHashSet<&str> {
        let queries: FxHashSet<u32> = (0..)
            .zip(&self.queries)
            .filter(|(_, (query, answer))| changed(query, *answer))
            .map(|(at, _)| at)
            .collect();
        if queries.is_empty() {
            return FxHashSet::default();
        }
        let sets: FxHashSet<u32> = (0..)
            .zip(&self.sets)
            .filter(|(_, set)| set.iter().any(|query| queries.contains(query)))
            .map(|(at, _)| at)
            .collect();
        self.by_path.iter().filter(|(_, trace)| sets.contains(&trace.set)).map(|(path, _)| &**path).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traces_whose_numbers_lead_nowhere_are_not_whole() {
        let query = (Query::Sections, Fingerprint::default());
        let whole = Traces { queries: vec![query], sets: vec![vec![0]], ..Traces::default() };
        assert!(whole.is_whole());
        assert!(!Traces { sets: vec![vec![1]], ..whole }.is_whole());
        let inputs = Inputs {
            source: Fingerprint::default(),
            context: Fingerprint::default(),
            templates: Fingerprint::default(),
        };
        let trace = Trace { inputs, set: 0, stamp: Stamp::default() };
        let by_path = [(Arc::from("index.html"), trace)].into_iter().collect();
        assert!(!Traces { by_path, ..Traces::default() }.is_whole());
    }
}
