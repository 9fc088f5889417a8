//! Whatever happens to a secret, in whatever order, and whoever asks at the same time: what must hold of the keys that are
//! given. Real: the AWS SDK and its HTTP client, over loopback. Not real: Secrets Manager, and the time.
#![allow(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test may fail the test"
)]

mod support;

use std::time::Duration;

use futures_util::future::{Either, join_all, select};
use momento_secrets::{ApiKeySecret, FORCED_READS_APART, SecretError};
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use support::Answer;
use support::vault::{PLANTED, Vault, number, v1};

#[derive(Debug, Clone)]
enum Step {
    /// Another key is put.
    Rotate,
    /// What is no key is put.
    Spoil,
    /// The key with this number comes back, as the one before.
    Restore(u32),
    Trouble(usize),
    NoTrouble,
    Pass(Duration),
    /// So many ask at once, and others report at once that they were refused with the keys of these numbers, of those that
    /// were ever given.
    Ask(usize, Vec<usize>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let pass = prop_oneof![0..1_000_u64, 5_000..400_000_u64].prop_map(Duration::from_millis);
    let step = prop_oneof![
        3 => Just(Step::Rotate),
        1 => Just(Step::Spoil),
        1 => (1..4_u32).prop_map(Step::Restore),
        1 => any::<usize>().prop_map(Step::Trouble),
        2 => Just(Step::NoTrouble),
        4 => pass.prop_map(Step::Pass),
        6 => (0..3_usize, proptest::collection::vec(any::<usize>(), 0..4)).prop_map(|(ask, refused)| Step::Ask(ask, refused)),
    ];
    proptest::collection::vec(step, 1..40)
}

fn troubles() -> [Answer; 4] {
    [
        Answer::error(400, "ThrottlingException", "Rate exceeded"),
        Answer::error(400, "AccessDeniedException", "no identity-based policy allows the action"),
        Answer::error(500, "InternalServiceError", "An error occurred on the server side."),
        Answer::Hangup,
    ]
}

/// Neither an error nor anything's `Debug` may show a key.
fn assert_silent(shown: &str) {
    assert!(!shown.contains(PLANTED) && !shown.contains("spoilt"), "{shown}");
}

fn outcome<T>(outcome: Result<T, SecretError>) -> Option<T> {
    outcome.inspect_err(|error| assert_silent(&format!("{error} {error:?}"))).ok()
}

/// What becomes of `asking`, while time goes on for those who wait for it.
async fn in_time<T>(vault: &Vault, asking: impl Future<Output = T>) -> T {
    let mut asking = std::pin::pin!(asking);
    for _ in 0..10_000 {
        let moment = std::pin::pin!(tokio::time::sleep(Duration::from_millis(1)));
        match select(asking.as_mut(), moment).await {
            Either::Left((outcome, _)) => return outcome,
            Either::Right(_) if vault.clock.asleep() > 0 => vault.clock.advance(FORCED_READS_APART / 5),
            Either::Right(_) => {}
        }
    }
    panic!("somebody waits for ever");
}

async fn run(steps: Vec<Step>) {
    let vault = Vault::holding(&v1(1)).await;
    let secret: ApiKeySecret = vault.key();
    let mut given = vec![secret.api_key().await.unwrap()];
    let mut newest = 1;
    for step in steps {
        match step {
            Step::Rotate => {
                newest += 1;
                vault.put(Answer::text(&v1(newest)));
            }
            Step::Spoil => vault.put(Answer::text("spoilt")),
            Step::Restore(number) => vault.set_previous(Answer::text(&v1(number.min(newest)))),
            Step::Trouble(which) => vault.trouble(troubles()[which % 4].clone()),
            Step::NoTrouble => vault.trouble(None),
            Step::Pass(time) => vault.clock.advance(time),
            Step::Ask(callers, refusals) => {
                let before = vault.reads();
                let asking = join_all((0..callers).map(|_| async { Some(secret.api_key().await.unwrap()) }));
                let refused: Vec<_> = refusals.iter().map(|which| &given[which % given.len()]).collect();
                let refused = join_all(refused.into_iter().map(async |refused| {
                    let other = outcome(secret.after_refusal(refused).await).flatten();
                    assert!(!other.as_ref().is_some_and(|other| other.is_same(refused)), "the refused key again");
                    other
                }));
                let (asked, others) = in_time(&vault, futures_util::future::join(asking, refused)).await;
                let reads = vault.reads().current - before.current;
                // One for age, and at most one for each key that was refused.
                let most = 1 + u32::try_from(refusals.len()).unwrap();
                assert!(reads <= most, "{reads} reads by {callers} callers and {refusals:?}");
                given.extend(asked.into_iter().chain(others).flatten());
            }
        }
        assert!(given.iter().all(|key| number(key) <= newest));
        assert_silent(&format!("{secret:?} {given:?}"));
    }
}

proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 96, failure_persistence: None, ..Default::default() })]
    #[test]
    fn the_refused_key_is_never_the_other_key_and_a_good_one_always_serves_on(steps in steps()) {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run(steps));
    }
}
