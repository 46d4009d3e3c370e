//! Traces: what each output was made from. A later build reuses an output when its source, its context,
//! its templates and the answers to everything its templates asked are what they were, and when nobody
//! has touched it (verifying traces).

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::problem::Lang;
use crate::question::{Library, Question};
use crate::world::Stamp;

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

/// The trace of one output.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Trace {
    /// What it was made from.
    pub inputs: Inputs,
    /// The number of the set of what its templates asked.
    set: u32,
    /// The file as it was left in the output folder.
    pub stamp: Stamp,
}

/// The traces of a build. Questions, and sets of them, stand in it once: a thousand documents ask the same.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Traces {
    /// What all outputs depend on: settings, navigation, the program itself.
    pub settings: Fingerprint,
    questions: Vec<(Question, Fingerprint)>,
    sets: Vec<Vec<u32>>,
    by_path: FxHashMap<String, Trace>,
}

/// Why an output was rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// There is no trace of it.
    New,
    /// A setting that is seen everywhere has changed, or the program.
    Settings,
    /// Its own source file has changed.
    Source,
    /// What it shows of other pages has changed.
    Context,
    /// One of its templates has changed.
    Template,
    /// The answer to this has changed.
    Answer(Question),
    /// The file in the output folder is not as it was left.
    Touched,
}

impl Reason {
    /// The reason in words.
    pub fn words(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Reason::New => ("没有以前的记录", "no record of an earlier build"),
            Reason::Settings => ("站点设置、导航或程序有变化", "settings, navigation or the program changed"),
            Reason::Source => ("源文件有变化", "its source changed"),
            Reason::Context => ("它显示的其他文档有变化", "what it shows of other pages changed"),
            Reason::Template => ("模板有变化", "a template changed"),
            Reason::Touched => ("输出文件缺失或被改动", "the output is missing or was touched"),
            Reason::Answer(question) => {
                return match lang {
                    Lang::Zh => format!("模板查询的结果有变化：{question:?}"),
                    Lang::En => format!("an answer changed: {question:?}"),
                };
            }
        };
        if lang == Lang::Zh { zh.to_owned() } else { en.to_owned() }
    }
}

/// The former traces, and whether their answers still hold; each question is asked again at most once.
pub struct Verifier<'a> {
    former: &'a Traces,
    library: &'a Library,
    usable: bool,
    answers: Vec<OnceLock<bool>>,
    sets: Vec<OnceLock<Option<u32>>>,
}

impl<'a> Verifier<'a> {
    /// A verifier of `former`, for a build with these `settings`.
    pub fn new(former: &'a Traces, library: &'a Library, settings: Fingerprint) -> Self {
        Verifier {
            former,
            library,
            usable: former.settings == settings,
            answers: former.questions.iter().map(|_| OnceLock::new()).collect(),
            sets: former.sets.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// The trace of the output at `path`, if it can be reused; else the reason why not. `stamp` tells the
    /// state of the file there.
    ///
    /// # Errors
    /// The reason to make it anew.
    pub fn check(
        &self,
        path: &str,
        inputs: &Inputs,
        stamp: impl Fn() -> Option<Stamp>,
    ) -> Result<&'a Trace, Reason> {
        let Some(trace) = self.former.by_path.get(path) else { return Err(Reason::New) };
        if !self.usable {
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
        if let Some(question) = self.changed(trace.set) {
            return Err(Reason::Answer(question.clone()));
        }
        if stamp() != Some(trace.stamp) {
            return Err(Reason::Touched);
        }
        Ok(trace)
    }

    /// The first question of a set whose answer is another one now.
    fn changed(&self, set: u32) -> Option<&Question> {
        let questions = self.former.sets.get(set as usize)?;
        let first = *self.sets[set as usize]
            .get_or_init(|| questions.iter().copied().find(|question| !self.holds(*question)));
        first.map(|question| &self.former.questions[question as usize].0)
    }

    fn holds(&self, question: u32) -> bool {
        *self.answers[question as usize].get_or_init(|| {
            let (question, answer) = &self.former.questions[question as usize];
            self.library.fingerprint(question).is_ok_and(|now| now == *answer)
        })
    }
}

/// Numbers the sets of questions that the outputs of a build ask, on all threads.
pub struct Recorder<'a> {
    former: &'a Traces,
    library: &'a Library,
    sets: Mutex<FxHashMap<Vec<u32>, u32>>,
    /// Sets of the former build by their number: what is reused needs no second look.
    carried: Vec<OnceLock<u32>>,
}

impl<'a> Recorder<'a> {
    /// An empty recorder; what is reused is carried over from `former`.
    pub fn new(former: &'a Traces, library: &'a Library) -> Self {
        let carried = former.sets.iter().map(|_| OnceLock::new()).collect();
        Recorder { former, library, sets: Mutex::default(), carried }
    }

    /// The trace of an output that was made; `asked` are the library's numbers of what its templates asked.
    /// Its stamp is not known yet.
    pub fn made(&self, inputs: Inputs, asked: Vec<u32>) -> Trace {
        Trace { inputs, set: self.set(asked), stamp: Stamp::default() }
    }

    /// The trace of an output that was left as it is.
    pub fn kept(&self, trace: &Trace) -> Trace {
        let carry = || {
            let questions = self.former.sets.get(trace.set as usize).map_or(&[][..], Vec::as_slice);
            let number = |at: &u32| {
                let (question, answer) = &self.former.questions[*at as usize];
                self.library.number(question, *answer)
            };
            self.set(questions.iter().map(number).collect())
        };
        let set = self.carried.get(trace.set as usize).map_or(0, |set| *set.get_or_init(carry));
        Trace { set, ..*trace }
    }

    fn set(&self, mut asked: Vec<u32>) -> u32 {
        asked.sort_unstable();
        let mut sets = self.sets.lock().unwrap_or_else(PoisonError::into_inner);
        match sets.get(&asked) {
            Some(number) => *number,
            None => {
                let number = sets.len() as u32;
                sets.insert(asked, number);
                number
            }
        }
    }

    /// The traces of the build: those of the outputs, by path.
    pub fn finish(self, settings: Fingerprint, by_path: FxHashMap<String, Trace>) -> Traces {
        let numbered = self.sets.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut sets = vec![Vec::new(); numbered.len()];
        for (set, number) in numbered {
            sets[number as usize] = set;
        }
        // Questions that nobody asks any more are left behind.
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let (all, mut questions) = (self.library.asked(), Vec::new());
        for asked in sets.iter_mut().flatten() {
            *asked = *numbers.entry(*asked).or_insert_with(|| {
                questions.push(all[*asked as usize].clone());
                questions.len() as u32 - 1
            });
        }
        Traces { settings, questions, sets, by_path }
    }
}

impl Traces {
    /// Notes the state in which the output at `path` was left.
    pub fn seal(&mut self, path: &str, stamp: Stamp) {
        if let Some(trace) = self.by_path.get_mut(path) {
            trace.stamp = stamp;
        }
    }

    /// Forgets the output at `path`: its state is not known.
    pub fn forget(&mut self, path: &str) {
        self.by_path.remove(path);
    }
}
