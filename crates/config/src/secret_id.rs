//! The name or ARN of a secret in AWS Secrets Manager, and what people write in its place: a parameter of another service, a reference
//! of a template, the secret itself.
//!
//! What may be a key, or a part of one, is never repeated: an error goes to a terminal, a log of CI, a report.

use crate::arn::Arn;
use crate::signing_secret;

/// The longest name (`CreateSecret` in the API reference of Secrets Manager).
const LONGEST_NAME: usize = 512;

/// What a setting names a secret for, and so what its author does instead of writing the secret itself into the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The Momento API key.
    ApiKey,
    /// What an issuer signs its tokens with.
    SigningSecret,
}

/// Why a text names no secret of Secrets Manager. `Display` says what to write.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretIdProblem {
    /// A key or a token, where a name belongs.
    #[error(
        "this is a key or a token itself, and a deployment would put it into its template, where everyone who may read the stack \
         finds it. Take it out of this file, replace it where it was made if others have seen the file, and {}",
        instead(*.0)
    )]
    Itself(Purpose),
    /// A parameter of Systems Manager, by its ARN or as a reference.
    #[error(
        "this is a parameter of Systems Manager (SSM), and the functions read Secrets Manager alone: put the value into a secret{}, \
         and write the secret's name or ARN",
        copied(*.0)
    )]
    Parameter(Purpose),
    /// What looks like a parameter's path.
    #[error(
        "a name that begins with `/` is that of a parameter of Systems Manager (SSM) as a rule, and the functions read Secrets Manager \
         alone: put the value into a secret{}, and write the secret's name. If it is a secret of Secrets Manager that is called so, write \
         its ARN",
        copied(*.0)
    )]
    ParameterPath(Purpose),
    /// An ARN of another service.
    #[error(
        "this is an ARN of the service `{service}`; write the name or the ARN of a secret, like \
         arn:aws:secretsmanager:eu-central-1:111122223333:secret:NAME-AbCdEf"
    )]
    OtherService {
        /// As the ARN says it.
        service: String,
    },
    /// An ARN that names nothing in particular.
    #[error(
        "this is not the ARN of one secret; write it whole, like \
         arn:aws:secretsmanager:eu-central-1:111122223333:secret:NAME-AbCdEf, or write the secret's name"
    )]
    NoSecretsArn,
    /// An ARN with what ECS writes behind one: `ARN:json-key:version-stage:version-id` ("Pass Secrets Manager secrets through Amazon ECS
    /// environment variables").
    #[error("what follows the ARN of the secret is for ECS alone; write `{arn}`{}", member(field.as_deref(), *purpose))]
    Suffixed {
        /// The part that is an ARN.
        arn: String,
        /// The member of the secret's JSON that follows it, if one does.
        field: Option<String>,
        /// What it is named for.
        purpose: Purpose,
    },
    /// A dynamic reference of CloudFormation, or the reference to a secret of another kind of file.
    #[error(
        "this is a reference of a template, which nothing here resolves; write {}{}",
        name.as_deref().map_or_else(|| "the name or the ARN of the secret".to_owned(), |name| format!("`{name}`")),
        member(field.as_deref(), *purpose)
    )]
    Reference {
        /// The secret that it names, if that can be told.
        name: Option<String>,
        /// The member of the secret's JSON, if it names one.
        field: Option<String>,
        /// What it is named for.
        purpose: Purpose,
    },
    /// A character that no name has.
    #[error(
        "the name of a secret has letters, digits and / _ + = . @ - alone (Secrets Manager, `CreateSecret`), and this has {character}; \
         write the name or the ARN as Secrets Manager shows it"
    )]
    Character {
        /// How that one is called.
        character: String,
    },
    /// Longer than any name.
    #[error(
        "the name of a secret has at most 512 characters, and this has {0}; write the name or the ARN of the secret"
    )]
    TooLong(usize),
}

const fn instead(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ApiKey => {
            "write here the name of the secret that holds it, or leave this key out: the deployment then makes a secret, and `tvm key set` \
             puts the key there"
        }
        Purpose::SigningSecret => "write here the name of the secret of Secrets Manager that holds it",
    }
}

const fn copied(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::ApiKey => {
            " (leave this key out, and after the deployment: aws ssm get-parameter --with-decryption --name NAME --query \
             Parameter.Value --output text | tvm key set)"
        }
        Purpose::SigningSecret => "",
    }
}

