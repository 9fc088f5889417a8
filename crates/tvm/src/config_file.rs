//! A configuration file that a command is given: where it is, and what it says.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;
use tvm_config::{Config, ConfigErrors, Region, Warning};
use tvm_policy::AuthMode;

#[cfg(feature = "operate")]
use crate::explain::caller::NobodyToExplain;
use crate::source;

/// The file, for a command that is about it.
#[derive(Debug, Args)]
pub(crate) struct File {
    /// The configuration file.
    #[arg(value_name = "FILE", env = "TVM_CONFIG", default_value = "config/tvm.toml")]
    path: PathBuf,
    /// Use this mode instead of the file's `auth`.
    #[arg(long, value_name = "MODE", value_parser = auth_mode)]
    auth: Option<AuthMode>,
}

/// The configuration, for a command that is about something else.
#[cfg(feature = "operate")]
#[derive(Debug, Args)]
pub(crate) struct ConfigFile {
    /// The configuration file that is deployed.
    #[arg(long = "config", value_name = "FILE", env = "TVM_CONFIG", default_value = "config/tvm.toml")]
    path: PathBuf,
}

#[cfg(feature = "operate")]
impl ConfigFile {
    /// What it says in this mode. Without its warnings, which are for who changes it.
    pub(crate) fn load_as(&self, auth: AuthMode) -> Result<Config, CommandError> {
        load(&self.path, Some(auth)).map(|(config, ..)| config)
    }

    /// What it says, likewise.
    pub(crate) fn load(&self) -> Result<Config, CommandError> {
        load(&self.path, None).map(|(config, ..)| config)
    }
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("{path} cannot be read: {source}; name another file, or copy one of config/examples/ there", path = path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{path} is a folder; name the file in it, such as {file}", path = path.display(), file = path.join("tvm.toml").display())]
    Folder { path: PathBuf },
    #[error("{0}")]
    NotAccepted(#[from] ConfigErrors),
    #[cfg(feature = "operate")]
    #[error(transparent)]
    NobodyToExplain(#[from] NobodyToExplain),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

impl File {
    /// What it is called.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The canonical JSON, with the digest of the file that says so; without one, where `--auth` has it say something else.
    pub(crate) fn with_source(&self, config: &Config) -> String {
        let (as_it_is, _, text) = match load(&self.path, None) {
            Ok(loaded) if loaded.0.auth() == config.auth() => loaded,
            _ => return config.render_json(),
        };
        source::add(&as_it_is.render_json(), &text)
    }

    /// What it says, and what of that is seldom meant.
    pub(crate) fn load(&self) -> Result<(Config, Vec<Warning>), CommandError> {
        let (config, name, text) = load(&self.path, self.auth)?;
        let warnings = config.warnings(&name, &text);
        Ok((config, warnings))
    }

    /// Whether it can be deployed in this region, if one is known.
    pub(crate) fn check_in(&self, region: Option<&Region>) -> Result<(), CommandError> {
        let Some(region) = region else { return Ok(()) };
        let (config, name, text) = load(&self.path, self.auth)?;
        Ok(config.check_in_region(region, &name, &text)?)
    }
}

/// What says the region to every program of AWS.
pub(crate) const AWS_REGION: &str = "AWS_REGION";

/// The region that AWS's programs are told, where it is one.
pub(crate) fn region_of_environment() -> Option<Region> {
    std::env::var(AWS_REGION).ok().and_then(|name| Region::parse(&name))
}

/// The configuration in the file at `path`, what errors call the file, and its text.
fn load(path: &Path, auth: Option<AuthMode>) -> Result<(Config, String, String), CommandError> {
    let bytes = fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::IsADirectory => CommandError::Folder { path: path.to_path_buf() },
        _ => CommandError::Unreadable { path: path.to_path_buf(), source },
    })?;
    let name = path.display().to_string();
    let text = Config::text_of(&name, bytes)?;
    let config = Config::parse_as(&name, &text, auth)?.in_folder(&folder_of(path));
    Ok((config, name, text))
}

/// Where the file is, from anywhere.
fn folder_of(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

fn auth_mode(text: &str) -> Result<AuthMode, String> {
    [AuthMode::Open, AuthMode::LambdaAuthorizer, AuthMode::AmazonCognito]
        .into_iter()
        .find(|mode| mode.as_str() == text)
        .ok_or_else(|| "it is one of Open, LambdaAuthorizer and AmazonCognito".to_owned())
}
