//! What `[authorizer]` may say of an issuer, and what is refused because no token can match it: with what to write instead.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer wanted")]

use tvm_config::Config;

const GUID: &str = "f8cdef31-a31e-4b4a-93e4-5f571e91255a";
const KEYS: &str = "jwks_url = \"https://keys.example/set\"";
const SECRET: &str = "algorithms = [\"HS256\"]\nhmac_secret = \"chat/signing\"";

fn text(issuer: &str, audience: &str, further: &str) -> String {
    format!(
        "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = {issuer:?}\naudience = [{audience:?}]\n{further}\n\
         [[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\""
    )
}

/// What is said of a file; the empty text of one that is accepted.
fn said(text: &str) -> String {
    Config::parse("f", text).map_or_else(|errors| errors.to_string(), |_| String::new())
}

fn of_issuer(issuer: &str, further: &str) -> String {
    said(&text(issuer, "chat", further))
}

fn warnings(text: &str) -> Vec<String> {
    Config::parse("f", text).unwrap().warnings("f", text).iter().map(ToString::to_string).collect()
}

#[test]
fn an_issuer_of_which_nothing_is_fetched_is_any_text() {
    for name in [
        "my-chat-backend",
        "http://auth.internal/v1",
        "accounts.example.com",
        "https://auth.internal/v1/",
        "urn:example:issuer",
        "My Company",
        "supabase",
        "joe",
        "https://uaa.example/oauth/token",
        "https://user@auth.example",
    ] {
        for further in [KEYS, SECRET] {
            assert_eq!(of_issuer(name, further), "", "{name}, {further}");
            assert_eq!(warnings(&text(name, "chat", further)), [""; 0], "{name}, {further}");
        }
    }
}

#[test]
fn an_issuer_whose_discovery_document_is_fetched_is_an_address() {
    for (name, parts) in [
        ("accounts.example.com", &["`https://accounts.example.com`", "add `jwks_url`"][..]),
        ("my-chat-backend", &["is not an address", "add `jwks_url`"]),
        ("http://auth.internal/v1", &["is not an https address", "add `jwks_url`"]),
        ("urn:example:issuer", &["is not an https address"]),
        ("https://auth.example/?tenant=a", &["no `?` and no `#`"]),
    ] {
        let said = of_issuer(name, "");
        assert!(said.starts_with("f:4: `authorizer.issuer`: ") && said.lines().count() == 1, "{name}: {said}");
        assert!(parts.iter().all(|part| said.contains(part)), "{name}: {said}");
    }
}

