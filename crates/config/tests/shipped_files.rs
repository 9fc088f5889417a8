//! The files of `config/`: every one is accepted, the schema is current, and the shipped one serves every mode.
//! Real: the files as they are shipped.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::fs;
use std::path::{Path, PathBuf};

use tvm_config::Config;
use tvm_policy::AuthMode;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config")
}

fn examples() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder().join("examples")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_shipped_file_works_in_all_three_modes_by_changing_auth_alone() {
    let text = fs::read_to_string(folder().join("tvm.toml")).unwrap();
    for mode in [AuthMode::Open, AuthMode::LambdaAuthorizer, AuthMode::AmazonCognito] {
        let changed = text.replace("auth = \"Open\"", &format!("auth = \"{}\"", mode.as_str()));
        let config = Config::parse("tvm.toml", &changed).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(config.auth(), mode);
        assert_eq!(config.warnings("tvm.toml", &changed), [], "{}", mode.as_str());
        let groups: Vec<&str> = config.group_names().map(tvm_policy::GroupName::as_str).collect();
        assert_eq!(groups, ["ReadOnlyUserGroup", "ReadWriteUserGroup"]);
    }
}

#[test]
fn every_example_is_accepted_without_a_warning() {
    let files = examples();
    assert!(files.len() >= 6, "{files:?}");
    for file in files {
        let name = file.display().to_string();
        let text = fs::read_to_string(&file).unwrap();
        let config = Config::parse(&name, &text).unwrap_or_else(|errors| panic!("{errors}"));
        assert_eq!(config.warnings(&name, &text), [], "{name}");
    }
}

#[test]
fn the_schema_beside_the_file_is_the_one_the_types_give() {
    let path = folder().join("tvm.schema.json");
    let current = fs::read_to_string(&path).unwrap_or_default();
    // Not `assert_eq!`, which would print both.
    assert!(current == tvm_config::schema(), "run `make docs-tables`");
}

#[test]
fn the_schema_knows_the_keys_and_values_that_the_parser_knows() {
    let schema: serde_json::Value = serde_json::from_str(&tvm_config::schema()).unwrap();
    let keys = |pointer: &str| -> Vec<String> {
        schema.pointer(pointer).and_then(|table| table.as_object()).unwrap().keys().cloned().collect()
    };
    let top = keys("/properties");
    for (table, pointer) in [
        ("", "/properties"),
        ("[token]\n", "/$defs/TokenTable/properties"),
        ("[momento]\n", "/$defs/MomentoTable/properties"),
        ("[authorizer]\n", "/$defs/AuthorizerTable/properties"),
        ("[api]\n", "/$defs/ApiTable/properties"),
        ("[api.waf]\n", "/$defs/WafTable/properties"),
        ("[api.domain]\n", "/$defs/DomainTable/properties"),
        ("[api.usage_plan]\n", "/$defs/UsagePlanTable/properties"),
        ("[reuse]\n", "/$defs/ReuseTable/properties"),
        ("[limits]\n", "/$defs/LimitsTable/properties"),
        ("[secrets]\n", "/$defs/SecretsTable/properties"),
        ("[deployment]\n", "/$defs/DeploymentTable/properties"),
        ("[functions]\n", "/$defs/FunctionsTable/properties"),
        ("[monitoring]\n", "/$defs/MonitoringTable/properties"),
        ("[web]\n", "/$defs/WebTable/properties"),
    ] {
        let error = Config::parse("f", &format!("auth = \"Open\"\n{table}no-such-key = 1")).unwrap_err().to_string();
        for key in keys(pointer) {
            assert!(error.contains(&key), "the parser does not list `{key}`: {error}");
            if !top.contains(&key) {
                let misplaced = Config::parse("f", &format!("auth = \"Open\"\n{key} = 1")).unwrap_err().to_string();
                assert!(misplaced.contains(table.trim()), "`{key}` is in {table}: {misplaced}");
            }
        }
    }
}
