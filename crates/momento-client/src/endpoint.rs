//! Which Momento endpoint a key belongs to: a host name, from which the names of the services are made.
//!
//! It never resolves or contacts the host, and what is wrong with one is said without quoting it: it may have come out of
//! a secret, or be a key pasted into the wrong field.

/// Why a text is not the host name of a Momento endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointProblem {
    /// It starts with a scheme other than `https://`.
    #[error("it has a scheme; write the host name alone, as in cell-1-us-west-2-1.prod.a.momentohq.com")]
    Scheme,
    /// Its last part after `:` is not a port.
    #[error("what follows its colon is not a port from 1 to 65535")]
    Port,
    /// It is not a host name: a path, white space, an empty label, a character that host names cannot have.
    #[error("it is not a host name; write it as in cell-1-us-west-2-1.prod.a.momentohq.com")]
    NotAHostName,
    /// It is the name of a region of AWS.
    #[error(
        "it is the name of a region; write the host name of Momento's endpoint there, as in \
         cell-1-us-west-2-1.prod.a.momentohq.com (docs.momentohq.com/platform/regions lists them)"
    )]
    Region,
    /// It is a cell without the rest of its name.
    #[error("it lacks its end; write it whole, as in cell-1-us-west-2-1.prod.a.momentohq.com")]
    CutShort,
}

/// The longest host name: RFC 1035, section 2.3.4.
const LONGEST_HOST: usize = 253;
/// The longest label between two dots, from the same section.
const LONGEST_LABEL: usize = 63;
/// What follows the name of a cell.
const ZONE: &str = ".prod.a.momentohq.com";
/// The end of Momento's own host names.
const MOMENTO: &str = ".momentohq.com";
/// How the name of a cell begins.
const CELL: &str = "cell-";

/// `text` as an endpoint, in lower case: `host` or `host:port`. As Momento's documents print it, with `https://` and the names of
/// services (`api.cache.`) before the cell, it means the cell: the services' names are put before it here.
///
/// `crates/config/src/endpoint.rs` has the same rules for the configuration file, and refuses what is not the host name itself.
pub(crate) fn parse(text: &str) -> Result<String, EndpointProblem> {
    let text = text.trim().to_ascii_lowercase();
    let text = text.strip_prefix("https://").map_or(&*text, |rest| rest.strip_suffix('/').unwrap_or(rest));
    if text.contains("://") {
        return Err(EndpointProblem::Scheme);
    }
    let (host, port) = text.split_once(':').map_or((text, None), |(host, port)| (host, Some(port)));
    let is_port = |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|p| p > 0);
    if port.is_some_and(|port| !is_port(port)) {
        return Err(EndpointProblem::Port);
    }
    if host.len() > LONGEST_HOST || !host.split('.').all(is_label) {
        return Err(EndpointProblem::NotAHostName);
    }
    if is_region(host) {
        return Err(EndpointProblem::Region);
    }
    if is_cut_short(host) {
        return Err(EndpointProblem::CutShort);
    }
    let host = if host.ends_with(MOMENTO) { without_services(host) } else { host };
    Ok(port.map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

/// The name from its cell on, where there is one behind the names of services.
fn without_services(host: &str) -> &str {
    if host.starts_with(CELL) {
        return host;
    }
    host.find(".cell-").and_then(|at| host.get(at.saturating_add(1)..)).unwrap_or(host)
}

/// The name of a cell whose zone is missing, or a part of it.
fn is_cut_short(host: &str) -> bool {
    let (cell, rest) = host.split_at(host.find('.').unwrap_or(host.len()));
    cell.starts_with(CELL) && cell.split('-').count() >= 5 && rest != ZONE && ZONE.starts_with(rest)
}

/// The name of a region, rather than that of a host somewhere.
fn is_region(text: &str) -> bool {
    const SIDES: [&str; 9] =
        ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];
    let parts = || text.split('-');
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let words = parts().count().saturating_sub(1);
    words >= 2
        && parts().next().is_some_and(|area| area.len() == 2)
        && parts().take(words).all(|word| word.bytes().all(|b| b.is_ascii_lowercase()))
        && parts().any(|part| SIDES.contains(&part))
        && parts().next_back().is_some_and(is_number)
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::{EndpointProblem, parse};

    #[test]
    fn an_endpoint_is_a_host_name_with_or_without_a_port() {
        const CELL: &str = "cell-4-us-west-2-1.prod.a.momentohq.com";
        const CASES: &[(&str, Result<&str, EndpointProblem>)] = &[
            ("cell-1.prod.a.momentohq.com", Ok("cell-1.prod.a.momentohq.com")),
            (" Cell.Momentohq.com\n", Ok("cell.momentohq.com")),
            ("localhost:8080", Ok("localhost:8080")),
            ("127.0.0.1:1", Ok("127.0.0.1:1")),
            // As Momento's documents and its examples print them.
            ("https://api.cache.cell-4-us-west-2-1.prod.a.momentohq.com", Ok(CELL)),
            ("https://api.cache.cell-4-us-west-2-1.prod.a.momentohq.com/", Ok(CELL)),
            ("cache.cell-4-us-west-2-1.prod.a.momentohq.com", Ok(CELL)),
            ("token.cell-4-us-west-2-1.prod.a.momentohq.com", Ok(CELL)),
            ("cache.cell-4-us-west-2-1.prod.a.momentohq.com:443", Ok("cell-4-us-west-2-1.prod.a.momentohq.com:443")),
            // Of others, who may call a host as they like.
            ("cache.cell-1.example", Ok("cache.cell-1.example")),
            ("cache.momentohq.com", Ok("cache.momentohq.com")),
            ("https://cell.example", Ok("cell.example")),
            ("my-momento-1", Ok("my-momento-1")),
            ("cell-1", Ok("cell-1")),
            ("us-west-2", Err(EndpointProblem::Region)),
            ("us-gov-west-1", Err(EndpointProblem::Region)),
            ("cell-4-us-west-2-1", Err(EndpointProblem::CutShort)),
            ("cell-us-east-1-1.prod.a.momentohq", Err(EndpointProblem::CutShort)),
            ("http://cell.momentohq.com", Err(EndpointProblem::Scheme)),
            ("cell.momentohq.com:", Err(EndpointProblem::Port)),
            ("cell.momentohq.com:0", Err(EndpointProblem::Port)),
            ("cell.momentohq.com:+80", Err(EndpointProblem::Port)),
            ("cell.momentohq.com:65536", Err(EndpointProblem::Port)),
            ("", Err(EndpointProblem::NotAHostName)),
            ("https://", Err(EndpointProblem::NotAHostName)),
            ("https://cell.momentohq.com/cache", Err(EndpointProblem::NotAHostName)),
            ("cell.momentohq.com/", Err(EndpointProblem::NotAHostName)),
            ("cell..momentohq.com", Err(EndpointProblem::NotAHostName)),
            ("user@momentohq.com", Err(EndpointProblem::NotAHostName)),
            ("-cell.momentohq.com", Err(EndpointProblem::NotAHostName)),
            ("cellé.momentohq.com", Err(EndpointProblem::NotAHostName)),
        ];
        for (text, expected) in CASES {
            assert_eq!(
                parse(text).as_deref(),
                expected.as_deref().map_err(|_| expected.as_ref().unwrap_err()),
                "{text}"
            );
        }
        assert_eq!(parse(&format!("{}.com", "a".repeat(64))), Err(EndpointProblem::NotAHostName));
        assert_eq!(parse(&"a.".repeat(127)), Err(EndpointProblem::NotAHostName));
    }
}
