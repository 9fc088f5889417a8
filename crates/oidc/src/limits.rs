//! How much of a token is read.

/// In bytes. API Gateway refuses requests whose headers take more than 10,240 bytes together (quotas for REST APIs), so
/// nothing that it passes on comes near; and work on a text that nobody has vouched for stays small.
pub(crate) const LONGEST_TOKEN: usize = 16 * 1024;

/// Microsoft Entra ID writes no more into a token ("groups overage": 200). All of them go on to the vending function in one
/// text of the authorizer's answer, and API Gateway turns an answer that is too long into a 500.
pub(crate) const MOST_GROUPS: usize = 200;
