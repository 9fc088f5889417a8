//! What a function finds in its environment, and how long it may take to make use of it.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use tvm_config::{Config, ConfigErrors};

/// The variable that names the configuration file.
pub const CONFIG: &str = "TVM_CONFIG";
/// The variable that names the secret with the Momento API key.
pub const API_KEY_SECRET_ID: &str = "MOMENTO_API_KEY_SECRET_ID";
/// The variable that names the authorizer's secret: with its users, or with what the issuer of its tokens signs with.
pub const AUTHORIZER_SECRET_ID: &str = "AUTHORIZER_SECRET_ID";
/// The variable that lists the app clients whose tokens count, where the deployment knows them and the file does not.
pub const COGNITO_CLIENT_IDS: &str = "COGNITO_CLIENT_IDS";

/// The longest that an init phase waits for what it fetches ahead; a request tries what is not done by then. Lambda ends an
/// init phase after 10 s.
pub const AHEAD: Duration = Duration::from_secs(3);

/// Why a function cannot work with its environment. Deploying again fixes each of these.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A variable is not set.
    #[error("the environment variable {0} is not set; deploy again")]
    Missing(&'static str),
    /// The configuration file cannot be read.
    #[error("the configuration file {path} cannot be read: {source}; deploy again, or correct {CONFIG}", path = path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration file is wrong.
    #[error("{0}")]
    NotAccepted(#[from] ConfigErrors),
}

/// A variable that must be set.
///
/// # Errors
/// [`SettingsError::Missing`].
pub fn required(name: &'static str) -> Result<String, SettingsError> {
    env::var(name).ok().filter(|value| !value.is_empty()).ok_or(SettingsError::Missing(name))
}

/// The app clients of a Cognito user pool whose tokens count instead of those that the file lists, separated by commas; none
/// where the variable is not set.
pub fn app_clients() -> Option<Vec<String>> {
    let listed = env::var(COGNITO_CLIENT_IDS).ok().filter(|value| !value.is_empty())?;
    Some(listed.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect())
}

/// The configuration: the file that `TVM_CONFIG` names, else `tvm.toml` beside the program.
///
/// # Errors
/// [`SettingsError`], each of its variants.
pub fn config() -> Result<Config, SettingsError> {
    let path = match env::var_os(CONFIG).filter(|path| !path.is_empty()) {
        Some(path) => PathBuf::from(path),
        None => PathBuf::from(required("LAMBDA_TASK_ROOT")?).join("tvm.toml"),
    };
    let text =
        std::fs::read_to_string(&path).map_err(|source| SettingsError::Unreadable { path: path.clone(), source })?;
    Ok(Config::parse(&path.display().to_string(), &text)?)
}
