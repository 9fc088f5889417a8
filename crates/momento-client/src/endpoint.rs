//! Which Momento endpoint a key belongs to: a host name, from which the names of the services are made.
//!
//! It never resolves or contacts the host, and what is wrong with one is said without quoting it: it may have come out of
//! a secret, or be a key pasted into the wrong field.

/// Why a text is not the host name of a Momento endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EndpointProblem {
    /// It starts with `https://` or another scheme.
    #[error("it has a scheme; write the host name alone, as in cell-1-us-west-2-1.prod.a.momentohq.com")]
    Scheme,
    /// Its last part after `:` is not a port.
    #[error("what follows its colon is not a port from 1 to 65535")]
    Port,
    /// It is not a host name: a path, white space, an empty label, a character that host names cannot have.
    #[error("it is not a host name; write it as in cell-1-us-west-2-1.prod.a.momentohq.com")]
    NotAHostName,
}

/// The longest host name: RFC 1035, section 2.3.4.
const LONGEST_HOST: usize = 253;
/// The longest label between two dots, from the same section.
const LONGEST_LABEL: usize = 63;

/// `text` as an endpoint, in lower case, without white space around it: `host` or `host:port`.
pub(crate) fn parse(text: &str) -> Result<String, EndpointProblem> {
    let text = text.trim();
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
    Ok(text.to_ascii_lowercase())
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
        const CASES: &[(&str, Result<&str, EndpointProblem>)] = &[
            ("cell-1.prod.a.momentohq.com", Ok("cell-1.prod.a.momentohq.com")),
            (" Cell.Momentohq.com\n", Ok("cell.momentohq.com")),
            ("localhost:8080", Ok("localhost:8080")),
            ("127.0.0.1:1", Ok("127.0.0.1:1")),
            ("https://cell.momentohq.com", Err(EndpointProblem::Scheme)),
            ("cell.momentohq.com:", Err(EndpointProblem::Port)),
            ("cell.momentohq.com:0", Err(EndpointProblem::Port)),
            ("cell.momentohq.com:+80", Err(EndpointProblem::Port)),
            ("cell.momentohq.com:65536", Err(EndpointProblem::Port)),
            ("", Err(EndpointProblem::NotAHostName)),
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
