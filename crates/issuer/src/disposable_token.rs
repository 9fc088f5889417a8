//! A minted token: checked, and encoded as the official JavaScript SDK encodes it.
//!
//! There is no way to a [`DisposableToken`] but through the check, and none to its text but by asking for it by name.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use momento_client::encode_credential;
use momento_client::wire::GenerateDisposableTokenResponse;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use crate::token_error::InvalidResponse;

/// How far this computer's clock and Momento's may lie apart before an expiry counts as too late. AWS keeps the clocks
/// of its machines within milliseconds; five minutes let a laptop pass, and AWS's own signatures allow as much.
pub const CLOCK_SKEW: Duration = Duration::from_secs(300);

/// What is known of a token, unchecked.
pub(crate) struct UncheckedToken {
    pub(crate) auth_token: SecretString,
    pub(crate) expires_at: u64,
    pub(crate) good_until: u64,
}

/// A disposable token, ready to hand out.
#[derive(Debug, Clone)]
pub struct DisposableToken {
    auth_token: SecretString,
    expires_at: u64,
    /// Until when it is counted on: where Momento's clock is ahead of ours, what it says is later than what it does.
    good_until: u64,
}

impl DisposableToken {
    /// Checks the token service's answer to a request for a token of this `lifetime`, and encodes it.
    ///
    /// # Errors
    /// [`InvalidResponse`] when key or endpoint are empty, or the expiry is not after `now` or lies further away than
    /// `lifetime` and [`CLOCK_SKEW`].
    pub fn from_response(
        response: &GenerateDisposableTokenResponse,
        lifetime: Duration,
        now: SystemTime,
    ) -> Result<Self, InvalidResponse> {
        if response.api_key.is_empty() {
            return Err(InvalidResponse::EmptyKey);
        }
        if response.endpoint.is_empty() {
            return Err(InvalidResponse::EmptyEndpoint);
        }
        let auth_token = encode_credential(&response.endpoint, &response.api_key);
        let good_until = now.checked_add(lifetime).and_then(|end| end.duration_since(UNIX_EPOCH).ok());
        let good_until = good_until.map_or(response.valid_until, |end| end.as_secs().min(response.valid_until));
        Self::checked(UncheckedToken { auth_token, expires_at: response.valid_until, good_until }, lifetime, now)
    }

    /// The token, if it ends at a time at which one of this `lifetime` may.
    pub(crate) fn checked(
        minted: UncheckedToken,
        lifetime: Duration,
        now: SystemTime,
    ) -> Result<Self, InvalidResponse> {
        let UncheckedToken { auth_token, expires_at, good_until } = minted;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        if Duration::from_secs(expires_at) <= now {
            return Err(InvalidResponse::Expired);
        }
        if Duration::from_secs(expires_at) > now.saturating_add(lifetime).saturating_add(CLOCK_SKEW) {
            return Err(InvalidResponse::ExpiresTooLate);
        }
        Ok(Self { auth_token, expires_at, good_until })
    }

    /// What an SDK takes as a credential.
    #[must_use]
    pub fn auth_token(&self) -> &SecretString {
        &self.auth_token
    }

    /// When it ends, in seconds since 1970 (UTC).
    #[must_use]
    pub fn expires_at(&self) -> u64 {
        self.expires_at
    }

    /// Until when it is counted on, in seconds since 1970 (UTC).
    pub(crate) fn good_until(&self) -> u64 {
        self.good_until
    }

    /// Whether it has ended by then, whichever clock is right.
    pub(crate) fn ends_by(&self, end: SystemTime) -> bool {
        Duration::from_secs(self.expires_at) <= end.duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    /// How much of its life is left at `now`; zero once it has ended. By the clock that it was minted by, and never more than
    /// it was minted for.
    #[must_use]
    pub fn remaining(&self, now: SystemTime) -> Duration {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Duration::from_secs(self.good_until).saturating_sub(now)
    }

    /// The body of the HTTP answer: `{"authToken": "…", "expiresAt": <epoch seconds>}`. It holds the token in clear.
    #[must_use]
    pub fn http_body(&self) -> String {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            auth_token: &'a str,
            expires_at: u64,
        }
        json(&Body { auth_token: self.auth_token.expose_secret(), expires_at: self.expires_at })
    }
}

/// A struct of strings and numbers always has a JSON form.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn answered(api_key: &str, endpoint: &str, valid_until: u64) -> Result<DisposableToken, InvalidResponse> {
        let response =
            GenerateDisposableTokenResponse { api_key: api_key.into(), endpoint: endpoint.into(), valid_until };
        let now = UNIX_EPOCH.checked_add(Duration::from_millis(NOW * 1_000 + 500)).unwrap();
        DisposableToken::from_response(&response, Duration::from_secs(3_600), now)
    }

    #[test]
    fn an_answer_without_key_or_endpoint_is_no_token() {
        assert_eq!(answered("", "e", NOW + 3_600).unwrap_err(), InvalidResponse::EmptyKey);
        assert_eq!(answered("k", "", NOW + 3_600).unwrap_err(), InvalidResponse::EmptyEndpoint);
    }

    #[test]
    fn a_token_must_expire_in_the_future_and_about_when_it_was_asked_to() {
        let expiries: &[(u64, Result<(), InvalidResponse>)] = &[
            (0, Err(InvalidResponse::Expired)),
            (NOW, Err(InvalidResponse::Expired)),
            (NOW + 1, Ok(())),
            (NOW + 3_600, Ok(())),
            (NOW + 3_600 + 300, Ok(())),
            (NOW + 3_600 + 301, Err(InvalidResponse::ExpiresTooLate)),
            (u64::MAX, Err(InvalidResponse::ExpiresTooLate)),
        ];
        for (valid_until, expected) in expiries {
            assert_eq!(answered("k", "e", *valid_until).map(|_| ()), *expected, "{valid_until}");
        }
    }

    #[test]
    fn a_token_of_a_clock_that_is_ahead_is_counted_on_for_its_lifetime_and_no_longer() {
        let ahead = answered("k", "e", NOW + 3_600 + 240).unwrap();
        assert_eq!(ahead.expires_at(), NOW + 3_840);
        let later = |seconds| UNIX_EPOCH.checked_add(Duration::from_secs(NOW + seconds)).unwrap();
        assert_eq!(ahead.remaining(later(3_000)), Duration::from_secs(600));
        assert_eq!(ahead.remaining(later(3_600)), Duration::ZERO);
        // One of a clock that is behind ends when it says.
        assert_eq!(answered("k", "e", NOW + 3_000).unwrap().remaining(later(2_900)), Duration::from_secs(100));
    }

    #[test]
    fn the_body_is_the_json_that_the_contract_names() {
        let token = answered("k", "e", NOW + 60).unwrap();
        assert_eq!(
            token.http_body(),
            r#"{"authToken":"eyJlbmRwb2ludCI6ImUiLCJhcGlfa2V5IjoiayJ9","expiresAt":1700000060}"#
        );
    }

    #[test]
    fn a_token_is_not_shown_by_debug() {
        let shown = format!("{:?}", answered("k", "e", NOW + 60).unwrap());
        assert!(!shown.contains("eyJl"), "{shown}");
        assert!(shown.contains("1700000060"), "{shown}");
    }
}
