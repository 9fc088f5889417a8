//! Edits of the list of users, and what the authorizer makes of it then. All of it is real.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the answer wanted")]

use secrecy::{ExposeSecret, SecretString};
use tvm_config::CredentialsIn;
use tvm_users::{
    Access, Document, EditError, GeneratedKey, Memory, NewPassword, NewProof, SALT_LENGTH, Standing, UserProblem,
    Username, Users, UsersError, entries,
};

const PASSWORD: &str = "planted four words";
const HASH: &str = "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LNJ2qmt8IFowdbUHN8yqwCXgaIsTeBk9361Yi/5Fsf8";
/// That of the key that 32 bytes of 7 make, by sha256sum.
const DIGEST: &str = "dc4bf80c77473d130fa0de86ba4018fe98bb214005e6a5891d12ba91446f9e81";

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn key() -> NewProof {
    NewProof::Key(GeneratedKey::of(&[7; 32]))
}

fn password(salt: u8) -> NewProof {
    let password = NewPassword::parse(secret(PASSWORD), CredentialsIn::Headers).unwrap();
    NewProof::Password { password, salt: [salt; SALT_LENGTH] }
}

fn add(document: &mut Document, name: &str, groups: &[&str], proof: &NewProof) -> Result<(), EditError> {
    let groups: Vec<String> = groups.iter().copied().map(str::to_owned).collect();
    document.add(&Username::parse(name, CredentialsIn::Headers).unwrap(), &groups, proof)
}

/// What becomes of `value`.
fn edited(value: &str, edit: impl Fn(&mut Document) -> Result<(), EditError>) -> Result<String, EditError> {
    let mut document = Document::parse(&secret(value))?;
    edit(&mut document)?;
    Ok(document.value()?.expose_secret().to_owned())
}

