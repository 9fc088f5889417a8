//! The users that the authorizer's secret lists, and whether a caller is one of them.
//!
//! What an attempt costs depends on the list alone, never on who is claimed to be asking or whether they are let in.

use argon2::Params;
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConditionallySelectable};

use crate::argon2id::{Argon2idHash, Memory, Work};
use crate::digest::Digest;
use crate::stored::{Listed, UsersError, listed};
use crate::user::{User, Verifier};

/// Every user there is.
#[derive(Debug)]
pub struct Users {
    users: Vec<User>,
    /// One for each set of parameters that the list's hashes have.
    stand_ins: Vec<Argon2idHash>,
    not_understood: usize,
}

impl Users {
    /// Reads the secret's value.
    ///
    /// # Errors
    /// [`UsersError`], each of its variants.
    pub fn parse(value: &SecretString) -> Result<Self, UsersError> {
        let Listed { users, not_understood } = listed(value)?;
        let mut stand_ins: Vec<Argon2idHash> = Vec::new();
        for hash in users.iter().filter_map(User::argon2id) {
            if !stand_ins.iter().any(|stand_in| stand_in.costs_the_same_as(hash)) {
                stand_ins.push(hash.stand_in());
            }
        }
        if Work::of(&stand_ins) > Work::MOST {
            return Err(UsersError::TooCostly);
        }
        Ok(Self { users, stand_ins, not_understood })
    }

    /// How many of the secret's users are not let in for a field that is not known here.
    pub fn not_understood(&self) -> usize {
        self.not_understood
    }

    /// How the password of the first who has a hash was hashed.
    pub(crate) fn params(&self) -> Option<&Params> {
        self.stand_ins.first().map(Argon2idHash::params)
    }

    /// The user whose name and password, or key, these are.
    ///
    /// Every user is compared with, in full, so that neither a wrong name nor the place of a wrong letter shows in the time.
    /// Hashing first makes the compared texts equally long: the length does not show either. Where the list holds argon2id
    /// hashes, one is checked for each set of parameters among them, in nearly every list just one: the user's own, or one
    /// that stands in for it where there is no such user, or theirs is another.
    ///
    /// It computes for as long as that takes and lets nothing else run meanwhile: Lambda hands out one request at a time.
    pub fn find(&self, username: &str, password: &SecretString, memory: &mut Memory) -> Option<&User> {
        self.find_by(username, password, |hash| hash.is_of(password, memory))
    }

