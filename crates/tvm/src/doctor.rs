//! `tvm doctor`: what is in the way of a deployment, all of it at once, each with its fix.
//!
//! It changes nothing, asks AWS for no secret's value, asks the issuer of tokens for what it publishes, and runs nothing by a shell.

mod account;
mod answer;
mod computer;
mod configuration;
mod existing;
mod finding;
mod issuer;
mod place;
mod program;
mod qualifier;
mod report;
mod stacks;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;

use crate::aws::StackName;
use crate::config_file::File;
use crate::form::Form;
use crate::running::{self, Stopped};
use report::Report;

/// What is to be deployed, and where.
#[derive(Debug, Args)]
pub(crate) struct Command {
    #[command(flatten)]
    file: File,
    #[command(flatten)]
    stack: StackName,
    /// The stack that `cdk bootstrap` made, if it has another name (its `--toolkit-stack-name`).
    #[arg(long, value_name = "NAME", env = "TVM_TOOLKIT_STACK", default_value = stacks::TOOLKIT)]
    toolkit_stack: String,
    /// The qualifier of `cdk bootstrap`. By default the one in CDK's context (`@aws-cdk/core:bootstrapQualifier` in
    /// cdk/cdk.json), or else CDK's own.
    #[arg(long, value_name = "NAME", env = "CDK_QUALIFIER")]
    qualifier: Option<String>,
    /// Check only this computer and the configuration, without calls to AWS or to the issuer of tokens.
    #[arg(long)]
    offline: bool,
    /// Print JSON, for programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// Why nothing is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DoctorError {
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Looks at everything, and prints what it found.
pub(crate) fn run(command: &Command, out: &mut impl Write) -> Result<ExitCode, DoctorError> {
    let report = running::until_done(async { Ok::<_, DoctorError>(command.examine().await) })?;
    report.print(Form::of_output(command.json), out)?;
    Ok(if report.in_the_way() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

impl Command {
    /// Which of CDK's resources in the account the deployment uses.
    fn qualifier(&self) -> String {
        let told = self.qualifier.clone().filter(|name| !name.is_empty());
        told.or_else(qualifier::of_context).unwrap_or_else(|| qualifier::DEFAULT.to_owned())
    }

    async fn examine(&self) -> Report {
        let (mut checks, wanted) = configuration::examine(&self.file);
        let wanted = wanted.as_ref();
        let (here, there, issuer) =
            tokio::join!(computer::examine(wanted), account::examine(self, wanted), issuer::examine(self, wanted));
        checks.extend(here);
        checks.extend(issuer);
        checks.extend(there);
        Report::of(checks)
    }
}
