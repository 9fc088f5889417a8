//! What the functions talk to: a Secrets Manager, the token service of a local Momento, an issuer of tokens, and the environment
//! that names them.
//!
//! One set for all contenders of a run: nobody has another back end than the others. It never leaves loopback.

use std::error::Error;
use std::net::{AddrParseError, SocketAddr};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_emulator::{Issuer, Secrets};
use momento_emulator::{Running, Stage};
use secrecy::ExposeSecret;
use serde_json::json;
use tempfile::TempDir;
use tonic::Code;

use crate::contender::Task;
use crate::options::Transport;
use crate::proxy::{Entrance, Proxy};
use crate::tls::{Authority, Protocol};

/// The configuration as it is shipped: a token serves all who ask for the like.
const SHIPPED: &str = include_str!("../../../config/tvm.toml");
/// What makes each call of the vending function a mint, as many as there may be.
const MINTING: &str = "\n[reuse]\nmode = \"off\"\n[limits]\nmomento_tokens_per_second = 1000000\n";

/// Longer than any run.
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Every back end, and the environment of the functions.
#[derive(Debug)]
pub(crate) struct StandIns {
    environment: Vec<(&'static str, String)>,
    configs: Configs,
    momento: Running,
    to_momento: Proxy,
    to_issuer: Proxy,
    token: String,
    _issuer: Issuer,
    _secrets: Secrets,
    _to_secrets: Option<Proxy>,
    _files: TempDir,
}

/// The files that `TVM_CONFIG` may name.
#[derive(Debug)]
struct Configs {
    shipped: String,
    minting: String,
    of_tokens: String,
}

impl StandIns {
    pub(crate) async fn start(transport: Transport, secret_delay: Duration) -> Result<Self, Box<dyn Error>> {
        let momento = Stage::builder().start().await?;
        let secrets = Secrets::start_with_delay(secret_delay).await?;
        secrets.put("the-key", momento.api_key_v1().expose_secret());
        let users = json!({ "users": [{ "username": "ada", "password": "planted-ada", "groups": ["A", "B"] }] });
        secrets.put("the-users", &users.to_string());

        let issuer = Issuer::start().await?;

        let files = tempfile::tempdir()?;
        let mut environment = vec![
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("MOMENTO_API_KEY_SECRET_ID", "the-key".to_owned()),
            ("AUTHORIZER_SECRET_ID", "the-users".to_owned()),
        ];
        let (to_secrets, to_momento, to_issuer) = match transport {
            Transport::Plain => {
                let to_momento = Proxy::open(momento.addr(), Entrance::Plain).await?;
                (None, to_momento, Proxy::open(address(issuer.url())?, Entrance::Plain).await?)
            }
            Transport::Tls => {
                let authority = Authority::new()?;
                let bundle = files.path().join("authority.pem");
                authority.write(&bundle)?;
                // The second is for peers on Node.
                environment.extend([("SSL_CERT_FILE", text(&bundle)), ("NODE_EXTRA_CA_CERTS", text(&bundle))]);
                let to_secrets = Proxy::open(address(secrets.url())?, authority.entrance(Protocol::Http1)?).await?;
                let to_momento = Proxy::open(momento.addr(), authority.entrance(Protocol::Http2)?).await?;
                let to_issuer = Proxy::open(address(issuer.url())?, authority.entrance(Protocol::Http1)?).await?;
                (Some(to_secrets), to_momento, to_issuer)
            }
        };
        let secrets_url = to_secrets.as_ref().map_or(secrets.url(), Proxy::url).to_owned();
        environment.push(("AWS_ENDPOINT_URL", secrets_url));
        environment.push(("MOMENTO_TOKEN_ENDPOINT", to_momento.url().to_owned()));

        let name = to_issuer.url();
        let keys = format!("{name}{}", Issuer::KEYS);
        issuer.publish(Issuer::DISCOVERY, json!({ "issuer": name, "jwks_uri": keys }).to_string());
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let ends = now.saturating_add(TOKEN_LIFETIME.as_secs());
        let token =
            issuer.token(&json!({ "iss": name, "aud": "tvm", "sub": "ada", "groups": ["A", "B"], "exp": ends }))?;
        let config = |file: &str, content: String| {
            let file = files.path().join(file);
            std::fs::write(&file, content).map(|()| text(&file))
        };
        let configs = Configs {
            shipped: config("shipped.toml", SHIPPED.to_owned())?,
            minting: config("minting.toml", format!("{SHIPPED}{MINTING}"))?,
            of_tokens: config(
                "of-tokens.toml",
                format!("{SHIPPED}\n[authorizer]\nkind = \"jwt\"\nissuer = \"{name}\"\naudience = [\"tvm\"]\n"),
            )?,
        };
        Ok(Self {
            environment,
            configs,
            momento,
            to_momento,
            to_issuer,
            token,
            _issuer: issuer,
            _secrets: secrets,
            _to_secrets: to_secrets,
            _files: files,
        })
    }

    /// What a function's environment has beyond what Lambda sets.
    pub(crate) fn environment(&self, task: Task) -> Vec<(&str, &str)> {
        let config = match task {
            Task::Mint | Task::Credentials => &self.configs.minting,
            Task::MayReuse => &self.configs.shipped,
            Task::Token(_) => &self.configs.of_tokens,
        };
        let common = self.environment.iter().map(|(name, value)| (*name, value.as_str()));
        common.chain([("TVM_CONFIG", config.as_str())]).collect()
    }

    /// A token of the issuer's.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// From now on, nobody reaches the issuer.
    pub(crate) fn keep_from_the_issuer(&self) {
        self.to_issuer.bar();
    }

    /// From now on, everybody does.
    pub(crate) fn let_to_the_issuer(&self) {
        self.to_issuer.unbar();
    }

    /// How many tokens were minted until now.
    pub(crate) fn mints(&self) -> u64 {
        self.momento.stats().ended("GenerateDisposableToken", Code::Ok)
    }

    /// How long the token service has taken for its answers until now, TLS on its side included.
    pub(crate) fn token_service_time(&self) -> Duration {
        self.to_momento.spent()
    }

    /// Closes every connection to the token service; a new one can be made at once.
    pub(crate) async fn cut_token_service(&self) {
        self.to_momento.cut().await;
    }
}

/// Where a stand-in listens, by its URL.
fn address(url: &str) -> Result<SocketAddr, AddrParseError> {
    url.trim_start_matches("http://").parse()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
