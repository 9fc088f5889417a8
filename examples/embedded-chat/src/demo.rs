//! Demo users, for who just wants to look: one for each configured group, with a password of this start alone.
//!
//! The passwords are printed to who started the server, and are in no page.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use serde_json::json;
use tvm_embed::Config;
use tvm_users::Users;

use crate::start_error::StartError;

/// 120 random bits: nobody guesses them.
const PASSWORD_BYTES: usize = 15;

/// The users, and a line for each that says how to sign in as them.
pub(crate) fn users(config: &Config) -> Result<(Users, Vec<String>), StartError> {
    let (mut listed, mut lines) = (Vec::new(), Vec::new());
    for name in config.group_names() {
        let group = name.as_str();
        let mut random = [0; PASSWORD_BYTES];
        getrandom::fill(&mut random)?;
        let (username, password) = (username(group), URL_SAFE_NO_PAD.encode(random));
        lines.push(format!("demo user {username}, password {password} ({group})"));
        listed.push(json!({ "username": username, "password": password, "groups": [group] }));
    }
    // Read as any list is: there is one reading of it.
    let users = Users::parse(&SecretString::from(json!({ "users": listed }).to_string()))
        .map_err(|error| StartError::Users { path: "the demo users".into(), error })?;
    Ok((users, lines))
}

/// `ReadOnlyUserGroup` -> `readonly`, as `make local` has them; a name that this leaves nothing of stays as it is.
fn username(group: &str) -> String {
    let short = group.strip_suffix("Group").unwrap_or(group);
    let short = short.strip_suffix("User").unwrap_or(short);
    if short.is_empty() { group.to_owned() } else { short.to_lowercase() }
}
