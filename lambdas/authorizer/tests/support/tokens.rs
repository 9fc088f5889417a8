//! The built authorizer with `kind = "jwt"`, and the issuer that it believes.

use std::time::{SystemTime, UNIX_EPOCH};

use lambda_emulator::{Function, Issuer};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Decided, decided, event, file_of};

/// The shipped file for tokens of `issuer`, with templates that name two claims, and `further` lines of `[authorizer]`, in which
/// `{url}` is the issuer's.
pub(crate) fn config(issuer: &Issuer, further: &str) -> String {
    let shipped = include_str!("../../../../config/tvm.toml");
    let mode = shipped.replace("auth = \"Open\"", "auth = \"LambdaAuthorizer\"");
    let with_id = mode.replacen("[token]\n", "[token]\nid = \"{claims.tenant}:{sub}\"\n", 1);
    assert_ne!(with_id, mode, "the shipped file has no [token] any more");
    let group = r#"permissions = [{ cache = "{cache}", topic = "{claims.room}", role = "SubscribeOnly" }]"#;
    let (url, further) = (issuer.url(), further.replace("{url}", issuer.url()));
    format!(
        "{with_id}\n[groups.A]\n{group}\n\n\
         [authorizer]\nkind = \"jwt\"\nissuer = \"{url}\"\naudience = [\"tvm\", \"tvm-of-old\"]\n{further}\n"
    )
}

/// The function as it was built, with its issuer.
pub(crate) struct DeployedByToken {
    pub(crate) issuer: Issuer,
    pub(crate) function: Function,
    _config: TempDir,
}

/// How often the issuer was asked for its discovery document, and for its keys.
pub(crate) fn asked(issuer: &Issuer) -> (usize, usize) {
    (issuer.asked(Issuer::DISCOVERY), issuer.asked(Issuer::KEYS))
}

impl DeployedByToken {
    /// With an issuer that is there, and further lines of `[authorizer]`.
    pub(crate) async fn start(further: &str) -> Self {
        Self::start_with(Issuer::start().await.unwrap(), further, &[]).await
    }

    /// With this issuer. No secret is named: there is none.
    pub(crate) async fn start_with(issuer: Issuer, further: &str, variables: &[(&str, &str)]) -> Self {
        let (folder, file) = file_of(&config(&issuer, further));
        let mut environment = vec![("TVM_CONFIG", file.to_str().unwrap())];
        environment.extend(variables);
        let function = Function::start(env!("CARGO_BIN_EXE_tvm-authorizer"), &environment).await.unwrap();
        Self { issuer, function, _config: folder }
    }

    /// What a good token of ada's says, but for `others`; a `null` takes a claim out.
    pub(crate) fn claims(&self, others: &Value) -> Value {
        claims(&self.issuer, others)
    }

    /// A token that says so.
    pub(crate) fn token(&self, others: &Value) -> String {
        self.issuer.token(&self.claims(others)).unwrap()
    }

    pub(crate) async fn decide(&mut self, event: &str) -> Decided {
        decided(&mut self.function, event).await
    }

    /// The decision on who brings this token.
    pub(crate) async fn present(&mut self, token: &str) -> Decided {
        self.decide(&bearing(token)).await
    }

    /// The decision on who brings a token that says so.
    pub(crate) async fn present_one(&mut self, others: &Value) -> Decided {
        self.present(&self.token(others)).await
    }
}

/// What a good token of ada's says, by this issuer, but for `others`; a `null` takes a claim out.
pub(crate) fn claims(issuer: &Issuer, others: &Value) -> Value {
    let mut claims =
        json!({ "iss": issuer.url(), "aud": "tvm", "sub": "ada", "iat": in_seconds(-10), "exp": in_seconds(600) });
    let map = claims.as_object_mut().unwrap();
    map.extend(others.as_object().unwrap().clone());
    map.retain(|_, value| !value.is_null());
    claims
}

/// An event with this token.
pub(crate) fn bearing(token: &str) -> String {
    event(&json!({ "Authorization": format!("Bearer {token}") }))
}

/// The time so many seconds from now, as a token says it.
pub(crate) fn in_seconds(seconds: i64) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    now.checked_add_signed(seconds).unwrap()
}