/// A value, and what is said of it however the keys are found.
const NEVER: &[(&str, &[&str])] = &[
    ("", &["it is empty"]),
    ("  ", &["it is empty"]),
    ("https://<your-tenant>.eu.auth0.example/", &["`<your-tenant>` is a placeholder", "`iss`"]),
    ("https://${DOMAIN}/", &["`${DOMAIN}` is a placeholder"]),
    ("https://$DOMAIN/", &["`$DOMAIN/` is a placeholder"]),
    ("https://{{ domain }}/", &["is a placeholder"]),
    ("https://%DOMAIN%/", &["`%DOMAIN%` is a placeholder"]),
    ("https://[tenant].example/", &["`[tenant]` is a placeholder"]),
    ("https://your-tenant.eu.auth0.com/", &["`your-tenant` is a placeholder"]),
    ("https://your-tenant…/", &["`…` is a placeholder"]),
    ("https://.../realms/chat", &["`...` is a placeholder"]),
    ("https://YOUR_DOMAIN/", &["`YOUR_DOMAIN` is a placeholder"]),
    ("https://YOUR_ANYTHING.example/", &["`YOUR_ANYTHING` is a placeholder"]),
    ("https://yourdomain.example/", &["`yourdomain` is a placeholder"]),
    ("https://yourOktaDomain/oauth2/default", &["`yourOktaDomain` is a placeholder"]),
    ("https://your-project.supabase.co/auth/v1", &["`your-project` is a placeholder"]),
    ("https://securetoken.google.com/PROJECT_ID", &["`PROJECT_ID` is a placeholder"]),
    ("https://securetoken.google.com/project-id", &["`project-id` is a placeholder"]),
    ("https://AUTH0_DOMAIN/", &["`AUTH0_DOMAIN` is a placeholder"]),
    ("https://dev-xxxxxxxx.okta.com", &["`dev-xxxxxxxx` is a placeholder"]),
    ("https://cognito-idp.us-east-1.amazonaws.com/us-east-1_EXAMPLE", &["`us-east-1_EXAMPLE` is a placeholder"]),
    (" https://i.example", &["white space"]),
    ("https://i.example\n", &["white space"]),
    ("'https://i.example'", &["a quotation mark"]),
    ("\"https://i.example\"", &["a quotation mark"]),
    ("<https://i.example>", &["a bracket"]),
    ("https://i.example/a b", &["no white space"]),
    (
        "https://i.example/realms/a/.well-known/openid-configuration",
        &["the discovery document", "`https://i.example/realms/a`"],
    ),
    ("https://t.eu.auth0.com/.well-known/openid-configuration", &["usually `https://t.eu.auth0.com/`"]),
    ("https://i.example/.well-known/oauth-authorization-server", &["the discovery document"]),
    ("https://i.example/.well-known/jwks.json", &["the address of the keys", "`jwks_url`"]),
    ("https://i.example/oauth2/v1/jwks", &["the address of the keys"]),
    ("https://i.example/realms/a/protocol/openid-connect/certs", &["the address of the keys"]),
    ("https://login.microsoftonline.com/common/discovery/v2.0/keys", &["the address of the keys"]),
    ("https://uaa.example/token_keys", &["the address of the keys"]),
    ("https://login.microsoftonline.com/{tenantid}/v2.0", &["name the tenant by its id", "Directory (tenant) ID"]),
    ("https://login.microsoftonline.com/common/v2.0", &["name the tenant by its id", "TENANT/v2.0"]),
    ("https://login.microsoftonline.com/organizations/v2.0", &["name the tenant by its id"]),
    ("https://login.microsoftonline.com/consumers/v2.0", &["name the tenant by its id"]),
    ("https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0", &["name the tenant by its id"]),
    ("https://login.microsoftonline.us/common/v2.0", &["https://login.microsoftonline.us/TENANT/v2.0"]),
    ("https://login.microsoftonline.com/00000000-0000-0000-0000-000000000000/v2.0", &["name the tenant by its id"]),
    ("https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a", &["TENANT/v2.0", "sts.windows.net"]),
    ("https://sts.windows.net/common/", &["name the tenant by its id"]),
    ("https://t.eu.auth0.com", &["say `https://t.eu.auth0.com/` as `iss`"]),
    ("https://accounts.google.com/", &["say `https://accounts.google.com` as `iss`"]),
    ("https://dev-1.okta.com/oauth2/default/", &["say `https://dev-1.okta.com/oauth2/default` as"]),
    (
        "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf/",
        &["say `https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf` as"],
    ),
    ("https://sts.windows.net/f8cdef31-a31e-4b4a-93e4-5f571e91255a", &["5f571e91255a/` as `iss`"]),
    ("https://login.microsoftonline.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0/", &["255a/v2.0` as `iss`"]),
];

#[test]
fn a_text_that_no_token_has_as_its_issuer_is_refused_with_what_to_write() {
    for (name, parts) in NEVER {
        for further in ["", KEYS, SECRET] {
            let said = of_issuer(name, further);
            assert!(said.starts_with("f:4: `authorizer.issuer`: "), "{name}, {further}: {said}");
            assert!(said.lines().count() == 1 && parts.iter().all(|part| said.contains(part)), "{name}: {said}");
        }
    }
}

#[test]
fn the_issuers_that_there_are_are_accepted_without_a_warning() {
    for name in [
        "https://t.eu.auth0.com/",
        "https://login.example.com/",
        "https://accounts.google.com",
        "https://appleid.apple.com",
        "https://dev-123456.okta.com/oauth2/default",
        "https://securetoken.google.com/chat-4711",
        "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEf123",
        "https://abc.execute-api.eu-west-1.amazonaws.com/prod/",
        "https://abcdefghijklmnopqrst.supabase.co/auth/v1",
        "https://clerk.example.com",
        "https://id.example.com/realms/chat",
        "https://contoso.b2clogin.com/f8cdef31-a31e-4b4a-93e4-5f571e91255a/v2.0/",
        "https://id.example.com:8443/auth/realms/B2C_1A_SIGNUP",
        "https://youradio.example",
        "https://[::1]:8443/realms/a%20b",
        &format!("https://login.microsoftonline.com/{GUID}/v2.0"),
        &format!("https://sts.windows.net/{GUID}/"),
    ] {
        assert_eq!(of_issuer(name, ""), "", "{name}");
        assert_eq!(warnings(&text(name, "chat", "")), [""; 0], "{name}");
    }
}

