//! What a deployment needs on this computer: Node for CDK, and Rust with what links for Lambda.

use std::path::Path;

use crate::doctor::configuration::Wanted;
use crate::doctor::finding::{Check, Outcome};
use crate::doctor::program::{Asked, Version, ask, version_in};

/// `engines` of package.json; a test compares them.
const NODE: Version = (20, 19);

/// `make setup` installs into .local/venv, which the Makefile puts first on the PATH.
const SETUP: &str = "`make setup` in the repository; elsewhere, `pip install cargo-lambda`, which brings zig";

/// Looks at all of it. Without a configuration nobody knows what the functions are built for.
pub(crate) async fn examine(wanted: Option<&Wanted>) -> Vec<Check> {
    let mut checks = vec![node().await.of("Node"), packages().of("Node packages")];
    if let Some((wanted, folder)) = wanted.and_then(|wanted| Some((wanted, wanted.artifacts()?))) {
        checks.push(Outcome::skipped("the functions are built already ([build] artifacts)").of("Rust"));
        checks.push(prebuilt(folder, wanted.architecture().unwrap_or_default()).of("build.artifacts"));
        return checks;
    }
    let (rust, cc, lambda, zig, target) = tokio::join!(rust(), c_compiler(), cargo_lambda(), zig(), target(wanted));
    checks.extend([
        rust.of("Rust"),
        target.of("Rust target"),
        cc.of("C compiler"),
        lambda.of("cargo-lambda"),
        zig.of("zig"),
    ]);
    checks
}

async fn node() -> Outcome {
    let fix = format!("install Node {}.{} or newer", NODE.0, NODE.1);
    at_least(NODE, "node is not on the PATH", ask(&["node"], &["--version"]).await, &fix, &fix)
}

fn packages() -> Outcome {
    if !Path::new("cdk/cdk.json").exists() {
        return Outcome::skipped("this is not the folder of the repository");
    }
    if Path::new("node_modules/.bin/cdk").exists() {
        return Outcome::fine("node_modules");
    }
    Outcome::trouble("node_modules has no cdk", "`make setup`, or `npm ci --include=dev`")
}

/// Whether they are what their checksums say, the CDK app finds out.
fn prebuilt(folder: &str, architecture: &str) -> Outcome {
    let zip = format!("tvm-vending-{architecture}.zip");
    if Path::new(folder).join(&zip).is_file() {
        return Outcome::fine(format!("{folder}, for {architecture}"));
    }
    Outcome::trouble(
        format!("there is no {zip} in {folder}"),
        format!("`make dist ARCHITECTURE={architecture}` makes it, on a machine with Rust"),
    )
}

async fn rust() -> Outcome {
    let wanted = version_in(env!("CARGO_PKG_RUST_VERSION")).unwrap_or_default();
    let install = "install Rust with rustup, then open a new shell";
    let (cargo, rustc) = tokio::join!(ask(&["cargo"], &["--version"]), ask(&["rustc"], &["--version"]));
    match cargo {
        Asked::Said(_) => at_least(wanted, "rustc is not on the PATH", rustc, install, "`rustup update stable`"),
        Asked::Absent => Outcome::trouble("cargo is not on the PATH", install),
        Asked::Broken(why) => Outcome::trouble(why, install),
    }
}

/// What a program that has a version comes to.
fn at_least(wanted: Version, absent: &str, asked: Asked, install: &str, update: &str) -> Outcome {
    match asked {
        Asked::Said(line) => match version_in(&line) {
            Some(version) if version >= wanted => Outcome::fine(line),
            Some(_) => {
                Outcome::trouble(format!("this is {line}; {}.{} or newer is needed", wanted.0, wanted.1), update)
            }
            None => Outcome::warning(format!("it says {line:?}, which is not a version"), install),
        },
        Asked::Absent => Outcome::trouble(absent, install),
        Asked::Broken(why) => Outcome::trouble(why, install),
    }
}

/// What a program that only has to be there comes to.
fn there(asked: Asked, absent: &str, fix: &str) -> Outcome {
    match asked {
        Asked::Said(line) => Outcome::fine(line),
        Asked::Absent => Outcome::trouble(absent, fix),
        Asked::Broken(why) => Outcome::trouble(why, fix),
    }
}

async fn c_compiler() -> Outcome {
    // Of the computer itself: build scripts and macros are linked by it, whatever links the functions.
    let asked = ask(&["cc", "gcc", "clang"], &["--version"]).await;
    there(asked, "neither cc, gcc nor clang is on the PATH", "install gcc or clang, as in `apt-get install gcc`")
}

async fn cargo_lambda() -> Outcome {
    let asked = ask(&[".local/venv/bin/cargo-lambda", "cargo-lambda"], &["lambda", "--version"]).await;
    there(asked, "cargo-lambda is neither on the PATH nor in .local/venv/bin", SETUP)
}

async fn zig() -> Outcome {
    // Python's package of it has a name of its own.
    let asked = ask(&[".local/venv/bin/python-zig", "zig", "python-zig"], &["version"]).await;
    there(asked, "zig, by which cargo-lambda links, is neither on the PATH nor in .local/venv/bin", SETUP)
}

async fn target(wanted: Option<&Wanted>) -> Outcome {
    let triple = match wanted.and_then(Wanted::architecture) {
        Some("arm64") => "aarch64-unknown-linux-gnu",
        Some(_) => "x86_64-unknown-linux-gnu",
        None => {
            return Outcome::skipped("the configuration says which (`functions.architecture`), and it is not accepted");
        }
    };
    let Asked::Said(sysroot) = ask(&["rustc"], &["--print", "sysroot"]).await else {
        return Outcome::skipped("rustc knows what it can compile for, and does not say");
    };
    if Path::new(&sysroot).join("lib/rustlib").join(triple).join("lib").is_dir() {
        return Outcome::fine(triple);
    }
    Outcome::trouble(format!("Rust cannot compile for {triple} yet"), format!("`rustup target add {triple}`"))
}
