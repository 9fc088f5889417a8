//! The two stacks that a deployment meets: CDK's own, and the one that it changes.

use crate::aws::{self, Stack};
use crate::doctor::answer::{untold, within};
use crate::doctor::finding::Outcome;
use crate::doctor::place::{Place, nowhere};
use crate::doctor::qualifier::DEFAULT;

/// What `cdk bootstrap` calls its stack.
pub(crate) const TOOLKIT: &str = "CDKToolkit";

/// What the template asks for (CDK's `DefaultStackSynthesizer`).
const LEAST_BOOTSTRAP: u32 = 6;

const LOOK: &str = "cloudformation:DescribeStacks";

/// Whether the account is ready for CDK in this region, with this qualifier.
pub(crate) async fn toolkit(place: Option<&Place>, name: &str, qualifier: &str) -> Outcome {
    let Some(place) = place else { return nowhere() };
    let found = match within(aws::find(&place.aws, name)).await {
        Ok(found) => found,
        Err(error) => return untold(&error, LOOK),
    };
    let qualified = if qualifier == DEFAULT { String::new() } else { format!(" --qualifier {qualifier}") };
    let to_make = |name: &str| {
        let renamed = if name == TOOLKIT { String::new() } else { format!(" --toolkit-stack-name {name}") };
        format!("`npx cdk bootstrap aws://{}/{}{qualified}{renamed}`, once", place.account, place.region)
    };
    let Some(stack) = found else {
        return Outcome::trouble(
            format!("there is no stack {name} in {}: the account is not ready for CDK there", place.region),
            format!(
                "{}; one of another name (--toolkit-stack-name) is for --toolkit-stack or TVM_TOOLKIT_STACK",
                to_make(name)
            ),
        );
    };
    // A parameter of its template, with this default.
    let theirs = stack.parameters.get("Qualifier").map_or(DEFAULT, String::as_str);
    if theirs != qualifier {
        // Not this stack again: with another qualifier, all that others use of it would be replaced.
        let own = format!("{TOOLKIT}-{qualifier}");
        let own = if qualifier == DEFAULT { TOOLKIT } else { &own };
        return Outcome::trouble(
            format!("{name} has the qualifier {theirs}, and the deployment uses {qualifier}"),
            format!(
                "set CDK_QUALIFIER={theirs} (or `@aws-cdk/core:bootstrapQualifier` in cdk/cdk.json) to use what is there; or {}, \
                 and set TVM_TOOLKIT_STACK={own}",
                to_make(own)
            ),
        );
    }
    match stack.outputs.get("BootstrapVersion").and_then(|version| version.parse::<u32>().ok()) {
        Some(version) if version >= LEAST_BOOTSTRAP && qualifier == DEFAULT => {
            Outcome::fine(format!("{name}, version {version}"))
        }
        Some(version) if version >= LEAST_BOOTSTRAP => {
            Outcome::fine(format!("{name}, version {version}, qualifier {qualifier}"))
        }
        Some(version) => Outcome::trouble(
            format!("{name} is of version {version}; the stack needs {LEAST_BOOTSTRAP} or newer"),
            to_make(name),
        ),
        None => Outcome::trouble(format!("{name} ({}) has no output BootstrapVersion", stack.status), to_make(name)),
    }
}

/// Whether the stack can be deployed as it is.
pub(crate) async fn own(place: Option<&Place>, name: &str) -> Outcome {
    let Some(place) = place else { return nowhere() };
    match within(aws::find(&place.aws, name)).await {
        Ok(None) => Outcome::fine(format!("{name} is not deployed yet")),
        Ok(Some(stack)) => state(name, &stack),
        Err(error) => untold(&error, LOOK),
    }
}

/// What CDK makes of a stack in this state (`StackStatus` of its toolkit).
fn state(name: &str, Stack { status, outputs, .. }: &Stack) -> Outcome {
    let said = format!("{name} is in {status}");
    match status.as_str() {
        "ROLLBACK_COMPLETE" | "ROLLBACK_FAILED" => {
            Outcome::fine(format!("{said}: its first deployment failed, and the next begins anew"))
        }
        "REVIEW_IN_PROGRESS" => Outcome::fine(format!("{said}: it was never deployed")),
        busy if busy.ends_with("_IN_PROGRESS") => Outcome::trouble(
            format!("{said}: somebody deploys it"),
            "wait for the end of it (CloudFormation's console)",
        ),
        "DELETE_FAILED" => Outcome::trouble(
            format!("{said}: a part of it is left"),
            "`make destroy` again; its console says what is left",
        ),
        failed if failed.ends_with("_FAILED") => {
            Outcome::trouble(format!("{said}: a deployment got stuck"), format!("`npx cdk rollback {name}`"))
        }
        _ if !outputs.contains_key("AuthMode") => Outcome::trouble(
            format!(
                "{said}, and is not a token vending machine (no output AuthMode): a deployment would replace all of it"
            ),
            "name another stack with --stack or TVM_STACK",
        ),
        _ => Outcome::fine(said),
    }
}
