//! `make timing`: whether the time that a refused sign-in takes tells whether there is such a user.
//!
//! The built authorizer is asked by strangers, by users with a wrong password, and by disabled users with the right one, in a
//! random order, and the times are compared. It is no part of CI: it judges times, if only beside each other.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use lambda_emulator::{Function, Outcome, Secrets};
use serde_json::{Value, json};

use crate::cores::Cores;
use crate::difference::{Difference, Verdict};
use crate::options::TimingOptions;
use crate::process::cpu_time;
use crate::statistics::median;
use crate::warm::milliseconds;
use tvm_table::aligned;

/// As it is shipped: the authorizer finds credentials in the headers.
const CONFIG: &str = include_str!("../../../config/tvm.toml");

/// Rounds that are not measured.
const SETTLING: u32 = 10;

/// How many of each kind ask in turn: where in the list somebody stands must show no more than whether they do.
const OF_EACH: usize = 10;

/// Everybody's password, and one as long that is nobody's.
const RIGHT: &str = "planted-default";
const WRONG: &str = "planted-another";
/// The argon2id hash of the right one by argon2-cffi 25.1.0, with the parameters that docs/users.md names.
const HASH: &str = "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$nrNtIODFZvj26WNKkFsDySjYZjcP4qDdtzvApZypGDE";

/// Who is refused, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    Stranger,
    WrongPassword,
    Disabled,
}

/// By what a refusal is timed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clock {
    /// For who waits, over the Runtime API.
    Wall,
    /// The function's CPU: less restless, and more than anybody outside can see.
    Cpu,
}

/// What one refusal took, in milliseconds.
#[derive(Debug, Clone, Copy)]
struct Refusal {
    attempt: Attempt,
    wall: f64,
    cpu: f64,
}

