//! The names of things in AWS. What they name, nothing here asks.

/// What stands behind the account in an ARN of that service: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
pub(crate) fn resource<'a>(text: &'a str, service: &str) -> Option<&'a str> {
    let ["arn", partition, its_service, region, account, resource] = text.split(':').collect::<Vec<_>>()[..] else {
        return None;
    };
    (its_service == service && [partition, region, account].into_iter().all(is_word)).then_some(resource)
}

/// Whether this is the ARN of one thing of that kind: its resource is `kind`, which ends with a slash, and the thing's own id.
pub(crate) fn is_of(text: &str, service: &str, kind: &str) -> bool {
    resource(text, service).and_then(|resource| resource.strip_prefix(kind)).is_some_and(is_word)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
