//! `tvm doctor` on this computer: what it lacks, all at once, each with its fix.
//! Real: the built program. Not real: the programs that it looks for (`tests/computer`). What it says of AWS: `doctor_aws.rs`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use support::doctor::{Computer, Found};
use support::run;
use tokio::net::TcpListener;

/// Where nothing is asked, nobody has to answer.
const NOBODY: &str = "http://127.0.0.1:9";

fn shipped() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/tvm.toml")).unwrap()
}

const ALL: &[&str] = &["configuration", "Node", "Rust", "C compiler", "cargo-lambda", "zig"];

#[tokio::test]
async fn a_computer_that_lacks_everything_is_told_all_of_it_at_once_each_with_its_fix() {
    let done = Computer::with(&[]).told(NOBODY, &["--offline"]).await;
    assert_eq!((done.code, done.notes.as_str()), (Some(1), ""));
    let lines: Vec<&str> = done.out.lines().collect();
    let troubles: Vec<usize> = (0..lines.len()).filter(|&at| lines[at].starts_with("trouble  ")).collect();
    assert_eq!(troubles.len(), ALL.len(), "{}", done.out);
    for (title, at) in ALL.iter().zip(troubles) {
        assert!(lines[at].starts_with(&format!("trouble  {title}: ")), "{}", lines[at]);
        assert!(lines[at + 1].starts_with("         fix: "), "{}", lines[at + 1]);
    }
    assert!(done.out.ends_with("6 things are in the way of a deployment; 3 not looked at.\n"), "{}", done.out);
}

#[tokio::test]
async fn on_one_that_has_all_nothing_is_in_the_way() {
    let found = Computer::with(&["bin"]).configured(&shipped()).found(NOBODY, &["--offline"]).await;
    assert_eq!((found.code, found.in_the_way()), (Some(0), 0), "{found:?}");
    assert_eq!(
        found.titles("fine"),
        ["configuration", "Node", "Rust", "Rust target", "C compiler", "cargo-lambda", "zig"]
    );
    found.has("Node", "fine", &["v22.3.0"]);
    found.has("configuration", "fine", &["config/tvm.toml, Open, stage dev"]);
    found.has("Node packages", "skipped", &["not the folder of the repository"]);
}

#[tokio::test]
async fn what_is_too_old_or_does_not_run_is_as_good_as_missing() {
    let found = Computer::with(&["old", "bin"]).configured(&shipped()).found(NOBODY, &["--offline"]).await;
    found.has("Node", "trouble", &["v20.18.9", "20.19 or newer"]);
    found.has("Rust", "trouble", &["rustc 1.89.0", env!("CARGO_PKG_RUST_VERSION"), "rustup update"]);
    found.has("C compiler", "trouble", &["`cc --version` ended with exit status: 1"]);
    assert_eq!(found.code, Some(1));
}

#[tokio::test]
async fn the_target_is_that_of_the_functions() {
    let graviton = shipped() + "\n[functions]\narchitecture = \"arm64\"\n";
    let found = Computer::with(&["bin"]).configured(&graviton).found(NOBODY, &["--offline"]).await;
    found.has(
        "Rust target",
        "trouble",
        &["aarch64-unknown-linux-gnu", "`rustup target add aarch64-unknown-linux-gnu`"],
    );
}

#[tokio::test]
async fn functions_that_are_built_already_take_no_rust_but_have_to_be_there() {
    let prebuilt = shipped() + "\n[build]\nartifacts = \"../dist\"\n";
    let computer = Computer::with(&["old"]).configured(&prebuilt);
    let found = computer.found(NOBODY, &["--offline"]).await;
    assert_eq!(found.titles("trouble"), ["Node", "build.artifacts"]);
    found.has("build.artifacts", "trouble", &["tvm-vending-x86_64.zip", "`make dist ARCHITECTURE=x86_64`"]);
    computer.keeps("dist/tvm-vending-x86_64.zip");
    let found = computer.found(NOBODY, &["--offline"]).await;
    assert_eq!(found.titles("trouble"), ["Node"]);
    found.has("Rust", "skipped", &["[build] artifacts"]);
}

#[tokio::test]
async fn a_configuration_says_all_that_is_wrong_with_it_or_seldom_meant() {
    let wrong = "auth = \"Open\"\n[token]\nid = \"{sub}\"\n";
    let found = Computer::with(&["bin"]).configured(wrong).found(NOBODY, &["--offline"]).await;
    assert_eq!(found.titles("trouble"), ["configuration"; 2]);
    found.has("Rust target", "skipped", &["functions.architecture"]);
    let odd = shipped() + "\n[limits]\nidentity_interval = \"1m\"\n";
    let odd = Computer::with(&["bin"]).configured(&odd);
    let found = odd.found(NOBODY, &["--offline"]).await;
    assert_eq!((found.code, found.titles("warning")), (Some(0), vec!["configuration"]));
    // In a mode in which somebody is verified, it is meant.
    let found = odd.found(NOBODY, &["--offline", "--auth", "AmazonCognito"]).await;
    assert_eq!(found.titles("warning"), [""; 0]);
    found.has("configuration", "fine", &["AmazonCognito"]);
}

#[tokio::test]
async fn neither_a_program_nor_an_aws_that_hangs_keeps_it_waiting() {
    // It accepts, and never answers.
    let silent = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let aws = format!("http://{}", silent.local_addr().unwrap());
    let before = Instant::now();
    let found = Computer::with(&["hanging", "bin"]).configured(&shipped()).found(&aws, &[]).await;
    found.has("Node", "trouble", &["did not answer within 5 s"]);
    found.has("AWS credentials", "trouble", &["nothing came within 10 s", "--offline"]);
    found.has("stack", "skipped", &[]);
    assert!(before.elapsed() < Duration::from_secs(20), "{:?}", before.elapsed());
}

#[tokio::test]
async fn in_the_repository_its_packages_are_looked_for_and_its_own_programs_count() {
    let computer = Computer::with(&[]);
    let mut there = computer.doctor(NOBODY, &["--offline", "--json"]);
    there.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/computer/repository"));
    let found = Found::of(&run(there, "").await);
    found.has("Node packages", "trouble", &["npm ci"]);
    found.has("zig", "fine", &["0.17.1"]);
}

#[test]
fn the_node_that_is_asked_for_is_the_one_of_the_packages() {
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../package.json");
    let package: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(package).unwrap()).unwrap();
    let engines = package["engines"]["node"].as_str().unwrap().trim_start_matches(">=").to_owned();
    let computer = Computer::with(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(computer.found(NOBODY, &["--offline"])).has(
        "Node",
        "trouble",
        &[&format!("Node {engines} or newer")],
    );
}
