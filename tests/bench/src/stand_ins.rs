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

use crate::contender::Calls;
use crate::door::{Door, Entrance};
use crate::options::Transport;
use crate::tls::{Authority, Protocol};

/// The configuration as it is shipped: a token serves all who ask for the like.
const SHIPPED: &str = include_str!("../../../config/tvm.toml");
/// What makes each call of the vending function a mint, as many as there may be.
const MINTING: &str = "\n[reuse]\nmode = \"off\"\n[limits]\nmomento_tokens_per_second = 1000000\n";

/// Every back end, and the environment of the functions.
#[derive(Debug)]
pub(crate) struct StandIns {
    environment: Vec<(&'static str, String)>,
    configs: Configs,
    momento: Running,
    to_momento: Door,
    _secrets: Secrets,
    _to_secrets: Option<Door>,
    _files: TempDir,
}

/// The files that `TVM_CONFIG` may name.
#[derive(Debug)]
struct Configs {
    shipped: String,
    minting: String,
}

impl StandIns {
    pub(crate) async fn start(transport: Transport, secret_delay: Duration) -> Result<Self, Box<dyn Error>> {
        let momento = Stage::builder().start().await?;
        let secrets = Secrets::start_with_delay(secret_delay).await?;
        secrets.put("the-key", momento.api_key_v1().expose_secret());
        let users = json!({ "users": [{ "username": "ada", "password": "planted-ada", "groups": ["A", "B"] }] });
        secrets.put("the-users", &users.to_string());

        let files = tempfile::tempdir()?;
        let config = |name: &str, content: String| {
            let file = files.path().join(name);
            std::fs::write(&file, content).map(|()| text(&file))
        };
        let configs = Configs {
            shipped: config("shipped.toml", SHIPPED.to_owned())?,
            minting: config("minting.toml", format!("{SHIPPED}{MINTING}"))?,
        };
        let mut environment = vec![
            ("PATH", std::env::var("PATH").unwrap_or_default()),
            ("MOMENTO_API_KEY_SECRET_ID", "the-key".to_owned()),
            ("AUTHORIZER_SECRET_ID", "the-users".to_owned()),
        ];
        let (to_secrets, to_momento) = match transport {
            Transport::Plain => (None, Door::open(momento.addr(), Entrance::Plain).await?),
            Transport::Tls => {
                let authority = Authority::new()?;
                let bundle = files.path().join("authority.pem");
                authority.write(&bundle)?;
                // The second is for peers on Node.
                environment.extend([("SSL_CERT_FILE", text(&bundle)), ("NODE_EXTRA_CA_CERTS", text(&bundle))]);
                let secrets_address: SocketAddr = secrets.url().trim_start_matches("http://").parse()?;
                let to_secrets = Door::open(secrets_address, authority.entrance(Protocol::Http1)?).await?;
                (Some(to_secrets), Door::open(momento.addr(), authority.entrance(Protocol::Http2)?).await?)
            }
        };
        let secrets_url = to_secrets.as_ref().map_or(secrets.url(), Door::url).to_owned();
        environment.push(("AWS_ENDPOINT_URL", secrets_url));
        environment.push(("MOMENTO_TOKEN_ENDPOINT", to_momento.url().to_owned()));
        Ok(Self {
            environment,
            configs,
            momento,
            to_momento,
            _secrets: secrets,
            _to_secrets: to_secrets,
            _files: files,
        })
    }

    /// What a function's environment has beyond what Lambda sets.
    pub(crate) fn environment(&self, calls: Calls) -> Vec<(&str, &str)> {
        let config = match calls {
            Calls::Mint => &self.configs.minting,
            Calls::MayReuse => &self.configs.shipped,
        };
        let common = self.environment.iter().map(|(name, value)| (*name, value.as_str()));
        common.chain([("TVM_CONFIG", config.as_str())]).collect()
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

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
