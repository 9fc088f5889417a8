//! Faults: what the stage has been told to do wrong.
//!
//! A fault changes when and with what status a call is answered, never what a credential may do: no fault lets a
//! refused call through.

use std::{num::NonZeroU32, time::Duration};

use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tonic::Code;

use crate::{codes, rpc};

/// What is to go wrong with the calls of one method, of one service, or of all.
///
/// As JSON (`PUT /_stage/faults`, `--fault`): `{"rpc": "GenerateDisposableToken", "delay_ms": 250,
/// "status": "UNAVAILABLE", "count": 3}`. Everything but `rpc` may be left out; `"hang": true` or `"reset": true`
/// takes the place of `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Description", into = "Description")]
pub struct Fault {
    rpc: String,
    delay: Duration,
    ending: Ending,
    left: Option<NonZeroU32>,
}

/// How a faulty call ends, after its delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// As it would have without the fault.
    Unchanged,
    /// With this status, and without being carried out.
    Status(Code),
    /// Never: the client waits until it gives up or the stage ends.
    Hang,
    /// With its connection, which is reset, and without being carried out.
    Reset,
}

impl Fault {
    /// The calls of `rpc` are answered `delay` later than they would be, by the stage's clock. `rpc` is a method
    /// (`Get`), a method with its service (`cache_client.Scs/Get`), a whole service (`cache_client.Scs`) or `*` for
    /// every call.
    #[must_use]
    pub fn delay(rpc: impl Into<String>, delay: Duration) -> Self {
        Self { rpc: rpc.into(), delay, ending: Ending::Unchanged, left: None }
    }

    /// The calls of `rpc` fail with `code` and are not carried out.
    #[must_use]
    pub fn status(rpc: impl Into<String>, code: Code) -> Self {
        Self { rpc: rpc.into(), delay: Duration::ZERO, ending: Ending::Status(code), left: None }
    }

    /// The calls of `rpc` are never answered.
    #[must_use]
    pub fn hang(rpc: impl Into<String>) -> Self {
        Self { rpc: rpc.into(), delay: Duration::ZERO, ending: Ending::Hang, left: None }
    }

    /// The calls of `rpc` are not carried out, and their connections reset, with every other call on them.
    #[must_use]
    pub fn reset(rpc: impl Into<String>) -> Self {
        Self { rpc: rpc.into(), delay: Duration::ZERO, ending: Ending::Reset, left: None }
    }

    /// The same fault, `delay` later by the stage's clock.
    #[must_use]
    pub fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    /// The same fault, for the next `count` calls only; without this it stays until it is cleared.
    #[must_use]
    pub fn times(self, count: NonZeroU32) -> Self {
        Self { left: Some(count), ..self }
    }

    fn concerns(&self, path: &str) -> bool {
        rpc::means(&self.rpc, path)
    }
}

/// The faults of a stage: at most one for each `rpc` text. Where several concern a call, the oldest happens to it.
#[derive(Debug, Default)]
pub struct Faults {
    faults: Mutex<Vec<Fault>>,
}

impl Faults {
    /// Lets `fault` happen from the next call on, in place of an earlier one with the same `rpc`.
    pub fn set(&self, fault: Fault) {
        let mut faults = self.faults.lock();
        faults.retain(|known| known.rpc != fault.rpc);
        faults.push(fault);
    }

    /// Ends every fault. Calls that hang already go on hanging.
    pub fn clear(&self) {
        self.faults.lock().clear();
    }

    /// Ends the fault that was set with this `rpc` text.
    pub fn clear_rpc(&self, rpc: &str) {
        self.faults.lock().retain(|known| known.rpc != rpc);
    }

    /// The faults that will still happen, oldest first.
    #[must_use]
    pub fn list(&self) -> Vec<Fault> {
        self.faults.lock().clone()
    }

    /// What is to happen to a call of `path` (`service/method`); counts it as a happening.
    pub(crate) fn meet(&self, path: &str) -> Option<(Duration, Ending)> {
        let mut faults = self.faults.lock();
        let position = faults.iter().position(|fault| fault.concerns(path))?;
        let fault = faults.get_mut(position)?;
        let happening = (fault.delay, fault.ending);
        match fault.left.map(|left| NonZeroU32::new(left.get().saturating_sub(1))) {
            Some(None) => drop(faults.remove(position)),
            Some(left) => fault.left = left,
            None => {}
        }
        Some(happening)
    }
}

/// A fault as JSON says it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    rpc: String,
    #[serde(default, skip_serializing_if = "is_zero")]
    delay_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    hang: bool,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reset: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    count: Option<NonZeroU32>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// Why a described fault is none.
#[derive(Debug, thiserror::Error)]
enum FaultError {
    #[error(
        "`rpc` is empty: name a method such as GenerateDisposableToken, a service such as cache_client.Scs, or * for \
         every call"
    )]
    NoRpc,
    #[error("`{0}` is not a gRPC status: write one such as UNAVAILABLE or RESOURCE_EXHAUSTED")]
    UnknownStatus(String),
    #[error("a call ends in one way: leave out all but one of `status`, `hang` and `reset`")]
    TwoEndings,
    #[error("nothing goes wrong in this fault: give it `delay_ms`, `status`, `hang` or `reset`")]
    Nothing,
}

