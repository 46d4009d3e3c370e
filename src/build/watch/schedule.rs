//! When a session builds although nobody has edited anything: as soon as the clock makes a document due or expired,
//! once more a while after an edit, and again and again after a build that the system did not let through.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::build::model::{Build, Changes};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::io_error::IoError;
use crate::diagnostics::messages::build::BuildProblem;
use crate::diagnostics::messages::files::FileProblem;
use crate::diagnostics::problem::Problem;

/// How long after the latest edit everything is looked at once more: outputs that somebody has touched, and
/// changes that the system did not tell of. It is also the longest wait after a build that the system did not let
/// through.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// How long after such a build the next one is tried; each further wait is twice as long.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// When the next build is due, and what was said of the latest.
#[derive(Debug, Default)]
pub struct Schedule {
    /// When the clock alone changes what is published.
    due: Option<Timestamp>,
    /// When everything is looked at once more.
    again: Option<Instant>,
    /// How many builds in a row the system did not let through.
    refused: u32,
    /// Why the latest build has failed; nothing if it has not.
    failed: Option<Failed>,
}

/// Why a build has failed.
#[derive(Debug, PartialEq, Eq)]
struct Failed {
    /// What the system has said. Which of many files it says it of may be another every time.
    refusals: BTreeSet<(&'static str, IoError)>,
    /// Everything else, with its place.
    mistakes: Vec<Diagnostic>,
}

impl Failed {
    fn of(build: &Build) -> Option<Failed> {
        let mut failed = Failed { refusals: BTreeSet::new(), mistakes: Vec::new() };
        for error in build.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
            match error.problem.io_error() {
                Some(io) => drop(failed.refusals.insert((error.problem.code(), io.clone()))),
                None => failed.mistakes.push(error.clone()),
            }
        }
        (!build.is_ok()).then_some(failed)
    }
}

/// May a build succeed the next time although nobody has edited anything?
fn may_pass(build: &Build) -> bool {
    let passes = |error: &Diagnostic| {
        error.problem.is_io()
            || matches!(
                error.problem,
                Problem::File(FileProblem::ChangedMeanwhile { .. })
                    | Problem::Build(BuildProblem::NoSite { .. })
            )
    };
    build.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()).any(passes)
}

impl Schedule {
    /// Notes what came of a build that was begun at `begun`, after an `edit` or (`None`) because its time had come. Is
    /// there anything to say of it that was not said before?
    pub fn note(&mut self, build: &Build, edit: Option<&Changes>, begun: Timestamp) -> bool {
        let former = std::mem::replace(&mut self.failed, Failed::of(build));
        let wait = if build.is_ok() {
            (self.due, self.refused) = (build.next_change, 0);
            // A build after anything might have changed has looked at everything.
            edit.filter(|changes| **changes != Changes::Anything).map(|_| LOOK_AGAIN)
        } else {
            // One that has failed early has not read when that is; what has passed is made good by the next build.
            self.due = build.next_change.or(self.due).filter(|at| *at > begun);
            self.after_failure(build, edit.is_some())
        };
        self.again = wait.map(|wait| Instant::now() + wait);
        let as_it_was = match &self.failed {
            None => former.is_none() && build.rendered.made.is_empty() && build.removed == 0,
            failed => former == *failed,
        };
        edit.is_some() || !as_it_was
    }

    /// How long to wait after a build that has failed.
    fn after_failure(&mut self, build: &Build, edited: bool) -> Option<Duration> {
        if !may_pass(build) {
            // What is mistaken stays so until it is edited; the system may not tell of that.
            self.refused = 0;
            return edited.then_some(LOOK_AGAIN);
        }
        let times = if edited { 0 } else { self.refused };
        self.refused = times.saturating_add(1);
        Some(TRY_AGAIN.saturating_mul(1 << times.min(8)).min(LOOK_AGAIN))
    }

    /// How long it is from `now` until the next build, if there is to be one.
    pub fn left(&self, now: Timestamp) -> Option<Duration> {
        let due = self.due.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO));
        let again = self.again.map(|at| at.saturating_duration_since(Instant::now()));
        due.into_iter().chain(again).min()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::diagnostics::messages::config::ConfigProblem;

    fn full_disk(path: &str) -> Build {
        let error = (&io::Error::from(io::ErrorKind::StorageFull)).into();
        let problem = BuildProblem::WriteFailed { path: path.into(), error };
        Build { diagnostics: vec![Diagnostic::new(problem)], ..Build::default() }
    }

    fn mistake() -> Build {
        Build { diagnostics: vec![Diagnostic::new(ConfigProblem::NotAList)], ..Build::default() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or_default()
    }

    /// The seconds until the next build, rounded.
    fn left(schedule: &Schedule) -> Option<u64> {
        schedule.left(at(0)).map(|left| (left + Duration::from_millis(500)).as_secs())
    }

    #[test]
    fn what_the_system_refuses_is_tried_again_for_ever_but_less_and_less_often_and_said_once() {
        let mut schedule = Schedule::default();
        assert!(schedule.note(&full_disk("a"), Some(&Changes::Anything), at(0)));
        for seconds in [2, 4, 8, 16, 30, 30, 30] {
            assert_eq!(left(&schedule), Some(seconds));
            assert!(!schedule.note(&full_disk("b"), None, at(0)), "said again after {seconds} s");
        }
        assert!(schedule.note(&full_disk("b"), Some(&Changes::Anything), at(0)), "silence after an edit");
        assert_eq!(left(&schedule), Some(2));
        assert!(schedule.note(&mistake(), None, at(0)));
        assert!(schedule.note(&Build::default(), None, at(0)), "that it is mended is not said");
        assert!(!schedule.note(&Build::default(), None, at(0)));
        assert_eq!(left(&schedule), None);
    }

    #[test]
    fn what_falls_due_outlives_builds_that_fail() {
        let mut schedule = Schedule::default();
        let edit = Changes::Files(BTreeSet::new());
        let due = |second| Build { next_change: Some(at(second)), ..Build::default() };
        schedule.note(&due(1), Some(&edit), at(0));
        assert_eq!(left(&schedule), Some(1));
        schedule.note(&full_disk("a"), None, at(0));
        assert_eq!(left(&schedule), Some(1));
        // Its time has come, and the disk is full: it is not tried without end.
        schedule.note(&full_disk("a"), None, at(1));
        assert_eq!(left(&schedule), Some(4));
        schedule.note(&due(9), None, at(1));
        schedule.note(&mistake(), Some(&Changes::Anything), at(2));
        assert_eq!(left(&schedule), Some(9));
    }

    #[test]
    fn after_an_edit_everything_is_looked_at_once_more() {
        let mut schedule = Schedule::default();
        for build in [Build::default(), mistake()] {
            schedule.note(&build, Some(&Changes::Files(BTreeSet::new())), at(0));
            assert_eq!(left(&schedule), Some(30));
            schedule.note(&build, None, at(0));
            assert_eq!(left(&schedule), None);
        }
    }
}
