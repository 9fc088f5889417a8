//! The server, as its users and their browsers meet it.
//! Real: the built program, HTTP, the local Momento, which enforces what tokens say, and the official SDK that holds them. Not
//! real: the page, which is a line of HTML.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use momento::MomentoErrorCode;
use reqwest::Method;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use support::{Answer, CONFIG, PAGE, Server, command};
use tvm_embed::Config;

const TOKEN: &str = "/api/momento/token";

#[tokio::test]
async fn who_signs_in_gets_a_token_for_what_their_group_may_do_until_they_sign_out() {
    let server = Server::start().await;
    for (username, password, role, publishes) in
        [("ada", "planted-one", "PublishSubscribe", true), ("bob", "planted-two", "SubscribeOnly", false)]
    {
        let session = server.session_of(username, password).await;
        let answer = server.get(TOKEN, Some(&session)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let granted: Value = serde_json::from_str(answer.header("token-grant")).unwrap();
        let permissions = json!([{ "cache": "default-cache", "topic": "*", "role": role }]);
        assert_eq!(granted, json!({ "id": username, "permissions": permissions }));

        let topics = server.topics(answer.json()["authToken"].as_str().unwrap());
        match topics.publish("default-cache", "room", "hello").await {
            Ok(_) => assert!(publishes, "{username} may only read"),
            Err(error) => {
                assert_eq!((publishes, error.error_code), (false, MomentoErrorCode::PermissionError), "{username}");
            }
        }
        topics.subscribe("default-cache", "room").await.unwrap();

        let out = Answer::to(server.ask(Method::DELETE, "/api/session").header("cookie", &session)).await;
        assert_eq!((out.status, out.header("set-cookie").contains("Max-Age=0")), (204, true));
        server.get(TOKEN, Some(&session)).await.is_refusal(401, "Unauthorized");
    }
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_the_same_and_begin_no_session() {
    let server = Server::start().await;
    let mut told = Vec::new();
    for (username, password) in [("ada", "planted-two"), ("ada", ""), ("nobody", "planted-one"), ("", "")] {
        let answer = server.sign_in(username, password).await;
        answer.is_refusal(401, "Unauthorized");
        told.push(answer.json()["message"].clone());
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
}

#[tokio::test]
async fn without_a_session_of_the_servers_own_there_is_no_token() {
    let server = Server::start().await;
    let real = server.session_of("ada", "planted-one").await;
    for cookie in
        [None, Some("chat-session="), Some("chat-session=ada"), Some(&format!("{real}; {real}")), Some(&real[..20])]
    {
        server.get(&format!("{TOKEN}?name=ada"), cookie).await.is_refusal(401, "Unauthorized");
    }
    // Who is in no group has a session, and no token.
    let keyed = server.session_of("ci", "planted-key").await;
    server.get(TOKEN, Some(&keyed)).await.is_refusal(403, "NoGroup");
}

#[tokio::test]
async fn a_new_sign_in_ends_the_session_before_it() {
    let server = Server::start().await;
    let first = server.session_of("ada", "planted-one").await;
    let claim = json!({ "username": "bob", "password": "planted-two" });
    let wrong = json!({ "username": "bob", "password": "wrong" });
    let again =
        async |claim| Answer::to(server.ask(Method::POST, "/api/session").header("cookie", &first).json(claim)).await;
    assert_eq!(again(&wrong).await.status, 401);
    assert_eq!(server.get(TOKEN, Some(&first)).await.status, 200);
    let second = again(&claim).await;
    assert_ne!(second.header("set-cookie").split(';').next(), Some(first.as_str()));
    assert_eq!(server.get(TOKEN, Some(&first)).await.status, 401);
}

#[tokio::test]
async fn what_another_sites_form_could_send_signs_nobody_in() {
    let server = Server::start().await;
    let claim = r#"{"username":"ada","password":"planted-one"}"#;
    let post = |content_type: &'static str, body: String| {
        Answer::to(server.ask(Method::POST, "/api/session").header("content-type", content_type).body(body))
    };
    for content_type in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain", ""] {
        post(content_type, claim.to_owned()).await.is_refusal(415, "UnsupportedMediaType");
    }
    let long = json!({ "username": "ada", "password": "x".repeat(5_000) }).to_string();
    post("application/json", long).await.is_refusal(413, "PayloadTooLarge");
    for body in ["", "[]", "{\"username\":\"ada\"}", "{\"username\":\"ada\",\"password\":7}"] {
        post("application/json", body.to_owned()).await.is_refusal(400, "MalformedRequest");
    }
    assert_eq!(post("application/json", claim.to_owned()).await.status, 204);
}

#[tokio::test]
async fn on_loopback_another_name_and_another_sites_page_get_nothing() {
    let server = Server::start().await;
    let session = server.session_of("ada", "planted-one").await;
    let port = server.url.rsplit(':').next().unwrap();
    let ask = |path, header: &'static str, value: String| {
        Answer::to(server.ask(Method::GET, path).header("cookie", &session).header(header, value))
    };
    for path in ["/", "/chat.json", TOKEN] {
        for name in ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example"] {
            ask(path, "host", format!("{name}:{port}")).await.is_refusal(403, "ForeignHost");
        }
        for origin in ["https://evil.example", "null", "http://127.0.0.1:1", "http://localhost"] {
            ask(path, "origin", origin.to_owned()).await.is_refusal(403, "ForeignOrigin");
        }
        for name in ["127.0.0.1", "localhost", "[::1]"] {
            assert_eq!(ask(path, "host", format!("{name}:{port}")).await.status, 200, "{name}");
        }
        assert_eq!(ask(path, "origin", server.url.clone()).await.status, 200);
    }
}

