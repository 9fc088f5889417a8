//! The program: its files, its messages and its end.
//!
//! Real: the built binary, as a shell would start it. Time is the computer's; nothing here waits for it to pass.

#![allow(clippy::unwrap_used, reason = "a helper that fails fails its test")]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Child, Command, Stdio},
};

use tempfile::TempDir;

/// A running program. It is killed when a test fails before it has ended.
struct Program {
    child: Child,
    greeting: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_momento-emulator"));
    command.args(arguments);
    command
}

/// Starts the program with its files in `folder`, and returns when it has said that it is ready.
fn start(folder: &Path, arguments: &[&str]) -> Program {
    let mut child = command(arguments)
        .args(["--listen", "127.0.0.1:0", "--port-file", "port", "--api-key-file", "key"])
        .current_dir(folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut greeting = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
    Program { child, greeting }
}

fn end(mut program: Program, signal: &str) -> Option<i32> {
    assert!(Command::new("kill").args([signal, &program.child.id().to_string()]).status().unwrap().success());
    program.child.wait().unwrap().code()
}

#[test]
fn it_writes_its_address_and_its_key_says_that_it_is_ready_and_ends_on_a_signal() {
    for signal in ["-TERM", "-INT"] {
        let folder = TempDir::new().unwrap();
        let program = start(folder.path(), &[]);
        let address: SocketAddr = fs::read_to_string(folder.path().join("port")).unwrap().trim().parse().unwrap();
        assert!(address.ip().is_loopback());
        assert_ne!(address.port(), 0);
        assert!(program.greeting.contains(&format!("http://{address}")), "{}", program.greeting);

        let key = folder.path().join("key");
        let text = fs::read_to_string(&key).unwrap();
        assert!(!program.greeting.contains(text.trim()));
        assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
        #[expect(deprecated, reason = "the SDK has no other way to read a v1 key")]
        momento::CredentialProvider::from_string(text.trim()).unwrap();

        assert_eq!(end(program, signal), Some(0));
        assert!(!folder.path().join("port").exists());
        assert_eq!(fs::read_to_string(&key).unwrap(), text);
    }
}

#[test]
fn it_takes_the_key_that_is_there_already() {
    let folder = TempDir::new().unwrap();
    end(start(folder.path(), &[]), "-TERM");
    let text = fs::read_to_string(folder.path().join("key")).unwrap();
    end(start(folder.path(), &[]), "-TERM");
    assert_eq!(fs::read_to_string(folder.path().join("key")).unwrap(), text);

    fs::write(folder.path().join("key"), "sesame").unwrap();
    let refused =
        command(&["--listen", "127.0.0.1:0", "--api-key-file", "key"]).current_dir(folder.path()).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(message.contains("not a Momento API key") && !message.contains("sesame"), "{message}");
}

#[test]
fn a_port_in_use_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let refused = command(&["--listen", &address]).output().unwrap();
    let message = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(message.contains(&address) && message.contains("in use") && message.contains("another port"), "{message}");
}

#[test]
fn an_address_that_others_can_reach_is_refused() {
    for address in ["0.0.0.0:0", "[::]:0"] {
        let refused = command(&["--listen", address]).output().unwrap();
        let message = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1));
        assert!(message.contains("127.0.0.1"), "{message}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = TempDir::new().unwrap();
    let refused = command(&["--listen", "127.0.0.1:0", "--port-file", "missing/port"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("missing/port"));
}

#[test]
fn its_help_says_what_it_does_not_do() {
    let help = String::from_utf8(command(&["--help"]).output().unwrap().stdout).unwrap();
    assert!(help.contains("does NOT"), "{help}");
    for option in
        ["--listen", "--port-file", "--api-key-file", "--endpoint", "--cache", "--tokens-per-second", "--fault"]
    {
        assert!(help.contains(option), "{option}");
    }
}

#[test]
fn a_fault_that_makes_no_sense_is_a_usage_error() {
    let refused = command(&["--fault", r#"{"rpc": "Get", "status": "unavailable"}"#]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8(refused.stderr).unwrap().contains("such as UNAVAILABLE"));
}

#[test]
fn a_certificate_comes_with_its_key_and_one_that_cannot_be_read_is_named() {
    let alone = command(&["--listen", "127.0.0.1:0", "--tls-cert", "no.pem"]).output().unwrap();
    assert_eq!(alone.status.code(), Some(2));
    assert!(String::from_utf8(alone.stderr).unwrap().contains("--tls-key"));
    let both = ["--listen", "127.0.0.1:0", "--tls-cert", "no.pem", "--tls-key", "no.pem"];
    let missing = command(&both).output().unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(String::from_utf8(missing.stderr).unwrap().contains("cannot read no.pem"));
}
