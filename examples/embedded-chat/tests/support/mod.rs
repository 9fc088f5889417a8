//! The built server beside a local Momento, and somebody who talks to it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use momento::CredentialProvider;
use momento::topics::TopicClient;
use momento_emulator::{Running, Stage};
use reqwest::{Method, RequestBuilder};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tempfile::TempDir;

/// Where the server's own configuration is.
pub(crate) const CONFIG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tvm.toml");

/// The page of these tests.
pub(crate) const PAGE: &str = "<!doctype html><title>the chat</title>";

/// Two users by hash, of "planted-one" and "planted-two", and one by the digest of "planted-key". By argon2-cffi 25.1.0 and
/// sha256sum, as in crates/users/src/users.rs.
const USERS: &str = r#"{"users": [
    {"username": "ada", "groups": ["ReadWriteUserGroup"],
     "password_hash": "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LNJ2qmt8IFowdbUHN8yqwCXgaIsTeBk9361Yi/5Fsf8"},
    {"username": "bob", "groups": ["ReadOnlyUserGroup"],
     "password_hash": "$argon2id$v=19$m=7168,t=5,p=1$ZmVkY2JhOTg3NjU0MzIxMA$ibdNQ9Oc97YFyGCiLXF0J6YQZ8AwN1IBsWmnq+WZd/0"},
    {"username": "ci", "key_sha256": "7eed545bde4b42fea364f19d59123e65db9751a5782f9a2c0d749fde4f39248d"}
]}"#;

/// The server, running. It is killed when the test ends.
pub(crate) struct Server {
    pub(crate) momento: Running,
    pub(crate) url: String,
    /// What it said before it listened.
    pub(crate) greeting: String,
    child: Child,
    folder: TempDir,
    client: reqwest::Client,
}

impl Server {
    /// With the users above.
    pub(crate) async fn start() -> Self {
        Self::with(|folder| users(folder, &[])).await
    }

    /// The same, as others reach it: by the name chat.example, through a proxy, which is this test.
    pub(crate) async fn public() -> Self {
        Self::with(|folder| users(folder, &["--host", "chat.example", "--proxy", "127.0.0.1"])).await
    }

    /// With these arguments beside those for a page and a port of its own.
    pub(crate) async fn with(arguments: impl FnOnce(&Path) -> Vec<String>) -> Self {
        let momento = Stage::builder().start().await.unwrap();
        let folder = TempDir::new().unwrap();
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut child = command(folder.path(), &momento.url())
            .args(arguments(folder.path()))
            .env("MOMENTO_API_KEY", momento.api_key_v1().expose_secret())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let (mut greeting, mut lines) = (String::new(), BufReader::new(child.stdout.take().unwrap()));
        while !greeting.contains("listening on ") {
            assert_ne!(lines.read_line(&mut greeting).unwrap(), 0, "it ended: {}", log_in(folder.path()));
        }
        let url = greeting.trim_end().rsplit(' ').next().unwrap().to_owned();
        Self { momento, url, greeting, child, folder, client: reqwest::Client::new() }
    }

    pub(crate) fn ask(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str, cookie: Option<&str>) -> Answer {
        let request = self.ask(Method::GET, path);
        Answer::to(cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie))).await
    }

    pub(crate) async fn sign_in(&self, username: &str, password: &str) -> Answer {
        let claim = serde_json::json!({ "username": username, "password": password });
        Answer::to(self.ask(Method::POST, "/api/session").json(&claim)).await
    }

    /// As [`sign_in`](Self::sign_in) at the server that others reach, from this address.
    pub(crate) async fn sign_in_from(&self, address: &str, username: &str, password: &str) -> Answer {
        let claim = serde_json::json!({ "username": username, "password": password });
        let request = self.ask(Method::POST, "/api/session").header("host", "chat.example");
        Answer::to(request.header("x-forwarded-for", address).json(&claim)).await
    }

    /// The cookie of a session of this user's, as a browser sends it.
    pub(crate) async fn session_of(&self, username: &str, password: &str) -> String {
        let answer = self.sign_in(username, password).await;
        assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{username}");
        answer.header("set-cookie").split(';').next().unwrap().to_owned()
    }

    /// The official client, with a vended token.
    pub(crate) fn topics(&self, token: &str) -> TopicClient {
        let credentials = CredentialProvider::from_disposable_token(token.to_owned()).unwrap();
        TopicClient::builder()
            .configuration(momento::topics::configurations::Laptop::latest())
            .credential_provider(credentials.insecure_endpoint_override(&self.momento.url()))
            .build()
            .unwrap()
    }

    /// Everything that it printed, after its end.
    pub(crate) fn end(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.greeting.clone() + &log_in(self.folder.path())
    }
}

/// Writes the users above into `folder`; the arguments for them, and `others`.
fn users(folder: &Path, others: &[&str]) -> Vec<String> {
    let file = folder.join("users.json");
    fs::write(&file, USERS).unwrap();
    ["--users", file.to_str().unwrap()].iter().chain(others).map(|&argument| argument.to_owned()).collect()
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program, with a page below `folder`, on a port of its own, for the Momento at `momento`. Without a key.
pub(crate) fn command(folder: &Path, momento: &str) -> Command {
    let page = folder.join("page");
    fs::create_dir_all(&page).unwrap();
    fs::write(page.join("index.html"), PAGE).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_embedded-chat"));
    command.args(["--listen", "127.0.0.1:0", "--config", CONFIG, "--dist", page.to_str().unwrap()]);
    command.env_clear().env("MOMENTO_TOKEN_ENDPOINT", momento).env("MOMENTO_CACHE_ENDPOINT", momento);
    command
}

fn log_in(folder: &Path) -> String {
    fs::read_to_string(folder.join("log")).unwrap()
}

/// What it answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    headers: reqwest::header::HeaderMap,
}

impl Answer {
    pub(crate) async fn to(request: RequestBuilder) -> Self {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, body: response.text().await.unwrap() }
    }

    /// The header, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// Asserts that it is a refusal as all of the project's are.
    pub(crate) fn is_refusal(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.header("cache-control")), (status, "no-store"), "{self:?}");
        let body = self.json();
        assert_eq!(body["code"], code);
        assert!(body["message"].as_str().unwrap().ends_with('.') && body["requestId"].is_string(), "{body}");
        assert_eq!(self.header("set-cookie"), "");
    }
}
