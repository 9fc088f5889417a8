//! What the functions talk to: a Secrets Manager, the token service of a local Momento, and the environment that names them.
//!
//! One set for all contenders of a run: nobody has another back end than the others. It never leaves loopback.

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use lambda_stage::Secrets;
use momento_stage::{Running, Stage};
use secrecy::ExposeSecret;
use serde_json::json;
use tempfile::TempDir;
use tonic::Code;

use crate::options::Transport;
use crate::tls::{Authority, Door, Protocol};

/// The configuration as it is shipped, with the authorizer reading the headers that the bench sends.
const CONFIG: &str = concat!(include_str!("../../../config/tvm.toml"), "\n[authorizer]\ncredentials = \"headers\"\n");

/// Every back end, and the environment of the functions.
#[derive(Debug)]
pub(crate) struct StandIns {
    environment: Vec<(&'static str, String)>,
    momento: Running,
    _secrets: Secrets,
    _doors: Vec<Door>,
    _files: TempDir,
}

impl StandIns {
    pub(crate) async fn start(transport: Transport, secret_delay: Duration) -> Result<Self, Box<dyn Error>> {
        let momento = Stage::builder().start().await?;
        let secrets = Secrets::start_with_delay(secret_delay).await?;
        secrets.put("the-key", momento.api_key_v1().expose_secret());
        let users = json!({ "users": [{ "username": "ada", "password": "planted-ada", "groups": ["A", "B"] }] });
        secrets.put("the-users", &users.to_string());

        let files = tempfile::tempdir()?;
        let config = files.path().join("tvm.toml");
        std::fs::write(&config, CONFIG)?;
        let mut environment = vec![
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("TVM_CONFIG", text(&config)),
            ("MOMENTO_API_KEY_SECRET_ID", "the-key".to_owned()),
            ("AUTHORIZER_SECRET_ID", "the-users".to_owned()),
        ];
        let mut doors = Vec::new();
        let (secrets_url, momento_url) = match transport {
            Transport::Plain => (secrets.url().to_owned(), momento.url()),
            Transport::Tls => {
                let authority = Authority::new()?;
                let bundle = files.path().join("authority.pem");
                authority.write(&bundle)?;
                // The second is for peers on Node.
                environment.extend([("SSL_CERT_FILE", text(&bundle)), ("NODE_EXTRA_CA_CERTS", text(&bundle))]);
                let secrets_address: SocketAddr = secrets.url().trim_start_matches("http://").parse()?;
                let to_secrets = authority.door(secrets_address, Protocol::Http1).await?;
                let to_momento = authority.door(momento.addr(), Protocol::Http2).await?;
                let urls = (to_secrets.url(), to_momento.url());
                doors.extend([to_secrets, to_momento]);
                urls
            }
        };
        environment.extend([("AWS_ENDPOINT_URL", secrets_url), ("MOMENTO_TOKEN_ENDPOINT", momento_url)]);
        Ok(Self { environment, momento, _secrets: secrets, _doors: doors, _files: files })
    }

    /// What every function's environment has beyond what Lambda sets.
    pub(crate) fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(name, value)| (*name, value.as_str())).collect()
    }

    /// How many tokens were minted until now.
    pub(crate) fn mints(&self) -> u64 {
        self.momento.stats().ended("GenerateDisposableToken", Code::Ok)
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
