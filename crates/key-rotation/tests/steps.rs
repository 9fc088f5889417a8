//! The four steps of a rotation, in order, again, out of order, and with whatever fails at each.
//! Real: the steps, the AWS SDK, Momento's calls. Not real: Secrets Manager, a stand-in that moves labels by AWS's rules;
//! Momento, the local one, whose refresh tokens serve once.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a step that fails fails its test")]

use std::num::NonZeroU32;
use std::time::Duration;

use lambda_emulator::{Secrets, TestVersion, Trouble};
use momento_client::{AuthService, Deadline, RefreshError, ServiceAddress};
use momento_emulator::{Fault, IssuedKey, Running, Stage};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tonic::Code;
use tvm_issuer::{TokenError, TokenService};
use tvm_key_rotation::{NotRenewable, Outcome, Rotation, RotationError, Step};

const SECRET: &str = "the-key";
const RENEW: &str = "RefreshApiToken";
const MINT: &str = "GenerateDisposableToken";
const PUT: &str = "PutSecretValue";
const LABEL: &str = "UpdateSecretVersionStage";
const MONTH: Duration = Duration::from_secs(60 * 86_400);
const AMPLE: Duration = Duration::from_secs(25);
const STEPS: [Step; 4] = [Step::Create, Step::Set, Step::Test, Step::Finish];

/// A secret with a key that Momento renews, and what rotates it.
struct World {
    momento: Running,
    secrets: Secrets,
    rotation: Rotation,
}

impl World {
    async fn new() -> Self {
        let (momento, secrets) = (Stage::builder().start().await.unwrap(), Secrets::start().await.unwrap());
        secrets.put(SECRET, &value(&momento.issue_key(MONTH).unwrap()));
        secrets.rotate_every(SECRET, Some(30));
        let rotation = rotation(&momento, &secrets);
        Self { momento, secrets, rotation }
    }

    async fn step(&self, step: Step, token: &str) -> Result<Outcome, RotationError> {
        self.step_within(AMPLE, step, token).await
    }

    async fn step_within(&self, time: Duration, step: Step, token: &str) -> Result<Outcome, RotationError> {
        let done = self.rotation.carry_out(step, SECRET, token, Deadline::after(time)).await;
        if let Err(error) = &done {
            let shown = format!("{error} {error:?}");
            for secret in ["AWSCURRENT", "AWSPENDING"].iter().filter_map(|stage| self.secrets.value(SECRET, stage)) {
                for part in ["apiKey", "refreshToken"].iter().filter_map(|part| member(&secret, part)) {
                    assert!(!shown.contains(&part), "{shown}");
                }
            }
        }
        done
    }

    fn current(&self) -> String {
        self.secrets.value(SECRET, "AWSCURRENT").unwrap()
    }

    /// A rotation as Secrets Manager has it done, which must go well.
    async fn rotate(&self) {
        let before = self.current();
        let token = self.secrets.begin_rotation(SECRET);
        for step in STEPS {
            let outcome = self.step(step, &token).await.unwrap_or_else(|error| panic!("{step:?}: {error}"));
            assert_eq!(self.current() == before, step != Step::Finish, "{step:?}: {outcome:?}");
        }
        assert_eq!(self.secrets.value(SECRET, "AWSPREVIOUS").unwrap(), before);
        assert_eq!(self.secrets.stages_of(SECRET, &token), ["AWSCURRENT"]);
        assert_eq!(self.secrets.stages(SECRET), ["AWSCURRENT", "AWSPREVIOUS"], "no label of the rotation stays");
    }

    /// How often Momento gave another key.
    fn renewed(&self) -> u64 {
        self.momento.stats().ended(RENEW, Code::Ok)
    }

    /// An operator's other key.
    fn put_another(&self) -> String {
        let another = value(&self.momento.issue_key(MONTH).unwrap());
        self.secrets.put(SECRET, &another);
        another
    }
}

