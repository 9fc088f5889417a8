//! Whatever the order in which callers come, are polled and go away, and reads end: the rules hold.
//!
//! Every case is a schedule drawn by proptest (it prints the one that fails, and keeps it) over many callers of one
//! [`RefreshingCache`]. Time is tokio's, paused; the source is two numbers that change under way, as the stages of a secret do.
#![allow(clippy::arithmetic_side_effects, reason = "a helper of a test may fail the test")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use futures_util::task::noop_waker;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use tokio::time::advance;

use super::*;

/// What happens next. An index is taken modulo what there is.
#[derive(Debug, Clone)]
enum Step {
    Ask,
    /// The value that the caller with this index got last is refused.
    Refuse(usize),
    Poll(usize),
    /// A caller goes away.
    Drop(usize),
    /// The read under way may end, if it is polled.
    Answer,
    Fail,
    Rotate,
    LosePrevious,
    Pass(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => Just(Step::Ask),
        4 => any::<usize>().prop_map(Step::Refuse),
        8 => any::<usize>().prop_map(Step::Poll),
        2 => any::<usize>().prop_map(Step::Drop),
        4 => Just(Step::Answer),
        1 => Just(Step::Fail),
        2 => Just(Step::Rotate),
        1 => Just(Step::LosePrevious),
        2 => prop_oneof![0..20_u64, 400..600_u64, 5_000..120_000_u64].prop_map(Step::Pass),
    ];
    proptest::collection::vec(step, 1..120)
}

/// What is read, and how it goes: shared with the reads.
#[derive(Debug, Default)]
struct Source {
    current: AtomicU32,
    /// 0: none.
    previous: AtomicU32,
    /// Answers and failures given so far, each for one read.
    answers: AtomicU32,
    failures: AtomicU32,
    under_way: AtomicU32,
}

/// Counts a read from its first poll to its end or drop: there is never more than one.
struct Reading(Arc<Source>);

impl Reading {
    fn begin(source: &Arc<Source>) -> Self {
        assert_eq!(source.under_way.fetch_add(1, Ordering::Relaxed), 0, "two reads at a time");
        Self(Arc::clone(source))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn take(permits: &AtomicU32) -> bool {
    permits.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
}

/// Reads the current value, once an answer is given; the previous one instead if the current one is `refused`.
async fn read(source: Arc<Source>, refused: Option<u32>) -> Result<u32, &'static str> {
    let reading = Reading::begin(&source);
    std::future::poll_fn(|_| {
        if take(&source.failures) {
            return Poll::Ready(Err("failed"));
        }
        if take(&source.answers) { Poll::Ready(Ok(())) } else { Poll::Pending }
    })
    .await?;
    drop(reading);
    let current = source.current.load(Ordering::Relaxed);
    let previous = source.previous.load(Ordering::Relaxed);
    Ok(if Some(current) == refused && previous != 0 { previous } else { current })
}

type Caller<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

async fn run(steps: Vec<Step>) {
    let source = Arc::new(Source::default());
    source.current.store(1, Ordering::Relaxed);
    let cache_config = CacheConfig { lifetime: Duration::from_secs(60), ..CacheConfig::new("a value") };
    let remembered = RefreshingCache::<u32, &'static str>::nothing(cache_config);
    // What every caller was given, oldest first; and all values that ever were.
    let given = RefCell::new(Vec::<u32>::new());
    let ever = RefCell::new(BTreeSet::from([1_u32]));
    let mut callers = Vec::<Caller<'_>>::new();
    let mut newest = 1_u32;
    let waker = noop_waker();
    let mut context = Context::from_waker(&waker);

    let ask = || -> Caller<'_> {
        Box::pin(async {
            let had_one = !given.borrow().is_empty();
            let outcome = remembered.get(|_| read(Arc::clone(&source), None)).await;
            assert!(outcome.is_ok() || !had_one, "a good value was at hand");
            if let Ok(value) = outcome {
                assert!(ever.borrow().contains(&value));
                given.borrow_mut().push(value);
            }
        })
    };
    let refuse = |refused: u32| -> Caller<'_> {
        Box::pin({
            let (remembered, source, given, ever) = (&remembered, &source, &given, &ever);
            async move {
                let read = || read(Arc::clone(source), Some(refused));
                if let Ok(Some(other)) = remembered.refresh_unless(|value| *value == refused, read).await {
                    assert_ne!(other, refused);
                    assert!(ever.borrow().contains(&other));
                    given.borrow_mut().push(other);
                }
            }
        })
    };

    for step in steps {
        match step {
            Step::Ask => callers.push(ask()),
            Step::Refuse(which) => {
                let refused = {
                    let given = given.borrow();
                    given.get(which.checked_rem(given.len()).unwrap_or(0)).copied()
                };
                callers.extend(refused.map(refuse));
            }
            Step::Poll(which) if !callers.is_empty() => {
                let which = which % callers.len();
                if callers[which].as_mut().poll(&mut context).is_ready() {
                    drop(callers.swap_remove(which));
                }
            }
            Step::Drop(which) if !callers.is_empty() => drop(callers.swap_remove(which % callers.len())),
            Step::Poll(_) | Step::Drop(_) => {}
            Step::Answer => drop(source.answers.fetch_add(1, Ordering::Relaxed)),
            Step::Fail => drop(source.failures.fetch_add(1, Ordering::Relaxed)),
            Step::Rotate => {
                newest += 1;
                ever.borrow_mut().insert(newest);
                source.previous.store(source.current.swap(newest, Ordering::Relaxed), Ordering::Relaxed);
            }
            Step::LosePrevious => source.previous.store(0, Ordering::Relaxed),
            Step::Pass(millis) => advance(Duration::from_millis(millis)).await,
        }
    }

    // Nobody waits for ever: with a source that answers, all who are left get an end.
    source.answers.store(u32::MAX, Ordering::Relaxed);
    for _ in 0..200 {
        callers.retain_mut(|caller| caller.as_mut().poll(&mut context).is_pending());
        advance(crate::FORCED_READS_APART).await;
    }
    assert!(callers.is_empty(), "{} wait for ever", callers.len());
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 600, ..Default::default() })]
    #[test]
    fn nobody_gets_the_refused_value_an_error_beside_a_good_one_or_no_end(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(run(steps));
    }
}
