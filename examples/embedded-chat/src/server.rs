//! The server, from its parts. Whatever it lacks it says before it listens.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use http::request::Parts;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tvm_embed::{Config, Keys, TokenEndpoint, machine};
use tvm_users::Users;

use crate::api::{self, Door};
use crate::demo;
use crate::options::{Options, Reach};
use crate::own_pages::{self, Names};
use crate::people::People;
use crate::sessions::{Cookies, Sessions};
use crate::settings::Settings;
use crate::site;
use crate::start_error::StartError;

/// Serves until the process is ended. `out` is told the demo users, if it has any, and then where it listens.
pub(crate) async fn run(options: &Options, out: &mut impl Write) -> Result<(), StartError> {
    if options.reach() == Reach::Network && options.hosts.is_empty() {
        return Err(StartError::NoName(options.listen));
    }
    let config = config(options)?;
    let (users, demo_users) = users(options, &config)?;
    let settings = Settings::from_env();
    let site = site::router(&options.dist, &settings)?;
    let keys = Keys::from_env(&config)?;

    let groups = config.group_names().map(|name| name.as_str().to_owned()).collect::<Vec<_>>();
    let cookies = Cookies::of(options.reach());
    let door = Arc::new(Door::new(People::new(users, groups), Sessions::default(), cookies, options.proxy));
    let sessions = {
        let door = Arc::clone(&door);
        move |request: &Parts| door.caller(&request.headers)
    };
    let endpoint = TokenEndpoint::for_sessions(machine(config, keys)?, sessions)?;
    endpoint.warm().await;
    let pages = Router::new().merge(api::router(door)).merge(endpoint.into_router()).merge(site);
    let pages = own_pages::alone(pages, Names::of(options));
    let app = site::secured(pages, &settings)?;

    let failed = |error| StartError::Listen { address: options.listen, error };
    let listener = TcpListener::bind(options.listen).await.map_err(failed)?;
    for demo_user in demo_users {
        writeln!(out, "{demo_user}")?;
    }
    writeln!(out, "listening on http://{}", listener.local_addr().map_err(failed)?)?;
    out.flush()?;
    if options.reach() == Reach::Network {
        tracing::warn!("this server speaks no TLS, and its cookie is for https alone: put it behind what does");
        if options.proxy.is_none() {
            tracing::warn!("all who come by one proxy share the places of one address; say with --proxy which it is");
        }
    }
    Ok(axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await?)
}

fn config(options: &Options) -> Result<Config, StartError> {
    let text = read(&options.config, "--config")?;
    Config::parse(&options.config.display().to_string(), &text).map_err(|errors| StartError::Config(errors.to_string()))
}

/// The users, and the lines that tell of those that were made up just now.
fn users(options: &Options, config: &Config) -> Result<(Users, Vec<String>), StartError> {
    match (&options.users, options.reach()) {
        (Some(path), _) => {
            let listed = SecretString::from(read(path, "--users")?);
            let users = Users::parse(&listed).map_err(|error| StartError::Users { path: path.clone(), error })?;
            if users.not_understood() > 0 {
                tracing::warn!(users = users.not_understood(), "users with a field that is not known are not let in");
            }
            Ok((users, Vec::new()))
        }
        (None, Reach::Loopback) => demo::users(config),
        (None, Reach::Network) => Err(StartError::DemoUsersForOthers),
    }
}

fn read(path: &PathBuf, option: &'static str) -> Result<String, StartError> {
    fs::read_to_string(path).map_err(|error| StartError::Unreadable { path: path.clone(), option, error })
}
