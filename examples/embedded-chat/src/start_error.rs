//! Why the server does not start.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tvm_embed::{KeysError, ModeMismatch, SetupError};
use tvm_users::UsersError;

use crate::site::SiteError;

/// Why there is no server. Never with any part of a secret.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("{}: {error}; name another file with {option}", path.display())]
    Unreadable { path: PathBuf, option: &'static str, error: io::Error },
    #[error("{0}")]
    Config(String),
    #[error("{}: {error}", path.display())]
    Users { path: PathBuf, error: UsersError },
    #[error("demo users are for this machine alone; name a file of users with --users, or listen on 127.0.0.1")]
    DemoUsersForOthers,
    #[error(
        "others reach this server at {0}: say with --host by which name, such as chat.example.com, or listen on 127.0.0.1"
    )]
    NoName(SocketAddr),
    #[error("no random numbers are to be had from the system: {0}")]
    Random(#[from] getrandom::Error),
    #[error(transparent)]
    Keys(#[from] KeysError),
    #[error(transparent)]
    Machine(#[from] SetupError),
    #[error(transparent)]
    Mode(#[from] ModeMismatch),
    #[error(transparent)]
    Site(#[from] SiteError),
    #[error("{address} cannot be listened on: {error}; choose another with --listen, port 0 for one that is free")]
    Listen { address: SocketAddr, error: io::Error },
    #[error("the server ended: {0}")]
    Ended(#[from] io::Error),
}
