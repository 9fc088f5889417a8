//! The configuration: whether it is accepted, and what it wants of its surroundings.

use serde_json::Value;
use tvm_config::{Config, Issuer, Proof, Region};
use tvm_policy::AuthMode;

use crate::config_file::{CommandError, File};
use crate::doctor::finding::{Check, Outcome};

const TITLE: &str = "configuration";

/// What a deployment of this configuration needs. Read of the canonical form, as the CDK app does.
#[derive(Debug)]
pub(crate) struct Wanted {
    auth: AuthMode,
    canonical: Value,
    config: Config,
}

/// What is to be said of the file, and what it wants where it is accepted.
pub(crate) fn examine(file: &File) -> (Vec<Check>, Option<Wanted>) {
    let (config, warnings) = match file.load() {
        Ok(loaded) => loaded,
        Err(error) => {
            let alone = format!("tvm config check {}", file.path().display());
            return (refused(&error, file, &alone), None);
        }
    };
    let wanted = Wanted::of(config);
    let note = format!("{}, {}, stage {}", file.path().display(), wanted.auth.as_str(), wanted.stage());
    let mut checks = vec![Outcome::fine(note).of(TITLE)];
    checks.extend(warnings.iter().map(|warning| {
        Outcome::warning(warning.to_string(), "look at it once more: it is allowed, and seldom meant").of(TITLE)
    }));
    (checks, Some(wanted))
}

/// What of the file cannot be deployed in this region.
pub(crate) fn in_region(file: &File, region: &str) -> Vec<Check> {
    let alone = format!("tvm config check --region {region} {}", file.path().display());
    let refusal = Region::parse(region).and_then(|region| file.check_in(Some(&region)).err());
    refusal.map(|error| refused(&error, file, &alone)).unwrap_or_default()
}

/// `alone` is the command that looks at the file and nothing else.
fn refused(error: &CommandError, file: &File, alone: &str) -> Vec<Check> {
    let path = file.path().display();
    let trouble = |what: String, fix: String| Outcome::trouble(what, fix).of(TITLE);
    match error {
        CommandError::NotAccepted(errors) => {
            let fix = format!("change it there; `{alone}` looks at it alone");
            errors.iter().map(|error| trouble(error.to_string(), fix.clone())).collect()
        }
        CommandError::Unreadable { source, .. } => vec![trouble(
            format!("{path} cannot be read: {source}"),
            "name another file, or copy one of config/examples/ there".to_owned(),
        )],
        other => vec![trouble(other.to_string(), format!("look at {path}"))],
    }
}

impl Wanted {
    fn of(config: Config) -> Self {
        let canonical = serde_json::from_str(&config.render_json()).unwrap_or_default();
        Self { auth: config.auth(), canonical, config }
    }

    /// The issuer of the tokens that callers bring, if they bring those of one.
    pub(crate) fn issuer(&self) -> Option<Issuer<'_>> {
        match self.config.proof() {
            Proof::Jwt(issuer) if self.auth == AuthMode::LambdaAuthorizer => Some(issuer),
            _ => None,
        }
    }

    fn text(&self, pointer: &str) -> Option<&str> {
        self.canonical.pointer(pointer).and_then(Value::as_str)
    }

    fn stage(&self) -> &str {
        self.text("/deployment/stage").unwrap_or_default()
    }

    /// The processor of the functions, as Lambda calls it.
    pub(crate) fn architecture(&self) -> Option<&str> {
        self.text("/functions/architecture")
    }

    /// The folder with the functions, where they were built elsewhere and nothing here has to build them.
    pub(crate) fn artifacts(&self) -> Option<&str> {
        self.text("/build/artifacts")
    }

    /// Whether executions are kept for the functions.
    pub(crate) fn reserves_concurrency(&self) -> bool {
        self.canonical.pointer("/functions/reserved_concurrency").is_some()
    }

    /// Whether API Gateway is to log requests.
    pub(crate) fn has_access_logs(&self) -> bool {
        self.canonical.pointer("/api/access_logs").and_then(Value::as_bool).unwrap_or_default()
    }

    /// The secrets that must be there already: the key that names each, and its name or ARN.
    pub(crate) fn secrets(&self) -> Vec<(&'static str, &str)> {
        let api_key = self.text("/momento/secret").map(|id| ("momento.secret", id));
        let by_issuer = self.text("/authorizer/hmac_secret").map(|id| ("authorizer.hmac_secret", id));
        api_key.into_iter().chain(by_issuer.filter(|_| self.auth == AuthMode::LambdaAuthorizer)).collect()
    }

    /// What of the secret that `key` names counts, to be said behind its name: its value is not looked at.
    pub(crate) fn counting(&self, key: &str) -> String {
        match (key, self.text("/momento/secret_field")) {
            ("momento.secret", Some(field)) => format!("; the API key is its member `{field}` (momento.secret_field)"),
            ("momento.secret", None) => {
                "; the API key is all of it, its member `apiKey`, or the one member that is a Momento key".to_owned()
            }
            _ => String::new(),
        }
    }

    /// The user pool that must be there already, by id or ARN, and its clients.
    pub(crate) fn user_pool(&self) -> Option<(&str, Vec<&str>)> {
        let pool = self.text("/cognito/user_pool").filter(|_| self.auth == AuthMode::AmazonCognito)?;
        let clients = self.canonical.pointer("/cognito/clients").and_then(Value::as_array);
        Some((pool, clients.into_iter().flatten().filter_map(Value::as_str).collect()))
    }
}
