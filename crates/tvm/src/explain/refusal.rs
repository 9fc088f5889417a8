//! What the operator does about a refusal. What the client is told is the machine's to say.

use tvm_config::{Config, Proof};
use tvm_policy::{AuthMode, Caller, GroupName, Identity, Placeholder, Refusal};

/// What to change, in the file, in the sign-in or in the request.
pub(crate) fn fix(refusal: &Refusal, config: &Config, identity: &Identity) -> String {
    let groups = listed(config.group_names().map(GroupName::as_str));
    match refusal {
        // There is no way to ask for it on this command line; a deployment whose authorizer was taken away has it.
        Refusal::NobodyVerified(_) => "deploy again, which restores the authorizer".to_owned(),
        Refusal::NoGroup => format!(
            "put them into one of the groups that the file has ({groups}), or give everybody the base with `ungrouped = \"base\"`"
        ),
        Refusal::NotTheirGroup => match identity {
            Identity::Verified(Caller { groups: own, .. }) if !own.is_empty() => format!(
                "let the client send as `usergroup` one of theirs ({}) that the file has ({groups}), or none",
                own.join(", ")
            ),
            _ => "let the client leave `usergroup` out: they are in no group".to_owned(),
        },
        Refusal::UnlistedCache => {
            "let the client leave `cachename` out, or add that cache to `token.caches`".to_owned()
        }
        Refusal::MissingValue(placeholder) => missing(placeholder, config),
        Refusal::AmbiguousValue(placeholder) => ambiguous(placeholder),
        // On this command line, whoever is asked about has an end.
        Refusal::UnknownEnd => "have what signs them in say when that ends, as the claim `exp` of a token".to_owned(),
        Refusal::TooManyPermissions(_) => {
            "let the client pick one of their groups with `usergroup`, or write their permissions wider and fewer"
                .to_owned()
        }
        Refusal::ConflictingRoles(groups) => {
            let pick =
                if groups.len() > 1 { "let the client pick one of these groups with `usergroup`, or " } else { "" };
            format!(
                "{pick}write ReadWrite for one of the two, which adds conditional writes, or make their names differ for \
                 every caller"
            )
        }
        Refusal::TokenIdTooLong(_) => "let the client send a shorter `name`, or shorten `token.id`".to_owned(),
        Refusal::OwnIdTooLong(_) => {
            "write id_too_long = \"hash\" or \"omit\" in [token], or make `token.id` of a shorter value of theirs"
                .to_owned()
        }
        Refusal::ControlCharacter => "let the client send a `name` without line breaks and the like".to_owned(),
    }
}

fn missing(placeholder: &Placeholder, config: &Config) -> String {
    let has_credentials =
        config.auth() == AuthMode::LambdaAuthorizer && matches!(config.proof(), Proof::Credentials(_));
    match placeholder {
        Placeholder::Claim(_) if has_credentials => {
            "use another placeholder: callers with kind = \"credentials\" have no claims".to_owned()
        }
        Placeholder::Claim(name) => {
            format!(
                "have the issuer put the claim `{name}` into the token, as a text, a number or true or false (here: --claim {name}=…), or \
                 use another placeholder"
            )
        }
        Placeholder::Context(name) => {
            format!("have the authorizer pass on `{name}` (here: --context {name}=…), or use another placeholder")
        }
        Placeholder::QueryName => "let the client send `?name=` (here: --name), or use another placeholder".to_owned(),
        Placeholder::Cache => "list a cache in `token.caches`".to_owned(),
        Placeholder::Sub | Placeholder::Username | Placeholder::Principal => {
            format!("use another placeholder than `{placeholder}`: these callers have no such value")
        }
    }
}

fn ambiguous(placeholder: &Placeholder) -> String {
    match placeholder {
        Placeholder::QueryName => {
            "let the client send a `name` without the character that follows `{query.name}` in `token.id`".to_owned()
        }
        _ => format!(
            "write another character after `{placeholder}` in the file, one that no such value contains (`/` or `:`), or give \
             this caller another value"
        ),
    }
}

fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    match names.collect::<Vec<_>>().join(", ") {
        none if none.is_empty() => "none".to_owned(),
        names => names,
    }
}
