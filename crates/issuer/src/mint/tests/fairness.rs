//! One caller who asks for as many tokens as she likes, beside one who asks for a token a second.

use super::*;

/// For how long both of them ask.
const SECONDS: u32 = 8;

/// What came of it.
#[derive(Debug, Default)]
struct Outcome {
    ada_has: usize,
    bob_has: usize,
    bob_is_refused: usize,
    bob_waits: Duration,
}

fn own(who: &str, number: u32) -> Grant {
    Grant { token_id: Some(format!("{who}:{number}")), ..grant() }
}

/// Ada asks for another kind of token forty times a second; bob asks once a second, `after` each begins.
async fn beside_a_flood(settings: Settings<ModelStore>, after: Duration) -> Outcome {
    let server = Arc::new(TokenIssuer::new(OneKey, Model::new(&[]), settings));
    let ask = |who: &'static str, number| {
        let server = Arc::clone(&server);
        tokio::spawn(async move {
            let begun = Instant::now();
            let vended = server.vend(&own(who, number), Some(who), Deadline::default()).await;
            vended.map(|_| begun.elapsed())
        })
    };
    let ada = async {
        let mut asked = Vec::new();
        for number in 0..SECONDS * 40 {
            asked.push(ask("ada", number));
            tokio::time::sleep(SECOND / 40).await;
        }
        futures_util::future::join_all(asked).await
    };
    let bob = async {
        tokio::time::sleep(after).await;
        let mut asked = Vec::new();
        for number in 0..SECONDS {
            asked.push(ask("bob", number));
            tokio::time::sleep(SECOND).await;
        }
        futures_util::future::join_all(asked).await
    };
    let (ada, bob) = tokio::join!(ada, bob);
    let mut outcome = Outcome { ada_has: ada.into_iter().flatten().flatten().count(), ..Outcome::default() };
    for vended in bob {
        match vended.unwrap() {
            Ok(waited) => {
                outcome.bob_has += 1;
                outcome.bob_waits = outcome.bob_waits.max(waited);
            }
            Err(_) => outcome.bob_is_refused += 1,
        }
    }
    outcome
}

/// With tokens that are not kept, kept in this one process, and shared among all.
#[tokio::test(start_paused = true)]
async fn who_asks_once_a_second_is_not_refused_because_another_floods() {
    let mut outcomes = Vec::new();
    for mode in ["off", "instance", "shared"] {
        for after in [0, 137, 500] {
            let store = ModelStore::slow(SECOND / 500);
            let settings = Settings {
                reuse: (mode != "off").then_some(MinRemaining::Percent(50)),
                shared: (mode == "shared").then_some(SharedTokens { store, budget: SECOND }),
                tokens_per_second: NonZeroU32::new(5),
                identity_interval: None,
            };
            outcomes.push((mode, after, beside_a_flood(settings, Duration::from_millis(after)).await));
        }
    }
    // Bob has what he asks for, soon, and ada all the rest: no turn is lost.
    let is_fair = |outcome: &Outcome| {
        let in_all = outcome.ada_has + outcome.bob_has;
        outcome.bob_is_refused == 0 && outcome.bob_waits <= SECOND && (5 * 8..=5 * 10).contains(&in_all)
    };
    assert!(outcomes.iter().all(|(_, _, outcome)| is_fair(outcome)), "{outcomes:#?}");
}
