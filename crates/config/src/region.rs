//! Regions and partitions of AWS, and what cannot be in one.

use std::fmt;

use crate::arn::Arn;

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

    pub(crate) fn partition(&self) -> Partition {
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
pub(crate) enum Partition {
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
    pub(crate) fn as_str(self) -> &'static str {
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

/// Where something in AWS is, as its ARN or its id says.
#[derive(Clone, Copy)]
pub(crate) struct Location<'f> {
    /// `None`: an id says none, but its region is in one.
    pub(crate) partition: Option<&'f str>,
    pub(crate) region: &'f str,
}

impl<'f> Location<'f> {
    pub(crate) fn of_arn(text: &'f str) -> Option<Self> {
        Arn::parse(text).map(|arn| Self { partition: Some(arn.partition), region: arn.region })
    }

    /// Of an ARN, or of the id of a user pool.
    pub(crate) fn of(text: &'f str) -> Option<Self> {
        if text.starts_with("arn:") {
            return Self::of_arn(text);
        }
        // The id of a user pool begins with its region; no region has such a mark in its name.
        let (region, _) = text.split_once('_')?;
        Region::parse(region).map(|_| Self { partition: None, region })
    }

    pub(crate) fn out_of_reach(self, from: &Region) -> Option<RegionRule> {
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
    Location::of(arn_or_id).map(|place| place.region)
}