fn client(secrets: &Secrets) -> aws_sdk_secretsmanager::Client {
    let environment = |name| match name {
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("planted".to_owned()),
        "AWS_ENDPOINT_URL" => Some(secrets.url().to_owned()),
        _ => None,
    };
    momento_secrets::lambda_client_from(environment).unwrap()
}

fn rotation(momento: &Running, secrets: &Secrets) -> Rotation {
    let (tls, place) = (tvm_tls::client_config().unwrap(), ServiceAddress::parse(&momento.url()).unwrap());
    Rotation::new(client(secrets), AuthService::new(tls.clone(), place.clone()), TokenService::new(tls, place))
}

fn value(key: &IssuedKey) -> String {
    json!({
        "apiKey": key.api_key.expose_secret(), "refreshToken": key.refresh_token.expose_secret(),
        "validUntil": key.valid_until, "note": "of the operators",
    })
    .to_string()
}

fn member(value: &str, name: &str) -> Option<String> {
    serde_json::from_str::<Value>(value).ok()?[name].as_str().map(str::to_owned)
}

#[tokio::test]
async fn a_rotation_replaces_the_key_and_what_came_with_it_again_and_again() {
    let world = World::new().await;
    let mut before = world.current();
    for _ in 0..3 {
        world.rotate().await;
        let after = world.current();
        for part in ["apiKey", "refreshToken"] {
            assert_ne!(member(&after, part).unwrap(), member(&before, part).unwrap());
        }
        let [old, new] = [&before, &after].map(|text| serde_json::from_str::<Value>(text).unwrap());
        assert!(new["validUntil"].as_u64().unwrap() >= old["validUntil"].as_u64().unwrap());
        assert_eq!(new["note"], "of the operators");
        before = after;
    }
    assert_eq!(world.renewed(), 3);
}

#[tokio::test]
async fn a_step_that_comes_again_changes_nothing() {
    let world = World::new().await;
    let token = world.secrets.begin_rotation(SECRET);
    for step in STEPS {
        let first = world.step(step, &token).await.unwrap();
        let (current, pending) = (world.current(), world.secrets.value(SECRET, "AWSPENDING"));
        let again = world.step(step, &token).await.unwrap();
        let expected = match step {
            Step::Create => Outcome::MadeBefore,
            Step::Finish => Outcome::FinishedBefore,
            Step::Set | Step::Test => first,
        };
        assert_eq!(again, expected);
        assert_eq!((world.current(), world.secrets.value(SECRET, "AWSPENDING")), (current, pending));
    }
    assert_eq!(world.renewed(), 1);
    assert_eq!(world.step(Step::Create, &token).await.unwrap(), Outcome::FinishedBefore);
}

#[tokio::test]
async fn a_step_that_comes_too_early_is_refused() {
    let world = World::new().await;
    let (before, token) = (world.current(), world.secrets.begin_rotation(SECRET));
    for step in [Step::Set, Step::Finish] {
        assert_eq!(world.step(step, &token).await.unwrap_err(), RotationError::NothingPending(token.clone()));
    }
    assert_eq!((world.current(), world.renewed()), (before, 0));
    world.rotate().await;
}

#[tokio::test]
async fn no_key_becomes_current_that_momento_does_not_mint_with_whichever_step_is_left_out() {
    let world = World::new().await;
    let (before, token) = (world.current(), world.secrets.begin_rotation(SECRET));
    world.step(Step::Create, &token).await.unwrap();
    for code in [Code::PermissionDenied, Code::Unavailable, Code::ResourceExhausted] {
        world.momento.faults().set(Fault::status(MINT, code));
        for step in [Step::Test, Step::Finish] {
            let error = world.step_within(Duration::from_secs(1), step, &token).await.unwrap_err();
            assert!(matches!(error, RotationError::NoTrial(_)), "{error}");
            assert_eq!(world.current(), before);
        }
    }
    world.momento.faults().set(Fault::hang(MINT));
    let error = world.step_within(Duration::from_millis(500), Step::Test, &token).await.unwrap_err();
    assert_eq!(error, RotationError::NoTrial(TokenError::Timeout));
    world.momento.faults().clear();
    world.rotate().await;
}

