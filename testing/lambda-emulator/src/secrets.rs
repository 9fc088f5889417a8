//! Secrets Manager, as far as who reads a secret, changes or rotates it needs it: `DescribeSecret`, `GetSecretValue`,
//! `PutSecretValue` and `UpdateSecretVersionStage`, signatures unchecked.
//!
//! It can be made to do what goes wrong there, and counts what it was asked. What it answers is never older than the last
//! change to it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::post;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::requests;
use crate::trouble::{TestVersion, Trouble};
use crate::vault::{Shared, lock};

/// The longest that connections may take to close when the stand-in goes away.
const GRACE: Duration = Duration::from_secs(3);

/// A Secrets Manager on a loopback port; ends when dropped.
#[derive(Debug)]
pub struct Secrets {
    address: SocketAddr,
    url: String,
    vault: Shared,
    server: Option<Server>,
}

/// What listens, until it is told to go.
#[derive(Debug)]
struct Server {
    go: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Secrets {
    /// Starts with no secrets.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let vault = Shared::default();
        let server = Some(serve(listener, Arc::clone(&vault)));
        Ok(Self { address, url: format!("http://{address}"), vault, server })
    }

    /// As [`start`](Self::start), answering each request this much later, as if it were further away.
    ///
    /// # Errors
    /// When no loopback port can be had.
    pub async fn start_with_delay(delay: Duration) -> io::Result<Self> {
        let secrets = Self::start().await?;
        if !delay.is_zero() {
            secrets.trouble(Trouble::Late(delay));
        }
        Ok(secrets)
    }

    /// What `AWS_ENDPOINT_URL` must say.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Gives the secret this value, at `AWSCURRENT`; the one before is then at `AWSPREVIOUS`, as after `put-secret-value`.
    pub fn put(&self, name: &str, value: &str) {
        lock(&self.vault).put(name, value);
    }

    /// Makes the secret one without a value, as a deployment leaves it.
    pub fn empty(&self, name: &str) {
        lock(&self.vault).empty(name);
    }

    /// Has been holding every value for this long.
    pub fn set_age(&self, age: Duration) {
        lock(&self.vault).age = age;
    }

    /// The value with the label `stage`, if there is one.
    pub fn value(&self, name: &str, stage: &str) -> Option<String> {
        lock(&self.vault).value(name, stage).ok().map(|version| version.value)
    }

    /// The labels that are on any version of the secret, in alphabetical order.
    pub fn stages(&self, name: &str) -> Vec<String> {
        let mut stages = lock(&self.vault).labels(name);
        stages.sort_unstable();
        stages
    }

    /// Lets somebody else put `value` there as soon as the current value was read the next time; said again, the time after.
    pub fn put_after_read(&self, name: &str, value: &str) {
        lock(&self.vault).put_after_read(name, value);
    }

    /// Lets this go wrong from the next request on, in place of what went wrong before.
    pub fn trouble(&self, trouble: Trouble) {
        lock(&self.vault).trouble = Some(trouble);
    }

    /// Lets this go wrong with the next request of one action, such as `PutSecretValue`.
    pub fn trouble_next(&self, action: &str, trouble: Trouble) {
        lock(&self.vault).next_trouble.insert(action.to_owned(), trouble);
    }

    /// Ends what goes wrong; answers that are late already come late.
    pub fn recover(&self) {
        let mut vault = lock(&self.vault);
        vault.trouble = None;
        vault.next_trouble.clear();
    }

    /// Has the secret rotated every so many `days`; `None`: not.
    pub fn rotate_every(&self, name: &str, days: Option<u32>) {
        lock(&self.vault).rotate_every(name, days);
    }

    /// Begins a rotation as `RotateSecret` does, before it calls the function; one that was begun and not finished is taken
    /// up again. Gives the id of the new version, which the function is told as `ClientRequestToken`.
    pub fn begin_rotation(&self, name: &str) -> String {
        lock(&self.vault).begin_rotation(name)
    }

    /// Begins the test of a schedule as `RotateSecret` does with `RotateImmediately` false: the function is called for `testSecret`
    /// alone, with the id of the version that this gives as `ClientRequestToken`.
    pub fn begin_rotation_test(&self, name: &str, holds: TestVersion) -> String {
        lock(&self.vault).begin_rotation_test(name, holds)
    }

    /// Ends that test: Secrets Manager removes the version.
    pub fn end_rotation_test(&self, name: &str, version: &str) {
        lock(&self.vault).end_rotation_test(name, version);
    }

    /// The labels on this version, in alphabetical order.
    pub fn stages_of(&self, name: &str, version: &str) -> Vec<String> {
        let mut stages = lock(&self.vault).description(name).ok().and_then(|mut known| known.versions.remove(version));
        stages.iter_mut().for_each(|stages| stages.sort_unstable());
        stages.unwrap_or_default()
    }

