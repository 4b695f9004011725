//! How long to wait before another try, and when to give up.

use std::hash::{BuildHasher, Hasher};
use std::time::Duration;

use super::{Error, Failure};

/// Tries that one request gets.
const TRIES: u32 = 4;

/// The wait that GitHub asks for when a limit's answer names none (seconds).
const UNNAMED_LIMIT: u64 = 60;

/// The times that a run is willing to spend.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For one request, its answer included; of a stream, for each piece.
    pub request: Duration,
    /// Before the second try; it doubles from try to try.
    pub first_wait: Duration,
    /// For all waits of the run together, and for all tries that failed: what keeps a run from hanging.
    pub total_wait: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            request: Duration::from_secs(30),
            first_wait: Duration::from_millis(500),
            total_wait: Duration::from_mins(2),
        }
    }
}

impl Patience {
    /// How long to wait after try number `attempt` (from 1) failed, when `waited` was spent already on failed tries and on waits;
    /// `None` to give up.
    pub fn wait(&self, attempt: u32, error: &Error, waited: Duration) -> Option<Duration> {
        if !error.is_doubtful() || attempt >= TRIES {
            return None;
        }
        let asked = match error.failure {
            Failure::RateLimited { wait } => Some(wait.unwrap_or(Duration::from_secs(UNNAMED_LIMIT))),
            Failure::Server { wait, .. } => wait,
            _ => None,
        };
        let growing = self.first_wait.saturating_mul(1 << attempt.min(8).saturating_sub(1));
        let wait = asked.unwrap_or_default().max(growing).saturating_add(growing.mul_f64(jitter()));
        (waited.saturating_add(wait) <= self.total_wait).then_some(wait)
    }
}

/// From 0 to under 0.5: runs that failed together must not come back together.
fn jitter() -> f64 {
    let random = std::collections::hash_map::RandomState::new().build_hasher().finish();
    f64::from(u16::try_from(random & 0x7fff).unwrap_or_default()) / 65536.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(attempt: u32, failure: Failure, waited: u64) -> Option<Duration> {
        Patience::default().wait(attempt, &Error::new("GET /", failure), Duration::from_secs(waited))
    }

    #[test]
    fn waits_grow_and_end() {
        let cut = || Failure::Transport("cut".into());
        let first = wait(1, cut(), 0).expect("a wait");
        let third = wait(3, cut(), 0).expect("a wait");
        assert!((Duration::from_millis(500)..=Duration::from_millis(750)).contains(&first), "{first:?}");
        assert!((Duration::from_secs(2)..=Duration::from_secs(3)).contains(&third), "{third:?}");
        assert_eq!(wait(4, cut(), 0), None);
        assert_eq!(wait(1, cut(), 120), None);
    }

    #[test]
    fn the_server_is_obeyed_within_the_bound() {
        let limited = |seconds| Failure::RateLimited { wait: Some(Duration::from_secs(seconds)) };
        assert!(wait(1, limited(30), 0).is_some_and(|wait| wait >= Duration::from_secs(30)));
        assert_eq!(wait(1, limited(3000), 0), None);
        assert!(wait(1, Failure::RateLimited { wait: None }, 0).is_some_and(|wait| wait >= Duration::from_mins(1)));
    }

    #[test]
    fn what_cannot_change_is_not_waited_for() {
        for failure in [Failure::NotFound, Failure::Unauthorised, Failure::Forbidden(String::new()), Failure::Locked] {
            assert_eq!(wait(1, failure, 0), None);
        }
    }
}