#[tokio::test]
async fn where_the_machine_uses_up_what_momento_allows_the_trial_waits_for_its_turn() {
    let world = World::new().await;
    let (token, twice) = (world.secrets.begin_rotation(SECRET), NonZeroU32::new(2).unwrap());
    world.step(Step::Create, &token).await.unwrap();
    world.momento.faults().set(Fault::status(MINT, Code::ResourceExhausted).times(twice));
    assert_eq!(world.step(Step::Test, &token).await.unwrap(), Outcome::Tried);
}

#[tokio::test]
async fn what_cannot_be_rotated_is_refused_before_momento_is_asked() {
    let world = World::new().await;
    let token = world.secrets.begin_rotation(SECRET);
    world.secrets.rotate_every(SECRET, None);
    assert_eq!(world.step(Step::Create, &token).await.unwrap_err(), RotationError::NotEnabled);
    world.secrets.rotate_every(SECRET, Some(30));
    assert_eq!(world.step(Step::Create, "x").await.unwrap_err(), RotationError::NotAVersion("x".to_owned()));
    world.put_another();
    let of_the_put_before = "version-1";
    let error = world.step(Step::Create, of_the_put_before).await.unwrap_err();
    assert_eq!(error, RotationError::NotPending(of_the_put_before.to_owned()));
    let (v1, v2) = (world.momento.api_key_v1().expose_secret(), world.momento.api_key_v2().expose_secret());
    for (value, problem) in [
        (v1.to_owned(), NotRenewable::NoRefreshToken),
        (v2.to_owned(), NotRenewable::V2),
        (json!({ "apiKey": v2, "endpoint": "localhost" }).to_string(), NotRenewable::V2),
    ] {
        world.secrets.put(SECRET, &value);
        let error = world.step(Step::Create, &token).await.unwrap_err();
        assert!(error.to_string().contains("tvm key set"), "{error}");
        assert_eq!(error, RotationError::NotRenewable(problem));
        assert_eq!(world.current(), value);
    }
    world.secrets.empty(SECRET);
    world.secrets.rotate_every(SECRET, Some(30));
    let token = world.secrets.begin_rotation(SECRET);
    assert_eq!(world.step(Step::Create, &token).await.unwrap_err(), RotationError::Empty);
    assert_eq!(world.momento.stats().started(RENEW), 0);
    world.put_another();
    world.rotate().await;
}

#[tokio::test]
async fn where_momento_gives_no_key_the_old_one_stays_and_a_later_attempt_succeeds() {
    let world = World::new().await;
    let (before, token) = (world.current(), world.secrets.begin_rotation(SECRET));
    let in_time_to_store = Duration::from_millis(5_300);
    for (fault, expected) in [
        (Fault::status(RENEW, Code::Unauthenticated), RefreshError::Refused { code: Code::Unauthenticated }),
        (Fault::status(RENEW, Code::Internal), RefreshError::Unavailable { code: Code::Internal }),
        (Fault::reset(RENEW), RefreshError::Unavailable { code: Code::Unavailable }),
        (Fault::hang(RENEW), RefreshError::Timeout),
    ] {
        world.momento.faults().set(fault);
        let error = world.step_within(in_time_to_store, Step::Create, &token).await.unwrap_err();
        assert_eq!(error, RotationError::NotRenewed(expected));
        let refused = matches!(expected, RefreshError::Refused { .. });
        assert_eq!(error.to_string().contains("tvm key set"), refused, "{error}");
        assert_eq!((world.current(), world.secrets.value(SECRET, "AWSPENDING")), (before.clone(), None));
    }
    world.momento.faults().clear();
    let error = world.step_within(Duration::from_secs(4), Step::Create, &token).await.unwrap_err();
    assert_eq!((error, world.renewed()), (RotationError::TooLate, 0), "nothing is spent that could not be stored");
    world.rotate().await;
}

