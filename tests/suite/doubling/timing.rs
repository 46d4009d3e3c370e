//! How long something takes, on a machine that does other things, too.

use std::hint::black_box;
use std::time::Duration;

use super::inputs::{Done, Input};

/// Two and a half times the time for twice the input: one half for noise.
const ALLOWED: f64 = 2.5;
/// Inputs end here, in bytes: whatever takes next to nothing by then is quick enough.
const LARGEST: usize = 1 << 20;
/// What the longest input may take that is accepted, if shorter ones take less than their share.
const BOUND: Duration = Duration::from_secs(4);
/// How often an input may look slow by accident.
const TRIES: usize = 4;

/// What came of an input.
#[derive(Debug)]
#[allow(dead_code, reason = "shown by `Debug`")]
pub enum Verdict {
    /// Twice the input took so many times the time.
    Linear {
        bytes: usize,
        time: Duration,
        times: f64,
    },
    /// It takes next to nothing at any size.
    Quick {
        bytes: usize,
        time: Duration,
    },
    /// It is refused from some size on, with a place.
    Refused {
        bytes: usize,
        time: Duration,
    },
    /// It takes more than twice the time, but the longest input that is accepted takes no longer than this.
    Bounded {
        bytes: usize,
        time: Duration,
    },
    TooSlow {
        bytes: usize,
        time: Duration,
        times: f64,
    },
}

/// Grows an input until it can be measured, then doubles it.
///
/// What takes less than `long_enough` is not told from noise, or from what is needed for an empty input.
pub fn judge(input: &Input, long_enough: Duration) -> Verdict {
    let mut count = input.least;
    loop {
        let (small, done, bytes) = time(input, count, 1);
        if done == Done::Refused {
            return Verdict::Refused { bytes, time: small };
        }
        if small >= long_enough {
            break;
        }
        if bytes * 2 > LARGEST {
            return Verdict::Quick { bytes, time: small };
        }
        count *= 2;
    }
    let mut best = f64::INFINITY;
    for tries in 1..=TRIES {
        // Between two sizes may lie the end of some cache: then not between the next two.
        let count = if tries % 2 == 1 { count } else { 2 * count };
        let (small, _, bytes) = time(input, count, 2 * tries);
        let (large, done, _) = time(input, 2 * count, 2 * tries);
        if done == Done::Refused {
            return Verdict::Refused { bytes: 2 * bytes, time: large };
        }
        let times = large.as_secs_f64() / small.as_secs_f64();
        best = best.min(times);
        if best <= ALLOWED {
            return Verdict::Linear { bytes, time: small, times };
        }
        if tries == TRIES {
            if let Some((bytes, time)) = longest(input, count).filter(|(_, time)| *time <= BOUND) {
                return Verdict::Bounded { bytes, time };
            }
            return Verdict::TooSlow { bytes, time: small, times: best };
        }
    }
    unreachable!()
}

/// The length and the time of about the longest input that is accepted, if longer ones are refused.
fn longest(input: &Input, count: usize) -> Option<(usize, Duration)> {
    let (mut accepted, mut refused) = (count, 2 * count);
    while time(input, refused, 1).1 == Done::Accepted {
        (accepted, refused) = (refused, 2 * refused);
        if (input.make)(refused).len() > 2 * LARGEST {
            return None;
        }
    }
    while refused - accepted > accepted / 16 {
        let middle = accepted.midpoint(refused);
        if time(input, middle, 1).1 == Done::Accepted { accepted = middle } else { refused = middle }
    }
    let (time, _, bytes) = time(input, accepted, 2);
    Some((bytes, time))
}

/// The shortest time of some runs, what came of them, and the input's length.
fn time(input: &Input, count: usize, runs: usize) -> (Duration, Done, usize) {
    let made = (input.make)(count);
    let mut shortest = Duration::MAX;
    let mut done = Done::Accepted;
    for _ in 0..runs {
        let start = running();
        done = black_box((input.run)(black_box(&made)));
        shortest = shortest.min(running() - start);
    }
    (shortest, done, made.len())
}

/// The time that this thread has been running.
pub fn running() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}