fn member(field: Option<&str>, purpose: Purpose) -> String {
    match (field, purpose) {
        (Some(field), Purpose::ApiKey) => format!(", and secret_field = \"{field}\" for the member of its JSON"),
        (Some(_), Purpose::SigningSecret) => ", of a secret that holds the signing secret alone".to_owned(),
        (None, _) => String::new(),
    }
}

/// Whether `text` names a secret. An empty text has a rule of its own.
pub(crate) fn of(text: &str, purpose: Purpose) -> Result<(), SecretIdProblem> {
    let is_an_arn = text.starts_with("arn:");
    let is_what_signs = purpose == Purpose::SigningSecret && !is_an_arn && signing_secret::is_like_one(text);
    if is_like_a_key(text) || is_random(text) || is_what_signs {
        return Err(SecretIdProblem::Itself(purpose));
    }
    if text.contains("{{resolve:") || text.contains("${") {
        return Err(reference(text, purpose));
    }
    if let Some(name) = text.strip_prefix("/aws/reference/secretsmanager/") {
        return Err(SecretIdProblem::Reference { name: sayable(name), field: None, purpose });
    }
    if text.starts_with("ssm:") {
        return Err(SecretIdProblem::Parameter(purpose));
    }
    if text.starts_with('/') && text.chars().all(is_of_a_name) {
        return Err(SecretIdProblem::ParameterPath(purpose));
    }
    if is_an_arn { arn(text, purpose) } else { name(text) }
}

fn arn(text: &str, purpose: Purpose) -> Result<(), SecretIdProblem> {
    let Some(arn) = Arn::parse(text) else { return Err(SecretIdProblem::NoSecretsArn) };
    match arn.service {
        "ssm" => return Err(SecretIdProblem::Parameter(purpose)),
        "secretsmanager" => {}
        other => return Err(SecretIdProblem::OtherService { service: other.to_owned() }),
    }
    let Some(resource) = arn.resource.strip_prefix("secret:") else { return Err(SecretIdProblem::NoSecretsArn) };
    let (name_in_arn, behind) = resource.split_once(':').map_or((resource, None), |(name, rest)| (name, Some(rest)));
    if name_in_arn.is_empty() || name(name_in_arn).is_err() {
        return Err(SecretIdProblem::NoSecretsArn);
    }
    let Some(behind) = behind else { return Ok(()) };
    let whole = text.get(..text.len().saturating_sub(behind.len()).saturating_sub(1)).unwrap_or_default();
    let field = behind.split(':').next().and_then(sayable);
    Err(SecretIdProblem::Suffixed { arn: whole.to_owned(), field, purpose })
}

fn name(text: &str) -> Result<(), SecretIdProblem> {
    if let Some(character) = text.chars().find(|c| !is_of_a_name(*c)) {
        return Err(SecretIdProblem::Character { character: called(character) });
    }
    let length = text.chars().count();
    if length > LONGEST_NAME { Err(SecretIdProblem::TooLong(length)) } else { Ok(()) }
}

/// `{{resolve:secretsmanager:ID:SecretString:FIELD}}` ("Get a secret or secret value from Secrets Manager", `CloudFormation`'s user
/// guide), where the id may be an ARN; and the like of other tools.
fn reference(text: &str, purpose: Purpose) -> SecretIdProblem {
    let inner = text.split_once("{{resolve:").map_or("", |(_, rest)| rest.split("}}").next().unwrap_or_default());
    if inner.starts_with("ssm") {
        return SecretIdProblem::Parameter(purpose);
    }
    let id = inner.strip_prefix("secretsmanager:").unwrap_or_default();
    let (id, behind) = id.split_once(":SecretString").unwrap_or((id, ""));
    let named = of(id, purpose).is_ok() && !id.is_empty();
    let field = behind.strip_prefix(':').and_then(|rest| rest.split(':').next()).and_then(sayable);
    SecretIdProblem::Reference { name: named.then(|| id.to_owned()), field, purpose }
}

/// The text, where it is a plain name that may be repeated.
fn sayable(text: &str) -> Option<String> {
    let is_plain = (1..=128).contains(&text.len()) && text.chars().all(is_of_a_name) && !is_like_a_key(text);
    is_plain.then(|| text.to_owned())
}

fn is_of_a_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '=' | '.' | '@' | '-')
}

