//! How GitHub is reached, from the variables that runners and people set.

use std::time::Duration;

use super::{Connection, Patience};

impl Connection {
    /// The addresses of `GITHUB_API_URL`, `GITHUB_GRAPHQL_URL` and `GITHUB_SERVER_URL`, else those of github.com.
    pub fn of_variables<'a>(get: &impl Fn(&str) -> Option<&'a str>, token: &str, usual: Patience) -> Self {
        let address = |name: &str, default: &str| get(name).unwrap_or(default).trim_end_matches('/').to_owned();
        // For tests: nobody wants to wait for a timeout of half a minute.
        let milliseconds = |name: &str| get(name).and_then(|value| value.parse().ok()).map(Duration::from_millis);
        Self {
            api: address("GITHUB_API_URL", "https://api.github.com"),
            graphql: address("GITHUB_GRAPHQL_URL", "https://api.github.com/graphql"),
            server: address("GITHUB_SERVER_URL", "https://github.com"),
            token: token.trim().to_owned(),
            patience: Patience {
                request: milliseconds("IDENTITYSERVER_UPGRADE_REQUEST_MS").unwrap_or(usual.request),
                first_wait: milliseconds("IDENTITYSERVER_UPGRADE_FIRST_WAIT_MS").unwrap_or(usual.first_wait),
                total_wait: milliseconds("IDENTITYSERVER_UPGRADE_TOTAL_WAIT_MS").unwrap_or(usual.total_wait),
            },
        }
    }
}
