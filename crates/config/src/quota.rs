//! Whether one caller can have everybody's tokens: Momento mints so many a second for an account, whoever asks for them.

use tvm_policy::{AuthMode, Placeholder};

use crate::config::Config;
use crate::file::Stage;
use crate::path::Path;
use crate::position::Source;
use crate::reuse::ReuseMode;

const MANY_KINDS: &str = "one caller can name as many kinds of token as they like, and Momento mints 5 tokens a second for \
                          the whole account: write identity_interval = \"5s\" in [limits]";
const A_TOKEN_EACH: &str = "each request has a token minted, so one caller can use up the 5 tokens a second that Momento mints for \
                            the whole account: write identity_interval = \"5s\" in [limits]";
const STRANGERS_NAME: &str = "in Open mode a stranger can name as many kinds of token as they like (`?name=`), and Momento mints 5 \
                              tokens a second for the whole account: write id = \"guest\" in [token], so that all callers share \
                              one token, or id = \"{query.name}\" if clients have to choose";

/// What is worth a second look. Of Open mode only in `prod`, where people rely on it: for a demo, clients that choose their names are
/// the point, and a warning about the file as it is shipped would teach everybody to read none. And only where the file leaves the
/// id out: who writes `{query.name}` has decided. No key of `[limits]` is a way out: in Open mode, strangers share all of them.
pub(crate) fn warnings(config: &Config, source: Source<'_>) -> Vec<(Path, &'static str)> {
    let top = Path::default();
    let (token_id, mode) = (top.key("token").key("id"), top.key("reuse").key("mode"));
    if config.auth() == AuthMode::Open {
        let relied_on = config.file.deployment.stage == Stage::Prod;
        let stage = top.key("deployment").key("stage");
        return if relied_on && !source.has(&token_id) { vec![(stage, STRANGERS_NAME)] } else { vec![] };
    }
    if config.identity_interval().is_some() {
        return vec![];
    }
    if config.file.reuse.mode == ReuseMode::Off {
        return vec![(mode, A_TOKEN_EACH)];
    }
    let is_named = config.policy().token_id.placeholders().any(|placeholder| *placeholder == Placeholder::QueryName);
    if is_named { vec![(token_id, MANY_KINDS)] } else { vec![] }
}
