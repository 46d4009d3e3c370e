//! When a session builds without an edit: at the next scheduled publication or expiry, once more a while after an edit,
//! repeatedly after a failure of the operating system, and when the clock was set back.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::build::model::{Build, Changes};
use crate::diagnostics::messages::{BuildProblem, FileProblem};
use crate::diagnostics::{Diagnostic, IoError, Problem};

/// The time after the latest edit until everything is checked once more, for outputs that were changed from outside and
/// for changes without a file event. Also the longest wait after a failure of the operating system.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// The wait after the first such failure; it doubles with every further one.
const TRY_AGAIN: Duration = Duration::from_secs(2);

/// When the next build is due, and how the latest one failed.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    /// The next scheduled publication or expiry.
    due: Option<Timestamp>,
    /// The latest time that the clock showed during the latest build.
    built: Option<Timestamp>,
    /// When everything is checked once more.
    again: Option<Instant>,
    /// How many builds in a row the operating system has failed.
    failures: u32,
    /// Why the latest build failed, if it did.
    failed: Option<Failed>,
}

/// Why a build failed.
#[derive(Debug, PartialEq, Eq)]
struct Failed {
    /// Failures of the operating system, without paths: on a full disk, another file fails every time.
    system: BTreeSet<(String, IoError)>,
    /// Everything else.
    mistakes: Vec<Diagnostic>,
}

impl Failed {
    fn of(build: &Build) -> Option<Failed> {
        let mut failed = Failed { system: BTreeSet::new(), mistakes: Vec::new() };
        for error in build.diagnostics.iter().filter(|diagnostic| diagnostic.is_error()) {
            match error.problem.io_error() {
                Some(io) => drop(failed.system.insert((error.problem.code().to_owned(), io.clone()))),
                None => failed.mistakes.push(error.clone()),
            }
        }
        (!build.is_ok()).then_some(failed)
    }

    /// Whether there was no site.
    fn is_missing(&self) -> bool {
        let is_no_site =
            |found: &Diagnostic| matches!(found.problem, Problem::Build(BuildProblem::NoSite { .. }));
        self.mistakes.iter().any(is_no_site)
    }
}

