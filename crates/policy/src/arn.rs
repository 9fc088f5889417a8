//! The names of things in AWS. What they name, nothing here asks.

/// Whether this is the ARN of one thing of that kind: `arn:PARTITION:SERVICE:REGION:ACCOUNT:KIND…`, where `kind` ends with the
/// slash before the thing's own id.
pub(crate) fn is_of(text: &str, service: &str, kind: &str) -> bool {
    let ["arn", partition, its_service, region, account, resource] = text.split(':').collect::<Vec<_>>()[..] else {
        return false;
    };
    let word = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    its_service == service
        && [partition, region, account].into_iter().all(word)
        && resource.strip_prefix(kind).is_some_and(word)
}
