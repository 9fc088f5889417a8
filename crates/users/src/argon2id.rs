//! A password's argon2id hash: how one is read, and what it takes to check a password against it.
//!
//! A hash that can be read here is strong enough for a password, and a function of 128 MB can check it within its time. No
//! part of it is in an error or a `Debug`.

use std::fmt;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::{PasswordHash, Salt};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use subtle::{Choice, ConstantTimeEq};

use crate::proof::SALT_LENGTH;

/// The most memory for one check: 64 MiB, beside which a function of 128 MB has room for itself.
const MOST_MEMORY_KIB: u32 = 64 * 1024;
/// The most passes over that memory.
const MOST_PASSES: u32 = 10;
/// The most lanes: what common tools write by default. They are computed one after the other, so they cost nothing here.
const MOST_LANES: u32 = 4;

/// The least of memory for a number of passes: OWASP's equivalents ("Password Storage Cheat Sheet", Argon2id).
const LEAST_MEMORY_KIB: [(u32, u32); 5] = [(1, 47_104), (2, 19_456), (3, 12_288), (4, 9_216), (5, 7_168)];

/// The shortest hash, in bytes: RFC 9106's tag where memory is dear (section 4).
const SHORTEST: usize = 16;

/// How much a check computes: KiB, times passes over them. Its time grows with that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Work(u64);

impl Work {
    /// The most for one attempt to sign in: six passes over 64 MiB. Built as AWS runs it, that took 0.45 s of a core; a
    /// function of 128 MB has a fourteenth of one ("Configure Lambda function memory": 1,769 MB are a whole one), and 10 s.
    pub(crate) const MOST: Self = Self(6 * MOST_MEMORY_KIB as u64);

    /// What checking all of `hashes` computes.
    pub(crate) fn of(hashes: &[Argon2idHash]) -> Self {
        Self(hashes.iter().fold(0, |sum, hash| sum.saturating_add(hash.work().0)))
    }
}

/// The hash of one password.
#[derive(Clone)]
pub(crate) struct Argon2idHash {
    /// Memory, passes, lanes, and how long the hash is: all that the time of a check depends on.
    params: Params,
    salt: Salt,
    hash: Box<[u8]>,
}

/// What checks compute in, one after the other, as large as the dearest of them needed.
///
/// Kept for good: given back and taken again for each check, it left holes in the heap, and the process grew to three times
/// what a check takes (measured with glibc: 101 MB for checks of 31 MiB).
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    fn for_a_check_with(&mut self, params: &Params) -> &mut [Block] {
        let needed = params.block_count();
        if self.0.len() < needed {
            // Given back first: the old and the new would not both fit.
            self.0 = Vec::new();
            self.0 = vec![Block::new(); needed];
        }
        &mut self.0
    }
}

/// Says how large it is, and nothing of what was computed in it.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} KiB", self.0.len())
    }
}

/// Why a password cannot be checked against a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HashProblem {
    /// Not a PHC string with a salt and a hash.
    #[error(
        "is not a PHC string; write $argon2id$v=19$m=19456,t=2,p=1$<salt>$<hash>, whole, as the tool that made it printed it"
    )]
    NotPhc,
    /// Argon2i, argon2d, or no argon2 at all.
    #[error("was not made by argon2id; hash the password with argon2id")]
    OtherAlgorithm,
    /// Another version, or none, which means the first one.
    #[error("is not of version 19; hash the password with argon2id's version 1.3 (v=19)")]
    OtherVersion,
    /// A parameter is missing, malformed, given twice, or none of argon2id's.
    #[error("has other parameters than m, t and p; hash the password with just these")]
    OtherParameters,
    /// Quickly guessed.
    #[error(
        "is too weak; hash the password with m=19456,t=2,p=1 to 32 bytes, or with more; OWASP's minimum settings are m=47104,t=1, \
         m=19456,t=2, m=12288,t=3, m=9216,t=4 and m=7168,t=5"
    )]
    TooWeak,
    /// A small function has not the memory or the time to check it.
    #[error(
        "takes too much memory or time; hash the password with m=19456,t=2,p=1, or with at most m=65536, t=10, p=4 and \
         393216 as m times t"
    )]
    TooCostly,
}