fn called(c: char) -> String {
    match c {
        c if c.is_whitespace() => "white space".to_owned(),
        c if c.is_ascii_graphic() => format!("`{c}`"),
        c => format!("the character U+{:04X}", u32::from(c)),
    }
}

/// The fewest characters of base64 in a row that are taken for a key.
const FEWEST_OF_A_KEY: usize = 40;

/// Whether a text holds what is a key or a token, rather than a name. By its look alone: base64 of JSON, as Momento's keys and every
/// JSON Web Token begin (`eyJ`), a key with a prefix that says so, base64 with its padding, or a key in PEM.
pub(crate) fn is_like_a_key(text: &str) -> bool {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '.' | '=');
    let run = |from: &str| from.chars().take_while(|c| is_base64(*c)).count();
    let holds = |mark: &str, fewest: usize| {
        text.match_indices(mark).any(|(at, _)| run(text.get(at..).unwrap_or_default()) >= fewest)
    };
    let text = text.trim();
    let is_padded = text.ends_with('=') && text.len() >= 24 && run(text) == text.len();
    holds("eyJ", FEWEST_OF_A_KEY)
        || (text.starts_with("mom_") && text.len() >= 24)
        || is_padded
        || text.contains("-----BEGIN ")
}

/// Whether a text looks drawn at random, as `openssl rand -hex 32` and `-base64 48` print secrets. A name that looks so is given by its ARN.
fn is_random(text: &str) -> bool {
    const FEWEST: usize = 32;
    let has = |is: fn(&u8) -> bool| text.bytes().any(|byte| is(&byte));
    let all = |is: fn(u8) -> bool| text.len() >= FEWEST && text.bytes().all(is);
    let one_case = !(has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase));
    if all(|byte| byte.is_ascii_hexdigit()) && one_case && has(u8::is_ascii_digit) && has(u8::is_ascii_alphabetic) {
        return true;
    }
    let kind = |byte: u8| (byte.is_ascii_uppercase(), byte.is_ascii_lowercase(), byte.is_ascii_digit());
    let changes = text.bytes().zip(text.bytes().skip(1)).filter(|(one, next)| kind(*one) != kind(*next)).count();
    // Two of three neighbours are of different kinds in base64 of random bytes; in names that people make up, fewer than one of two.
    all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        && [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit].into_iter().all(has)
        && changes.saturating_mul(100) >= text.len().saturating_mul(55)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_arns_of_secrets_are_accepted_and_nothing_that_could_be_a_key() {
        for id in [
            "s",
            "momento/prod_key+1=2.3@x-y",
            "MyStackApiKeySecret0A1B2C3D-aBcDeFgHiJkL",
            "key-AbCdEf",
            "arn:aws:secretsmanager:us-east-1:1:secret:s-AbCdEf",
            "arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:/prod/momento/key-AbCdEf",
            "eyJ-is-how-a-token-begins",
            "ProdMomentoApiKeySecretVersion2ForTokenVending",
            "Prod/Momento/ApiKeySecretForTokenVendingMachine2026",
            "momentoapikeyofthetokenvendingmachine2026",
            "0123456789abcdef",
            "arn:aws:secretsmanager:us-east-1:1:secret:5d41402abc4b2a76b9719d911017c592-AbCdEf",
        ] {
            assert_eq!(of(id, Purpose::ApiKey), Ok(()), "{id}");
        }
        let run = "a".repeat(40);
        for key in [
            format!("eyJ{run}"),
            format!(" \"eyJ{run}\""),
            format!("x=eyJ{run}"),
            format!("mom_{run}"),
            format!("{run}="),
        ] {
            assert_eq!(of(&key, Purpose::ApiKey), Err(SecretIdProblem::Itself(Purpose::ApiKey)), "{key}");
        }
        // As `openssl rand` prints them.
        for secret in [
            "5d41402abc4b2a76b9719d911017c592",
            "9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08",
            "kB7zQ2mX9vLr4TnWc8YhJ1pD6sGfE3uAqZoV5iRxNbKe0tMy",
            "q3Xh9+Zt7Lm/2VbR8cKpW4sJdF6gYnE1uAoT5iQxNvBe0rMzC",
        ] {
            assert_eq!(
                of(secret, Purpose::SigningSecret),
                Err(SecretIdProblem::Itself(Purpose::SigningSecret)),
                "{secret}"
            );
        }
        assert_eq!(of(&"a".repeat(513), Purpose::ApiKey), Err(SecretIdProblem::TooLong(513)));
    }
}
