//! How long a token may live for a caller whose own proof ends.
//!
//! A lifetime is cut to a few lengths, so that the tokens for one grant can still be kept and shared: a token that was minted for a
//! length which fits into what a caller has left ends before they do, whenever it was minted. So nothing here has to be compared where
//! tokens are kept, and no end of a caller is part of what a token is found by.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use tvm_policy::Grant;

use crate::settings::MinRemaining;

/// Less than a second is left of what the caller proved with who they are: no token is as short.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct CallerEnded;

/// The grant as a token for it is minted and found at `now`: with a lifetime that fits into what the caller has left.
pub(crate) fn bounded(grant: &Grant, now: SystemTime) -> Result<Cow<'_, Grant>, CallerEnded> {
    let Some(end) = grant.not_after else { return Ok(Cow::Borrowed(grant)) };
    let left = end.duration_since(now).map_or(0, |left| left.as_secs());
    if left == 0 {
        return Err(CallerEnded);
    }
    let lifetime = if left < grant.lifetime.as_secs() { Duration::from_secs(cut(left)) } else { grant.lifetime };
    Ok(Cow::Owned(Grant { lifetime, not_after: None, ..grant.clone() }))
}

/// The lengths above that of `cut`, up to the one that `whole` has: a kept token of one of these may end early enough as well.
pub(crate) fn longer(cut: &Grant, whole: &Grant) -> impl Iterator<Item = Grant> + use<> {
    let (cut, most) = (cut.clone(), whole.lifetime);
    let lengths = std::iter::successors(Some(cut.lifetime.as_secs()), |length| length.checked_add(step(*length)));
    let below = lengths.skip(1).map(Duration::from_secs).take_while(move |length| *length < most);
    let most = (cut.lifetime < most).then_some(most);
    below.chain(most).map(move |lifetime| Grant { lifetime, ..cut.clone() })
}

/// How much of its life a token for `cut` must have left to be given again: what one for `whole` must, but half of it for a fixed time
/// that a short one never has.
pub(crate) fn enough(reuse: MinRemaining, cut: &Grant, whole: &Grant) -> Duration {
    let asked = reuse.of(cut.lifetime);
    if asked < cut.lifetime || cut.lifetime == whole.lifetime {
        return asked;
    }
    cut.lifetime.checked_div(2).unwrap_or_default()
}

/// To three significant bits, 1, 1.25, 1.5 or 1.75 times a power of two: at most a fifth less, and in 25 hours no more than 61 lengths.
fn cut(seconds: u64) -> u64 {
    let step = step(seconds);
    seconds.saturating_sub(seconds.checked_rem(step).unwrap_or_default())
}

/// How far the next length is from one, or from what is between two.
fn step(seconds: u64) -> u64 {
    let bits = seconds.checked_ilog2().unwrap_or_default();
    1_u64.checked_shl(bits.saturating_sub(2)).unwrap_or(1)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "small numbers")]
mod tests {
    use std::collections::BTreeSet;
    use std::time::UNIX_EPOCH;

    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    const NOW: u64 = 1_700_000_000;

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn grant(lifetime: u64, not_after: Option<SystemTime>) -> Grant {
        Grant { permissions: vec![], token_id: None, lifetime: Duration::from_secs(lifetime), not_after }
    }

    fn lifetime(whole: u64, end: SystemTime) -> Result<u64, CallerEnded> {
        Ok(bounded(&grant(whole, Some(end)), at(NOW))?.lifetime.as_secs())
    }

    #[test]
    fn a_caller_who_has_enough_left_gets_a_whole_lifetime_and_no_other_than_one_without_an_end() {
        let without = grant(3_600, None);
        assert_eq!(bounded(&without, at(NOW)).as_deref(), Ok(&without));
        // The year 9998, and what no clock shows.
        for end in [at(NOW + 3_600), at(NOW + 3_601), at(253_360_000_000), at(u64::from(u32::MAX) << 20)] {
            assert_eq!(bounded(&grant(3_600, Some(end)), at(NOW)).as_deref(), Ok(&without), "{end:?}");
        }
    }

    #[test]
    fn a_caller_who_has_less_left_gets_a_token_that_ends_before_they_do() {
        for (left, expected) in [(3_599, 3_584), (2_600, 2_560), (600, 512), (60, 56), (7, 7), (5, 5), (2, 2), (1, 1)] {
            assert_eq!(lifetime(3_600, at(NOW + left)), Ok(expected), "{left}");
        }
        for end in [at(NOW), at(NOW - 1), UNIX_EPOCH, at(NOW) + Duration::from_millis(999)] {
            assert_eq!(lifetime(3_600, end), Err(CallerEnded), "{end:?}");
        }
    }

    #[test]
    fn the_lengths_are_few() {
        let lengths: BTreeSet<u64> = (1..=Grant::LONGEST_LIFETIME.as_secs()).map(cut).collect();
        assert_eq!(lengths.len(), 61);
    }

    #[test]
    fn a_fixed_time_that_a_short_token_never_has_is_half_of_it() {
        let time = |seconds| MinRemaining::Time(Duration::from_secs(seconds));
        for (reuse, life, expected) in [
            (MinRemaining::Percent(80), 1_000, 800),
            (time(600), 3_600, 600),
            (time(600), 600, 300),
            (time(7_200), 7_200, 7_200),
            (time(600), 60, 30),
        ] {
            let (cut, whole) = (grant(life, None), grant(7_200, None));
            assert_eq!(enough(reuse, &cut, &whole), Duration::from_secs(expected), "{reuse:?} {life}");
        }
    }

    proptest! {
        #[test]
        fn no_token_outlives_its_caller_or_is_a_fifth_too_short(whole in 1_u64..90_000, left in 1_u64..100_000) {
            let got = lifetime(whole, at(NOW + left)).unwrap();
            prop_assert!(got <= left.min(whole) && got * 5 >= left.min(whole) * 4, "{got}");
        }

        #[test]
        fn the_longer_lengths_are_all_that_are_minted_up_to_the_whole(whole in 1_u64..2_000, left in 1_u64..2_000) {
            let whole_grant = grant(whole, None);
            let this = bounded(&grant(whole, Some(at(NOW + left))), at(NOW)).unwrap().into_owned();
            let lengths: BTreeSet<u64> = longer(&this, &whole_grant).map(|grant| grant.lifetime.as_secs()).collect();
            let minted = (left.min(whole)..=whole + 1).map(|left| lifetime(whole, at(NOW + left)).unwrap());
            let expected: BTreeSet<u64> = minted.filter(|length| *length > this.lifetime.as_secs()).collect();
            prop_assert_eq!(lengths, expected);
        }
    }
}
