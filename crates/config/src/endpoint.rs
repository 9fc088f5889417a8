//! The endpoint of a v2 key: the host name that the names of Momento's services are made of, and what people write in its place.
//!
//! Momento's documents print the address of one service (`https://api.cache.cell-….prod.a.momentohq.com`); the functions put the names
//! of services before the endpoint themselves. What could be a key is never repeated.

use crate::host_name::is_host_with_port;
use crate::region::Region;
use crate::secret_id::is_like_a_key;

/// What follows the name of a cell.
const ZONE: &str = ".prod.a.momentohq.com";
/// The end of Momento's own host names.
const MOMENTO: &str = ".momentohq.com";
/// The first words of a host name here, as in `cell-1-eu-west-1-1`.
const CELL: &str = "cell-";
/// The cell of each region ("Available regions", docs.momentohq.com/platform/regions, which prints `https://api.cache.` before it).
const CELLS: [(&str, &str); 10] = [
    ("us-east-1", "cell-us-east-1-1"),
    ("us-east-2", "cell-1-us-east-2-1"),
    ("us-west-2", "cell-4-us-west-2-1"),
    ("eu-west-1", "cell-1-eu-west-1-1"),
    ("eu-west-2", "cell-1-eu-west-2-1"),
    ("eu-central-1", "cell-1-eu-central-1-1"),
    ("ap-south-1", "cell-1-ap-south-1-1"),
    ("ap-northeast-1", "cell-ap-northeast-1-1"),
    ("ap-southeast-1", "cell-1-ap-southeast-1-1"),
    ("ap-southeast-2", "cell-1-ap-southeast-2-1"),
];

/// Why a text is not the endpoint of a v2 key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointProblem {
    /// A key, where a host name belongs.
    #[error(
        "this is a key or a token, and an endpoint is a host name, as in cell-4-us-west-2-1.prod.a.momentohq.com. Take it out of this \
         file; `tvm key set` puts a key into its secret"
    )]
    Key,
    /// Not as the functions need it, but it can be told what is meant.
    #[error("`{given}` {}; did you mean `{meant}`?", .why)]
    Meant {
        /// What the file says.
        given: String,
        /// What it should say.
        meant: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A region of which the cell is not known here.
    #[error(
        "`{0}` is the name of a region; write the endpoint there as https://docs.momentohq.com/platform/regions shows it, without \
         `https://api.cache.`"
    )]
    Region(String),
    /// No host name.
    #[error("`{0}` is not a host name; write it as Momento's console shows it, without `https://`")]
    NotAHostName(String),
}

/// Checks an endpoint. What this accepts, the functions use as it is (`crates/machine/tests/endpoint.rs`).
pub(crate) fn check(given: &str) -> Result<(), EndpointProblem> {
    if is_like_a_key(given) {
        return Err(EndpointProblem::Key);
    }
    let text = given.trim().to_ascii_lowercase();
    let (rest, why) = match text.split_once("://") {
        Some((_, rest)) => (rest, "is an address, and an endpoint is the host name alone"),
        None if text.contains('/') => (&*text, "has a path, and an endpoint is the host name alone"),
        None => (&*text, "is not a host name"),
    };
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let behind = host.get(name.len()..).unwrap_or_default();
    let meant = |why, meant: String| EndpointProblem::Meant { given: given.to_owned(), meant, why };
    if let Some(cell) = name.strip_suffix(MOMENTO).and_then(cell_behind_services) {
        return Err(meant("is the address of one service of Momento", format!("{cell}{MOMENTO}{behind}")));
    }
    if let Some((_, cell)) = CELLS.iter().find(|(region, _)| *region == name) {
        return Err(meant("is the name of a region", format!("{cell}{ZONE}")));
    }
    if is_region(name) {
        return Err(EndpointProblem::Region(given.to_owned()));
    }
    if let Some(cell) = cut_short(name) {
        return Err(meant("lacks its end", format!("{cell}{ZONE}")));
    }
    if is_host_with_port(given) {
        Ok(())
    } else if is_host_with_port(host) {
        Err(meant(why, host.to_owned()))
    } else {
        Err(EndpointProblem::NotAHostName(given.to_owned()))
    }
}

/// What follows the names of services, where there are some before the name of a cell.
fn cell_behind_services(name: &str) -> Option<&str> {
    let at = name.find(".cell-").filter(|_| !name.starts_with(CELL))?;
    name.get(at.saturating_add(1)..)
}

/// The name of a cell whose zone is missing, or a part of it.
fn cut_short(host: &str) -> Option<&str> {
    let (cell, rest) = host.split_at(host.find('.').unwrap_or(host.len()));
    let names_a_region = cell.split('-').count() >= 5;
    (cell.starts_with(CELL) && names_a_region && rest != ZONE && ZONE.starts_with(rest)).then_some(cell)
}

/// The name of a region, rather than that of a host somewhere.
fn is_region(text: &str) -> bool {
    const SIDES: [&str; 9] =
        ["north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"];
    let begins_as_one = text.split('-').next().is_some_and(|area| area.len() == 2);
    begins_as_one && Region::parse(text).is_some() && text.split('-').any(|part| SIDES.contains(&part))
}