#[tokio::test]
async fn behind_a_proxy_it_answers_by_its_public_name_alone_and_its_cookie_is_for_https() {
    let server = Server::public().await;
    let signed_in = server.sign_in_from("203.0.113.7", "ada", "planted-one").await;
    let cookie = signed_in.header("set-cookie");
    assert!(cookie.starts_with("__Host-chat-session=") && cookie.contains("Secure"), "{cookie}");
    let session = cookie.split(';').next().unwrap();
    let ask = |path, host: &'static str, origin: Option<&'static str>| {
        let request = server.ask(Method::GET, path).header("cookie", session).header("host", host);
        Answer::to(origin.into_iter().fold(request, |request, origin| request.header("origin", origin)))
    };
    for path in ["/", "/chat.json", TOKEN] {
        for host in ["evil.example", "chat.example.evil.example", "127.0.0.1", "localhost", ""] {
            ask(path, host, None).await.is_refusal(403, "ForeignHost");
        }
        for (host, origin) in
            [("chat.example", "https://chat.example"), ("CHAT.example:8443", "https://CHAT.example:8443")]
        {
            assert_eq!(ask(path, host, None).await.status, 200, "{path}");
            assert_eq!(ask(path, host, Some(origin)).await.status, 200, "{path}");
        }
        for origin in ["http://chat.example", "https://evil.example", "https://chat.example:1", "null"] {
            ask(path, "chat.example", Some(origin)).await.is_refusal(403, "ForeignOrigin");
        }
    }
}

/// From 32 sign-ins that wait, one address alone turned away everybody else.
#[tokio::test]
async fn the_many_sign_ins_of_one_stranger_keep_nobody_else_out() {
    let server = Server::public().await;
    // Whatever the stranger writes into the header, the proxy adds the true address to it.
    let stranger = (0..40).map(|number| format!("198.51.100.{number}, 203.0.113.7"));
    let stranger: Vec<String> = stranger.collect();
    let mut attempts: FuturesUnordered<_> =
        stranger.iter().map(|from| server.sign_in_from(from, "ada", "wrong")).collect();
    // From the first refusal on, there is no place left for one of the stranger's.
    let mut statuses = Vec::new();
    while statuses.last() != Some(&429) {
        statuses.push(attempts.next().await.unwrap().status);
    }
    let (others, rest) =
        tokio::join!(server.sign_in_from("203.0.113.8", "bob", "planted-two"), attempts.collect::<Vec<_>>());
    assert_eq!(others.status, 204, "{}", others.body);
    statuses.extend(rest.iter().map(|answer| answer.status));
    assert!(statuses.iter().all(|status| [401, 429].contains(status)), "{statuses:?}");
}

#[tokio::test]
async fn the_page_is_told_its_machine_and_may_call_nothing_but_it_and_momento() {
    let server = Server::start().await;
    let page = server.get("/", None).await;
    assert_eq!((page.status, page.body.as_str(), page.header("cache-control")), (200, PAGE, "no-cache"));
    let settings = server.get("/chat.json", None).await;
    assert_eq!(settings.header("content-type"), "application/json");
    let machine = json!({ "mode": "Session", "endpoint": "api/momento/token", "session": "api/session" });
    assert_eq!(settings.json(), json!({ "machine": machine, "momento": server.momento.url() }));

    let headers: Value = serde_json::from_str(include_str!("../../../web/chat/security-headers.json")).unwrap();
    for (path, status) in
        [("/", 200), ("/chat.json", 200), ("/missing", 404), ("/log", 404), ("/..%2flog", 404), (TOKEN, 401)]
    {
        let answer = server.get(path, None).await;
        assert_eq!(answer.status, status, "{path}");
        for (name, value) in headers.as_object().unwrap() {
            let expected = value.as_str().unwrap().replace("{connect}", &server.momento.url());
            assert_eq!(answer.header(name), expected, "{path}");
        }
    }
}