    /// As [`find`](Self::find), with what checks a hash.
    fn find_by(
        &self,
        username: &str,
        password: &SecretString,
        mut check: impl FnMut(&Argon2idHash) -> Choice,
    ) -> Option<&User> {
        let (name, password) = (Digest::of(username), Digest::of(password.expose_secret()));
        let (mut named, mut proven) = (u64::MAX, Choice::from(0));
        for (index, user) in (0_u64..).zip(&self.users) {
            let is_named = user.name.is(&name);
            named.conditional_assign(&index, is_named);
            // Which kind each has, and so the time of this loop, is the same for every attempt.
            if let Verifier::Digest(digest) = &user.verifier {
                proven |= is_named & digest.is(&password);
            }
        }
        let named = usize::try_from(named).ok().and_then(|index| self.users.get(index));
        let own = named.and_then(User::argon2id);
        for stand_in in &self.stand_ins {
            let (hash, counts) = match own.filter(|own| own.costs_the_same_as(stand_in)) {
                Some(own) => (own, Choice::from(1)),
                None => (stand_in, Choice::from(0)),
            };
            proven |= check(hash) & counts;
        }
        named.filter(|_| bool::from(proven))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// That of "planted-key", by sha256sum.
    const KEY: &str = "7eed545bde4b42fea364f19d59123e65db9751a5782f9a2c0d749fde4f39248d";
    /// That of "planted-one", and of "planted-two", by argon2-cffi 25.1.0.
    const ONE: &str =
        "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LNJ2qmt8IFowdbUHN8yqwCXgaIsTeBk9361Yi/5Fsf8";
    const TWO: &str =
        "$argon2id$v=19$m=7168,t=5,p=1$ZmVkY2JhOTg3NjU0MzIxMA$ibdNQ9Oc97YFyGCiLXF0J6YQZ8AwN1IBsWmnq+WZd/0";

    fn users(value: &Value) -> Users {
        Users::parse(&SecretString::from(value.to_string())).unwrap()
    }

    fn found<'u>(users: &'u Users, username: &str, password: &str, memory: &mut Memory) -> Option<&'u User> {
        users.find(username, &SecretString::from(password), memory)
    }

    /// One of each kind; eve's password is bob's, and dan has a field that is not known.
    fn one_of_each() -> Value {
        json!({ "users": [
            { "username": "ada", "password_hash": ONE, "groups": ["A", "B"] },
            { "username": "bob", "password_hash": TWO },
            { "username": "eve", "password_hash": TWO, "disabled": true },
            { "username": "dan", "password_hash": TWO, "disable": true },
            { "username": "ci", "key_sha256": KEY, "groups": ["C"] },
            { "username": "old", "key_sha256": KEY, "disabled": true },
            { "username": "momento", "password": "planted-plain" },
        ] })
    }

    /// Right, wrong, another's, unknown, disabled, and nothing at all: everything that somebody may claim.
    const CLAIMS: &[(&str, &str)] = &[
        ("ada", "planted-one"),
        ("ada", "planted-two"),
        ("ada", "planted-key"),
        ("ada", "planted-plain"),
        ("ada", "wrong"),
        ("bob", "planted-one"),
        ("eve", "planted-two"),
        ("eve", "wrong"),
        ("dan", "planted-two"),
        ("ci", "planted-key"),
        ("ci", KEY),
        ("ci", "planted-one"),
        ("old", "planted-key"),
        ("momento", "planted-plain"),
        ("momento", "planted-key"),
        ("nobody", "planted-one"),
        ("nobody", "planted-plain"),
        ("ADA", "planted-one"),
        ("", ""),
    ];

    /// Who is found by a check that takes every hash for the password's, and what each check costs.
    fn find_by_credulous_checks(users: &Users, (username, password): (&str, &str)) -> (Option<String>, Vec<Work>) {
        let mut costs = Vec::new();
        let found = users.find_by(username, &SecretString::from(password), |hash| {
            costs.push(Work::of(std::slice::from_ref(hash)));
            Choice::from(1)
        });
        (found.map(|user| user.username.clone()), costs)
    }

    #[test]
    fn each_user_is_found_by_their_own_password_or_key_alone() {
        let (users, mut memory) = (users(&one_of_each()), Memory::default());
        for (username, password, groups) in [
            ("ada", "planted-one", Some("A,B")),
            ("ada", "planted-two", None),
            ("bob", "planted-two", Some("")),
            ("eve", "planted-two", None),
            ("ci", "planted-key", Some("C")),
            ("ci", KEY, None),
            ("momento", "planted-plain", Some("")),
            ("nobody", "planted-one", None),
        ] {
            let found = found(&users, username, password, &mut memory)
                .map(|user| (user.username.as_str(), user.groups.resolve(&[]).join(",")));
            assert_eq!(found, groups.map(|groups| (username, groups.to_owned())), "{username}:{password}");
        }
    }

    /// The authorizer warns of them.
    #[test]
    fn users_with_a_field_that_is_not_known_are_counted_and_nobody_else_is() {
        let mut list = one_of_each();
        assert_eq!(users(&list).not_understood(), 1);
        list["users"][3].as_object_mut().unwrap().remove("disable");
        assert_eq!(users(&list).not_understood(), 0);
        list["users"][0]["disable"] = json!(true);
        list["users"][1]["group"] = json!("A");
        assert_eq!(users(&list).not_understood(), 2);
    }

    #[test]
    fn without_hashes_anything_but_a_name_with_its_own_password_finds_nobody() {
        let users = users(&json!({ "users": [
            { "username": "ada", "password": "one" }, { "username": "bob", "password": "two" },
        ] }));
        let mut memory = Memory::default();
        assert_eq!(found(&users, "bob", "two", &mut memory).unwrap().username, "bob");
        for (username, password) in
            [("ada", "two"), ("bob", "one"), ("eve", "one"), ("ada", "ONE"), ("ada", "one "), ("ADA", "one"), ("", "")]
        {
            assert!(found(&users, username, password, &mut memory).is_none(), "{username}:{password}");
        }
    }

    #[test]
    fn every_attempt_costs_just_one_check_of_a_hash_whoever_is_claimed() {
        let users = users(&one_of_each());
        for claim in CLAIMS {
            let (_, costs) = find_by_credulous_checks(&users, *claim);
            assert_eq!(costs, [Work::of(&users.stand_ins)], "{claim:?}");
        }
    }

    #[test]
    fn no_check_but_of_ones_own_hash_lets_anybody_in() {
        let users = users(&one_of_each());
        for claim in CLAIMS {
            let expected = match *claim {
                (name @ ("ada" | "bob"), _) | (name @ "ci", "planted-key") | (name @ "momento", "planted-plain") => {
                    Some(name.to_owned())
                }
                _ => None,
            };
            assert_eq!(find_by_credulous_checks(&users, *claim).0, expected, "{claim:?}");
        }
    }

    #[test]
    fn where_hashes_differ_in_their_parameters_every_attempt_costs_one_check_of_each() {
        let dearer = ONE.replace("m=7168", "m=9216");
        let mut list = one_of_each();
        list["users"].as_array_mut().unwrap().extend([
            json!({ "username": "eli", "password_hash": dearer }),
            json!({ "username": "fay", "password_hash": dearer }),
            json!({ "username": "gus", "password_hash": ONE.replace("t=5", "t=9"), "disabled": true }),
        ]);
        let users = users(&list);
        let each: Vec<Work> = [ONE, &dearer].map(|hash| Work::of(&[Argon2idHash::parse(hash).unwrap()])).into();
        for claim in CLAIMS.iter().chain(&[("eli", "planted-one"), ("fay", "wrong"), ("gus", "planted-one")]) {
            assert_eq!(find_by_credulous_checks(&users, *claim).1, each, "{claim:?}");
        }
    }

    #[test]
    fn without_a_hash_that_lets_somebody_in_no_attempt_costs_a_check() {
        let users = users(&json!({ "users": [
            { "username": "eve", "password_hash": TWO, "disabled": true },
            { "username": "ci", "key_sha256": KEY },
            { "username": "momento", "password": "planted-plain" },
        ] }));
        for claim in CLAIMS {
            assert_eq!(find_by_credulous_checks(&users, *claim).1, [], "{claim:?}");
        }
    }

    #[test]
    fn hashes_that_take_too_long_together_are_an_error() {
        let list = |passes: &[u32]| {
            let user = |(index, passes): (usize, &u32)| {
                let hash = ONE.replace("m=7168,t=5", &format!("m=65536,t={passes}"));
                json!({ "username": format!("planted-{index}"), "password_hash": hash })
            };
            let users: Vec<Value> = passes.iter().enumerate().map(user).collect();
            Users::parse(&SecretString::from(json!({ "users": users }).to_string()))
        };
        assert_eq!(list(&[6, 6, 6, 6]).unwrap().stand_ins.len(), 1);
        assert_eq!(list(&[1, 2, 3]).unwrap().stand_ins.len(), 3);
        assert_eq!(list(&[1, 2, 4]).unwrap_err(), UsersError::TooCostly);
        assert!(!UsersError::TooCostly.to_string().contains("planted"));
    }

    #[test]
    fn debug_shows_no_password_no_key_and_no_hash() {
        let users = users(&one_of_each());
        let shown = format!("{users:?}");
        // "126, 237" begins the key's digest as Rust would print its bytes.
        for secret in ["planted", "MDEy", "LNJ2", "ZmVk", "ibdN", &KEY[..8], "126, 237"] {
            assert!(!shown.contains(secret), "{secret} in {shown}");
        }
    }
}
