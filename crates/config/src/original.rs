//! What people write who know the JavaScript original (docs/migrating.md) or Momento's SDK, and what this file calls it.
//!
//! The names are those of the original's `infrastructure/config.ts` and of `@gomomento/sdk` (`DisposableTokenScope`, `CacheRole`, `TopicRole`).

/// What permissions are for, which decides the roles that fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Cache,
    Topic,
    Function,
}

impl Kind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "a cache or a key",
            Self::Topic => "a topic",
            Self::Function => "a function",
        }
    }

    /// The roles that fit.
    pub(crate) const fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Cache => &["ReadWrite", "ReadOnly", "WriteOnly"],
            Self::Topic => &["PublishSubscribe", "SubscribeOnly", "PublishOnly"],
            Self::Function => &["Invoke"],
        }
    }
}

/// A key of the original or of the SDK: the key that this file has for it, and the line to write.
#[derive(Debug)]
pub(crate) struct Renamed {
    pub(crate) key: &'static str,
    pub(crate) line: &'static str,
}

const RENAMED: &[(&[&str], Renamed)] = &[
    (&["authenticationMethod", "authMethod"], Renamed { key: "auth", line: "auth = \"Open\"" }),
    (
        &["tokenExpiresIn", "ExpiresIn", "validForSeconds"],
        Renamed { key: "expires_in", line: "expires_in = \"1h\" below [token]" },
    ),
    (
        &["tokenPermissions", "tokenScope", "tokenScopes", "disposableTokenScope"],
        Renamed {
            key: "permissions",
            line: "[[permissions]] for each permission, and below it cache = \"NAME\" and role = \"ReadOnly\"",
        },
    ),
    (&["cacheRole", "topicRole", "functionRole"], Renamed { key: "role", line: "role = \"ReadOnly\"" }),
    (&["cacheName"], Renamed { key: "cache", line: "cache = \"NAME\"" }),
    (&["topicName"], Renamed { key: "topic", line: "topic = \"NAME\"" }),
    (&["item", "itemKey"], Renamed { key: "key", line: "key = \"KEY\", or key = { prefix = \"user:\" }" }),
    (&["keyPrefix"], Renamed { key: "key", line: "key = { prefix = \"user:\" }" }),
    (&["func", "functionName"], Renamed { key: "function", line: "function = \"NAME\"" }),
];

/// What this file calls the key.
pub(crate) fn renamed(key: &str) -> Option<&'static Renamed> {
    RENAMED.iter().find(|(names, _)| names.iter().any(|name| name.eq_ignore_ascii_case(key))).map(|(_, now)| now)
}

/// What selects everything in the SDK.
const EVERYTHING: &[&str] = &["AllCaches", "AllTopics", "AllCacheItems", "AllItems", "AllFunctions"];

/// Whether the SDK would take it for everything, where this file takes it for a name.
pub(crate) fn is_everything(text: &str) -> bool {
    EVERYTHING.contains(&text)
}

/// The value without the name of its enumeration in the SDK: `ReadWrite` of `CacheRole.ReadWrite`.
pub(crate) fn without_enumeration(text: &str) -> &str {
    let parts = text.split_once('.').filter(|(name, _)| {
        ["AuthenticationMethod", "config.AuthenticationMethod", "CacheRole", "TopicRole", "FunctionRole"].contains(name)
    });
    parts.map_or(text, |(_, value)| value)
}

/// The mode that a word of others means.
pub(crate) fn mode(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "none" | "public" | "anonymous" | "noauth" | "no_auth" => Some("Open"),
        "cognito" | "userpool" | "user_pool" | "amazon_cognito" => Some("AmazonCognito"),
        "lambda" | "authorizer" | "custom" | "jwt" | "oidc" | "token" | "basic" | "password" => {
            Some("LambdaAuthorizer")
        }
        _ => None,
    }
}

/// The role that a word of others means, for permissions of this kind.
pub(crate) fn role(text: &str, kind: Kind) -> Option<&'static str> {
    let word: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let sort = match word.to_ascii_lowercase().as_str() {
        "all" | "admin" | "full" | "rw" | "superuser" | "owner" | "pubsub" | "functioninvoke" => 0,
        "read" | "r" | "ro" | "get" | "subscribe" | "sub" | "viewer" => 1,
        "write" | "w" | "wo" | "set" | "put" | "publish" | "pub" => 2,
        _ => return None,
    };
    kind.roles().get(sort).or_else(|| kind.roles().first().filter(|_| kind == Kind::Function)).copied()
}