impl Argon2idHash {
    /// Reads a PHC string.
    ///
    /// # Errors
    /// [`HashProblem`], each of its variants.
    pub(crate) fn parse(text: &str) -> Result<Self, HashProblem> {
        let phc = PasswordHash::new(text).map_err(|_| HashProblem::NotPhc)?;
        if phc.algorithm != ARGON2ID_IDENT {
            return Err(HashProblem::OtherAlgorithm);
        }
        if phc.version != Some(Version::V0x13.into()) {
            return Err(HashProblem::OtherVersion);
        }
        let (Some(salt), Some(hash)) = (phc.salt, phc.hash) else { return Err(HashProblem::NotPhc) };
        // By name and by number: the library takes defaults for what is missing, and the last of what is given twice.
        let given = |name: &str| phc.params.get_decimal(name);
        let (Some(memory), Some(passes), Some(lanes), 3) =
            (given("m"), given("t"), given("p"), phc.params.iter().count())
        else {
            return Err(HashProblem::OtherParameters);
        };
        let strong = LEAST_MEMORY_KIB.iter().any(|&(least, least_kib)| passes >= least && memory >= least_kib);
        if !strong || hash.len() < SHORTEST {
            return Err(HashProblem::TooWeak);
        }
        if memory > MOST_MEMORY_KIB || passes > MOST_PASSES || lanes > MOST_LANES {
            return Err(HashProblem::TooCostly);
        }
        // No lane at all is what is left to refuse.
        let params = Params::new(memory, passes, lanes, Some(hash.len())).map_err(|_| HashProblem::OtherParameters)?;
        let read = Self { params, salt, hash: hash.as_bytes().into() };
        if read.work() <= Work::MOST { Ok(read) } else { Err(HashProblem::TooCostly) }
    }

    /// What costs the same to check, and is no password's hash.
    pub(crate) fn stand_in(&self) -> Self {
        Self { hash: vec![0; self.hash.len()].into(), ..self.clone() }
    }

    /// Memory, passes, lanes, and how long the hash is.
    pub(crate) fn params(&self) -> &Params {
        &self.params
    }

    /// Whether checking this costs what checking `other` costs.
    pub(crate) fn costs_the_same_as(&self, other: &Self) -> bool {
        self.params == other.params
    }

    /// Whether it is the hash of `password`: computed in full whatever the password is, and compared in constant time.
    pub(crate) fn is_of(&self, password: &SecretString, memory: &mut Memory) -> Choice {
        let mut computed = vec![0; self.hash.len()];
        let argon2id = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone());
        let (password, memory) = (password.expose_secret().as_bytes(), memory.for_a_check_with(&self.params));
        match argon2id.hash_password_into_with_memory(password, &self.salt, &mut computed, memory) {
            Ok(()) => computed.ct_eq(&self.hash),
            // A password of over 4 GiB: what was not computed proves nothing.
            Err(_) => Choice::from(0),
        }
    }

    fn work(&self) -> Work {
        Work(u64::from(self.params.m_cost()).saturating_mul(self.params.t_cost().into()))
    }
}

/// The PHC string of the hash of `password`: with `params`, else with those that docs/users.md recommends (OWASP's, for two
/// passes). `None` where the library refuses.
pub(crate) fn hashed(
    password: &SecretString,
    salt: &[u8; SALT_LENGTH],
    params: Option<&Params>,
) -> Option<SecretString> {
    let params = match params {
        Some(params) => params.clone(),
        None => Params::new(19_456, 2, 1, Some(32)).ok()?,
    };
    let argon2id = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash = argon2id.hash_password_with_salt(password.expose_secret().as_bytes(), salt).ok()?;
    Some(SecretString::from(hash.to_string()))
}