#[test]
fn what_may_be_right_and_seldom_is_is_a_warning() {
    for (name, part) in [
        ("https://your-bank.example/", "reads like a placeholder"),
        ("https://i.example/v1/keys", "reads like the address of the keys"),
        ("https://i.example/oauth2/v3/certs", "reads like the address of the keys"),
    ] {
        let [warning] = &warnings(&text(name, "chat", ""))[..] else { panic!("not one warning of {name}") };
        assert!(warning.starts_with("f:4: `authorizer.issuer`: ") && warning.contains(part), "{warning}");
    }
    // Where no tokens count, nobody minds.
    let open = text("https://your-bank.example/", "chat", "").replace("LambdaAuthorizer", "Open");
    assert!(warnings(&open).iter().all(|warning| !warning.contains("authorizer.issuer")));
}

#[test]
fn an_audience_that_no_token_has_is_refused() {
    for (audience, part) in [
        ("", "it is empty"),
        ("https://<api>/", "`<api>` is a placeholder"),
        ("https://${API}/", "`${API}` is a placeholder"),
        ("{client-id}", "`{client-id}` is a placeholder"),
        ("YOUR_CLIENT_ID", "`YOUR_CLIENT_ID` is a placeholder"),
        ("your-api-identifier", "`your-api-identifier` is a placeholder"),
        ("CLIENT_ID", "`CLIENT_ID` is a placeholder"),
        ("xxxx-xxxx", "is a placeholder"),
        ("chat ", "white space"),
        ("'chat'", "a quotation mark"),
    ] {
        let said = said(&text("https://i.example", audience, ""));
        assert!(said.starts_with("f:5: `authorizer.audience`: ") && said.contains(part), "{audience}: {said}");
    }
    for audience in ["chat", "https://api.example.com/", "api://default", GUID, "urn:chat", "authenticated", "a b"] {
        assert_eq!(said(&text("https://i.example", audience, "")), "", "{audience}");
    }
}

#[test]
fn an_address_that_has_no_keys_is_refused() {
    for (url, part) in [
        ("https://i.example/.well-known/openid-configuration", "write its `jwks_uri`, or leave"),
        ("https://i.example", "this is the issuer and not the address of its keys"),
        ("https://i.example/", "this is the issuer and not the address of its keys"),
        ("https://<domain>/keys", "`<domain>` is a placeholder"),
        ("https://${DOMAIN}/keys", "`${DOMAIN}` is a placeholder"),
        ("http://i.example/keys", "is not an https address"),
        ("i.example/keys", "is not an https address"),
        (" https://i.example/keys", "white space"),
        ("", "is not an https address"),
    ] {
        let said = of_issuer("https://i.example", &format!("jwks_url = {url:?}"));
        assert!(said.starts_with("f:6: `authorizer.jwks_url`: ") && said.contains(part), "{url}: {said}");
        assert_eq!(said.lines().count(), 1, "{url}: {said}");
    }
    let well_known = "jwks_url = \"https://i.example/.well-known/jwks.json\"";
    assert_eq!(of_issuer("https://i.example", well_known), "");
}

#[test]
fn a_secret_in_place_of_its_name_is_refused_and_never_repeated() {
    let of_secret =
        |secret: &str| of_issuer("https://i.example", &format!("algorithms = [\"HS256\"]\nhmac_secret = {secret:?}"));
    for secret in [
        // By `openssl rand -base64 32`, `-hex 32`, and `-base64 48`, with what makes no words.
        "pA7v4rQ8Zk1uX0mJ9tY2wB5nC6dE3fG7hK8lM1oP2qI=",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "Zk1uX0mJ9tY2wB5nC6dE3fG7hK8lM1oP2qIpA7v4rQ8Zk1uX0mJ9tY2wB5nC6dE3",
        "pA7v/4rQ8+k1uX0/J9tY2wB5nC/dE3fG7hK+lM1oP2qI",
        "super-secret-jwt-token-with-at-least-32-characters-long",
        "your-256-bit-secret",
        "{\"secret\": \"planted\"}",
        "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----",
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoiYW5vbiJ9.planted",
        "correct horse battery staple",
        "pass$word!",
    ] {
        let said = of_secret(secret);
        assert!(said.starts_with("f:7: `authorizer.hmac_secret`: ") && said.lines().count() == 1, "{secret}: {said}");
        assert!(said.contains("Secrets Manager"), "{secret}: {said}");
        for start in 0..secret.len().saturating_sub(7) {
            let piece = secret.get(start..start.saturating_add(8)).unwrap();
            assert!(!said.contains(piece), "{piece} of the secret in: {said}");
        }
    }
    for name in [
        "s",
        "chat/jwt-secret",
        "production/eu-central-1/chat/jwt-signing-secret",
        "ChatStackJwtSigningSecretA1B2C3D4-x8sK2lQ9z0Ab",
        "prod/chat/JwtSigningKey2026",
        "0190b5f2-7c1e-7a4e-9d1b-3f5c8a2e6b4d",
        "team+chat@example.com/signing_key=v2",
        "arn:aws:secretsmanager:us-east-1:111122223333:secret:chat/signing-AbCdEf",
    ] {
        assert_eq!(of_secret(name), "", "{name}");
    }
}

