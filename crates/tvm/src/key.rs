//! `tvm key set`: another Momento API key for the machine, while it runs.
//!
//! Nothing replaces the key that is there before Momento minted a token with the new one.

mod error;
mod input;
mod value;

use std::io::Write;
use std::time::Duration;

use clap::{Args, Subcommand};
use momento_client::Deadline;
use momento_client::{ApiKey, KeyGeneration};
use secrecy::{ExposeSecret as _, SecretString};
use tvm_issuer::{TRIAL, TokenService};
use tvm_machine::{Endpoints, key_hints};

use crate::aws::{KeySecret, Secret};
use crate::config_file::ConfigFile;
use crate::unseen::in_one_line;
use crate::{prompt, running};
pub(crate) use error::KeyError;
use value::Composed;

/// The longest that the trial of a key may take.
const WITHIN: Duration = Duration::from_secs(15);

/// What to do with the key.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read a key from a prompt or standard input, mint a test token with it, and store it in the secret if that
    /// succeeds.
    Set(Set),
}

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// The endpoint of a v2 key, such as cell-1-us-west-2-1.prod.a.momentohq.com. By default the endpoint in the secret
    /// or in the configuration. A v1 key contains its own.
    #[arg(long, value_name = "HOST")]
    endpoint: Option<String>,
    #[command(flatten)]
    place: KeySecret,
    #[command(flatten)]
    config: ConfigFile,
}

/// Carries out `command`; what a person is told goes to `notes`.
pub(crate) fn run(command: &Command, notes: &mut impl Write) -> Result<(), KeyError> {
    let Command::Set(set) = command;
    running::until_done(set.carry_out(notes))
}

impl Set {
    async fn carry_out(&self, notes: &mut impl Write) -> Result<(), KeyError> {
        let config = self.config.load()?;
        let (aws, id) = self.place.find().await?;
        let secret = Secret::new(&aws, id);
        let given = input::read(prompt::bytes("API key", "New Momento API key: ".to_owned())?.expose_secret())?;
        let endpoint = self.endpoint.as_deref().map(ApiKey::endpoint_of).transpose().map_err(KeyError::Endpoint)?;
        let hints = key_hints(&config);
        let with_endpoint = |old: Option<&SecretString>, endpoint: Option<&str>| {
            let Composed { text, field } = value::composed(old, &given, endpoint, hints.field.as_deref())?;
            let key = ApiKey::parse_by(text.expose_secret(), &hints)?;
            Ok::<_, KeyError>((text, key, field))
        };
        // An endpoint that stood beside the key counts where nothing else says one.
        let beside = given.endpoint.as_deref().filter(|_| endpoint.is_none());
        let composed = |old: Option<&SecretString>| match (with_endpoint(old, endpoint.as_deref()), beside) {
            (Err(error), Some(beside)) if error.is_for_want_of_an_endpoint() => {
                with_endpoint(old, Some(&ApiKey::endpoint_of(beside).map_err(KeyError::Endpoint)?))
            }
            (composed, _) => composed,
        };
        let (_, key, field) = composed(secret.value().await?.as_ref())?;
        let service = TokenService::new(tvm_tls::operator_client_config(None)?, Endpoints::from_env()?.token);
        let host = || service.host(&key).unwrap_or_default();
        let tried = service.try_key(&key, Deadline::after(WITHIN)).await;
        tried.map_err(|error| KeyError::Trial { error, host: host() })?;
        let written = secret.edit(|old| match composed(old)? {
            (text, now, _) if now.is_same(&key) => Ok(text),
            _ => Err(KeyError::AnotherEndpoint),
        });
        written.await?;
        let within = at_most(config.key_ttl());
        writeln!(
            notes,
            "Momento minted with the {} key ({}), and it is in the secret {} in {}{}. The functions use it within {within} s, and at once \
             where Momento refuses the old one. That is at AWSPREVIOUS: revoke it after these {within} s",
            generation(&key),
            TRIAL,
            secret.id(),
            secret.region(),
            field.map(|field| format!(", in the member `{}` of its JSON", in_one_line(&field))).unwrap_or_default(),
        )?;
        Ok(())
    }
}

fn generation(key: &ApiKey) -> &'static str {
    match key.generation() {
        KeyGeneration::V1 => "v1",
        KeyGeneration::V2 => "v2",
    }
}

/// The longest that a key is kept which is kept for `ttl`, give or take a tenth. In seconds.
fn at_most(ttl: Duration) -> u64 {
    let seconds = ttl.as_secs();
    seconds.saturating_add(seconds.div_ceil(10))
}