/// Whether the next build may succeed without an edit.
fn may_succeed(build: &Build) -> bool {
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
    /// Records a build `during` these times of its begin and end, after an `edit` or (`None`) on schedule. Returns
    /// whether it brings news.
    pub(super) fn note(
        &mut self,
        build: &Build,
        edit: Option<&Changes>,
        [begun, ended]: [Timestamp; 2],
    ) -> bool {
        // The clock may be set back during the build.
        self.built = Some(begun.max(ended));
        let former = std::mem::replace(&mut self.failed, Failed::of(build));
        let wait = if build.is_ok() {
            (self.due, self.failures) = (build.next_change, 0);
            // A build after `Changes::Anything` has checked everything already.
            edit.filter(|changes| **changes != Changes::Anything).map(|_| LOOK_AGAIN)
        } else {
            // A build that failed early does not know it. A time in the past needs no build of its own.
            self.due = build.next_change.or(self.due).filter(|at| *at > begun);
            self.after_failure(build, edit.is_some())
        };
        self.again = wait.map(|wait| Instant::now() + wait);
        let is_as_before = match &self.failed {
            None => former.is_none() && build.rendered.made.is_empty() && build.removed == 0,
            failed => former == *failed,
        };
        // A site that is removed goes file by file.
        let is_still_missing = self.failed.as_ref().is_some_and(Failed::is_missing) && is_as_before;
        !is_still_missing && (edit.is_some() || !is_as_before)
    }

    /// The wait after a build that failed.
    fn after_failure(&mut self, build: &Build, edited: bool) -> Option<Duration> {
        if !may_succeed(build) {
            // Mistakes remain until an edit, which may come without a file event.
            self.failures = 0;
            return edited.then_some(LOOK_AGAIN);
        }
        let times = if edited { 0 } else { self.failures };
        self.failures = times.saturating_add(1);
        Some(TRY_AGAIN.saturating_mul(1 << times.min(8)).min(LOOK_AGAIN))
    }

    /// The time from `now` until the next scheduled build, if there is one.
    pub(super) fn left(&self, now: Timestamp) -> Option<Duration> {
        // What a clock that was ahead has published has to be withdrawn.
        if self.built.is_some_and(|built| now < built) {
            return Some(Duration::ZERO);
        }
        let due = self.due.map(|at| Duration::try_from(at.duration_since(now)).unwrap_or(Duration::ZERO));
        let again = self.again.map(|at| at.saturating_duration_since(Instant::now()));
        due.into_iter().chain(again).min()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;
    use crate::diagnostics::messages::ConfigProblem;

    fn full_disk(path: &str) -> Build {
        let error = (&io::Error::from(io::ErrorKind::StorageFull)).into();
        let problem = BuildProblem::WriteFailed { path: path.into(), error, undone: false };
        Build { diagnostics: vec![Diagnostic::new(problem)], ..Build::default() }
    }

    fn mistake() -> Build {
        Build { diagnostics: vec![Diagnostic::new(ConfigProblem::NotAList)], ..Build::default() }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap_or_default()
    }

    /// A build that begins and ends at this second.
    fn during(second: i64) -> [Timestamp; 2] {
        [at(second); 2]
    }

    /// The seconds from `now` until the next build, rounded.
    fn left_at(schedule: &Schedule, now: i64) -> Option<u64> {
        schedule.left(at(now)).map(|left| (left + Duration::from_millis(500)).as_secs())
    }

    fn left(schedule: &Schedule) -> Option<u64> {
        left_at(schedule, 0)
    }

    /// A build that succeeds, of a site where something is published or expires at this second.
    fn due(second: i64) -> Build {
        Build { next_change: Some(at(second)), ..Build::default() }
    }

    #[test]
    fn failures_of_the_system_are_retried_less_and_less_often_and_shown_once() {
        let mut schedule = Schedule::default();
        assert!(schedule.note(&full_disk("a"), Some(&Changes::Anything), during(0)));
        for seconds in [2, 4, 8, 16, 30, 30, 30] {
            assert_eq!(left(&schedule), Some(seconds));
            assert!(!schedule.note(&full_disk("b"), None, during(0)), "shown again after {seconds} s");
        }
        assert!(
            schedule.note(&full_disk("b"), Some(&Changes::Anything), during(0)),
            "nothing is shown after an edit"
        );
        assert_eq!(left(&schedule), Some(2));
        assert!(schedule.note(&mistake(), None, during(0)));
        assert!(schedule.note(&Build::default(), None, during(0)), "the recovery is not shown");
        assert!(!schedule.note(&Build::default(), None, during(0)));
        assert_eq!(left(&schedule), None);
    }

    #[test]
    fn scheduled_times_outlive_builds_that_fail() {
        let mut schedule = Schedule::default();
        let edit = Changes::Files(BTreeSet::new());
        schedule.note(&due(1), Some(&edit), during(0));
        assert_eq!(left(&schedule), Some(1));
        schedule.note(&full_disk("a"), None, during(0));
        assert_eq!(left(&schedule), Some(1));
        // It is due, and the disk is full: the wait still grows.
        schedule.note(&full_disk("a"), None, during(1));
        assert_eq!(left_at(&schedule, 1), Some(4));
        schedule.note(&due(9), None, during(1));
        schedule.note(&mistake(), Some(&Changes::Anything), during(2));
        assert_eq!(left_at(&schedule, 2), Some(7));
    }

    #[test]
    fn after_an_edit_everything_is_checked_once_more() {
        let mut schedule = Schedule::default();
        for build in [Build::default(), mistake()] {
            schedule.note(&build, Some(&Changes::Files(BTreeSet::new())), during(0));
            assert_eq!(left(&schedule), Some(30));
            schedule.note(&build, None, during(0));
            assert_eq!(left(&schedule), None);
        }
    }

    #[test]
    fn a_site_that_is_missing_is_reported_once() {
        let mut schedule = Schedule::default();
        let missing = || {
            let problem = BuildProblem::NoSite { folder: None };
            Build { diagnostics: vec![Diagnostic::new(problem)], ..Build::default() }
        };
        assert!(schedule.note(&missing(), Some(&Changes::Anything), during(0)));
        assert!(!schedule.note(&missing(), Some(&Changes::Anything), during(0)));
        assert!(!schedule.note(&missing(), None, during(0)));
        assert!(schedule.note(&Build::default(), Some(&Changes::Anything), during(0)));
        assert!(schedule.note(&missing(), Some(&Changes::Anything), during(0)));
    }

    #[test]
    fn a_clock_that_is_set_forward_makes_documents_due_at_once() {
        let mut schedule = Schedule::default();
        schedule.note(&due(3600), None, during(0));
        assert_eq!(left_at(&schedule, 1), Some(3599));
        assert_eq!(left_at(&schedule, 3600), Some(0));
        assert_eq!(left_at(&schedule, 7200), Some(0));
    }

    #[test]
    fn a_clock_that_is_set_back_makes_a_build_due_once() {
        let mut schedule = Schedule::default();
        for [begun, ended] in [[100, 100], [99, 100], [100, 1]] {
            schedule.note(&Build::default(), Some(&Changes::Anything), [at(begun), at(ended)]);
            assert_eq!(left_at(&schedule, 100), None);
            assert_eq!(left_at(&schedule, 50), Some(0));
            schedule.note(&Build::default(), None, during(50));
            assert_eq!(left_at(&schedule, 50), None);
            assert_eq!(left_at(&schedule, 51), None);
        }
        // A failure is tried again in its own time.
        schedule.note(&full_disk("a"), None, during(40));
        assert_eq!(left_at(&schedule, 40), Some(2));
    }
}