/// By `openssl req -x509 -newkey ed25519 -subj /CN=issuer.example`.
const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----\n\
    MIIBRjCB+aADAgECAhR0APmtYVCIhMIDSndzJpXkMgub7jAFBgMrZXAwGTEXMBUGA1UEAwwOaXNzdWVyLmV4YW1wbGUw\n\
    HhcNMjYxMjAxMDIzNDU4WhcNMjYxMjAyMDIzNDU4WjAZMRcwFQYDVQQDDA5pc3N1ZXIuZXhhbXBsZTAqMAUGAytlcAMhALwbu3gFchaWLj/HfAhFTw1N\n\
    ClbS1j8fdZtJyh12JrxBo1MwUTAdBgNVHQ4EFgQUiYGn9cDhB3KWDKqz7DhHEgnMTq8wHwYDVR0jBBgwFoAUiYGn9cDhB3KWDKqz7DhHEgnMTq8wDwYD\n\
    VR0TAQH/BAUwAwEB/zAFBgMrZXADQQC9V/IVrf/wBFb3ij3doVpKR9efmfLbdNYq6ZvBso27e6UEC6lMjO4EiWXdRf0TZL2z5Yw21iqSySbt+om8QZ0E\n\
    -----END CERTIFICATE-----\n";

#[test]
fn the_certificates_of_a_private_authority_are_whole_and_without_a_key() {
    let of = |pem: &str| of_issuer("https://i.example", &format!("ca_certificates = \"\"\"\n{pem}\"\"\""));
    let indented = CERTIFICATE.replace('\n', "\n   ");
    for pem in [CERTIFICATE, &CERTIFICATE.repeat(2), &indented, &format!("subject=CN = issuer.example\n{CERTIFICATE}")]
    {
        assert_eq!(of(pem), "", "{pem}");
    }
    let key = "-----BEGIN PRIVATE KEY-----\nplanted\n-----END PRIVATE KEY-----\n";
    let (head, body) = CERTIFICATE.split_at(200);
    for (pem, part) in [
        ("ca.pem".to_owned(), "the name of a file"),
        ("/etc/ssl/certs/our-ca.crt".to_owned(), "the name of a file"),
        (String::new(), "no certificate"),
        ("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n".to_owned(), "no certificate"),
        (key.to_owned(), "a private key"),
        (format!("{CERTIFICATE}{key}"), "a private key"),
        (key.replace("PRIVATE", "ENCRYPTED PRIVATE"), "a private key"),
        (key.replace("PRIVATE", "RSA PRIVATE"), "a private key"),
        (format!("{head}\n-----END CERTIFICATE-----\n"), "certificate 1 of it is not whole"),
        (format!("{CERTIFICATE}{head}"), "certificate 2 of it is not whole"),
        (format!("{CERTIFICATE}{head}!{body}"), "certificate 2 of it is not whole"),
        (CERTIFICATE.replace("-----END CERTIFICATE-----", ""), "certificate 1 of it is not whole"),
    ] {
        let said = of(&pem);
        assert!(said.starts_with("f:6: `authorizer.ca_certificates`: ") && said.contains(part), "{pem}: {said}");
        assert!(!said.contains("planted"), "{said}");
    }
    let with_secret =
        of_issuer("https://i.example", &format!("{SECRET}\nca_certificates = \"\"\"\n{CERTIFICATE}\"\"\""));
    assert!(with_secret.contains("`authorizer.ca_certificates`: is not allowed with `hmac_secret`"), "{with_secret}");
}