    /// How many requests for the version at `stage` (`AWSCURRENT`, `AWSPREVIOUS`) came in, whatever became of them.
    pub fn reads(&self, stage: &str) -> u64 {
        lock(&self.vault).reads(stage)
    }

    /// Goes away: open connections close once nothing is answered on them, and no other is accepted. What it knows stays.
    pub async fn leave(&mut self) {
        if let Some(Server { go, mut serving }) = self.server.take() {
            // It may have ended by itself, which is all that is wanted.
            let _ = go.send(());
            if tokio::time::timeout(GRACE, &mut serving).await.is_err() {
                serving.abort();
            }
        }
    }

    /// Comes back to the same port.
    ///
    /// # Errors
    /// When another program has taken the port meanwhile.
    pub async fn come_back(&mut self) -> io::Result<()> {
        if self.server.is_none() {
            let listener = TcpListener::bind(self.address).await?;
            self.server = Some(serve(listener, Arc::clone(&self.vault)));
        }
        Ok(())
    }
}

impl Drop for Secrets {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.serving.abort();
        }
    }
}

fn serve(listener: TcpListener, vault: Shared) -> Server {
    let (go, gone) = oneshot::channel();
    let router = Router::new().route("/", post(requests::answer)).with_state(vault);
    let serving = tokio::spawn(async move {
        let told = async {
            // Nobody left to tell it: the end comes by the abort.
            if gone.await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        // It ends when it is told or aborted, or with the test.
        let _ = axum::serve(listener, router).with_graceful_shutdown(told).await;
    });
    Server { go, serving }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;

    use super::*;

    /// What is answered to a request for the secret `the-key` at `stage`.
    async fn ask(secrets: &Secrets, stage: &str) -> io::Result<String> {
        call(secrets, "GetSecretValue", &json!({ "SecretId": "the-key", "VersionStage": stage })).await
    }

    /// What is answered to this request, on a connection of its own.
    async fn call(secrets: &Secrets, action: &str, request: &Value) -> io::Result<String> {
        let (target, body) = (format!("secretsmanager.{action}"), request.to_string());
        let head = format!("POST / HTTP/1.1\r\nhost: x\r\nx-amz-target: {target}\r\nconnection: close\r\n");
        let mut stream = TcpStream::connect(secrets.address).await?;
        stream.write_all(format!("{head}content-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        Ok(answer)
    }

    #[tokio::test]
    async fn a_new_value_leaves_the_one_before_at_awsprevious() {
        let secrets = Secrets::start().await.unwrap();
        assert!(ask(&secrets, "AWSCURRENT").await.unwrap().contains("can't find the specified secret."));
        secrets.put("the-key", "one");
        assert!(ask(&secrets, "AWSPREVIOUS").await.unwrap().contains("staging label: AWSPREVIOUS"));
        secrets.put("the-key", "two");
        assert!(ask(&secrets, "AWSCURRENT").await.unwrap().contains("\"two\""));
        assert!(ask(&secrets, "AWSPREVIOUS").await.unwrap().contains("\"one\""));
        secrets.empty("the-key");
        assert!(ask(&secrets, "AWSCURRENT").await.unwrap().contains("staging label: AWSCURRENT"));
        assert_eq!((secrets.reads("AWSCURRENT"), secrets.reads("AWSPREVIOUS")), (3, 2));
    }

    #[tokio::test]
    async fn a_label_moves_only_from_the_version_that_has_it() {
        let secrets = Secrets::start().await.unwrap();
        secrets.put("the-key", "one");
        let put = |id: &str, value: &str| json!({ "SecretId": "the-key", "ClientRequestToken": id, "SecretString": value, "VersionStages": ["MINE"] });
        let promote = |to: &str, from: &str| json!({ "SecretId": "the-key", "VersionStage": "AWSCURRENT", "MoveToVersionId": to, "RemoveFromVersionId": from });
        assert!(call(&secrets, "PutSecretValue", &put("a", "two")).await.unwrap().starts_with("HTTP/1.1 200"));
        assert!(
            call(&secrets, "PutSecretValue", &put("a", "other")).await.unwrap().contains("ResourceExistsException")
        );
        assert!(call(&secrets, "PutSecretValue", &put("b", "three")).await.unwrap().starts_with("HTTP/1.1 200"));
        assert_eq!(secrets.value("the-key", "AWSCURRENT").unwrap(), "one");
        assert_eq!(secrets.value("the-key", "MINE").unwrap(), "three");
        let moved = call(&secrets, "UpdateSecretVersionStage", &promote("a", "version-1")).await.unwrap();
        assert!(moved.starts_with("HTTP/1.1 200"), "{moved}");
        let late = call(&secrets, "UpdateSecretVersionStage", &promote("b", "version-1")).await.unwrap();
        assert!(late.contains("InvalidParameterException"), "{late}");
        assert_eq!(secrets.value("the-key", "AWSCURRENT").unwrap(), "two");
        assert_eq!(secrets.value("the-key", "AWSPREVIOUS").unwrap(), "one");
        assert_eq!(secrets.stages("the-key"), ["AWSCURRENT", "AWSPREVIOUS", "MINE"]);
    }

    #[tokio::test]
    async fn a_rotation_begins_with_a_version_without_a_value_and_is_taken_up_until_that_is_current() {
        let secrets = Secrets::start().await.unwrap();
        secrets.put("the-key", "one");
        secrets.rotate_every("the-key", Some(30));
        let token = secrets.begin_rotation("the-key");
        assert_eq!(secrets.begin_rotation("the-key"), token);
        let told = call(&secrets, "DescribeSecret", &json!({ "SecretId": "the-key" })).await.unwrap();
        assert!(told.contains("\"RotationEnabled\":true") && told.contains(&token), "{told}");
        let pending = json!({ "SecretId": "the-key", "VersionId": token, "VersionStage": "AWSPENDING" });
        let none = call(&secrets, "GetSecretValue", &pending).await.unwrap();
        assert!(none.contains("ResourceNotFoundException"), "{none}");
        let put = json!({ "SecretId": "the-key", "ClientRequestToken": token, "SecretString": "two", "VersionStages": ["AWSPENDING"] });
        secrets.trouble_next("PutSecretValue", Trouble::AnswerLost);
        assert!(call(&secrets, "PutSecretValue", &put).await.unwrap().starts_with("HTTP/1.1 500"));
        assert!(call(&secrets, "PutSecretValue", &put).await.unwrap().starts_with("HTTP/1.1 200"));
        assert!(call(&secrets, "GetSecretValue", &pending).await.unwrap().contains("\"two\""));
        let current = json!({ "SecretId": "the-key", "VersionId": token, "VersionStage": "AWSCURRENT" });
        assert!(call(&secrets, "GetSecretValue", &current).await.unwrap().contains("ResourceNotFoundException"));
        let promote = json!({ "SecretId": "the-key", "VersionStage": "AWSCURRENT", "MoveToVersionId": token, "RemoveFromVersionId": "version-1" });
        assert!(call(&secrets, "UpdateSecretVersionStage", &promote).await.unwrap().starts_with("HTTP/1.1 200"));
        assert_eq!(secrets.stages_of("the-key", &token), ["AWSCURRENT", "AWSPENDING"]);
        assert_ne!(secrets.begin_rotation("the-key"), token);
    }

    #[tokio::test]
    async fn what_goes_wrong_goes_wrong_until_it_recovers() {
        let secrets = Secrets::start().await.unwrap();
        secrets.put("the-key", "one");
        for (trouble, status, code) in [
            (Trouble::Internal, "500", "InternalServiceError"),
            (Trouble::AccessDenied, "400", "AccessDeniedException"),
            (Trouble::Kms, "400", "DecryptionFailure"),
        ] {
            secrets.trouble(trouble);
            let answer = ask(&secrets, "AWSCURRENT").await.unwrap();
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")) && answer.contains(code), "{answer}");
            assert!(!answer.contains("one"), "{answer}");
        }
        let (late, asked) = (Duration::from_millis(100), std::time::Instant::now());
        secrets.trouble(Trouble::Late(late));
        assert!(ask(&secrets, "AWSCURRENT").await.unwrap().contains("\"one\""));
        assert!(asked.elapsed() >= late);
        secrets.recover();
        assert!(ask(&secrets, "AWSCURRENT").await.unwrap().starts_with("HTTP/1.1 200"));
    }

    #[tokio::test]
    async fn it_leaves_with_its_connections_and_comes_back_with_what_it_knew() {
        let mut secrets = Secrets::start().await.unwrap();
        secrets.put("the-key", "one");
        let mut idle = TcpStream::connect(secrets.address).await.unwrap();
        // Accepted for certain once something was answered after it.
        ask(&secrets, "AWSCURRENT").await.unwrap();
        secrets.leave().await;
        assert_eq!(idle.read(&mut [0]).await.unwrap(), 0, "a connection outlived it");
        assert_eq!(ask(&secrets, "AWSCURRENT").await.unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
        secrets.come_back().await.unwrap();
        assert!(ask(&secrets, "AWSCURRENT").await.unwrap().contains("\"one\""));
    }
}
