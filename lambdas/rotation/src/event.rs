//! The event that Secrets Manager sends for each step (its user guide, "Lambda rotation functions").

use serde::Deserialize;
use tvm_key_rotation::Step;

/// A step that is to be carried out.
pub(crate) struct Event {
    pub(crate) step: Step,
    /// The ARN of the secret.
    pub(crate) secret_id: String,
    /// The id of the version that is being made.
    pub(crate) token: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Sent {
    step: String,
    secret_id: String,
    client_request_token: String,
}

/// An event that is no step of a rotation. It quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the event is not one that Secrets Manager sends (Step, SecretId and ClientRequestToken); begin a rotation with \
     `aws secretsmanager rotate-secret`"
)]
pub struct MalformedEvent;

impl Event {
    /// Reads any JSON text.
    pub(crate) fn parse(json: &str) -> Result<Self, MalformedEvent> {
        let Sent { step, secret_id, client_request_token: token } =
            serde_json::from_str(json).map_err(|_| MalformedEvent)?;
        if secret_id.is_empty() || token.is_empty() {
            return Err(MalformedEvent);
        }
        Ok(Self { step: Step::parse(&step).ok_or(MalformedEvent)?, secret_id, token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_event_of_the_user_guide_is_read() {
        let step = |name: &str| {
            let json = format!(
                r#"{{"Step":"{name}","SecretId":"arn:aws:secretsmanager:…","ClientRequestToken":"8b79","RotationToken":"x"}}"#
            );
            Event::parse(&json).map(|event| (event.step, event.secret_id, event.token))
        };
        let all = [
            ("createSecret", Step::Create),
            ("setSecret", Step::Set),
            ("testSecret", Step::Test),
            ("finishSecret", Step::Finish),
        ];
        for (name, expected) in all {
            assert_eq!(step(name), Ok((expected, "arn:aws:secretsmanager:…".to_owned(), "8b79".to_owned())));
        }
        assert_eq!(step("planted"), Err(MalformedEvent));
    }
}
