//! Addresses, as far as their parts decide something.

/// The host and the path of an address of the web.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WebAddress<'t> {
    /// As it is written, without a port.
    pub(crate) host: &'t str,
    /// What follows the host, from its slash on, without a query.
    pub(crate) path: &'t str,
}

impl<'t> WebAddress<'t> {
    /// Of a text with the scheme `https` or `http`.
    pub(crate) fn of(text: &'t str) -> Option<Self> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
        let rest = rest.split(['?', '#']).next().unwrap_or_default();
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        Some(Self { host: host.split(':').next().unwrap_or_default(), path })
    }
}

/// Whether keys may come from there: an `https` address; `http` for this very computer alone, where a test has its issuer: who can
/// change the keys on the way can be anybody.
pub(crate) fn can_be_fetched(text: &str) -> bool {
    let host_of = |rest: &str| rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned();
    let plain = |host: &str| !host.is_empty() && !host.contains('@') && text.chars().all(|c| c.is_ascii_graphic());
    if let Some(rest) = text.strip_prefix("https://") {
        return plain(&host_of(rest));
    }
    let Some(rest) = text.strip_prefix("http://") else { return false };
    let host = host_of(rest);
    let name = host.strip_prefix('[').map_or_else(
        || host.split(':').next().unwrap_or_default(),
        |inner| inner.split(']').next().unwrap_or_default(),
    );
    plain(&host) && ["localhost", "127.0.0.1", "::1"].contains(&name)
}
