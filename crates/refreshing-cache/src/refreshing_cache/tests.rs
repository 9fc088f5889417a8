//! One rule at a time. Time is tokio's, paused; a read is whatever the test says.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::FutureExt as _;
use futures_util::future::{join, join_all, pending, ready};
use tokio::sync::oneshot;
use tokio::time::{Instant, advance};

use super::*;

const LIFETIME: Duration = Duration::from_secs(100);
/// The length of the first pause.
const PAUSE: Duration = Duration::from_secs(10);

/// Kept for exactly [`LIFETIME`].
fn nothing() -> RefreshingCache<u8, u8> {
    RefreshingCache::nothing(CacheConfig { lifetime: LIFETIME, ..CacheConfig::new("a value") })
}

async fn holding(value: u8) -> RefreshingCache<u8, u8> {
    let remembered = nothing();
    assert_eq!(remembered.get(|_| ready(Ok(value))).await, Ok(value));
    remembered
}

fn unread(at_hand: Fallback) -> std::future::Ready<Result<u8, u8>> {
    panic!("read with {at_hand:?} at hand")
}

#[tokio::test]
async fn concurrent_callers_share_one_read_and_later_ones_its_value() {
    let (remembered, reads) = (nothing(), AtomicU32::new(0));
    let (bring, brought) = oneshot::channel::<u8>();
    let first = remembered.get(|at_hand| {
        assert_eq!(at_hand, Fallback::Nothing);
        reads.fetch_add(1, Ordering::Relaxed);
        brought.map(|value| value.map_err(|_| 0))
    });
    let both = join(first, remembered.get(unread));
    let bringing = async { bring.send(7).unwrap() };
    let (outcomes, ()) = join(both, bringing).await;
    assert_eq!(outcomes, (Ok(7), Ok(7)));
    assert_eq!(remembered.get(unread).await, Ok(7));
    assert_eq!(reads.into_inner(), 1);
}

#[tokio::test]
async fn a_failure_with_nothing_at_hand_reaches_all_who_waited_and_is_not_remembered() {
    let remembered = nothing();
    let (fail, failed) = oneshot::channel::<u8>();
    let waiting = join(remembered.get(|_| failed.map(|_| Err(9))), remembered.get(unread));
    let (outcomes, ()) = join(waiting, async { drop(fail) }).await;
    assert_eq!(outcomes, (Err(9), Err(9)));
    assert_eq!(remembered.get(|_| ready(Ok(1))).await, Ok(1));
}

#[tokio::test]
async fn a_read_whose_callers_have_gone_is_dropped_and_the_next_caller_starts_afresh() {
    let remembered = nothing();
    assert!(remembered.get(|_| pending()).now_or_never().is_none());
    assert_eq!(remembered.get(|_| ready(Ok(2))).await, Ok(2));
}

