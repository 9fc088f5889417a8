//! `tvm config …`: what the configuration file says, for people, editors and the CDK app.

use std::io::Write;
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use tvm_config::{Config, Region};

use crate::config_file::{AWS_REGION, CommandError, File, region_of_environment};
use crate::unseen::in_one_line;
#[cfg(feature = "operate")]
use crate::{check_report, explain};

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

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Format {
    Json,
    Toml,
}

#[cfg(feature = "operate")]
impl Command {
    /// Whether a program reads what it prints.
    pub(crate) fn is_json(&self) -> bool {
        match self {
            Self::Check { json, .. } => *json,
            Self::Explain { asked, .. } => asked.json,
            _ => false,
        }
    }
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
            return check_report::print(&file, region_to_check(region, notes)?.as_ref(), out);
        }
        Command::Check { file, region, .. } => {
            let config = read(&file, notes)?;
            let region = region_to_check(region, notes)?;
            file.check_in(region.as_ref())?;
            writeln!(
                out,
                "{} is accepted{}: {}, tokens of {} s, groups: {}",
                file.path().display(),
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
        writeln!(notes, "warning: {}", in_one_line(&warning.to_string()))?;
    }
    Ok(config)
}