#[tokio::test]
async fn without_a_file_each_group_has_a_user_whose_new_password_is_printed() {
    let server = Server::with(|_| Vec::new()).await;
    let lines: Vec<&str> = server.greeting.lines().collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    for (line, username, role) in [(lines[0], "readonly", "SubscribeOnly"), (lines[1], "readwrite", "PublishSubscribe")]
    {
        let password =
            line.strip_prefix(&format!("demo user {username}, password ")).unwrap().split(' ').next().unwrap();
        assert_eq!(password.len(), 20, "{line}");
        let session = server.session_of(username, password).await;
        let answer = server.get(TOKEN, Some(&session)).await;
        assert!(answer.header("token-grant").contains(role), "{answer:?}");
        assert!(!server.get("/chat.json", None).await.body.contains(password));
    }
}

#[tokio::test]
async fn nothing_secret_is_printed() {
    let server = Server::start().await;
    server.sign_in("ada", "planted-wrong").await;
    let session = server.session_of("ada", "planted-one").await;
    let token = server.get(TOKEN, Some(&session)).await.json()["authToken"].as_str().unwrap().to_owned();
    Answer::to(server.ask(Method::POST, "/api/session").body("{\"planted\":")).await;
    Answer::to(server.ask(Method::DELETE, "/api/session").header("cookie", &session)).await;
    let key = server.momento.api_key_v1().expose_secret().to_owned();
    let printed = server.end();
    assert!(printed.contains("a token was vended") && printed.contains("a request was refused"), "{printed}");
    let id = session.split('=').nth(1).unwrap();
    for secret in ["planted", "argon2id", "LNJ2", id, &token, &key] {
        assert!(!printed.contains(secret), "{secret} in {printed}");
    }
}

#[test]
fn what_is_missing_is_said_with_what_to_do_before_it_listens() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).to_str().unwrap().to_owned()
    };
    let users = file("users.json", r#"{"users": [{"username": "ada", "password_hash": "planted"}]}"#);
    let open = file("open.toml", "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]");
    let broken = file("broken.toml", "auth = \"Opne\"");
    // By the test's own hand: `{"endpoint":"planted.example","api_key":"planted"}`.
    let good = "eyJlbmRwb2ludCI6InBsYW50ZWQuZXhhbXBsZSIsImFwaV9rZXkiOiJwbGFudGVkIn0=";
    // What is looked at before the key is, with one that would end the server all the same: no case waits for one that runs.
    let bad = "planted";
    for (arguments, key, expected) in [
        (&["--dist", "/nowhere"] as &[&str], bad, "npm run build -w web/chat"),
        (&["--config", "/nowhere"], bad, "--config"),
        (&["--config", &broken], bad, "broken.toml:1"),
        (&["--config", &open], good, "LambdaAuthorizer"),
        (&["--users", "/nowhere"], bad, "--users"),
        (&["--users", &users], bad, "users.json"),
        (&["--listen", "0.0.0.0:0"], bad, "--host"),
        (&["--listen", "0.0.0.0:0", "--host", "chat.example"], bad, "--users"),
        (&["--host", "chat.example"], bad, "--users"),
        (&[], "", "MOMENTO_API_KEY"),
        (&[], bad, "MOMENTO_API_KEY is not usable"),
    ] {
        let mut program = command(folder.path(), "http://127.0.0.1:9");
        let ended = program.args(arguments).env("MOMENTO_API_KEY", key).output().unwrap();
        let (out, error) = (String::from_utf8(ended.stdout).unwrap(), String::from_utf8(ended.stderr).unwrap());
        assert_eq!((ended.status.code(), out.as_str()), (Some(1), ""), "{arguments:?}: {error}");
        assert!(error.contains(expected) && !error.contains("planted"), "{arguments:?}: {error}");
    }
}

#[test]
fn its_configuration_is_accepted_without_a_warning() {
    let text = std::fs::read_to_string(CONFIG).unwrap();
    assert_eq!(Config::parse(CONFIG, &text).unwrap().warnings(CONFIG, &text), []);
}
