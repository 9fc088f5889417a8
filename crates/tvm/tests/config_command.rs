//! `tvm config` as its users call it: exit codes, what goes to which stream, and what an error says.
//! Real: the built program and the files of `config/`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn tvm(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tvm"));
    command.current_dir(root).env_remove("TVM_CONFIG").env_remove("AWS_REGION").args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn file(content: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{}.toml", std::process::id(), content.len()));
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn the_shipped_file_is_checked_where_none_is_named() {
    let output = tvm(&["config", "check"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("config/tvm.toml is accepted: Open, tokens of 3600 s"));
}

/// A file can come from others: in a pull request, say.
#[test]
fn what_is_quoted_of_a_file_hides_nothing() {
    let base = "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n";
    for wrong in [format!("{base}\"k\u{202e}ey\" = 1\n"), base.replace("ReadOnly", "Read\u{9b}2J\u{3164}Only")] {
        let path = file(&wrong);
        let output = tvm(&["config", "check", path.to_str().unwrap()]);
        let said = text(&output.stderr);
        assert!(!output.status.success() && said.contains("\\u"), "{said:?}");
        assert!(!said.contains(['\u{202e}', '\u{9b}', '\u{3164}']), "{said:?}");
    }
}

#[test]
fn what_is_no_text_in_utf_8_is_named_and_a_folder_as_well() {
    for (path, expected) in [
        ("config", "config is a folder; name the file in it, such as config/tvm.toml"),
        (
            "crates/config/tests/broken/utf-16-le-with-bom.toml",
            "utf-16-le-with-bom.toml:1: the file is in UTF-16; save it as",
        ),
        ("crates/config/tests/broken/latin-1.toml", "latin-1.toml:3: this line is not in UTF-8"),
        ("config/none.toml", "config/none.toml cannot be read"),
    ] {
        let output = tvm(&["config", "check", path]);
        let said = text(&output.stderr);
        assert_eq!((output.status.code(), said.lines().count()), (Some(1), 1), "{said}");
        assert!(said.contains(expected), "{path}: {said}");
    }
}

/// For people and for programs.
#[test]
fn one_run_says_all_that_is_wrong() {
    const FILE: &str = "crates/config/tests/broken/fourteen-mistakes.toml";
    let output = tvm(&["config", "check", FILE]);
    let said = text(&output.stderr);
    assert_eq!(said.lines().filter(|line| line.contains("fourteen-mistakes.toml:")).count(), 14, "{said}");
    let output = tvm(&["config", "check", "--json", FILE]);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["errors"].as_array().map(Vec::len), Some(14), "{json}");
}

#[test]
fn the_region_that_a_file_is_for_decides_about_some_of_it() {
    let wrong = file(
        "auth = \"Open\"\n[api.domain]\nname = \"t.example.com\"\n\
         certificate = \"arn:aws:acm:us-east-1:111122223333:certificate/a\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
    );
    let path = wrong.to_str().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let run = |region: Option<&str>, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tvm"));
        command.current_dir(&root).env_remove("AWS_REGION").envs(region.map(|region| ("AWS_REGION", region)));
        let output = command.args(arguments).output().unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    for (region, arguments) in [
        (None, &["config", "check", "--region", "eu-west-1", path] as &[&str]),
        (Some("eu-west-1"), &["config", "check", path]),
        (Some("us-east-1"), &["config", "check", "--region", "eu-west-1", path]),
        (None, &["config", "render", "--region", "eu-west-1", path]),
    ] {
        let (code, out, notes) = run(region, arguments);
        assert_eq!((code, out.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(notes.contains(":4: `api.domain.certificate`") && notes.contains("arn:aws:acm:eu-west-1:"), "{notes}");
    }
    let (code, out, _) = run(None, &["config", "check", "--json", "--region", "eu-west-1", path]);
    let said: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((code, &said["accepted"], &said["errors"][0]["line"]), (Some(1), &false.into(), &4.into()));
    assert_eq!(said["region"], "eu-west-1");
    // The app may be for another region than the environment: what is rendered is checked only where that is asked for.
    for (region, arguments) in [
        (None, &["config", "check", path] as &[&str]),
        (Some("us-east-1"), &["config", "check", path]),
        (Some("eu-west-1"), &["config", "render", path]),
        // No region, and nothing that AWS's programs would take for one.
        (Some("local"), &["config", "check", path]),
    ] {
        assert_eq!(run(region, arguments).0, Some(0), "{region:?} {arguments:?}");
    }
    assert!(run(Some("us-east-1"), &["config", "check", path]).1.contains("is accepted in us-east-1: Open"));
    assert!(run(None, &["config", "check", "--region", "Frankfurt"]).2.contains("as in eu-central-1"));
    for arguments in [&["config", "check", path] as &[&str], &["config", "check", "--json", path]] {
        let notes = run(Some("eu-west1"), arguments).2;
        assert!(notes.contains("AWS_REGION is `eu-west1`, which is not the name of an AWS region"), "{notes}");
        assert!(!run(None, arguments).2.contains("AWS_REGION"));
    }
}

#[test]
fn a_check_for_programs_says_all_that_is_wrong_by_its_line() {
    let json = |arguments: &[&str]| {
        let output = tvm(&[&["config", "check", "--json"], arguments].concat());
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), said)
    };
    let (code, said) = json(&[]);
    assert_eq!((code, &said["accepted"], &said["errors"]), (Some(0), &true.into(), &serde_json::json!([])));

    let wrong = file(
        "auth = \"Open\"\n[momento]\nendpoint = \"not a host\"\nsecret = \" \"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
    );
    let (code, said) = json(&[wrong.to_str().unwrap()]);
    assert_eq!((code, &said["accepted"]), (Some(1), &false.into()));
    let lines: Vec<_> =
        said["errors"].as_array().unwrap().iter().map(|error| error["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [3, 4]);
    assert!(said["errors"][0]["message"].as_str().unwrap().starts_with("`momento.endpoint`"), "{said}");

    let open_page = file("auth = \"Open\"\n[web]\nenabled = true\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"");
    let (code, said) = json(&[open_page.to_str().unwrap()]);
    assert_eq!((code, &said["warnings"][0]["line"]), (Some(0), &3.into()));
}

#[test]
fn rendering_prints_json_that_another_program_can_read() {
    for mode in ["Open", "LambdaAuthorizer", "AmazonCognito"] {
        let output = tvm(&["config", "render", "--auth", mode]);
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(json["auth"], mode);
        assert_eq!(json["token"]["expires_in"], 3600);
        assert_eq!(json["authorizer"]["credentials"], "headers");
        assert_eq!(json["token"]["id"], if mode == "Open" { "{query.name}" } else { "{username}" });
    }
}

#[test]
fn rendered_json_says_which_file_it_is_of_unless_another_mode_was_asked_for() {
    let rendered = |path: &Path, more: &[&str]| {
        let output = tvm(&[&["config", "render", path.to_str().unwrap()], more].concat());
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let content = "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n# the source\n";
    let plain = rendered(&file(content), &[]);
    // By `sha256sum` of that text.
    assert_eq!(plain["source"]["sha256"], "25e2f8ce619449ea128719420a5c31ccc16be535b8f1ca3443f377d0fef5cfab");
    let on_windows = rendered(&file(&content.replace('\n', "\r\n")), &[]);
    assert_eq!(on_windows["source"], plain["source"]);
    assert_eq!(rendered(&file(content), &["--auth", "Open"]), plain);
    assert_eq!(rendered(&file(content), &["--auth", "AmazonCognito"])["source"], serde_json::Value::Null);
}

#[test]
fn the_canonical_toml_is_accepted_again_in_the_mode_asked_for() {
    let output = tvm(&["config", "render", "--auth", "AmazonCognito", "--format", "toml"]);
    let rendered = file(&text(&output.stdout));
    let checked = tvm(&["config", "check", rendered.to_str().unwrap()]);
    assert!(text(&checked.stdout).contains("AmazonCognito"), "{}", text(&checked.stderr));
}

#[test]
fn a_wrong_file_fails_with_every_error_on_standard_error() {
    let wrong = file("auth = \"Open\"\n[token]\nid = \"{sub}\"\n");
    let output = tvm(&["config", "render", wrong.to_str().unwrap()]);
    let errors = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    assert_eq!(errors.matches("error: ").count(), 2, "{errors}");
    assert!(errors.contains(":3: `token.id`"), "{errors}");
}

#[test]
fn a_missing_file_is_named_with_what_to_do() {
    let output = tvm(&["config", "check", "nowhere.toml"]);
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    assert!(errors.contains("nowhere.toml cannot be read") && errors.contains("config/examples/"), "{errors}");
}

/// The check is the first thing that `make deploy` and the CDK app run: what it refuses is in no template, and in no output.
#[test]
fn a_key_in_the_file_is_refused_and_in_no_output() {
    let planted = "PLANTEDplantedPLANTEDplanted0123456789PLANTED";
    for line in [
        format!("secret = \"eyJlbmRwb2ludCI6{planted}==\""),
        format!("secret = \"eyJhbGciOiJIUzUxMiJ9.eyJ0{planted}.{planted}\""),
        format!("secret = \"mom_{planted}\""),
        format!("secret = eyJ{planted}"),
        format!("endpoint = \"eyJ{planted}\""),
        format!("api_key = \"eyJ{planted}\""),
        format!("eyJ{planted} = \"x\""),
    ] {
        let path =
            file(&format!("auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n[momento]\n{line}\n"));
        let path = path.to_str().unwrap();
        for arguments in [
            &["config", "check", path] as &[&str],
            &["config", "check", "--json", path],
            &["config", "render", path],
            &["config", "explain", path],
            &["doctor", "--offline", path],
            &["doctor", "--offline", "--json", path],
        ] {
            let output = tvm(arguments);
            let said = text(&output.stdout) + &text(&output.stderr);
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
            assert!(!said.to_lowercase().contains("planted"), "{arguments:?}: {said}");
        }
    }
}
