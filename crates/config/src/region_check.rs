//! What the region of a deployment makes of its configuration: what has to be in that region, and what its partition lacks.
//!
//! The file does not say where it is deployed. `tvm config check --region`, the doctor and the CDK app know the region, and apply these
//! rules. docs/partitions.md has them in a table, with the pages of AWS that they are from.

use tvm_policy::AuthMode;

use crate::authorizer::AuthorizerKind;
use crate::config::Config;
use crate::error::ConfigErrors;
use crate::file::ConfigFile;
use crate::path::Path;
use crate::position::Source;
use crate::region::{Location, Partition, Region, RegionRule};
use crate::rule::{Broken, Rule};

impl Config {
    /// Whether it can be deployed in `region`: what has to be there is, and nothing that the region's partition lacks is asked
    /// for. `text` is what was parsed, and `file_name` what errors call it.
    ///
    /// # Errors
    /// [`ConfigErrors`]: every [`RegionRule`] that is broken.
    pub fn check_in_region(&self, region: &Region, file_name: &str, text: &str) -> Result<(), ConfigErrors> {
        let broken = broken(&self.file, region);
        if broken.is_empty() { Ok(()) } else { Err(Source { file: file_name, text }.broken_rules(broken)) }
    }
}

/// Something in AWS that the file names, and where AWS takes it.
struct Named<'f> {
    path: Path,
    /// As its ARN or its id says; a name alone says none.
    location: Option<Location<'f>>,
    /// Where it has to be; `None`: in any region of the partition.
    needs: Option<Needs>,
}

/// What has to be in the region of the deployment, or of its secrets.
#[derive(Clone, Copy)]
enum Needs {
    Certificate,
    Topic,
    Key,
    LogKey,
}

fn broken(file: &ConfigFile, region: &Region) -> Broken {
    let mut broken = lacking(file, region.partition());
    for named in named(file) {
        let Some(place) = named.location else { continue };
        let rule = place.out_of_reach(region).or_else(|| elsewhere(named.needs?, place, file, region));
        broken.extend(rule.map(|rule| (named.path, Rule::Region(rule))));
    }
    broken
}

/// Everything that the file names and the mode has a use for.
fn named<'f>(file: &'f ConfigFile) -> impl Iterator<Item = Named<'f>> {
    let path = |table: &str, key: &str| Path::default().key(table).key(key);
    let pool = file.cognito.user_pool.as_deref().filter(|_| file.auth == AuthMode::AmazonCognito);
    let certificate = file.api.domain.as_ref().map(|domain| &domain.certificate);
    // The name of a secret may look like the id of a pool.
    let arn = |text: Option<&'f String>| text.and_then(|text| Location::of_arn(text));
    // Without one of its own, the key of the secrets is that of the deployment, which is looked at for itself.
    let own_key = file.secrets.kms_key.as_ref().filter(|key| file.deployment.kms_key.as_ref() != Some(key));
    let all = [
        // A function asks the region that the secret's ARN says, and API Gateway a user pool in any region ("Obtain permissions
        // to create Amazon Cognito user pool authorizers for a REST API").
        (path("momento", "secret"), arn(file.momento.secret.as_ref()), None),
        (path("authorizer", "hmac_secret"), arn(hmac_secret(file)), None),
        (path("cognito", "user_pool"), pool.and_then(Location::of), None),
        (path("secrets", "kms_key"), arn(own_key), Some(Needs::Key)),
        (path("deployment", "kms_key"), arn(file.deployment.kms_key.as_ref()), Some(Needs::LogKey)),
        (path("monitoring", "alarm_topic"), arn(file.monitoring.alarm_topic.as_ref()), Some(Needs::Topic)),
        (path("api", "domain").key("certificate"), arn(certificate), Some(Needs::Certificate)),
    ];
    all.into_iter().map(|(path, location, needs)| Named { path, location, needs })
}

fn hmac_secret(file: &ConfigFile) -> Option<&String> {
    file.authorizer.hmac_secret.as_ref().filter(|_| file.auth == AuthMode::LambdaAuthorizer)
}

fn elsewhere(needs: Needs, place: Location<'_>, file: &ConfigFile, region: &Region) -> Option<RegionRule> {
    let theirs = place.region.to_owned();
    let ours = region.as_str().to_owned();
    match needs {
        Needs::Key => {
            let secrets = regions_of_secrets(file, region);
            (!secrets.contains(&place.region)).then(|| RegionRule::Key { theirs, ours: secrets.join(" and ") })
        }
        _ if place.region == region.as_str() => None,
        Needs::Certificate => Some(RegionRule::Certificate { theirs, ours, partition: region.partition().as_str() }),
        Needs::Topic => Some(RegionRule::Topic { theirs, ours }),
        Needs::LogKey => Some(RegionRule::LogKey { theirs, ours }),
    }
}

/// Where a key may be: in the region of the secrets that the deployment makes, or of the existing ones where it makes none.
fn regions_of_secrets<'f>(file: &'f ConfigFile, region: &'f Region) -> Vec<&'f str> {
    let lists_users = file.auth == AuthMode::LambdaAuthorizer && file.authorizer.kind == AuthorizerKind::Credentials;
    let Some(api_key) = file.momento.secret.as_ref().filter(|_| !lists_users) else { return vec![region.as_str()] };
    let existing = [Some(api_key), hmac_secret(file)].into_iter().flatten();
    let mut regions: Vec<&str> =
        existing.map(|secret| Location::of_arn(secret).map_or(region.as_str(), |place| place.region)).collect();
    regions.dedup();
    regions
}

/// What is asked for and the partition does not have.
fn lacking(file: &ConfigFile, partition: Partition) -> Broken {
    let top = Path::default();
    let has_zone = file.api.domain.as_ref().is_some_and(|domain| domain.hosted_zone.is_some());
    let all = match partition {
        Partition::GovCloud => vec![
            (file.web.enabled, top.key("web").key("enabled"), RegionRule::PageInGovCloud),
            (has_zone, top.key("api").key("domain").key("hosted_zone"), RegionRule::NoPublicZone),
        ],
        Partition::China => vec![
            (file.auth == AuthMode::AmazonCognito, top.key("auth"), RegionRule::NoUserPools),
            (file.web.enabled, top.key("web").key("enabled"), RegionRule::PageInChina),
            (file.functions.tracing, top.key("functions").key("tracing"), RegionRule::NoTracing),
        ],
        Partition::Commercial | Partition::Other(_) => Vec::new(),
    };
    all.into_iter().filter(|(asked, ..)| *asked).map(|(_, path, rule)| (path, Rule::Region(rule))).collect()
}
