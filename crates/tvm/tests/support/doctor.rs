//! Runs `tvm doctor` on a computer that is made up (`tests/computer`), and reads what it found.
#![allow(clippy::indexing_slicing, reason = "in a test a panic is the answer wanted")]

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use super::{Done, command, run};

/// A folder without anything, and the programs that are on the PATH there.
pub(crate) struct Computer {
    folder: TempDir,
    path: String,
}

/// The report as programs get it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) code: Option<i32>,
    report: Value,
}

impl Computer {
    /// One with these folders of `tests/computer` on its PATH.
    pub(crate) fn with(programs: &[&str]) -> Self {
        let folder = |name: &&str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/computer").join(name);
        let path: Vec<PathBuf> = programs.iter().map(folder).collect();
        let path = std::env::join_paths(path).unwrap().into_string().unwrap();
        Self { folder: tempfile::tempdir().unwrap(), path }
    }

    /// One with this configuration.
    pub(crate) fn configured(self, configuration: &str) -> Self {
        std::fs::create_dir(self.folder.path().join("config")).unwrap();
        std::fs::write(self.folder.path().join("config/tvm.toml"), configuration).unwrap();
        self
    }

    /// Puts an empty file there.
    pub(crate) fn keeps(&self, path: &str) {
        self.has(path, "");
    }

    /// Puts a file with this content there.
    pub(crate) fn has(&self, path: &str, content: &str) {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    /// `tvm doctor` there, with AWS at `aws`.
    pub(crate) fn doctor(&self, aws: &str, arguments: &[&str]) -> Command {
        let mut command = command(aws, &[&["doctor"], arguments].concat());
        command.current_dir(self.folder.path()).env("PATH", &self.path);
        command
    }

    /// What it says there, to people.
    pub(crate) async fn told(&self, aws: &str, arguments: &[&str]) -> Done {
        let done = run(self.doctor(aws, arguments), "").await;
        assert!(!done.printed().contains("planted"), "{done:?}");
        done
    }

    /// What it finds there.
    pub(crate) async fn found(&self, aws: &str, arguments: &[&str]) -> Found {
        Found::of(&self.told(aws, &[arguments, &["--json"]].concat()).await)
    }
}

impl Found {
    /// What is in a report that was printed as JSON.
    pub(crate) fn of(done: &Done) -> Self {
        let report = serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {done:?}"));
        Self { code: done.code, report }
    }

    /// `fine`, `warning`, `trouble` or `skipped`, and what is said of it with its fix.
    pub(crate) fn of_title(&self, title: &str) -> (&str, String) {
        let checks = self.report["checks"].as_array().unwrap();
        let mut found = checks.iter().filter(|check| check["title"] == title);
        let check = found.next().unwrap_or_else(|| panic!("{title} in {self:?}"));
        assert!(found.next().is_none(), "{title} once in {self:?}");
        let said = ["note", "what", "why", "fix"].map(|key| check[key].as_str().unwrap_or_default());
        (check["outcome"].as_str().unwrap(), said.join(" ").trim().to_owned())
    }

    /// It is this, and these words are said.
    pub(crate) fn has(&self, title: &str, outcome: &str, words: &[&str]) {
        let (is, said) = self.of_title(title);
        assert_eq!(is, outcome, "{title}: {said}");
        assert!(words.iter().all(|word| said.contains(word)), "{title}: {said}");
    }

    /// The titles of all that is this.
    pub(crate) fn titles(&self, outcome: &str) -> Vec<&str> {
        let checks = self.report["checks"].as_array().unwrap().iter();
        let of_it = checks.filter(|check| check["outcome"] == outcome);
        of_it.map(|check| check["title"].as_str().unwrap()).collect()
    }

    /// How much is in the way, as it says.
    pub(crate) fn in_the_way(&self) -> u64 {
        self.report["in_the_way"].as_u64().unwrap()
    }
}
