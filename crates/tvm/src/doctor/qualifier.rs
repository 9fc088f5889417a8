//! The qualifier of `cdk bootstrap`, which is in the name of everything that it makes: an account may be bootstrapped more than
//! once, and a deployment uses what was made with its own.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// CDK's own (`DefaultStackSynthesizer.DEFAULT_QUALIFIER`).
pub(crate) const DEFAULT: &str = "hnb659fds";

/// Where CDK looks for another one in its context.
const CONTEXT_KEY: &str = "@aws-cdk/core:bootstrapQualifier";

/// The one in CDK's context, as the CDK command line reads it in the repository: that of the app counts before that of the user.
pub(crate) fn of_context() -> Option<String> {
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cdk.json"));
    context(Path::new("cdk/cdk.json"), "/context")
        .or_else(|| context(Path::new("cdk/cdk.context.json"), ""))
        .or_else(|| home.and_then(|file| context(&file, "/context")))
}

/// What a file of CDK's says, whose context is at `pointer`. One that is not there, or no JSON, says nothing: CDK itself says
/// what it makes of that.
fn context(file: &Path, pointer: &str) -> Option<String> {
    let file: Value = serde_json::from_str(&fs::read_to_string(file).ok()?).ok()?;
    file.pointer(pointer)?.get(CONTEXT_KEY)?.as_str().map(str::to_owned)
}
