//! `tvm completions` and `tvm man`: they know every command.
//! Real: the built program, and bash, which reads the completions.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer wanted")]

use std::fs;
use std::process::{Command, Output, Stdio};

fn tvm(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tvm")).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn bash_completes_commands_and_options() {
    let script = text(&tvm(&["completions", "bash"]).stdout);
    let asked = "COMP_WORDS=(tvm key set --end); COMP_CWORD=3; _tvm tvm --end set; echo \"${COMPREPLY[@]}\"";
    let bash = Command::new("bash").args(["-c", &format!("{script}\n{asked}")]).output().unwrap();
    assert_eq!(text(&bash.stdout).trim(), "--endpoint", "{}", text(&bash.stderr));
    for shell in ["zsh", "fish", "powershell", "elvish"] {
        assert!(text(&tvm(&["completions", shell]).stdout).contains("explain"), "{shell}");
    }
}

#[test]
fn the_manual_has_a_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    assert!(tvm(&["man", folder.path().to_str().unwrap()]).status.success());
    let mut pages: Vec<String> =
        fs::read_dir(folder.path()).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    pages.retain(|page| !page.contains("help"));
    pages.sort_unstable();
    for page in ["tvm.1", "tvm-doctor.1", "tvm-config-explain.1", "tvm-key-set.1", "tvm-token.1", "tvm-user-add.1"] {
        assert!(pages.iter().any(|it| it == page), "{page} in {pages:?}");
    }
    assert!(text(&tvm(&["man"]).stdout).contains("tvm\\-config"));
    let nowhere = tvm(&["man", "nowhere/at/all"]);
    assert!(text(&nowhere.stderr).contains("name a folder that is there"), "{}", text(&nowhere.stderr));
    assert_eq!(nowhere.status.code(), Some(1));
}

#[test]
fn the_document_has_every_command_as_the_program_has_it() {
    let document = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/command-line.md")).unwrap();
    let commands = text(&tvm(&["man", "--markdown"]).stdout);
    for command in ["tvm config explain", "tvm doctor", "tvm key set", "tvm user add"] {
        assert!(commands.contains(&format!("\n### `{command}`\n")), "{command}: {commands}");
    }
    assert!(commands.contains("| `--since <TIME>` |") && commands.contains("Environment: `TVM_STACK`."), "{commands}");
    // Not `assert_eq!`, which would print both.
    assert!(document.contains(commands.trim()), "run `make docs-commands`");
}

#[test]
fn a_reader_that_leaves_is_no_panic() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tvm"))
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let done = child.wait_with_output().unwrap();
    assert!(!text(&done.stderr).contains("panicked"), "{}", text(&done.stderr));
}
