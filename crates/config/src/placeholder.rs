//! Placeholders of documents that were never filled in.

/// What a text contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placeholder {
    /// This, which stands for something else wherever it stands.
    Certain(String),
    /// Something that a real name may contain.
    Perhaps,
}

/// Brackets that no address and no name of an audience has.
const BRACKETS: [(char, char); 2] = [('<', '>'), ('{', '}')];

/// Words that documents have where a value of the reader's own belongs, without the separators in them.
const STANDS_FOR: [&str; 15] = [
    "tenantid",
    "tenantname",
    "projectid",
    "projectref",
    "userpoolid",
    "clientid",
    "directoryid",
    "realmname",
    "policyname",
    "auth0domain",
    "oktadomain",
    "changeme",
    "replaceme",
    "placeholder",
    "00000000000000000000000000000000",
];

/// What documents call the reader's own with `your`.
const YOURS: [&str; 32] = [
    "account",
    "api",
    "app",
    "application",
    "audience",
    "auth",
    "client",
    "company",
    "directory",
    "domain",
    "host",
    "id",
    "identifier",
    "idp",
    "instance",
    "issuer",
    "keycloak",
    "name",
    "okta",
    "org",
    "organisation",
    "organization",
    "pool",
    "project",
    "provider",
    "realm",
    "region",
    "server",
    "site",
    "subdomain",
    "tenant",
    "user",
];

/// What the last part of a variable's name says, `AUTH0_DOMAIN`, where it is in capitals.
const OF_VARIABLES: [&str; 12] =
    ["AUDIENCE", "DOMAIN", "EXAMPLE", "HOST", "ID", "IDENTIFIER", "ISSUER", "NAME", "REALM", "REF", "TENANT", "URL"];

/// The placeholder in a text, if there is one.
pub(crate) fn find(text: &str) -> Option<Placeholder> {
    bracketed(text).map(Placeholder::Certain).or_else(|| {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'));
        let mut perhaps = None;
        for word in words.filter(|word| !word.is_empty()) {
            match of_word(word) {
                Some(Placeholder::Perhaps) => perhaps = Some(Placeholder::Perhaps),
                Some(certain) => return Some(certain),
                None => {}
            }
        }
        perhaps
    })
}

/// `<tenant>`, `{tenant}`, `${DOMAIN}`, `$DOMAIN`, `[tenant]`, `%DOMAIN%`, and dots that stand for the rest.
fn bracketed(text: &str) -> Option<String> {
    for dots in ["…", "..."] {
        if text.contains(dots) {
            return Some(dots.to_owned());
        }
    }
    let from_to = |open: usize, close: char| {
        let rest = text.get(open..).unwrap_or_default();
        let end = rest.find(close).map_or(rest.len(), |end| end.saturating_add(close.len_utf8()));
        rest.get(..end).unwrap_or_default().to_owned()
    };
    for (open, close) in BRACKETS {
        if let Some(at) = text.find([open, close]) {
            let at = if text.get(..at).is_some_and(|before| before.ends_with('$')) { at.saturating_sub(1) } else { at };
            return Some(from_to(at, close));
        }
    }
    if let Some((before, name)) = text.split_once('$')
        && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_' || c == '(')
    {
        return Some(text.get(before.len()..).unwrap_or_default().to_owned());
    }
    // `[::1]` is an address.
    if let Some(at) = text.find('[') {
        let found = from_to(at, ']');
        if !found.contains(':') {
            return Some(found);
        }
    }
    let mut parts = text.split('%').skip(1);
    let is_name = |part: &&str| part.len() > 2 && part.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    parts.find(is_name).filter(|name| text.contains(&format!("%{name}%"))).map(|name| format!("%{name}%"))
}

fn of_word(word: &str) -> Option<Placeholder> {
    let certain = || Some(Placeholder::Certain(word.to_owned()));
    let plain: String = word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let is_variable = word.contains('_') && !word.contains(|c: char| c.is_ascii_lowercase());
    let last = word.rsplit('_').next().unwrap_or_default();
    let is_crossed =
        word.to_ascii_lowercase().contains("xxxx") || (plain.len() > 2 && plain.bytes().all(|c| c == b'x'));
    // `us-east-1_EXAMPLE`, as AWS's documents write a user pool.
    let is_example = word.ends_with("_EXAMPLE");
    if STANDS_FOR.contains(&plain.as_str()) || is_crossed || is_example || (is_variable && OF_VARIABLES.contains(&last))
    {
        return certain();
    }
    let rest = ["your", "YOUR", "Your"].into_iter().find_map(|your| word.strip_prefix(your))?;
    let is_spelled =
        rest.is_empty() || rest.starts_with(['-', '_']) || rest.starts_with(|c: char| c.is_ascii_uppercase());
    let first = rest.trim_start_matches(['-', '_']).split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let whole = plain.strip_prefix("your").unwrap_or_default();
    let is_of_the_reader = YOURS.contains(&first.as_str())
        || YOURS.contains(&whole)
        || (is_spelled && ["domain", "tenant", "realm", "id"].iter().any(|end| whole.ends_with(end)));
    match () {
        () if is_of_the_reader || rest.is_empty() || word.starts_with("YOUR_") => certain(),
        () if is_spelled => Some(Placeholder::Perhaps),
        () => None,
    }
}
