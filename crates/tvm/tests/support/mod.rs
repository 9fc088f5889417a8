//! Runs the built `tvm` against stand-ins for AWS, and keeps everything that it prints.
#![allow(dead_code, reason = "each test uses its own part")]

pub(crate) mod aws;
pub(crate) mod doctor;

use std::path::Path;
use std::process::Stdio;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// What came of a command.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) notes: String,
}

impl Done {
    /// What it printed, once it is sure that it did what it was asked to.
    pub(crate) fn well(self) -> Self {
        assert_eq!(self.code, Some(0), "{self:?}");
        self
    }

    /// What it said against it, in one `error:` and nothing else; with `--json`, the answer is the same.
    pub(crate) fn error(self) -> String {
        assert_eq!(self.code, Some(1), "{self:?}");
        let error =
            self.notes.strip_prefix("error: ").unwrap_or_else(|| panic!("{}", self.notes)).trim_end().to_owned();
        if !self.out.is_empty() {
            let answer: serde_json::Value = serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("{self:?}"));
            assert_eq!(answer, serde_json::json!({ "error": error }));
        }
        error
    }

    /// Everything that it printed.
    pub(crate) fn printed(&self) -> String {
        format!("{}{}", self.out, self.notes)
    }
}

/// `tvm` with these arguments, in the repository, with AWS at `aws` and nothing of this computer's own.
pub(crate) fn command(aws: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tvm"));
    command
        .args(arguments)
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .env_clear()
        .envs(environment(aws));
    command.kill_on_drop(true);
    command
}

/// All that such a `tvm` has in its environment.
pub(crate) fn environment(aws: &str) -> [(&'static str, String); 7] {
    [
        ("AWS_ENDPOINT_URL", aws),
        ("AWS_REGION", "us-west-2"),
        ("AWS_ACCESS_KEY_ID", "planted-id"),
        ("AWS_SECRET_ACCESS_KEY", "planted-secret"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
}

/// Runs it with `input` as its standard input.
pub(crate) async fn run(mut command: Command, input: &str) -> Done {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Whoever does not read it closes the pipe.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Done { code: output.status.code(), out: text(output.stdout), notes: text(output.stderr) }
}
