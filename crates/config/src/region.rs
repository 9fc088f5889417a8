//! What the region of a deployment makes of its configuration: what has to be in that region, and what its partition lacks.
//!
//! The file does not say where it is deployed. `tvm config check --region`, the doctor and the CDK app know the region, and apply these
//! rules. docs/partitions.md has them in a table, with the pages of AWS that they are from.

use std::fmt;

use crate::arn::Arn;
use crate::authorizer::AuthorizerKind;
use crate::config::Config;
use crate::error::{ConfigErrors, Rule};
use crate::file::ConfigFile;
use crate::position::{Path, Source};
use crate::validate::Broken;
use tvm_policy::AuthMode;

/// A region of AWS, such as `eu-central-1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region(String);

impl Region {
    /// The region of this name; whether AWS has it is not known here.
    pub fn parse(name: &str) -> Option<Self> {
        let parts: Vec<&str> = name.split('-').collect();
        let (number, words) = parts.split_last()?;
        let are = |text: &str, allowed: fn(&u8) -> bool| !text.is_empty() && text.bytes().all(|byte| allowed(&byte));
        let is_region = words.len() >= 2
            && words.iter().all(|word| are(word, u8::is_ascii_lowercase))
            && are(number, u8::is_ascii_digit);
        is_region.then(|| Self(name.to_owned()))
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn partition(&self) -> Partition {
        Partition::of(&self.0)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// A part of AWS with accounts of its own: nothing in one reaches anything in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Partition {
    /// `aws`.
    Commercial,
    /// `aws-cn`, the regions in China.
    China,
    /// `aws-us-gov`, the regions for the government of the US.
    GovCloud,
    /// One of which nothing is known here but its name.
    Other(&'static str),
}

/// How the names of the regions of each partition begin; where nothing fits, it is `aws`. A test holds it against `aws-cdk-lib`.
const PREFIXES: [(&str, Partition); 7] = [
    ("cn-", Partition::China),
    ("us-gov-", Partition::GovCloud),
    ("us-iso-", Partition::Other("aws-iso")),
    ("us-isob-", Partition::Other("aws-iso-b")),
    ("us-isof-", Partition::Other("aws-iso-f")),
    ("eu-isoe-", Partition::Other("aws-iso-e")),
    ("eusc-", Partition::Other("aws-eusc")),
];

impl Partition {
    fn of(region: &str) -> Self {
        let known = PREFIXES.iter().find(|(prefix, _)| region.starts_with(prefix));
        known.map_or(Self::Commercial, |(_, partition)| *partition)
    }

    /// As ARNs say it.
    fn as_str(self) -> &'static str {
        match self {
            Self::Commercial => "aws",
            Self::China => "aws-cn",
            Self::GovCloud => "aws-us-gov",
            Self::Other(name) => name,
        }
    }
}

/// Why a configuration cannot be deployed in a region that it could be written for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionRule {
    /// "Set up a Regional custom domain name in API Gateway": the certificate must be in the same region as the API.
    #[error(
        "API Gateway takes a certificate of its own region alone; this one is in {theirs}, and the deployment is in {ours}: \
         request or import one in {ours}, and write its ARN, like arn:{partition}:acm:{ours}:111122223333:certificate/…"
    )]
    Certificate {
        /// The region of the certificate.
        theirs: String,
        /// The region of the deployment.
        ours: String,
        /// The partition of the deployment.
        partition: &'static str,
    },
    /// `PutMetricAlarm` answers "Invalid region … specified. Only … is supported."
    #[error(
        "CloudWatch sends alarms to topics of its own region alone; this one is in {theirs}, and the deployment is in {ours}: \
         write the ARN of a topic in {ours}, or leave it out, and the deployment makes one"
    )]
    Topic {
        /// The region of the topic.
        theirs: String,
        /// The region of the deployment.
        ours: String,
    },
    /// "Secret encryption and decryption in AWS Secrets Manager": the key is in the region of the secret.
    #[error(
        "a secret is encrypted by a key of its own region alone; this key is in {theirs}, and the secrets are in {ours}: write \
         the ARN of a key in {ours} (of a multi-Region key: of its replica there)"
    )]
    Key {
        /// The region of the key.
        theirs: String,
        /// The region of the secrets.
        ours: String,
    },
    /// "Encrypt log data in CloudWatch Logs using AWS Key Management Service": the key is in the region of the log group.
    #[error(
        "log groups are encrypted by a key of their own region alone; this key is in {theirs}, and the deployment is in {ours}: \
         write the ARN of a key in {ours} (of a multi-Region key: of its replica there), and the key of secrets elsewhere in \
         secrets.kms_key"
    )]
    LogKey {
        /// The region of the key.
        theirs: String,
        /// The region of the deployment.
        ours: String,
    },
    /// "Amazon Resource Names": a partition is a group of regions, and an account is of one partition.
    #[error(
        "it is in the partition {theirs}, and a deployment in {region} reaches only the partition {ours}: name one there, whose \
         ARN begins with arn:{ours}:"
    )]
    Partition {
        /// The partition of what is named.
        theirs: String,
        /// The partition of the deployment.
        ours: &'static str,
        /// The region of the deployment.
        region: String,
    },
    /// "Credentials" in the user guide of that partition.
    #[error(
        "AWS GovCloud (US) has no CloudFront, which would serve the page: write enabled = false, and serve the page yourself \
         (docs/partitions.md)"
    )]
    PageInGovCloud,
    /// "Getting Started with Amazon Web Services in China", its page on the content delivery network: the default domain serves nothing.
    #[error(
        "CloudFront in China serves no page by a name of its own: write enabled = false, and serve the page yourself \
         (docs/partitions.md)"
    )]
    PageInChina,
    /// "Amazon Cognito" and "Amazon API Gateway" in "Getting Started with Amazon Web Services in China".
    #[error(
        "the regions in China have no Cognito user pools: write auth = \"LambdaAuthorizer\", with kind = \"jwt\" in [authorizer] for \
         the tokens of another issuer"
    )]
    NoUserPools,
    /// "Amazon Lambda" in "Getting Started with Amazon Web Services in China".
    #[error("AWS X-Ray does not trace functions in China: leave it out")]
    NoTracing,
    /// "Amazon Route 53" in the user guide of that partition.
    #[error(
        "AWS GovCloud (US) has no public hosted zones: leave it out, and let your DNS lead the name to the stack's output \
         DomainTarget"
    )]
    NoPublicZone,
}

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
    place: Option<Place<'f>>,
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
        let Some(place) = named.place else { continue };
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
    let arn = |text: Option<&'f String>| text.and_then(|text| Place::of_arn(text));
    // Without one of its own, the key of the secrets is that of the deployment, which is looked at for itself.
    let own_key = file.secrets.kms_key.as_ref().filter(|key| file.deployment.kms_key.as_ref() != Some(key));
    let all = [
        // A function asks the region that the secret's ARN says, and API Gateway a user pool in any region ("Obtain permissions
        // to create Amazon Cognito user pool authorizers for a REST API").
        (path("momento", "secret"), arn(file.momento.secret.as_ref()), None),
        (path("authorizer", "hmac_secret"), arn(hmac_secret(file)), None),
        (path("cognito", "user_pool"), pool.and_then(Place::of), None),
        (path("secrets", "kms_key"), arn(own_key), Some(Needs::Key)),
        (path("deployment", "kms_key"), arn(file.deployment.kms_key.as_ref()), Some(Needs::LogKey)),
        (path("monitoring", "alarm_topic"), arn(file.monitoring.alarm_topic.as_ref()), Some(Needs::Topic)),
        (path("api", "domain").key("certificate"), arn(certificate), Some(Needs::Certificate)),
    ];
    all.into_iter().map(|(path, place, needs)| Named { path, place, needs })
}

