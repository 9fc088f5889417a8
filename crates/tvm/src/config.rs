//! `tvm config …`: what the configuration file says, for people, editors and the CDK app.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use tvm_policy::{AuthMode, Config, ConfigErrors};

/// What to do with a configuration file.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say whether the file is accepted, and everything that is wrong with it.
    Check(File),
    /// Print the canonical form, with every default filled in.
    Render {
        #[command(flatten)]
        file: File,
        /// The form to print.
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// Print the JSON Schema of the file, for editors.
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct File {
    /// The configuration file.
    #[arg(value_name = "FILE", env = "TVM_CONFIG", default_value = "config/tvm.toml")]
    path: PathBuf,
    /// Read it as if its `auth` were this.
    #[arg(long, value_name = "MODE", value_parser = auth_mode)]
    auth: Option<AuthMode>,
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
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
}

/// Carries out `command`; results go to `out`, warnings to `notes`.
pub(crate) fn run(command: Command, out: &mut impl Write, notes: &mut impl Write) -> Result<(), CommandError> {
    match command {
        Command::Schema => write!(out, "{}", tvm_policy::schema())?,
        Command::Render { file, format } => {
            let config = read(&file, notes)?;
            let rendered = match format {
                Format::Json => config.render_json(),
                Format::Toml => config.render_toml(),
            };
            write!(out, "{rendered}")?;
        }
        Command::Check(file) => {
            let config = read(&file, notes)?;
            writeln!(
                out,
                "{} is accepted: {}, tokens of {} s, groups: {}",
                file.path.display(),
                config.auth().as_str(),
                config.lifetime().seconds(),
                match config.group_names().map(tvm_policy::GroupName::as_str).collect::<Vec<_>>().join(", ") {
                    none if none.is_empty() => "none".to_owned(),
                    names => names,
                }
            )?;
        }
    }
    Ok(())
}

/// Prints an error as a person reads it.
pub(crate) fn complain(notes: &mut impl Write, error: &CommandError) -> io::Result<()> {
    error.to_string().lines().try_for_each(|line| writeln!(notes, "error: {line}"))
}

fn read(file: &File, notes: &mut impl Write) -> Result<Config, CommandError> {
    let text = fs::read_to_string(&file.path)
        .map_err(|source| CommandError::Unreadable { path: file.path.clone(), source })?;
    let name = file.path.display().to_string();
    let config = Config::parse_as(&name, &text, file.auth)?;
    for warning in config.warnings(&name, &text) {
        writeln!(notes, "warning: {warning}")?;
    }
    Ok(config)
}

fn auth_mode(text: &str) -> Result<AuthMode, String> {
    [AuthMode::Open, AuthMode::LambdaAuthorizer, AuthMode::AmazonCognito]
        .into_iter()
        .find(|mode| mode.as_str() == text)
        .ok_or_else(|| "it is one of Open, LambdaAuthorizer and AmazonCognito".to_owned())
}
