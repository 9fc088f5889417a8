//! All that is wrong with a file that is not accepted.
//!
//! The file is read again and again; what cannot be read is said, and left out the next time, or replaced where the table needs it. So the
//! rules are checked of all that can be read, and a rule that is broken because of what cannot be read is not said.

use serde::Deserialize;
use toml::de::{DeTable, DeValue};

use crate::authorizer::AuthorizerKind;
use crate::cognito::TokenUse;
use crate::error::{ConfigError, ConfigErrors, Problem};
use crate::file::ConfigFile;
use crate::follow_up;
use crate::node::{Node, Repairs, Slip, What};
use crate::original::Kind;
use crate::path::{Path, Step};
use crate::position::{Source, in_order, offset_of, value_at};
use crate::rule::Broken;
use crate::shape;
use crate::syntax;
use crate::validate;
use tvm_policy::AuthMode;

/// Beyond so many errors, nobody reads on, and each costs another reading.
const MOST_ERRORS: usize = 200;

/// What stands for a key that a table must have.
const STAND_INS: &str = "auth = \"Open\"\ncache = \"c\"\ntopic = \"t\"\nkey = \"k\"\nfunction = \"f\"\nname = \"a.example\"\ncertificate = \"arn\"\n\
                         permissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n\
                         Cache = \"ReadOnly\"\nTopic = \"SubscribeOnly\"\nFunction = \"Invoke\"";

/// Everything that is wrong with the file, in its order.
pub(crate) fn errors(source: Source<'_>, auth: Option<AuthMode>) -> ConfigErrors {
    let syntax = syntax::check(source);
    let mut errors = syntax.errors;
    if let Some((text, unread)) = &syntax.rest {
        let (top, _) = DeTable::parse_recoverable(text);
        let root = DeValue::Table(top.into_inner());
        let mut reading = Reading { source, root: &root, repairs: Repairs::default(), unread: unread.clone(), errors };
        if let Some(file) = reading.read() {
            reading.check(&file, auth);
        }
        errors = reading.errors;
    }
    in_order(errors)
}

/// How the next attempt reads on.
enum Repair {
    /// It cannot.
    None,
    /// With the value that can only have been meant.
    AsMeant,
    /// Without the value.
    Without,
}

struct Reading<'r> {
    source: Source<'r>,
    root: &'r DeValue<'r>,
    repairs: Repairs,
    /// What could not be read.
    unread: Vec<Path>,
    errors: Vec<ConfigError>,
}

