//! Broken files, each with all that is said of it: `broken/NAME.toml`, and beside it `NAME.txt`. Real: the parser and the validation.
//!
//! After a change of the words: `BLESS=1 cargo test -p tvm-config --test broken_files`, and read the difference.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::fs;
use std::path::{Path, PathBuf};

use tvm_config::Config;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    files
}

/// Each error in a line, without the name of the file.
fn said_of(path: &Path) -> String {
    let read = Config::text_of("", fs::read(path).unwrap()).and_then(|text| Config::parse("", &text));
    let Err(errors) = read else { panic!("{} is accepted", path.display()) };
    errors.iter().map(|error| format!("{}: {}\n", error.line, error.problem)).collect()
}

#[test]
fn everything_that_is_wrong_with_a_file_is_said_at_once() {
    let files = files();
    assert!(files.len() >= 70, "{files:?}");
    let mut other = Vec::new();
    for path in files {
        let (said, beside) = (said_of(&path), path.with_extension("txt"));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&beside, &said).unwrap();
        }
        let expected = fs::read_to_string(&beside).unwrap_or_default();
        if said != expected {
            other.push(format!("{}:\n{said}", path.display()));
        }
    }
    assert!(other.is_empty(), "of these was said something else than is beside them:\n{}", other.join("\n"));
}

/// Each is in the vocabulary of the program, not of the file.
const RIDDLES: &[&str] = &[
    "u8",
    "u16",
    "u32",
    "nonzero",
    "sequence",
    "a map",
    "struct ",
    "invalid type",
    "integer",
    "boolean",
    "expected a",
    "expected literal",
    "variant",
    " field",
    "wanted",
];

#[test]
fn no_error_speaks_of_the_types_of_the_program() {
    for path in files() {
        let said = said_of(&path);
        for riddle in RIDDLES {
            assert!(!said.contains(riddle), "{}: {riddle}: {said}", path.display());
        }
    }
}

#[test]
fn a_file_with_fourteen_mistakes_is_told_fourteen_errors() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/broken/fourteen-mistakes.toml");
    assert_eq!(said_of(&path).lines().count(), 14, "{}", said_of(&path));
}

/// A line of a good file, and one that is wrong in its place.
const SLIPS: &[(&str, &str)] = &[
    ("auth = \"AmazonCognito\"", "auth = \"Cognitoo\""),
    ("ungrouped = \"refuse\"", "ungrouped = 1"),
    ("[token]", "[token]"),
    ("expires_in = \"2h\"", "expires_in = \"1 hour\""),
    ("caches = [\"a\", \"b\"]", "caches = \"a\""),
    ("id = \"{username}\"", "id = \"{user\""),
    ("not_beyond_caller = true", "not_beyond_caller = yes"),
    ("[reuse]", "[reuse]"),
    ("min_remaining = \"90m\"", "min_remaining = \"101%\""),
    ("mode = \"instance\"", "mode = \"local\""),
    ("[authorizer]", "[authorizer]"),
    ("kind = \"jwt\"", "kind = \"token\""),
    ("issuer = \"https://issuer.example\"", "issuer = \"https://<tenant>.example\""),
    ("audience = [\"app\"]", "audience = \"app\""),
    ("algorithms = [\"HS256\"]", "algorithms = [\"HS-256-512\"]"),
    ("hmac_secret = \"s\"", "hmac_secret = 5"),
    ("[cognito]", "[cognito]"),
    ("token_use = \"access\"", "token_use = \"bearer\""),
    ("user_pool = \"eu-central-1_A1\"", "user_pool = 1"),
    ("clients = [\"app\"]", "clients = \"app\""),
    ("scope = \"s\"", "scope = \" \""),
    ("[api]", "[api]"),
    ("disable_default_endpoint = true", "disable_default_endpoint = \"true\""),
    ("domain.name = \"tokens.example.com\"", "domain.name = \"example\""),
    (
        "domain.certificate = \"arn:aws:acm:eu-central-1:111122223333:certificate/a\"",
        "domain.certficate = \"arn:aws:acm:eu-central-1:111122223333:certificate/a\"",
    ),
    ("usage_plan.requests_per_second = 1", "usage_plan.requests_per_second = 0"),
    ("usage_plan.request_burst = 1", "usage_plan.request_burst = \"one\""),
    ("[monitoring]", "[monitoring]"),
    ("metrics = true", "metrics = 1"),
    ("alarms = true", "alarms = \"on\""),
    ("alarm_email = \"operators@example.com\"", "alarm_email = \"operators\""),
    ("[[permissions]]", "[[permissions]]"),
    ("cache = \"{cache}\"", "cach = \"c\""),
    ("topic = { prefix = \"room-\" }", "topic = { prefx = \"room-\" }"),
    ("role = \"SubscribeOnly\"", "role = \"look\""),
    ("[[permissions]]", "[[permissions]]"),
    ("cache = \"d\"", "cache = \"\""),
    ("key = \"{sub}\"", "key = [\"{sub}\"]"),
    ("role = \"ReadWrite\"", "role = \"Invoke\""),
    ("[groups.A]", "[groups.A]"),
    ("permissions = [{ cache = \"c\", role = \"ReadOnly\" }]", "permissions = [{ cache = \"c\" }]"),
];

fn with(slips: &[usize]) -> Vec<String> {
    let lines = SLIPS.iter().enumerate().map(|(at, (good, bad))| if slips.contains(&at) { *bad } else { *good });
    match Config::parse("", &lines.collect::<Vec<_>>().join("\n")) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.iter().map(ToString::to_string).collect(),
    }
}

/// So none hides another, and none is said because of another.
#[test]
fn two_slips_in_a_file_are_told_as_each_of_them_alone() {
    assert_eq!(with(&[]), [""; 0]);
    let alone: Vec<Vec<String>> = (0..SLIPS.len()).map(|slip| with(&[slip])).collect();
    for (one, said_of_one) in alone.iter().enumerate() {
        let is_slip = SLIPS[one].0 != SLIPS[one].1;
        assert_eq!(said_of_one.len(), usize::from(is_slip), "{}: {said_of_one:#?}", SLIPS[one].1);
        for (other, said_of_other) in alone.iter().enumerate().take(one) {
            let mut expected = [said_of_other.as_slice(), said_of_one].concat();
            expected.sort();
            let mut said = with(&[other, one]);
            said.sort();
            assert_eq!(said, expected, "{} and {}", SLIPS[other].1, SLIPS[one].1);
        }
    }
}
