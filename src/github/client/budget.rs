//! What GitHub's rate limits leave: told by the headers of every answer, shared by all requests of a run.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use http::HeaderMap;

/// Requests at once: GitHub's secondary limit is 100, and others may share the token.
const AT_ONCE: usize = 90;

/// The budget of one kind of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests (or points) that are left until the reset.
    pub remaining: u64,
    /// Of how many.
    pub limit: u64,
    /// When it starts anew (seconds since 1970).
    pub reset: u64,
}

/// What all requests of a client share.
#[derive(Debug)]
pub(super) struct Shared {
    /// One permit for each request that is under way.
    pub slots: tokio::sync::Semaphore,
    scarcest: Mutex<Option<Budget>>,
    hold: Mutex<Option<Instant>>,
}

impl Default for Shared {
    fn default() -> Self {
        Self { slots: tokio::sync::Semaphore::new(AT_ONCE), scarcest: Mutex::default(), hold: Mutex::default() }
    }
}

impl Shared {
    /// Allows this many requests at once, if that is fewer than before.
    pub fn narrow(&self, at_once: usize) {
        self.slots.forget_permits(AT_ONCE.saturating_sub(at_once.max(1)));
    }

    /// Takes note of an answer's headers.
    pub fn note(&self, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
        let (Some(remaining), Some(limit), Some(reset)) =
            (number("x-ratelimit-remaining"), number("x-ratelimit-limit"), number("x-ratelimit-reset"))
        else {
            return;
        };
        let told = Budget { remaining, limit, reset };
        let mut known = self.scarcest.lock().unwrap_or_else(PoisonError::into_inner);
        // Kinds of requests have budgets of their own: the scarcest one is told, until its hour is over.
        if known.is_none_or(|known| told.remaining <= known.remaining || told.reset > known.reset) {
            *known = Some(told);
        }
    }

    /// The scarcest budget.
    pub fn budget(&self) -> Option<Budget> {
        *self.scarcest.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody asks for so long: one request was told that the limit is reached, and that goes for all.
    pub fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait;
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        *hold = Some(hold.map_or(until, |known| known.max(until)));
    }

    /// Waits until asking is allowed again.
    pub async fn allowed(&self) {
        loop {
            let until = *self.hold.lock().unwrap_or_else(PoisonError::into_inner);
            match until.and_then(|until| until.checked_duration_since(Instant::now())) {
                Some(wait) if !wait.is_zero() => tokio::time::sleep(wait).await,
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scarcest_budget_is_told() {
        let shared = Shared::default();
        let note = |remaining: &str, reset: &str| {
            let mut headers = HeaderMap::new();
            let mut set = |name: &'static str, value: &str| headers.insert(name, value.parse().unwrap());
            set("x-ratelimit-remaining", remaining);
            set("x-ratelimit-limit", "5000");
            set("x-ratelimit-reset", reset);
            shared.note(&headers);
            shared.budget().map(|budget| budget.remaining)
        };
        assert_eq!(note("4000", "100"), Some(4000));
        assert_eq!(note("4900", "100"), Some(4000));
        assert_eq!(note("3999", "100"), Some(3999));
        assert_eq!(note("5000", "3700"), Some(5000));
    }
}