impl Reading<'_> {
    /// What can be read; `None` where that is nothing.
    fn read(&mut self) -> Option<ConfigFile> {
        let mut advised = Vec::new();
        while self.errors.len() < MOST_ERRORS {
            let slip = match ConfigFile::deserialize(Node::new(self.root, &self.repairs)) {
                Ok(file) => return Some(file),
                Err(slip) => slip,
            };
            let path = match slip.what {
                What::Missing(key) => slip.path().key(key),
                _ => slip.path(),
            };
            if !self.is_known(&path, &slip, &advised) {
                let said = shape::said(&slip, self.root);
                advised.extend(said.advised);
                let line = self.source.line(offset_of(self.root, &path));
                self.errors.push(self.source.error(line, Problem::Unreadable(said.message)));
            }
            match self.repair(&slip) {
                Repair::None => return None,
                Repair::AsMeant => {}
                Repair::Without => self.unread.push(path),
            }
        }
        None
    }

    /// Whether it follows from what was said before.
    fn is_known(&self, path: &Path, slip: &Slip, advised: &[Path]) -> bool {
        match slip.what {
            What::Missing(_) => self.unread.contains(path) || advised.contains(path),
            // Of a value that something was left out of.
            What::Said(_) => self.unread.iter().any(|unread| unread.begins_with(path)),
            _ => false,
        }
    }

    /// Has the next attempt read on.
    fn repair(&mut self, slip: &Slip) -> Repair {
        let path = slip.path();
        let Some(value) = value_at(self.root, &path) else { return Repair::None };
        if let What::Missing(key) = slip.what
            && let Some(stand_in) = stand_in(key, value)
        {
            self.repairs.supply(value, key, stand_in);
            return Repair::Without;
        }
        if !self.repairs.drop(value) {
            return Repair::None;
        }
        let (Some(Step::Key(key)), Some(table)) = (path.0.last(), value_at(self.root, &path.parent())) else {
            return Repair::Without;
        };
        if let Some(meant) = shape::meant(slip) {
            self.repairs.supply(table, key, DeValue::String(meant.into()));
            return Repair::AsMeant;
        }
        // What the permission is for is known even so.
        if !matches!(slip.what, What::UnknownKey { .. })
            && let "topic" | "key" | "function" = key.as_str()
            && let Some(stand_in) = stand_in(key, table)
        {
            self.repairs.supply(table, key, stand_in);
        }
        Repair::Without
    }

    /// Adds the rules that it breaks, whatever could not be read.
    fn check(&mut self, file: &ConfigFile, auth: Option<AuthMode>) {
        const EVERY_MODE: [AuthMode; 3] = [AuthMode::Open, AuthMode::LambdaAuthorizer, AuthMode::AmazonCognito];
        let is_unread = self.unread.contains(&Path::default().key("auth"));
        let mut file = file.clone();
        // The other keys of these tables are for tokens, and are checked as such.
        let top = Path::default();
        if self.unread.contains(&top.key("authorizer").key("kind")) {
            file.authorizer.kind = AuthorizerKind::Jwt;
        }
        if self.unread.contains(&top.key("cognito").key("token_use")) {
            file.cognito.token_use = TokenUse::Access;
        }
        let modes: Vec<AuthMode> = match auth {
            Some(auth) => vec![auth],
            None if is_unread => EVERY_MODE.to_vec(),
            None => vec![file.auth],
        };
        let broken = modes.into_iter().map(|mode| {
            let mut file = file.clone();
            file.fill_in(Some(mode));
            validate::policy(&file).err().unwrap_or_default()
        });
        let broken = broken.reduce(|all, these| all.into_iter().filter(|one| these.contains(one)).collect());
        let broken: Broken = broken
            .unwrap_or_default()
            .into_iter()
            .map(|(path, mut rule)| {
                if let Some(other) = rule.other_place() {
                    other.path = self.as_written(&other.path);
                }
                (self.as_written(&path), rule)
            })
            .filter(|(path, rule)| !follow_up::is_doubtful(path, rule, &self.unread))
            .collect();
        self.errors.extend(self.source.errors_of(broken, self.root));
    }

    /// The path with the places in lists that the file has, of one in lists without what could not be read.
    fn as_written(&self, path: &Path) -> Path {
        let mut written = Path::default();
        for step in &path.0 {
            let list = value_at(self.root, &written).and_then(DeValue::as_array);
            let step = match (step, list) {
                (Step::Index(index), Some(list)) => {
                    let read = list.iter().enumerate().filter(|(_, value)| !self.repairs.has_dropped(value.get_ref()));
                    Step::Index(read.map(|(at, _)| at).nth(*index).unwrap_or(*index))
                }
                _ => step.clone(),
            };
            written.0.push(step);
        }
        written
    }
}

/// A value for a key that this table must have.
fn stand_in(key: &str, table: &DeValue<'_>) -> Option<DeValue<'static>> {
    let name = match (key, shape::kind_of_permission(Some(table))) {
        ("role", Kind::Cache) => "Cache",
        ("role", Kind::Topic) => "Topic",
        ("role", Kind::Function) => "Function",
        (other, _) => other,
    };
    DeTable::parse(STAND_INS).ok()?.get_ref().get(name).map(|value| value.get_ref().clone())
}