impl TryFrom<Description> for Fault {
    type Error = FaultError;

    fn try_from(given: Description) -> Result<Self, FaultError> {
        if given.rpc.is_empty() {
            return Err(FaultError::NoRpc);
        }
        let ending = match (given.status, given.hang, given.reset) {
            (Some(_), true, _) | (Some(_), _, true) | (None, true, true) => return Err(FaultError::TwoEndings),
            (Some(name), false, false) => Ending::Status(
                codes::from_name(&name).filter(|code| *code != Code::Ok).ok_or(FaultError::UnknownStatus(name))?,
            ),
            (None, true, false) => Ending::Hang,
            (None, false, true) => Ending::Reset,
            (None, false, false) if given.delay_ms == 0 => return Err(FaultError::Nothing),
            (None, false, false) => Ending::Unchanged,
        };
        Ok(Self { rpc: given.rpc, delay: Duration::from_millis(given.delay_ms), ending, left: given.count })
    }
}

impl From<Fault> for Description {
    fn from(fault: Fault) -> Self {
        let status = match fault.ending {
            Ending::Status(code) => Some(codes::name(code).to_owned()),
            Ending::Unchanged | Ending::Hang | Ending::Reset => None,
        };
        Self {
            rpc: fault.rpc,
            delay_ms: u64::try_from(fault.delay.as_millis()).unwrap_or(u64::MAX),
            status,
            hang: fault.ending == Ending::Hang,
            reset: fault.ending == Ending::Reset,
            count: fault.left,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GET: &str = "cache_client.Scs/Get";

    #[test]
    fn a_fault_with_a_count_happens_that_often_and_is_gone() {
        let faults = Faults::default();
        faults.set(Fault::status("Get", Code::Unavailable).times(NonZeroU32::new(2).unwrap()));
        let happened = (0..4).map(|_| faults.meet(GET).is_some()).collect::<Vec<_>>();
        assert_eq!(happened, [true, true, false, false]);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn of_the_faults_that_concern_a_call_the_oldest_happens() {
        let faults = Faults::default();
        faults.set(Fault::hang("token.Token"));
        faults.set(Fault::reset("cache_client.Scs").times(NonZeroU32::MIN));
        faults.set(Fault::hang("Get"));
        assert_eq!(faults.meet(GET), Some((Duration::ZERO, Ending::Reset)));
        assert_eq!(faults.meet(GET), Some((Duration::ZERO, Ending::Hang)));
        assert_eq!(faults.meet("cache_client.Scs/Set"), None);
    }

    #[test]
    fn a_later_fault_takes_the_place_of_an_earlier_one_for_the_same_rpc() {
        let faults = Faults::default();
        faults.set(Fault::hang("Get"));
        faults.set(Fault::hang("Set"));
        faults.set(Fault::delay("Get", Duration::from_secs(1)));
        assert_eq!(faults.list(), [Fault::hang("Set"), Fault::delay("Get", Duration::from_secs(1))]);
        faults.clear_rpc("Get");
        assert_eq!(faults.list(), [Fault::hang("Set")]);
        faults.clear();
        assert!(faults.meet(GET).is_none());
    }

    #[test]
    fn a_fault_is_read_from_json_and_written_as_it_was_read() {
        for json in [
            r#"{"rpc":"Get","delay_ms":250,"status":"UNAVAILABLE","count":3}"#,
            r#"{"rpc":"*","hang":true}"#,
            r#"{"rpc":"cache_client.Scs","status":"UNAVAILABLE"}"#,
            r#"{"rpc":"*","reset":true,"count":1}"#,
            r#"{"rpc":"Get","delay_ms":1}"#,
        ] {
            let fault: Fault = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&fault).unwrap(), json);
        }
    }

    #[test]
    fn a_description_that_makes_no_sense_is_refused_with_what_to_write_instead() {
        for (json, words) in [
            (r#"{"rpc":"Get","status":"unavailable"}"#, "such as UNAVAILABLE"),
            (r#"{"rpc":"Get","status":"OK"}"#, "not a gRPC status"),
            (r#"{"rpc":"Get","status":"INTERNAL","hang":true}"#, "leave out"),
            (r#"{"rpc":"Get","status":"INTERNAL","reset":true}"#, "leave out"),
            (r#"{"rpc":"Get","hang":true,"reset":true}"#, "leave out"),
            (r#"{"rpc":"Get"}"#, "give it `delay_ms`"),
            (r#"{"rpc":"","hang":true}"#, "a service such as cache_client.Scs"),
            (r#"{"rpc":"Get","hang":true,"count":0}"#, "nonzero"),
            (r#"{"rpc":"Get","hang":true,"for":1}"#, "unknown field `for`"),
        ] {
            let error = serde_json::from_str::<Fault>(json).unwrap_err().to_string();
            assert!(error.contains(words), "{json}: {error}");
        }
    }
}