#[tokio::test]
async fn a_key_that_could_not_be_stored_is_stored_by_the_next_attempt() {
    let world = World::new().await;
    let (before, token) = (world.current(), world.secrets.begin_rotation(SECRET));
    world.secrets.trouble_next(PUT, Trouble::AccessDenied);
    let error = world.step(Step::Create, &token).await.unwrap_err();
    assert!(matches!(error, RotationError::NotStored(_)), "{error}");
    assert!(
        error.to_string().contains("AccessDeniedException") && error.to_string().contains("tvm key set"),
        "{error}"
    );
    assert_eq!((world.current(), world.renewed()), (before, 1));
    // The same process, and perhaps another rotation: the refresh token has served.
    world.rotate().await;
    assert_eq!(world.renewed(), 1);
}

#[tokio::test]
async fn a_key_that_is_lost_with_its_process_costs_a_rotation_and_nothing_else() {
    let mut world = World::new().await;
    let (before, token) = (world.current(), world.secrets.begin_rotation(SECRET));
    world.secrets.trouble_next(PUT, Trouble::AccessDenied);
    world.step(Step::Create, &token).await.unwrap_err();
    world.rotation = rotation(&world.momento, &world.secrets);
    let error = world.step(Step::Create, &token).await.unwrap_err();
    assert_eq!(error, RotationError::NotRenewed(RefreshError::Refused { code: Code::InvalidArgument }));
    assert!(error.to_string().contains("tvm key set"), "{error}");
    assert_eq!(world.current(), before);
    world.put_another();
    world.rotate().await;
}

#[tokio::test]
async fn what_was_not_stored_is_forgotten_once_another_key_is_current() {
    let world = World::new().await;
    let token = world.secrets.begin_rotation(SECRET);
    world.secrets.trouble_next(PUT, Trouble::AccessDenied);
    world.step(Step::Create, &token).await.unwrap_err();
    world.put_another();
    world.rotate().await;
    assert_eq!(world.renewed(), 2, "the other key was renewed, not the one before it");
}

#[tokio::test]
async fn an_answer_that_is_lost_after_all_was_done_is_no_failure() {
    let world = World::new().await;
    let token = world.secrets.begin_rotation(SECRET);
    world.secrets.trouble_next(PUT, Trouble::AnswerLost);
    assert!(matches!(world.step(Step::Create, &token).await, Ok(Outcome::Renewed { .. })));
    world.secrets.trouble_next(LABEL, Trouble::AnswerLost);
    world.step(Step::Finish, &token).await.unwrap();
    assert_eq!(world.secrets.stages_of(SECRET, &token), ["AWSCURRENT"]);
    world.rotate().await;
    assert_eq!(world.renewed(), 2);
}

#[tokio::test]
async fn a_secrets_manager_that_refuses_leaves_the_old_key_and_a_later_attempt_succeeds() {
    let world = World::new().await;
    let (before, token) = (world.current(), world.secrets.begin_rotation(SECRET));
    for (step, action) in [
        (Step::Create, "DescribeSecret"),
        (Step::Create, "GetSecretValue"),
        (Step::Create, LABEL),
        (Step::Create, PUT),
        (Step::Test, "DescribeSecret"),
        (Step::Test, "GetSecretValue"),
        (Step::Finish, "DescribeSecret"),
        (Step::Finish, LABEL),
    ] {
        world.secrets.trouble_next(action, Trouble::AccessDenied);
        world.step(step, &token).await.unwrap_err();
        assert_eq!(world.current(), before, "{step:?} {action}");
        if action == PUT {
            world.step(step, &token).await.unwrap();
        }
    }
    world.rotate().await;
    assert_eq!(world.renewed(), 1);
}