#[tokio::test]
async fn what_is_forgotten_is_read_again() {
    let remembered = holding(1).await;
    remembered.forget();
    assert_eq!(format!("{remembered:?}"), "not yet read");
    assert_eq!(remembered.get(|_| ready(Err(9))).await, Err(9), "nothing to fall back on");
    assert_eq!(remembered.get(|_| ready(Ok(2))).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_value_is_read_again_when_its_lifetime_has_passed_and_not_before() {
    let remembered = holding(1).await;
    advance(LIFETIME - Duration::from_millis(1)).await;
    assert_eq!(remembered.get(unread).await, Ok(1));
    advance(Duration::from_millis(1)).await;
    let refreshed = remembered.get(|at_hand| {
        assert_eq!(at_hand, Fallback::LastGood);
        ready(Ok(2))
    });
    assert_eq!(refreshed.await, Ok(2));
    assert_eq!(remembered.get(unread).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_value_is_as_old_as_the_beginning_of_its_read() {
    let remembered = nothing();
    let slow = remembered.get(|_| tokio::time::sleep(LIFETIME / 2).map(|()| Ok(1)));
    assert_eq!(slow.await, Ok(1));
    advance(LIFETIME / 2).await;
    assert_eq!(remembered.get(|_| ready(Ok(2))).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn while_it_cannot_be_read_the_last_good_value_serves_on_and_the_attempts_grow_rare() {
    let remembered = holding(1).await;
    advance(LIFETIME).await;
    for pause in [PAUSE, PAUSE * 2, PAUSE * 4, PAUSE * 6, PAUSE * 6] {
        assert_eq!(remembered.get(|_| ready(Err(9))).await, Ok(1));
        advance(pause - Duration::from_millis(1)).await;
        assert_eq!(remembered.get(unread).await, Ok(1), "no attempt for {pause:?}");
        advance(Duration::from_millis(1)).await;
    }
    assert_eq!(remembered.get(|_| ready(Ok(2))).await, Ok(2));
    advance(LIFETIME).await;
    assert_eq!(remembered.get(|_| ready(Err(9))).await, Ok(2));
    advance(PAUSE).await;
    assert_eq!(remembered.get(|_| ready(Ok(3))).await, Ok(3), "the pauses begin again after a success");
}

#[tokio::test(start_paused = true)]
async fn a_pause_is_counted_from_the_end_of_the_attempt() {
    let remembered = holding(1).await;
    advance(LIFETIME).await;
    let slow = Duration::from_secs(1);
    assert_eq!(remembered.get(|_| tokio::time::sleep(slow).map(|()| Err(9))).await, Ok(1));
    advance(PAUSE - Duration::from_millis(1)).await;
    assert_eq!(remembered.get(unread).await, Ok(1));
}

#[tokio::test(start_paused = true)]
async fn who_gives_up_on_a_slow_refresh_does_not_leave_the_wait_to_the_next() {
    let remembered = holding(1).await;
    advance(LIFETIME).await;
    assert!(remembered.get(|_| pending()).now_or_never().is_none());
    assert_eq!(remembered.get(unread).now_or_never(), Some(Ok(1)));
    advance(PAUSE).await;
    assert_eq!(remembered.get(|_| ready(Ok(2))).await, Ok(2));
}

#[tokio::test]
async fn a_remembered_value_that_is_another_already_needs_no_read() {
    let remembered = holding(2).await;
    let other = remembered.refresh_unless(|value| *value == 1, || unread(Fallback::Nothing));
    assert_eq!(other.now_or_never(), Some(Ok(Some(2))));
}

#[tokio::test]
async fn a_refused_value_is_replaced_at_once_and_the_other_one_remembered() {
    let remembered = holding(1).await;
    assert_eq!(remembered.refresh_unless(|value| *value == 1, || ready(Ok(2))).await, Ok(Some(2)));
    assert_eq!(remembered.get(unread).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_forced_read_that_fails_costs_neither_the_value_nor_its_lifetime() {
    let remembered = holding(1).await;
    assert_eq!(remembered.refresh_unless(|value| *value == 1, || ready(Err(9))).await, Err(9));
    assert_eq!(remembered.get(unread).await, Ok(1));
    advance(LIFETIME).await;
    assert_eq!(remembered.get(|_| ready(Ok(2))).await, Ok(2), "and causes no pause");
}

#[tokio::test(start_paused = true)]
async fn forced_reads_keep_their_distance_and_those_who_wait_share_one() {
    let (remembered, reads) = (holding(1).await, AtomicU32::new(0));
    let refused = || {
        remembered.refresh_unless(
            |value| *value == 1,
            || {
                reads.fetch_add(1, Ordering::Relaxed);
                tokio::time::sleep(Duration::from_millis(20)).map(|()| Ok(1))
            },
        )
    };
    let begun = Instant::now();
    assert!(join_all((0..10).map(|_| refused())).await.iter().all(|outcome| *outcome == Ok(None)));
    assert_eq!((reads.load(Ordering::Relaxed), begun.elapsed().as_millis()), (1, 20), "together: one read, at once");
    assert!(join_all((0..10).map(|_| refused())).await.iter().all(|outcome| *outcome == Ok(None)));
    assert_eq!((reads.load(Ordering::Relaxed), begun.elapsed().as_millis()), (2, 540), "one more, at a distance");
}

#[tokio::test(start_paused = true)]
async fn who_wakes_after_the_shared_read_has_ended_takes_its_outcome() {
    let remembered = holding(1).await;
    let refused = || remembered.refresh_unless(|value| *value == 1, || ready(Ok(1)));
    assert_eq!(refused().await, Ok(None));
    let (mut first, mut second) = (Box::pin(refused()), Box::pin(refused()));
    assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none(), "both wait");
    advance(crate::FORCED_READS_APART).await;
    assert_eq!(first.now_or_never(), Some(Ok(None)), "reads");
    assert_eq!(second.now_or_never(), Some(Ok(None)), "does not wait for a turn of its own");
}

#[tokio::test(start_paused = true)]
async fn a_forced_read_that_nobody_waits_for_any_more_is_dropped_and_counts_for_the_distance() {
    let remembered = holding(1).await;
    let refused = |value: &u8| *value == 1;
    assert!(remembered.refresh_unless(refused, pending).now_or_never().is_none());
    let begun = Instant::now();
    assert_eq!(remembered.refresh_unless(refused, || ready(Ok(2))).await, Ok(Some(2)));
    assert_eq!(begun.elapsed(), crate::FORCED_READS_APART);
}

#[tokio::test(start_paused = true)]
async fn a_read_that_began_before_the_refusal_proves_nothing() {
    let remembered = holding(1).await;
    advance(LIFETIME).await;
    let (bring, brought) = oneshot::channel::<u8>();
    let refresh = remembered.get(|_| brought.map(|value| value.map_err(|_| 0)));
    let refused = remembered.refresh_unless(|value| *value == 1, || ready(Ok(2)));
    let (refreshed, other, ()) = tokio::join!(refresh, refused, async { bring.send(1).unwrap() });
    assert_eq!((refreshed, other), (Ok(1), Ok(Some(2))));
}

#[tokio::test(start_paused = true)]
async fn who_will_not_wait_for_a_forced_read_is_told_that_there_is_none() {
    let remembered = holding(1).await;
    let other = |value| remembered.other_than_if_due(|value| *value == 1, move || ready(Ok(value)));
    assert_eq!(other(1).await, Ok(None));
    // Too soon: nothing is read, and nobody waits.
    let begun = Instant::now();
    assert_eq!(other(2).await, Ok(None));
    assert_eq!(begun.elapsed(), Duration::ZERO);
    advance(crate::FORCED_READS_APART).await;
    assert_eq!(other(2).await, Ok(Some(2)));
    // The remembered one is another already.
    assert_eq!(other(3).await, Ok(Some(2)));
}

#[tokio::test(start_paused = true)]
async fn a_value_serves_on_no_longer_than_it_may_and_is_none_after_that() {
    const STALE: Duration = Duration::from_secs(1_000);
    let remembered =
        RefreshingCache::nothing(CacheConfig { lifetime: LIFETIME, ..CacheConfig::new("a value").stale_for(STALE) });
    assert_eq!(remembered.get(|_| ready(Ok(1))).await, Ok(1));
    advance(LIFETIME).await;
    assert_eq!(remembered.get(|_| ready(Err(9))).await, Ok(1));
    advance(STALE - Duration::from_secs(1)).await;
    assert_eq!(remembered.get(|_| ready(Err(9))).await, Ok(1));
    // The pause after the attempt is not over, and the time is.
    advance(Duration::from_secs(1)).await;
    for error in [7, 8] {
        let read = |at_hand| {
            assert_eq!(at_hand, Fallback::Nothing);
            ready(Err(error))
        };
        assert_eq!(remembered.get(read).await, Err(error));
    }
    assert_eq!(format!("{remembered:?}"), "not yet read");
    assert_eq!(remembered.get(|_| ready(Ok(2))).await, Ok(2));
    assert_eq!(remembered.get(unread).await, Ok(2));
}

#[tokio::test(start_paused = true)]
async fn a_value_that_grows_too_old_while_it_is_read_again_in_vain_does_not_serve_on() {
    let remembered =
        RefreshingCache::nothing(CacheConfig { lifetime: LIFETIME, ..CacheConfig::new("a value").stale_for(PAUSE) });
    assert_eq!(remembered.get(|_| ready(Ok(1))).await, Ok(1));
    advance(LIFETIME + PAUSE / 2).await;
    let slow = remembered.get(|_| tokio::time::sleep(PAUSE).map(|()| Err(9)));
    assert_eq!(slow.await, Err(9));
}

#[tokio::test(start_paused = true)]
async fn with_no_time_to_serve_on_a_value_counts_for_its_lifetime_alone() {
    let remembered = RefreshingCache::nothing(CacheConfig {
        lifetime: LIFETIME,
        ..CacheConfig::new("a value").stale_for(Duration::ZERO)
    });
    assert_eq!(remembered.get(|_| ready(Ok(1))).await, Ok(1));
    advance(LIFETIME).await;
    assert_eq!(remembered.get(|_| ready(Err(9))).await, Err(9));
}
