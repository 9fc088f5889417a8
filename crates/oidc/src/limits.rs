//! How much of a token is read.

/// In bytes. API Gateway refuses requests whose headers take more than 10,240 bytes together (quotas for REST APIs), so
/// nothing that it passes on comes near; and work on a text that nobody has vouched for stays small.
pub(crate) const LONGEST_TOKEN: usize = 16 * 1024;
