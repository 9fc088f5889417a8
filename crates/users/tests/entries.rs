//! Who is listed, and by what they prove who they are, as `tvm user list` says it. All of it is real.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use secrecy::SecretString;
use tvm_users::{Kind, Standing, entries};

#[test]
fn each_entry_says_what_proves_its_user_and_whether_they_are_let_in() {
    let list = r#"{ "users": [
        { "username": "ada", "password_hash": "h" },
        { "username": "ci", "key_sha256": "k", "disabled": true },
        { "username": "momento", "password": "p" },
        { "username": "two", "password": "p", "key_sha256": "k" },
        { "username": "three", "password_hash": "h", "password": "p" },
        { "username": "none" },
        { "username": "dan", "password": "p", "disabled": true, "disable": true }
    ] }"#;
    let entries = entries(&SecretString::from(list)).unwrap();
    let said: Vec<_> = entries.iter().map(|entry| (entry.username.as_str(), entry.kind, entry.standing)).collect();
    assert_eq!(
        said,
        [
            ("ada", Some(Kind::Hash), Standing::Enabled),
            ("ci", Some(Kind::Key), Standing::Disabled),
            ("momento", Some(Kind::Password), Standing::Enabled),
            ("two", None, Standing::Enabled),
            ("three", None, Standing::Enabled),
            ("none", None, Standing::Enabled),
            ("dan", Some(Kind::Password), Standing::NotUnderstood),
        ]
    );
}