/// Says what a check costs, and nothing of the hash.
impl fmt::Debug for Argon2idHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Argon2idHash").field(&self.work()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As argon2-cffi 25.1.0 (the reference implementation in C) hashed them.
    const HASHED: &[(&str, &str)] = &[
        (
            "planted-one",
            "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LNJ2qmt8IFowdbUHN8yqwCXgaIsTeBk9361Yi/5Fsf8",
        ),
        (
            "pä ß 🔑",
            "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$E/WC6T+ZG3S0sODQrkaclX+2NLKbyFsXFbYo8r0UMUQa741txSKfjlADugkPk3wzlPV5cHAgYAMS7faV/XYqaQ",
        ),
        (
            "planted-lanes",
            "$argon2id$v=19$m=12288,t=3,p=4$MDEyMzQ1Njc4OWFiY2RlZg$20+IpIPamTjFNOiWaxiEHSzGc/lBx9V5++WBHJ0Qt0c",
        ),
        (
            "planted-default",
            "$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$nrNtIODFZvj26WNKkFsDySjYZjcP4qDdtzvApZypGDE",
        ),
    ];

    fn is_of(hash: &Argon2idHash, password: &str, memory: &mut Memory) -> bool {
        hash.is_of(&SecretString::from(password), memory).into()
    }

    #[test]
    fn a_hash_of_the_reference_implementation_is_of_its_password_and_of_no_other() {
        // The same for all, smaller and larger, so that what one check leaves in it is seen to be nothing to the next.
        let mut memory = Memory::default();
        for (password, text) in HASHED {
            let hash = Argon2idHash::parse(text).unwrap();
            assert!(is_of(&hash, password, &mut memory), "{text}");
            assert!(!is_of(&hash, &format!("{password} "), &mut memory), "{text}");
        }
        let (password, text) = HASHED[0];
        assert!(is_of(&Argon2idHash::parse(text).unwrap(), password, &mut memory), "{text}");
        assert_eq!(format!("{memory:?}"), "19456 KiB", "as large as the dearest");
    }

    #[test]
    fn a_stand_in_costs_the_same_and_is_of_no_password() {
        let (password, text) = HASHED[0];
        let hash = Argon2idHash::parse(text).unwrap();
        let stand_in = hash.stand_in();
        assert!(stand_in.costs_the_same_as(&hash) && stand_in.work() == hash.work());
        assert!(!is_of(&stand_in, password, &mut Memory::default()));
    }

    /// A hash with these parameters, as far as it can be read.
    fn with(parameters: &str) -> Result<Work, HashProblem> {
        Argon2idHash::parse(&format!("$argon2id$v=19${parameters}$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ"))
            .map(|hash| hash.work())
    }

    #[test]
    fn what_common_tools_write_is_read_and_what_is_too_weak_or_takes_too_much_is_not() {
        use HashProblem::{OtherParameters, TooCostly, TooWeak};
        for (parameters, expected) in [
            // OWASP's five, argon2-cffi's, PHP's and libsodium's interactive default, and the most there may be.
            ("m=47104,t=1,p=1", Ok(47_104)),
            ("m=19456,t=2,p=1", Ok(38_912)),
            ("m=12288,t=3,p=1", Ok(36_864)),
            ("m=9216,t=4,p=1", Ok(36_864)),
            ("m=7168,t=5,p=1", Ok(35_840)),
            ("m=65536,t=3,p=4", Ok(196_608)),
            ("m=65536,t=4,p=1", Ok(262_144)),
            ("m=65536,t=2,p=1", Ok(131_072)),
            ("m=65536,t=6,p=4", Ok(393_216)),
            ("m=39321,t=10,p=4", Ok(393_210)),
            // The default of the program argon2, one less of each of OWASP's, and next to nothing.
            ("m=4096,t=3,p=1", Err(TooWeak)),
            ("m=47103,t=1,p=1", Err(TooWeak)),
            ("m=19455,t=2,p=1", Err(TooWeak)),
            ("m=12287,t=3,p=1", Err(TooWeak)),
            ("m=9215,t=4,p=1", Err(TooWeak)),
            ("m=7167,t=5,p=1", Err(TooWeak)),
            ("m=7167,t=4294967295,p=1", Err(TooWeak)),
            ("m=0,t=0,p=0", Err(TooWeak)),
            // One more than the most of each.
            ("m=65537,t=1,p=1", Err(TooCostly)),
            ("m=7168,t=11,p=1", Err(TooCostly)),
            ("m=19456,t=2,p=5", Err(TooCostly)),
            ("m=65536,t=7,p=1", Err(TooCostly)),
            ("m=4294967295,t=4294967295,p=1", Err(TooCostly)),
            // Not what the library would make of them: a default, and the last of two.
            ("m=19456,t=2", Err(OtherParameters)),
            ("t=2,p=1", Err(OtherParameters)),
            ("m=19456,t=2,p=0", Err(OtherParameters)),
            ("m=19456,t=2,p=1,m=8", Err(OtherParameters)),
            ("m=19456,m=19456,t=2,p=1", Err(OtherParameters)),
            ("m=19456,t=2,p=1,keyid=cGxhbnRlZA", Err(OtherParameters)),
            ("m=19456,t=2,p=1,data=cGxhbnRlZA", Err(OtherParameters)),
            ("m=19456,t=2,x=1", Err(OtherParameters)),
            ("m=019456,t=2,p=1", Err(OtherParameters)),
            ("m=99999999999,t=2,p=1", Err(OtherParameters)),
        ] {
            assert_eq!(with(parameters), expected.map(Work), "{parameters}");
        }
    }

    #[test]
    fn the_shortest_hash_that_is_read_has_16_bytes() {
        let of_bytes =
            |hash: &str| Argon2idHash::parse(&format!("$argon2id$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ${hash}"));
        // "planted-planted-", and that without its last letter.
        assert!(of_bytes("cGxhbnRlZC1wbGFudGVkLQ").is_ok());
        assert_eq!(of_bytes("cGxhbnRlZC1wbGFudGVk").map(|hash| hash.work()), Err(HashProblem::TooWeak));
    }

    #[test]
    fn what_is_no_argon2id_hash_of_version_19_is_not_read() {
        use HashProblem::{NotPhc, OtherAlgorithm, OtherParameters, OtherVersion, TooWeak};
        for (text, expected) in [
            ("", NotPhc),
            ("planted", NotPhc),
            ("$", NotPhc),
            ("$2b$12$cGxhbnRlZHNhbHQcGxhbnRlZHNhbHQcGxhbnRlZHNhbHQcGxhbnRl", NotPhc),
            ("$argon2i$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ", OtherAlgorithm),
            ("$argon2d$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ", OtherAlgorithm),
            ("$argon2$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ", OtherAlgorithm),
            ("$argon2id$v=16$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ", OtherVersion),
            ("$argon2id$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ", OtherVersion),
            ("$argon2id$v=19$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ", OtherParameters),
            ("$argon2id$v=19$m=7168,t=5,p=1", NotPhc),
            ("$argon2id$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ", NotPhc),
            ("$argon2id$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$", NotPhc),
            ("$argon2id$v=19$m=7168,t=5,p=1$c2hvcnQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ", NotPhc),
            ("$argon2id$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ\n", NotPhc),
            ("$argon2id$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1wbGFudGVkLXBsYW50ZWQ$planted", NotPhc),
            ("$argon2id$v=19$m=7168,t=5,p=1$cGxhbnRlZHNhbHQ$cGxhbnRlZC1zaG9ydA", TooWeak),
        ] {
            let problem = Argon2idHash::parse(text).map(|hash| hash.work()).unwrap_err();
            assert_eq!(problem, expected, "{text}");
            let shown = format!("{problem} {problem:?}");
            assert!(!shown.contains("planted") && !shown.contains("cGxhbnR"), "{shown}");
        }
    }

    #[test]
    fn debug_shows_what_a_check_costs_and_nothing_of_the_hash() {
        let hash = Argon2idHash::parse(HASHED[0].1).unwrap();
        assert_eq!(format!("{hash:?}"), "Argon2idHash(Work(35840))");
    }
}
