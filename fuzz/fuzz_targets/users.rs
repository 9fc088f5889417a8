//! The secret that lists the users: any text.
//!
//! Who is let in is written there, with that very password or that key's digest and those groups, and is neither disabled nor
//! has a field that is not known. No two users have one name. Hashes of argon2id are read, and not computed: one takes a
//! thousand times as long as everything else here.
#![no_main]

use libfuzzer_sys::fuzz_target;
use secrecy::SecretString;
use serde_json::{Map, Value};
use tvm_users::{Groups, Memory, Users};

/// A key, and its digest by `sha256sum`.
const KEY: (&str, &str) = ("planted-key", "7eed545bde4b42fea364f19d59123e65db9751a5782f9a2c0d749fde4f39248d");

const KNOWN: [&str; 6] = ["username", "groups", "disabled", "password_hash", "key_sha256", "password"];

fuzz_target!(init: can_tell(), |text: &str| {
    sign_in(text);
});

/// Has everybody whom the text names try to sign in; how many are let in.
fn sign_in(text: &str) -> usize {
    let users = match Users::parse(&SecretString::from(text)) {
        Ok(users) => users,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return 0;
        }
    };
    let value: Value = serde_json::from_str(text).expect("what was accepted is JSON");
    let top = value.as_object().expect("what was accepted is one user or a table with a list of them");
    let entries: Vec<&Map<String, Value>> = match &top.get("users") {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_object).collect(),
        _ => vec![top],
    };
    assert!(users.not_understood() <= entries.len());
    // A null is as good as nothing.
    if entries.iter().any(|entry| entry.get("password_hash").is_some_and(|hash| !hash.is_null())) {
        return 0;
    }
    let mut memory = Memory::default();
    let mut find = |username: &str, password: &str| {
        users.find(username, &SecretString::from(password), &mut memory).map(|user| user.groups.clone())
    };
    let mut let_in = 0;
    for entry in entries {
        let text = |name: &str| entry.get(name).and_then(Value::as_str);
        let Some(name) = text("username") else { continue };
        let proof = text("password")
            .or_else(|| text("key_sha256").filter(|key| key.eq_ignore_ascii_case(KEY.1)).map(|_| KEY.0));
        let groups = match entry.get("groups") {
            None => Groups::default(),
            Some(Value::Array(names)) => {
                Groups::Named(names.iter().map(|group| group.as_str().expect("a group").to_owned()).collect())
            }
            Some(all) => {
                assert_eq!(all, "*");
                Groups::All
            }
        };
        let may =
            entry.get("disabled") != Some(&Value::Bool(true)) && entry.keys().all(|key| KNOWN.contains(&key.as_str()));
        let found = proof.and_then(|proof| find(name, proof));
        if found.is_some() || (users.not_understood() == 0 && proof.is_some()) {
            assert_eq!(found, Some(groups).filter(|_| may), "{name:?}");
            let_in += usize::from(may);
        }
        for wrong in ["", "x", KEY.1].into_iter().filter(|wrong| Some(*wrong) != proof) {
            assert_eq!(find(name, wrong), None, "{name:?} by {wrong:?}");
        }
        assert!(!name.is_empty());
        assert_eq!(find("", proof.unwrap_or_default()), None);
    }
    let_in
}

/// That users are not all kept out.
fn can_tell() {
    assert_eq!(sign_in(r#"{"username":"ada","password":"p","groups":["A"]}"#), 1);
    assert_eq!(sign_in(include_str!("../seeds/users/every-group.json")), 1);
    assert_eq!(sign_in(include_str!("../seeds/users/one-of-each.json")), 2);
}