/// Why nothing can be compared, or what the comparison found.
#[derive(Debug, thiserror::Error)]
enum TimingError {
    #[error("the authorizer ended, or answers nothing")]
    Silent,
    #[error("what it uses cannot be seen: {0}")]
    Unseen(#[from] io::Error),
    #[error("`{0}` is not refused: {1:?}")]
    NotRefused(&'static str, Outcome),
    #[error("`{0}` is answered otherwise than another refusal, which tells it without any clock: {1}")]
    AnotherAnswer(&'static str, String),
    #[error("there are too few times to compare; write --requests with more")]
    TooFew,
    #[error("the time of a refused sign-in tells why it is refused, by more than {0} %: see the rows that are `apart`")]
    Told(f64),
}

impl Attempt {
    const ALL: [Self; 3] = [Self::Stranger, Self::WrongPassword, Self::Disabled];

    const fn title(self) -> &'static str {
        match self {
            Self::Stranger => "no such user",
            Self::WrongPassword => "wrong password",
            Self::Disabled => "disabled user",
        }
    }

    /// Who asks: a name as long as any other.
    fn name(self, number: usize) -> String {
        let kind = match self {
            Self::Stranger => "stranger",
            Self::WrongPassword => "ordinary",
            Self::Disabled => "disabled",
        };
        format!("{kind}-{number:02}")
    }

    fn event(self, number: usize) -> String {
        let password = if self == Self::WrongPassword { WRONG } else { RIGHT };
        let event = json!({
            "type": "REQUEST",
            "methodArn": "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/",
            "headers": { "username": self.name(number), "password": password },
        });
        event.to_string()
    }
}

impl Clock {
    const ALL: [Self; 2] = [Self::Wall, Self::Cpu];

    const fn title(self) -> &'static str {
        match self {
            Self::Wall => "answer",
            Self::Cpu => "CPU",
        }
    }

    fn of(self, refusal: &Refusal) -> f64 {
        match self {
            Self::Wall => refusal.wall,
            Self::Cpu => refusal.cpu,
        }
    }
}

/// The secret's value: those who may be let in and those who are disabled, in turn.
fn users() -> String {
    let users = (0..OF_EACH).flat_map(|number| {
        [(Attempt::WrongPassword, false), (Attempt::Disabled, true)].map(|(attempt, disabled)| {
            json!({ "username": attempt.name(number), "password_hash": HASH, "disabled": disabled })
        })
    });
    json!({ "users": users.collect::<Vec<_>>() }).to_string()
}

/// Measures, prints, and fails where refusals can be told apart.
pub(crate) async fn check(options: &TimingOptions) -> Result<(), Box<dyn Error>> {
    let cores = Cores::divide()?;
    let secrets = Secrets::start().await?;
    secrets.put("the-users", &users());
    let files = tempfile::tempdir()?;
    let file = files.path().join("tvm.toml");
    fs::write(&file, CONFIG)?;
    let (config, url) = (file.to_string_lossy(), secrets.url().to_owned());
    let environment =
        [("TVM_CONFIG", config.as_ref()), ("AUTHORIZER_SECRET_ID", "the-users"), ("AWS_ENDPOINT_URL", &url)];
    let contender = &options.function;
    let mut function = Function::start_with(&contender.program, &contender.arguments, &environment).await?;
    if let Some(id) = function.id() {
        cores.take(id)?;
    }
    let measured = refusals(&mut function, options.requests).await;
    let printed = function.stop().await;
    let refusals = measured.map_err(|error| format!("{}: {error}. It printed: {printed}", contender.name))?;

    let bound = options.bound / 100.0;
    let comparisons = comparisons(&refusals)?;
    let mut out = io::stdout();
    writeln!(out, "{} refusals of each kind, in random order\n\n{}\n", options.requests, table(&comparisons, bound))?;
    let verdicts: Vec<_> = comparisons.iter().map(|(.., difference)| difference.verdict(bound)).collect();
    if verdicts.contains(&Verdict::Apart) {
        return Err(TimingError::Told(options.bound).into());
    }
    let found = if verdicts.contains(&Verdict::Unclear) {
        "Nothing tells them apart; where it is unclear, more could hide than the bound: write --requests with more."
    } else {
        "Nothing tells them apart."
    };
    Ok(writeln!(out, "{found}")?)
}

/// So many refusals of each kind. Each round has one of each, in an order of its own, so that whatever slows the machine down
/// slows down all of them.
async fn refusals(function: &mut Function, rounds: u32) -> Result<Vec<Refusal>, TimingError> {
    let (mut refusals, mut answer) = (Vec::new(), None);
    for round in 0..rounds.saturating_add(SETTLING) {
        if round > 0 && round % 100 == 0 {
            crate::say(&format!("round {round} of {rounds}"));
        }
        let mut order = Attempt::ALL;
        fastrand::shuffle(&mut order);
        for attempt in order {
            let refusal = refused(function, attempt, &mut answer).await?;
            if round >= SETTLING {
                refusals.push(refusal);
            }
        }
    }
    Ok(refusals)
}

/// One refusal, which must be what was answered to everybody before.
async fn refused(
    function: &mut Function,
    attempt: Attempt,
    answer: &mut Option<String>,
) -> Result<Refusal, TimingError> {
    let event = attempt.event(fastrand::usize(..OF_EACH));
    let cpu_before = idle_cpu(function).await?;
    let since = Instant::now();
    let outcome = function.invoke(&event).await.ok_or(TimingError::Silent)?;
    let wall = since.elapsed();
    let cpu = idle_cpu(function).await?.saturating_sub(cpu_before);
    let Outcome::Response(said) = outcome else { return Err(TimingError::NotRefused(attempt.title(), outcome)) };
    if !is_refusal(&said) {
        return Err(TimingError::NotRefused(attempt.title(), Outcome::Response(said)));
    }
    if *answer.get_or_insert_with(|| said.clone()) != said {
        return Err(TimingError::AnotherAnswer(attempt.title(), said));
    }
    Ok(Refusal { attempt, wall: milliseconds(wall), cpu: milliseconds(cpu) })
}

/// The CPU time of a function that has nothing to do.
async fn idle_cpu(function: &mut Function) -> Result<Duration, TimingError> {
    function.idle().await.ok_or(TimingError::Silent)?;
    Ok(cpu_time(function.id().ok_or(TimingError::Silent)?)?)
}

fn is_refusal(answer: &str) -> bool {
    let policy: Value = serde_json::from_str(answer).unwrap_or_default();
    policy.pointer("/policyDocument/Statement/0/Effect").is_some_and(|effect| *effect == "Deny")
}

/// What is compared with what, by which clock, their medians, and what lies between them.
type Comparison = (Clock, [(Attempt, f64); 2], Difference);

/// Each kind with each other.
fn comparisons(refusals: &[Refusal]) -> Result<Vec<Comparison>, TimingError> {
    let [stranger, wrong, disabled] = Attempt::ALL;
    let mut comparisons = Vec::new();
    for clock in Clock::ALL {
        for pair in [[stranger, wrong], [stranger, disabled], [wrong, disabled]] {
            let times = pair.map(|attempt| {
                let of_it = refusals.iter().filter(|refusal| refusal.attempt == attempt);
                of_it.map(|refusal| clock.of(refusal)).collect::<Vec<_>>()
            });
            let [first, second] = &times;
            let difference = Difference::between(first, second).ok_or(TimingError::TooFew)?;
            let [one, other] = pair;
            let medians = [median(first), median(second)].map(Option::unwrap_or_default);
            let [of_one, of_other] = medians;
            comparisons.push((clock, [(one, of_one), (other, of_other)], difference));
        }
    }
    Ok(comparisons)
}

fn table(comparisons: &[Comparison], bound: f64) -> String {
    let headings = ["", "of", "medians", "difference", "99.9 % interval", "p", "verdict"];
    let mut rows = vec![headings.map(str::to_owned)];
    for (clock, [(one, of_one), (other, of_other)], difference) in comparisons {
        let percent = |shift: f64| format!("{:+.2}", difference.share(shift) * 100.0);
        let (least, most) = difference.interval;
        let verdict = match difference.verdict(bound) {
            Verdict::Apart => "apart",
            Verdict::Alike => "alike",
            Verdict::Unclear => "unclear",
        };
        rows.push([
            clock.title().to_owned(),
            format!("{} – {}", one.title(), other.title()),
            format!("{of_one:.3}, {of_other:.3} ms"),
            format!("{} %", percent(difference.shift)),
            format!("{} to {} %", percent(least), percent(most)),
            chance(difference.p),
            verdict.to_owned(),
        ]);
    }
    aligned(2, &rows)
}

/// As small as the library's arithmetic can tell from nothing.
fn chance(p: f64) -> String {
    if p < 1e-15 { "< 1e-15".to_owned() } else { format!("{p:.1e}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusals(cpu_of_a_stranger: f64) -> Vec<Refusal> {
        (0..400_u32)
            .flat_map(|round| Attempt::ALL.map(|attempt| (round, attempt)))
            .map(|(round, attempt)| {
                let wall = 30.0 + f64::from(round % 7) / 100.0;
                let cpu = if attempt == Attempt::Stranger { cpu_of_a_stranger } else { 29.0 };
                Refusal { attempt, wall, cpu: cpu + f64::from(round % 5) / 100.0 }
            })
            .collect()
    }

    #[test]
    fn one_kind_that_takes_less_is_told_from_each_other_by_the_clock_that_shows_it() {
        let found = comparisons(&refusals(28.0)).unwrap();
        let verdicts: Vec<_> = found.iter().map(|(.., difference)| difference.verdict(0.01)).collect();
        assert_eq!(
            verdicts,
            [Verdict::Alike, Verdict::Alike, Verdict::Alike, Verdict::Apart, Verdict::Apart, Verdict::Alike]
        );
        let table = table(&found, 0.01);
        let row = table.lines().nth(5).unwrap();
        for part in ["| CPU ", "no such user – wrong password", "28.020, 29.020 ms", "+3.5", "| < 1e-15 |", " apart |"]
        {
            assert!(row.contains(part), "no {part} in {table}");
        }
        assert!(comparisons(&refusals(29.0)).unwrap().iter().all(|(.., it)| it.verdict(0.01) == Verdict::Alike));
    }

    #[test]
    fn who_asks_is_told_apart_by_nothing_but_who_they_are() {
        let lengths: Vec<usize> =
            Attempt::ALL.iter().flat_map(|attempt| [attempt.event(0).len(), attempt.event(9).len()]).collect();
        assert!(lengths.iter().all(|length| *length == lengths[0]), "{lengths:?}");
        assert!(!users().contains(&Attempt::Stranger.name(0)) && users().contains(&Attempt::Disabled.name(0)));
    }

    #[test]
    fn only_a_policy_that_keeps_the_caller_out_is_a_refusal() {
        let policy = r#"{"policyDocument":{"Statement":[{"Effect":"Deny"}]}}"#;
        assert!(is_refusal(policy));
        for other in [&policy.replace("Deny", "Allow"), "{}", "no JSON"] {
            assert!(!is_refusal(other), "{other}");
        }
    }
}
