//! Who is measured: a name, a command, and the event that it is asked with.
//!
//! A contender that answers with an error is never measured: an error is fast.

use std::str::FromStr;

use lambda_emulator::Outcome;
use serde_json::{Value, json};

/// A function and how it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Contender {
    /// As the table calls it.
    pub(crate) name: String,
    /// The program; found as the shell finds it, but there is no shell.
    pub(crate) program: String,
    /// Its arguments: what stands after the program, split at white space.
    pub(crate) arguments: Vec<String>,
    /// What is asked of it.
    pub(crate) standing: Standing,
}

/// What a contender must be able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Everything that is measured: where it gives no good answer, something is broken.
    Function,
    /// To start and to answer. What else it does not stand, a thaw or a crowd, has no figure.
    Peer,
}

/// What a contender is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Task {
    /// A token, minted for each call.
    Mint,
    /// A token, as the shipped configuration vends it: that of the call before, most of the time.
    MayReuse,
    /// To let in who has a username and its password.
    Credentials,
    /// To let in who has a token of an issuer.
    Token(KeysRead),
}

/// When an authorizer reads its issuer's keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeysRead {
    /// In its init phase.
    Ahead,
    /// By its first request, since the issuer cannot be reached before.
    Late,
}

/// Why a contender was not understood.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no contender; write NAME=COMMAND, such as js='node index.mjs'")]
pub(crate) struct ContenderError(String);

impl FromStr for Contender {
    type Err = ContenderError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unclear = || ContenderError(text.to_owned());
        let (name, command) = text.split_once('=').ok_or_else(unclear)?;
        let mut words = command.split_whitespace().map(str::to_owned);
        let program = words.next().filter(|_| !name.trim().is_empty()).ok_or_else(unclear)?;
        let (name, arguments) = (name.trim().to_owned(), words.collect());
        Ok(Self { name, program, arguments, standing: Standing::Function })
    }
}

impl Contender {
    /// As from a text, but a peer.
    pub(crate) fn peer(text: &str) -> Result<Self, ContenderError> {
        Ok(Self { standing: Standing::Peer, ..text.parse()? })
    }

    /// What it is asked for, which its name says.
    pub(crate) fn task(&self) -> Task {
        match self.name.as_str() {
            name if name.starts_with("authorizer-jwt") && name.ends_with("-late") => Task::Token(KeysRead::Late),
            name if name.starts_with("authorizer-jwt") => Task::Token(KeysRead::Ahead),
            name if name.starts_with("authorizer") => Task::Credentials,
            name if name.ends_with("-reuse") => Task::MayReuse,
            _ => Task::Mint,
        }
    }

    /// The event that asks for it; `token` is the issuer's.
    pub(crate) fn event(&self, token: &str) -> String {
        let asked_of_an_authorizer = |headers: Value| {
            json!({
                "type": "REQUEST",
                "methodArn": "arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/",
                "headers": headers,
            })
        };
        let event = match self.task() {
            Task::Credentials => asked_of_an_authorizer(json!({ "username": "ada", "password": "planted-ada" })),
            Task::Token(_) => asked_of_an_authorizer(json!({ "authorization": format!("Bearer {token}") })),
            Task::Mint | Task::MayReuse => json!({
                "resource": "/", "path": "/", "httpMethod": "GET", "headers": { "accept": "application/json" },
                "queryStringParameters": { "name": "ada" },
                "requestContext": { "requestId": "gateway-1", "httpMethod": "GET", "path": "/prod/" },
            }),
        };
        event.to_string()
    }
}

/// Whether this is what was asked for: no error, no HTTP status but 200, no policy that keeps the caller out.
pub(crate) fn is_good(outcome: &Outcome) -> bool {
    let Outcome::Response(response) = outcome else { return false };
    let Ok(response) = serde_json::from_str::<Value>(response) else { return false };
    let status = response.get("statusCode").is_none_or(|status| *status == 200);
    let effect = response.pointer("/policyDocument/Statement/0/Effect").is_none_or(|effect| *effect == "Allow");
    status && effect
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_may_have_arguments_and_a_name_is_needed() {
        let contender: Contender = "js=node --import=x index.mjs".parse().unwrap();
        assert_eq!((contender.name.as_str(), contender.program.as_str()), ("js", "node"));
        assert_eq!(contender.arguments, ["--import=x", "index.mjs"]);
        for unclear in ["", "js", "=node", "js=", "js= "] {
            assert!(unclear.parse::<Contender>().is_err(), "{unclear}");
        }
    }

    #[test]
    fn a_name_says_what_is_asked_for() {
        for (name, task) in [
            ("vending", Task::Mint),
            ("js", Task::Mint),
            ("js-reuse", Task::MayReuse),
            ("authorizer", Task::Credentials),
            ("authorizer-jwt", Task::Token(KeysRead::Ahead)),
            ("authorizer-jwt-js", Task::Token(KeysRead::Ahead)),
            ("authorizer-jwt-late", Task::Token(KeysRead::Late)),
        ] {
            let contender: Contender = format!("{name}=x").parse().unwrap();
            assert_eq!(contender.task(), task, "{name}");
            assert_eq!(contender.event("a.b.c").contains("Bearer a.b.c"), matches!(task, Task::Token(_)), "{name}");
        }
    }

    #[test]
    fn an_error_or_a_refusal_is_no_answer_to_measure() {
        let response = |text: &str| Outcome::Response(text.to_owned());
        let deny = r#"{"policyDocument":{"Statement":[{"Effect":"Deny"}]}}"#;
        for good in [r#""constant""#, r#"{"statusCode":200}"#, &deny.replace("Deny", "Allow")] {
            assert!(is_good(&response(good)), "{good}");
        }
        for bad in [r#"{"statusCode":503}"#, deny, "no JSON"] {
            assert!(!is_good(&response(bad)), "{bad}");
        }
        assert!(!is_good(&Outcome::Error(r#"{"errorType":"x"}"#.to_owned())));
    }
}