#[test]
fn an_edit_changes_what_it_is_about_and_leaves_the_rest_as_it_is_written() {
    // Numbers that a double cannot hold, members in no order, white space: none of it is ours.
    let one = r#"{"groups":["A"], "note": 1.10,"username":"ada","password":"p"}"#;
    let list = format!(
        r#"{{"note":12345678901234567890123,"users":[{one},{{"username":"bob","key_sha256":"{DIGEST}"}}],"z":[ ]}}"#
    );
    let whole = |users: &str| format!(r#"{{"note":12345678901234567890123,"users":{users},"z":[ ]}}"#);
    let ci = format!(r#"{{"username":"ci","key_sha256":"{DIGEST}","groups":["A","B"]}}"#);
    let compact = r#"{"groups":["A"],"note":1.10,"username":"ada","password":"p"}"#;
    let bob = format!(r#"{{"username":"bob","key_sha256":"{DIGEST}"}}"#);

    let added = |value: &str| edited(value, |document| add(document, "ci", &["A", "B"], &key())).unwrap();
    assert_eq!(added(one), format!(r#"{{"users":[{compact},{ci}]}}"#), "a single user becomes the first of a list");
    assert_eq!(added(&list), whole(&format!("[{compact},{bob},{ci}]")));

    let made = r#"{"username":"momento","groups":"*","password":"p"}"#;
    assert_eq!(added(made), format!(r#"{{"users":[{made},{ci}]}}"#), "that of a new secret stays in all groups");

    let removed = |value: &str, name: &str| edited(value, |document| document.remove(name)).unwrap();
    assert_eq!(removed(one, "ada"), r#"{"users":[]}"#);
    assert_eq!(removed(&list, "ada"), whole(&format!("[{bob}]")));

    let other_proof = |value: &str| edited(value, |document| document.replace_proof("ada", &key())).unwrap();
    let with_key = compact.replace(r#""password":"p""#, &format!(r#""key_sha256":"{DIGEST}""#));
    assert_eq!(other_proof(one), with_key);
    assert_eq!(other_proof(&list), whole(&format!("[{with_key},{bob}]")));
    let nulls = r#"{"password_hash":null,"username":"ada","password":"p","key_sha256":null,"groups":[]}"#;
    assert_eq!(other_proof(nulls), format!(r#"{{"key_sha256":"{DIGEST}","username":"ada","groups":[]}}"#));

    let access = |value: &str, access| edited(value, |document| document.set_access("ada", access)).unwrap();
    let disabled = access(one, Access::Disabled);
    assert_eq!(disabled, compact.replace('}', r#","disabled":true}"#));
    assert_eq!(access(&disabled, Access::Enabled), compact);
}

#[test]
fn a_password_becomes_a_hash_that_the_authorizer_lets_its_user_in_by() {
    let mut memory = Memory::default();
    for (list, parameters) in [
        (r#"{"users":[]}"#.to_owned(), "$argon2id$v=19$m=19456,t=2,p=1$"),
        // As the list has it for who is let in, so that a sign-in does not cost two checks.
        (format!(r#"{{"users":[{{"username":"bob","password_hash":"{HASH}"}}]}}"#), "$argon2id$v=19$m=7168,t=5,p=1$"),
        (
            format!(r#"{{"users":[{{"username":"bob","password_hash":"{HASH}","disabled":true}}]}}"#),
            "$argon2id$v=19$m=19456,t=2,p=1$",
        ),
    ] {
        let value = edited(&list, |document| {
            add(document, "ada", &["A"], &password(1))?;
            add(document, "eve", &[], &password(2))
        })
        .unwrap();
        assert_eq!(value.matches(parameters).count() - list.matches(parameters).count(), 2, "{value}");
        let users = Users::parse(&secret(&value)).unwrap();
        assert!(users.find("ada", &secret(PASSWORD), &mut memory).is_some());
        assert!(users.find("ada", &secret("planted four word"), &mut memory).is_none());
        let hashes: Vec<&str> = value.split('"').filter(|text| text.starts_with("$argon2id")).collect();
        assert_ne!(hashes[hashes.len() - 1], hashes[hashes.len() - 2], "each has a salt of its own");
        assert!(!value.contains(PASSWORD));
    }
}

#[test]
fn what_the_authorizer_would_refuse_is_not_written_and_what_mends_a_list_is() {
    let bad = r#"{"users":[{"username":"ada","password":"p"},{"username":"bob"}]}"#;
    let problem = UsersError::User { number: 2, problem: UserProblem::NotOneCredential };
    let adding = |value: &str, name: &str| edited(value, |document| add(document, name, &[], &key()));
    assert_eq!(adding(bad, "ci").unwrap_err(), EditError::Refused(problem));
    assert!(edited(bad, |document| document.remove("bob")).is_ok());
    assert!(edited(bad, |document| document.replace_proof("bob", &key())).is_ok());
    assert_eq!(adding(bad, "ada").unwrap_err(), EditError::Exists("ada".to_owned()));
    assert!(adding(bad, "Ada").is_err_and(|error| error == EditError::Refused(problem)), "another name than ada");
    let twice = r#"{"users":[{"username":"ada","password":"p"},{"username":"ada","password":"q"}]}"#;
    assert_eq!(
        edited(twice, |document| document.replace_proof("ada", &key())).unwrap_err(),
        EditError::Refused(UsersError::Twice)
    );
    assert_eq!(edited(twice, |document| document.remove("ada")).unwrap(), r#"{"users":[]}"#);
    for name in ["Ada", "", "ada "] {
        let unknown = EditError::Unknown(name.to_owned());
        assert_eq!(edited(bad, |document| document.remove(name)).unwrap_err(), unknown);
        assert_eq!(edited(bad, |document| document.replace_proof(name, &key())).unwrap_err(), unknown);
        assert_eq!(edited(bad, |document| document.set_access(name, Access::Disabled)).unwrap_err(), unknown);
    }
}

#[test]
fn a_value_that_can_be_read_in_two_ways_or_in_none_is_not_edited() {
    for value in [
        "planted",
        "[]",
        r#"{"users":"planted"}"#,
        r#"{"users":[{"password":"planted"}]}"#,
        r#"{"username":"ada","password":"planted","password":"planted-2"}"#,
        r#"{"users":[{"username":"ada","password":"planted","disabled":true,"disabled":false}]}"#,
    ] {
        let error = edited(value, |document| add(document, "ci", &[], &key())).unwrap_err();
        assert_eq!(error, EditError::Unreadable(UsersError::Malformed), "{value}");
        assert!(!error.to_string().contains("planted"));
    }
    // One user to the authorizer, whatever `users` says: a second one is one to it, too.
    let odd = r#"{"username":"ada","password":"p","users":[{"password":"q"}]}"#;
    let value = edited(odd, |document| add(document, "ci", &[], &key())).unwrap();
    let names: Vec<String> = entries(&secret(&value)).unwrap().into_iter().map(|user| user.username).collect();
    assert_eq!(names, ["ada", "ci"]);
}

#[test]
fn a_list_that_a_secret_cannot_hold_is_refused_before_it_is_sent() {
    let note = |length: usize| format!(r#"{{"users":[],"note":"{}"}}"#, "n".repeat(length));
    assert!(edited(&note(65_000), |document| add(document, "ci", &[], &key())).is_ok());
    let error = edited(&note(65_500), |document| add(document, "ci", &[], &key())).unwrap_err();
    assert!(matches!(error, EditError::TooLarge(_)), "{error}");
}

#[test]
fn who_is_listed_is_shown_with_whether_they_are_let_in() {
    let list = format!(
        r#"{{"users":[{{"username":"ada","password_hash":"{HASH}","groups":["A"]}},{{"username":"bob","password":"p","disabled":true}},
        {{"username":"dan","password":"p","disable":true}},{{"username":"eve"}}]}}"#
    );
    let shown: Vec<_> = entries(&secret(&list)).unwrap();
    let standings: Vec<Standing> = shown.iter().map(|entry| entry.standing).collect();
    assert_eq!(standings, [Standing::Enabled, Standing::Disabled, Standing::NotUnderstood, Standing::Enabled]);
    assert_eq!(shown[3].kind, None, "nothing lets her in");
    assert!(!format!("{shown:?}").contains("argon2id"));
}
