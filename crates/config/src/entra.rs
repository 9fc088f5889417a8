//! Microsoft Entra ID's issuers: the tenant's id is in `iss`, whatever the tenant is called in other addresses ("Access tokens in the
//! Microsoft identity platform", Microsoft Learn).

use crate::web_address::WebAddress;

/// The hosts of the clouds, for tokens of version 2.0.
const HOSTS: [&str; 3] = ["login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"];

/// The host of Entra ID in every cloud but China's, for tokens of version 1.0.
const OF_VERSION_1: &str = "sts.windows.net";

/// The host to write, where an address is one of Entra ID that no token has as its issuer: `common`, `organizations`, `consumers`, a
/// tenant's domain name, `{tenantid}`, or an address without the version.
pub(crate) fn unmatched(address: WebAddress<'_>) -> Option<&'static str> {
    let host = address.host.to_ascii_lowercase();
    let mut parts = address.path.split('/').filter(|part| !part.is_empty());
    let (tenant, version, further) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if host == OF_VERSION_1 {
        return (!is_id(tenant) || version.is_some()).then_some("login.microsoftonline.com");
    }
    let known = HOSTS.into_iter().find(|known| host == *known)?;
    (!is_id(tenant) || version != Some("v2.0") || further.is_some()).then_some(known)
}

/// Whether a text has the form of an id (RFC 9562), and is not the one that stands for none.
fn is_id(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let has_form = parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12]);
    has_form
        && parts.iter().all(|part| part.chars().all(|c| c.is_ascii_hexdigit()))
        && text.chars().any(|c| c != '0' && c != '-')
}