fn hmac_secret(file: &ConfigFile) -> Option<&String> {
    file.authorizer.hmac_secret.as_ref().filter(|_| file.auth == AuthMode::LambdaAuthorizer)
}

fn elsewhere(needs: Needs, place: Place<'_>, file: &ConfigFile, region: &Region) -> Option<RegionRule> {
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
        existing.map(|secret| Place::of_arn(secret).map_or(region.as_str(), |place| place.region)).collect();
    regions.dedup();
    regions
}

/// Where something in AWS is, as its ARN or its id says.
#[derive(Clone, Copy)]
struct Place<'f> {
    /// `None`: an id says none, but its region is in one.
    partition: Option<&'f str>,
    region: &'f str,
}

impl<'f> Place<'f> {
    fn of_arn(text: &'f str) -> Option<Self> {
        Arn::parse(text).map(|arn| Self { partition: Some(arn.partition), region: arn.region })
    }

    /// Of an ARN, or of the id of a user pool.
    fn of(text: &'f str) -> Option<Self> {
        if text.starts_with("arn:") {
            return Self::of_arn(text);
        }
        // The id of a user pool begins with its region; no region has such a mark in its name.
        let (region, _) = text.split_once('_')?;
        Region::parse(region).map(|_| Self { partition: None, region })
    }

    fn out_of_reach(self, from: &Region) -> Option<RegionRule> {
        let ours = from.partition().as_str();
        let said = self.partition.into_iter().chain([Partition::of(self.region).as_str()]);
        said.into_iter().find(|theirs| *theirs != ours).map(|theirs| RegionRule::Partition {
            theirs: theirs.to_owned(),
            ours,
            region: from.as_str().to_owned(),
        })
    }
}

/// The region that an ARN, or the id of a user pool, says; a name says none.
pub fn region_of(arn_or_id: &str) -> Option<&str> {
    Place::of(arn_or_id).map(|place| place.region)
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
