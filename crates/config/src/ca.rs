//! The certificates of a private certificate authority, as PEM (RFC 7468) in the file.
//!
//! What is looked at is their form, so that a certificate that was copied in part is found here and not by a function that was
//! deployed. Nothing of them is repeated.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Why certificates cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateRule {
    /// The path of a file that the functions do not have.
    #[error(
        "this is the name of a file, which the functions do not have; write the text of its certificates, between \"\"\" and \"\"\""
    )]
    File,
    /// A private key, which would be deployed.
    #[error(
        "it contains a private key, which would be deployed with the functions; write the certificates alone, and replace that key if \
         this file was shared"
    )]
    PrivateKey,
    /// None.
    #[error(
        "it has no certificate; write each as in a .pem file, with -----BEGIN CERTIFICATE----- and -----END CERTIFICATE-----"
    )]
    None,
    /// One that was not copied whole.
    #[error("certificate {0} of it is not whole, or not base64; copy it again")]
    NotWhole(usize),
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const CERTIFICATE: &str = "CERTIFICATE-----";

/// What is wrong with them, if anything is.
pub(crate) fn broken(pem: &str) -> Option<CertificateRule> {
    if !pem.contains(BEGIN) {
        let is_path = pem.lines().count() == 1 && (pem.contains(['/', '\\']) || pem.trim_end().contains('.'));
        return Some(if is_path { CertificateRule::File } else { CertificateRule::None });
    }
    let mut certificates: Vec<String> = Vec::new();
    let mut is_within = false;
    let mut is_cut = false;
    for line in pem.lines().map(str::trim) {
        if let Some(label) = line.strip_prefix(BEGIN) {
            if label.contains("PRIVATE KEY") {
                return Some(CertificateRule::PrivateKey);
            }
            is_cut |= is_within;
            is_within = label == CERTIFICATE;
            if is_within {
                certificates.push(String::new());
            }
        } else if line.starts_with(END) {
            is_within = false;
        } else if is_within && let Some(certificate) = certificates.last_mut() {
            certificate.push_str(line);
        }
    }
    if certificates.is_empty() {
        return Some(CertificateRule::None);
    }
    let bad = certificates.iter().position(|certificate| !is_whole(certificate));
    let cut = (is_cut || is_within).then_some(certificates.len().saturating_sub(1));
    bad.or(cut).map(|index| CertificateRule::NotWhole(index.saturating_add(1)))
}

/// Whether a text in base64 is one element of DER (X.690) with nothing missing and nothing behind it, a sequence as certificates are.
fn is_whole(base64: &str) -> bool {
    let Ok(der) = STANDARD.decode(base64) else { return false };
    let Some((head, rest)) = der.split_first_chunk::<2>() else { return false };
    let (length, rest) = match head {
        [0x30, short @ 0..=0x7f] => (usize::from(*short), rest),
        [0x30, long @ 0x81..=0x84] => {
            let Some((digits, rest)) = rest.split_at_checked(usize::from(long & 0x7f)) else { return false };
            (digits.iter().fold(0_usize, |length, digit| length << 8 | usize::from(*digit)), rest)
        }
        _ => return false,
    };
    rest.len() == length
}
