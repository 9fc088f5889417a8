//! `tvm config …`: what the configuration file says, for people, editors and the CDK app.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use tvm_config::{Config, ConfigErrors, Region, Warning};
use tvm_policy::AuthMode;

use crate::source;
#[cfg(feature = "operate")]
use crate::{checked, explain};

/// What to do with a configuration file.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the file, and print every problem in it.
    Check {
        #[command(flatten)]
        file: File,
        /// The AWS region of the deployment: also check what that region lacks. By default `AWS_REGION`, if it is set.
        #[arg(long, value_name = "REGION", value_parser = region)]
        region: Option<Region>,
        /// Print JSON, for programs.
        #[cfg(feature = "operate")]
        #[arg(long)]
        json: bool,
    },
    /// Print the canonical form, with every default filled in.
    Render {
        #[command(flatten)]
        file: File,
        /// The form to print.
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
        /// The AWS region of the deployment: refuse what cannot be deployed there.
        #[arg(long, value_name = "REGION", value_parser = region)]
        region: Option<Region>,
    },
    /// Print the token that a caller would get, and why; or the refusal, and how to fix it. The exit code is 1 for a
    /// refusal.
    #[cfg(feature = "operate")]
    Explain {
        #[command(flatten)]
        file: File,
        #[command(flatten)]
        asked: explain::Asked,
    },
    /// Print the JSON Schema of the file, for editors.
    Schema,
}

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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Json,
    Toml,
}

/// Why a command could not be carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("{path} cannot be read: {source}; name another file, or copy one of config/examples/ there", path = path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{0}")]
    NotAccepted(#[from] ConfigErrors),
    #[cfg(feature = "operate")]
    #[error(transparent)]
    NobodyToExplain(#[from] explain::NobodyToExplain),
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// Carries out `command`; results go to `out`, warnings to `notes`.
pub(crate) fn run(command: Command, out: &mut impl Write, notes: &mut impl Write) -> Result<ExitCode, CommandError> {
    match command {
        #[cfg(feature = "operate")]
        Command::Explain { file, asked } => {
            let config = read(&file, notes)?;
            return explain::run(&config, &asked, out);
        }
        Command::Schema => write!(out, "{}", tvm_config::schema())?,
        Command::Render { file, format, region } => {
            let config = read(&file, notes)?;
            file.check_in(region.as_ref())?;
            let rendered = match format {
                Format::Json => file.with_source(&config),
                Format::Toml => config.render_toml(),
            };
            write!(out, "{rendered}")?;
        }
        #[cfg(feature = "operate")]
        Command::Check { file, region, json: true } => {
            return checked::print(&file, region_to_check(region, notes)?.as_ref(), out);
        }
        Command::Check { file, region, .. } => {
            let config = read(&file, notes)?;
            let region = region_to_check(region, notes)?;
            file.check_in(region.as_ref())?;
            writeln!(
                out,
                "{} is accepted{}: {}, tokens of {} s, groups: {}",
                file.path.display(),
                region.map(|region| format!(" in {region}")).unwrap_or_default(),
                config.auth().as_str(),
                config.lifetime().seconds(),
                match config.group_names().map(tvm_policy::GroupName::as_str).collect::<Vec<_>>().join(", ") {
                    none if none.is_empty() => "none".to_owned(),
                    names => names,
                }
            )?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl File {
    /// What it is called.
    #[cfg(feature = "operate")]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The canonical JSON, with the digest of the file that says so; without one, where `--auth` has it say something else.
    fn with_source(&self, config: &Config) -> String {
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

const AWS_REGION: &str = "AWS_REGION";

/// The region that AWS's programs are told, where it is one.
pub(crate) fn region_of_environment() -> Option<Region> {
    std::env::var(AWS_REGION).ok().and_then(|name| Region::parse(&name))
}

/// The region that a file is checked for: the `given` one, else the environment's. A name that is not a region's is said in `notes`.
fn region_to_check(given: Option<Region>, notes: &mut impl Write) -> Result<Option<Region>, CommandError> {
    let region = given.or_else(region_of_environment);
    if region.is_none()
        && let Some(name) = std::env::var(AWS_REGION).ok().filter(|name| !name.is_empty())
    {
        writeln!(
            notes,
            "warning: AWS_REGION is `{name}`, which is not the name of an AWS region, so the file is checked for no region; \
             write one as in eu-central-1"
        )?;
    }
    Ok(region)
}

fn region(text: &str) -> Result<Region, String> {
    Region::parse(text).ok_or_else(|| "write the name of an AWS region, as in eu-central-1".to_owned())
}

fn read(file: &File, notes: &mut impl Write) -> Result<Config, CommandError> {
    let (config, warnings) = file.load()?;
    for warning in warnings {
        writeln!(notes, "warning: {warning}")?;
    }
    Ok(config)
}

/// The configuration in the file at `path`, what errors call the file, and its text.
fn load(path: &Path, auth: Option<AuthMode>) -> Result<(Config, String, String), CommandError> {
    let text =
        fs::read_to_string(path).map_err(|source| CommandError::Unreadable { path: path.to_path_buf(), source })?;
    let name = path.display().to_string();
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
