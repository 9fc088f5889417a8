//! The names of things in AWS. What they name, nothing here asks.

/// An ARN, taken apart: `arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Arn<'a> {
    pub(crate) partition: &'a str,
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    /// What stands behind the account; it may hold colons.
    pub(crate) resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The ARN of one thing of one region and account; a pattern is none.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let ["arn", partition, service, region, account, resource] = text.splitn(6, ':').collect::<Vec<_>>()[..] else {
            return None;
        };
        let is_one = [partition, service, region, account].into_iter().all(is_word) && !resource.is_empty();
        is_one.then_some(Self { partition, service, region, resource })
    }
}

/// What stands behind the account in an ARN of that service.
pub(crate) fn resource<'a>(text: &'a str, service: &str) -> Option<&'a str> {
    Arn::parse(text).filter(|arn| arn.service == service).map(|arn| arn.resource)
}

/// Whether this is the ARN of one thing of that kind: its resource is `kind`, which ends with a slash, and the thing's own id.
pub(crate) fn is_of(text: &str, service: &str, kind: &str) -> bool {
    resource(text, service).and_then(|resource| resource.strip_prefix(kind)).is_some_and(is_word)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