#[tokio::test]
async fn a_key_that_somebody_else_puts_there_meanwhile_stays_and_the_next_rotation_renews_that() {
    for late in [Step::Create, Step::Set, Step::Finish] {
        let world = World::new().await;
        let token = world.secrets.begin_rotation(SECRET);
        world.step(Step::Create, &token).await.unwrap();
        let theirs = world.put_another();
        assert_eq!(world.step(Step::Test, &token).await.unwrap(), Outcome::Tried, "this step changes nothing");
        assert_eq!(world.step(late, &token).await.unwrap_err(), RotationError::Superseded);
        assert_eq!(world.current(), theirs);
        assert_eq!(world.step(Step::Finish, &token).await.unwrap_err(), RotationError::NotAVersion(token.clone()));
        assert_ne!(world.secrets.begin_rotation(SECRET), token, "it is not taken up again");
        world.rotate().await;
    }
}

#[tokio::test]
async fn a_label_that_stays_behind_brings_no_old_key_back() {
    let world = World::new().await;
    let token = world.secrets.begin_rotation(SECRET);
    for step in STEPS {
        world.step(step, &token).await.unwrap();
    }
    let label = client(&world.secrets).update_secret_version_stage().secret_id(SECRET).version_stage("AWSPENDING");
    label.move_to_version_id(&token).send().await.unwrap();
    let theirs = world.put_another();
    assert_eq!(world.secrets.begin_rotation(SECRET), token, "Secrets Manager takes it for unfinished");
    assert_eq!(world.step(Step::Create, &token).await.unwrap_err(), RotationError::Superseded);
    assert_eq!(world.current(), theirs);
    world.rotate().await;
}

/// "If you don't immediately rotate the secret, Secrets Manager tests the rotation configuration by running the testSecret
/// step of the Lambda rotation function. The test creates an AWSPENDING version of the secret and then removes it." (API
/// reference, `RotateSecret`.) A deployment with `momento.rotate_every` has it made.
#[tokio::test]
async fn the_test_of_a_new_schedule_tries_the_key_that_is_there_and_touches_no_label() {
    for holds in [TestVersion::CopyOfCurrent, TestVersion::WithoutValue] {
        let world = World::new().await;
        let before = world.current();
        let token = world.secrets.begin_rotation_test(SECRET, holds);
        let labels = world.secrets.stages(SECRET);
        assert_eq!(world.step(Step::Test, &token).await, Ok(Outcome::Tried), "{holds:?}");
        assert_eq!((world.secrets.stages(SECRET), world.current()), (labels, before), "{holds:?}");
        assert_eq!(world.secrets.stages_of(SECRET, &token), ["AWSPENDING"], "{holds:?}");

        world.momento.faults().set(Fault::status(MINT, Code::PermissionDenied));
        assert!(matches!(world.step(Step::Test, &token).await, Err(RotationError::NoTrial(_))), "{holds:?}");
        world.momento.faults().clear();

        world.secrets.end_rotation_test(SECRET, &token);
        assert_eq!(world.renewed(), 0, "{holds:?}");
        world.rotate().await;
    }
}

#[tokio::test]
async fn the_test_of_a_new_schedule_succeeds_while_the_secret_has_no_value() {
    let world = World::new().await;
    world.secrets.empty(SECRET);
    world.secrets.rotate_every(SECRET, Some(30));
    let token = world.secrets.begin_rotation_test(SECRET, TestVersion::WithoutValue);
    assert_eq!(world.step(Step::Test, &token).await, Ok(Outcome::NoKeyYet));
    assert_eq!(world.secrets.stages(SECRET), ["AWSPENDING"]);
    world.secrets.end_rotation_test(SECRET, &token);
    // Whether Secrets Manager makes a version at all of a secret without a value is documented nowhere.
    assert_eq!(world.step(Step::Test, &token).await, Ok(Outcome::NoKeyYet));
    assert_eq!(world.step(Step::Create, &token).await, Err(RotationError::NotAVersion(token)));
}
