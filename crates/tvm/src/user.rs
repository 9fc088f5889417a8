//! `tvm user …`: who may ask for a token, where the machine keeps its users itself.
//!
//! Results go to standard output, everything said to a person to standard error: a generated key can be piped. A password is
//! never an argument, which other processes and the shell's history would see.

mod error;
mod groups;
mod password;
mod place;
mod pool;
mod secret;
mod table;

use std::io::Write;

use clap::{Args, Subcommand};
use secrecy::ExposeSecret as _;
use tvm_config::CredentialsIn;
use tvm_policy::AuthMode;
use tvm_users::{Access, NewPassword, NewProof, Username};

use crate::config_file::ConfigFile;
use crate::form::Form;
use crate::running;
pub(crate) use error::UserError;
use place::{Place, Users};

/// What to do with the users.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a user, with a password from a prompt or the first line of standard input.
    Add {
        /// The name that the user signs in with.
        #[arg(value_name = "NAME")]
        name: String,
        /// A group of the user. Can be given several times.
        #[arg(long = "group", value_name = "GROUP")]
        groups: Vec<String>,
        #[command(flatten)]
        proof: Proof,
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        place: Place,
    },
    /// Remove a user.
    Remove(Named),
    /// List the users, their groups and their states.
    List {
        /// Print JSON, for programs.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        place: Place,
    },
    /// Set a new password of a user, from a prompt or the first line of standard input.
    Passwd {
        /// The name of the user.
        #[arg(value_name = "NAME")]
        name: String,
        #[command(flatten)]
        proof: Proof,
        #[command(flatten)]
        config: ConfigFile,
        #[command(flatten)]
        place: Place,
    },
    /// Disable a user, and keep their groups and password.
    Disable(Named),
    /// Enable a disabled user again.
    Enable(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The name of the user.
    #[arg(value_name = "NAME")]
    name: String,
    #[command(flatten)]
    place: Place,
}

#[derive(Debug, Args)]
pub(crate) struct Proof {
    /// Generate a key instead of a password, and print it on standard output, only once. Not for a user pool.
    #[arg(long)]
    key: bool,
}

/// Carries out `command`; results go to `out`, what a person is told to `notes`.
pub(crate) fn run(command: Command, out: &mut impl Write, notes: &mut impl Write) -> Result<(), UserError> {
    running::until_done(carry_out(command, out, notes))
}

async fn carry_out(command: Command, out: &mut impl Write, notes: &mut impl Write) -> Result<(), UserError> {
    match command {
        Command::Add { name, groups, proof, config, place } => {
            let found = place.find().await?;
            let config = config.load_as(found.auth())?;
            groups::check(&config, &groups)?;
            match found {
                Users::Secret(secret) => {
                    let sent_in = groups::sent_in(&config);
                    let username = Username::parse(&name, sent_in)?;
                    let proof = new_proof(&proof, &name, sent_in)?;
                    secret.edit(|document| document.add(&username, &groups, &proof)).await?;
                    hand_over(&proof, out)?;
                    writeln!(
                        notes,
                        "`{name}` is added and can sign in now; where somebody failed to sign in a moment ago, half a minute later"
                    )?;
                }
                Users::Pool(pool) => {
                    refuse_key(&proof)?;
                    pool.add(&name, &groups, &password::ask(&name)?).await?;
                    writeln!(notes, "`{name}` is added")?;
                }
            }
        }
        Command::Passwd { name, proof, config, place } => match place.find().await? {
            Users::Secret(secret) => {
                let sent_in = groups::sent_in(&config.load_as(AuthMode::LambdaAuthorizer)?);
                let proof = new_proof(&proof, &name, sent_in)?;
                secret.edit(|document| document.replace_proof(&name, &proof)).await?;
                hand_over(&proof, out)?;
                writeln!(
                    notes,
                    "`{name}` has another password or key, which works now; the old one stops within six minutes"
                )?;
            }
            Users::Pool(pool) => {
                refuse_key(&proof)?;
                pool.set_password(&name, &password::ask(&name)?).await?;
                writeln!(notes, "`{name}` has another password")?;
            }
        },
        Command::Remove(Named { name, place }) => {
            let late = match place.find().await? {
                Users::Secret(secret) => {
                    secret.edit(|document| document.remove(&name)).await?;
                    LATE_BY_SECRET
                }
                Users::Pool(pool) => {
                    pool.remove(&name).await?;
                    LATE_IN_POOL
                }
            };
            writeln!(notes, "`{name}` is removed; {late}")?;
        }
        Command::Disable(Named { name, place }) => {
            let late = set_access(&place, &name, Access::Disabled).await?;
            writeln!(notes, "`{name}` is disabled; {late}")?;
        }
        Command::Enable(Named { name, place }) => {
            set_access(&place, &name, Access::Enabled).await?;
            writeln!(notes, "`{name}` is enabled")?;
        }
        Command::List { json, place } => {
            let rows = match place.find().await? {
                Users::Secret(secret) => secret.list(notes).await?,
                Users::Pool(pool) => pool.list().await?,
            };
            table::print(&rows, Form::of_output(json), out)?;
        }
    }
    Ok(())
}

/// Why somebody who is removed may still be seen for a while (SECURITY.md, "Known limits").
const LATE_BY_SECRET: &str =
    "the change takes effect within six minutes, and a token that they hold is good until it expires";
const LATE_IN_POOL: &str = "an ID token or a token of Momento's that they hold is good until it expires";

/// Does it, and says how late it counts.
async fn set_access(place: &Place, name: &str, access: Access) -> Result<&'static str, UserError> {
    match place.find().await? {
        Users::Secret(secret) => {
            secret.edit(|document| document.set_access(name, access)).await?;
            Ok(LATE_BY_SECRET)
        }
        Users::Pool(pool) => {
            pool.set_access(name, access).await?;
            Ok(LATE_IN_POOL)
        }
    }
}

fn new_proof(proof: &Proof, name: &str, sent_in: CredentialsIn) -> Result<NewProof, UserError> {
    if proof.key {
        return Ok(NewProof::Key(password::generated_key()?));
    }
    Ok(NewProof::Password { password: NewPassword::parse(password::ask(name)?, sent_in)?, salt: password::salt()? })
}

/// Prints a key that was generated, now that it counts. A password is known to who typed it.
fn hand_over(proof: &NewProof, out: &mut impl Write) -> Result<(), UserError> {
    if let NewProof::Key(key) = proof {
        writeln!(out, "{}", key.secret().expose_secret())?;
    }
    Ok(())
}

fn refuse_key(proof: &Proof) -> Result<(), UserError> {
    if proof.key { Err(UserError::KeyInPool) } else { Ok(()) }
}
