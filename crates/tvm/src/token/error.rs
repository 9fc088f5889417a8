//! Why there is no token, and what to do next.

use std::fmt;

use crate::prompt::PromptError;
use crate::running::Stopped;

/// Why there is no token. Never with a password or a token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenError {
    #[error(transparent)]
    Prompt(#[from] PromptError),
    #[error(
        "a header cannot carry one of the characters of the username, the password, the group or the cache; where the machine \
         has `credentials = \"basic\"`, a username and a password of any characters go with --basic"
    )]
    Unsendable,
    #[error(transparent)]
    Tls(#[from] tvm_tls::TlsError),
    #[error("the endpoint cannot be reached ({0}); check its URL (the stack's output Endpoint) and the network")]
    Unreachable(String),
    #[error("the endpoint did not answer within 30 s; try again")]
    Late,
    #[error(
        "the endpoint answered 200 without a token, so it is not a token vending machine; check its URL (the stack's output Endpoint)"
    )]
    NoToken,
    #[error("{0}")]
    Refused(Box<Refused>),
    #[error("the output cannot be written: {0}")]
    Output(#[from] std::io::Error),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// The endpoint's no.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) status: u16,
    /// Empty where the answer is none of ours, as are the next two.
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) request_id: String,
    /// Seconds.
    pub(crate) retry_after: Option<u64>,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, code, message, request_id, retry_after } = self;
        write!(f, "the endpoint answered {status}")?;
        if !code.is_empty() {
            write!(f, " {code}")?;
        }
        if !message.is_empty() {
            write!(f, ": {message}")?;
        }
        if let Some(seconds) = retry_after {
            write!(f, "\ntry again after {seconds} s")?;
        }
        if let Some(next) = next_step(code) {
            write!(f, "\nnext: {next}")?;
        }
        if !request_id.is_empty() {
            write!(f, "\nthe request is {request_id}, in the log of the function too")?;
        }
        Ok(())
    }
}

/// What who called here does about it (docs/errors.md); `None` where the message says it all.
fn next_step(code: &str) -> Option<&'static str> {
    Some(match code {
        "Unauthorized" => {
            "say who you are: --username (with --basic where the file has `credentials = \"basic\"`), or --bearer with a \
             token that is still good"
        }
        "Forbidden" => "check the password; `tvm user list` lists the users, `tvm user passwd` sets another password",
        "NoGroup" | "IdentityIncomplete" => "`tvm config explain` shows what this caller lacks",
        "IdentityAmbiguous" => "`tvm config explain` shows which value it is, and what to write instead",
        "GroupNotAllowed" => "leave out --usergroup, or name one of the caller's own groups",
        "CacheNotAllowed" => "leave out --cachename, or name one of `token.caches`",
        "TooManyPermissions" | "ConflictingPermissions" => "name one of the caller's groups with --usergroup",
        "TokenIdTooLong" => {
            "give a shorter --name; without one, `token.id_too_long` says what becomes of a caller's long id"
        }
        "TokenIdInvalid" => "give another --name",
        "KeyRefused" => "`tvm key set` gives the machine another API key",
        "SecretUnavailable" | "MomentoRefused" | "Misconfigured" | "AuthorizerUnavailable" | "BadGateway" => {
            "look for the request in `tvm logs`, which says why"
        }
        "" | "UnknownRoute" => "check the URL: it is the stack's output Endpoint, whole",
        _ => return None,
    })
}
