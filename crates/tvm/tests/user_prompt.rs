//! `tvm user` at a terminal: it asks twice, and what is typed is not shown.
//! Real: the built program on a terminal of its own. Not real: Secrets Manager.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::path::Path;
use std::time::Duration;

use lambda_emulator::Secrets;
use pty_process::{Command, Pty};
use rustix::termios::{LocalModes, tcgetattr};
use secrecy::SecretString;
use support::environment;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::Child;
use tvm_users::{Memory, Users};

const PASSWORD: &str = "planted four words";
const PATIENCE: Duration = Duration::from_secs(30);

/// `tvm` on a terminal, and everything that the terminal showed.
struct Session {
    terminal: Pty,
    child: Child,
    shown: String,
}

impl Session {
    fn start(aws: &str, arguments: &[&str]) -> Self {
        Self::with(aws, arguments, &[])
    }

    /// With this in its environment, too.
    fn with(aws: &str, arguments: &[&str], more: &[(&str, &str)]) -> Self {
        let (terminal, its_end) = pty_process::open().unwrap();
        let command = Command::new(env!("CARGO_BIN_EXE_tvm")).args(arguments).env_clear().envs(environment(aws));
        let command = command.envs(more.iter().copied());
        let child = command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")).spawn(its_end).unwrap();
        Self { terminal, child, shown: String::new() }
    }

    /// Types `line` once this prompt is there and the terminal has ceased to show what is typed.
    async fn answer(&mut self, prompt: &str, line: &str) {
        let asked = async {
            while !self.shown.contains(prompt) {
                self.shown.push_str(&read(&mut self.terminal).await);
            }
            while shows_what_is_typed(&self.terminal) {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asked).await.unwrap();
        self.terminal.write_all(line.as_bytes()).await.unwrap();
    }

    /// Its exit code, and everything that was shown.
    async fn end(mut self) -> (Option<i32>, String) {
        let ended = async {
            loop {
                let piece = read(&mut self.terminal).await;
                if piece.is_empty() {
                    break self.child.wait().await.unwrap().code();
                }
                self.shown.push_str(&piece);
            }
        };
        let code = tokio::time::timeout(PATIENCE, ended).await.unwrap();
        (code, self.shown)
    }
}

fn shows_what_is_typed(terminal: &Pty) -> bool {
    tcgetattr(terminal).unwrap().local_modes.contains(LocalModes::ECHO)
}

/// What the terminal shows next; nothing once nobody has it open any more, which Linux reports as an error.
async fn read(terminal: &mut Pty) -> String {
    let mut piece = [0; 1024];
    let count = terminal.read(&mut piece).await.unwrap_or(0);
    String::from_utf8_lossy(&piece[..count]).into_owned()
}

/// A Secrets Manager with a list of nobody.
async fn empty() -> Secrets {
    let secrets = Secrets::start().await.unwrap();
    secrets.put("the-users", r#"{"users":[]}"#);
    secrets
}

fn added(secrets: &Secrets) -> bool {
    let users = Users::parse(&SecretString::from(secrets.value("the-users", "AWSCURRENT").unwrap())).unwrap();
    users.find("ada", &SecretString::from(PASSWORD), &mut Memory::default()).is_some()
}

const ADD: [&str; 5] = ["user", "add", "ada", "--secret", "the-users"];

#[tokio::test]
async fn a_password_is_asked_for_twice_and_not_shown() {
    let secrets = empty().await;
    let mut session = Session::start(secrets.url(), &ADD);
    session.answer("New password of ada: ", &format!("{PASSWORD}\n")).await;
    session.answer("The same again for ada: ", &format!("{PASSWORD}\n")).await;
    let (code, shown) = session.end().await;
    assert_eq!(code, Some(0), "{shown}");
    assert!(!shown.contains("planted"), "{shown}");
    assert!(added(&secrets));
}

#[tokio::test]
async fn two_passwords_that_differ_change_nothing() {
    let secrets = empty().await;
    let mut session = Session::start(secrets.url(), &ADD);
    session.answer("New password of ada: ", &format!("{PASSWORD}\n")).await;
    session.answer("The same again for ada: ", "planted four swords\n").await;
    let (code, shown) = session.end().await;
    assert_eq!(code, Some(1));
    assert!(shown.contains("error: the two passwords differ; nothing was changed"), "{shown}");
    assert!(!shown.contains("planted") && !added(&secrets), "{shown}");
}

#[tokio::test]
async fn an_interrupted_prompt_changes_nothing() {
    let secrets = empty().await;
    let mut session = Session::start(secrets.url(), &ADD);
    session.answer("New password of ada: ", "planted\u{3}").await;
    let ended = tokio::time::timeout(PATIENCE, session.child.wait()).await.unwrap().unwrap();
    assert_eq!(ended.code(), Some(1));
    assert_eq!(secrets.reads("AWSCURRENT"), 0);
    assert!(shows_what_is_typed(&session.terminal), "the shell would be left without an echo");
}

#[tokio::test]
async fn a_list_on_a_terminal_has_a_head_that_stands_out() {
    let secrets = empty().await;
    let (code, shown) = Session::start(secrets.url(), &["user", "list", "--secret", "the-users"]).end().await;
    assert_eq!(code, Some(0), "{shown}");
    assert!(shown.contains("\u{1b}[1mUSERNAME"), "{shown}");
}

#[tokio::test]
async fn nothing_stands_out_for_who_does_not_want_it() {
    let secrets = empty().await;
    for (value, emphasis) in [("1", false), ("", true)] {
        let more = [("NO_COLOR", value)];
        let (code, shown) = Session::with(secrets.url(), &["user", "list", "--secret", "the-users"], &more).end().await;
        assert_eq!(code, Some(0), "{shown}");
        assert_eq!(shown.contains('\u{1b}'), emphasis, "{shown}");
    }
}
