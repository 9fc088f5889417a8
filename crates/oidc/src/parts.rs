//! A token's three parts, decoded and not believed.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::json::{self, Flaw, Object};
use crate::limits::LONGEST_TOKEN;
use crate::refused::{Part, Refused};

/// What the compact form holds.
pub(crate) struct Parts {
    header: Vec<u8>,
    payload: Vec<u8>,
}

impl Parts {
    /// Splits and decodes; `ring` alone looks into the signature, so of it only the form counts here.
    pub(crate) fn of(token: &str) -> Result<Self, Refused> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refused::TooLong);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refused::NotThreeParts);
        };
        let decoded = |text, part| URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused::Encoding(part));
        let parts = Self { header: decoded(header, Part::Header)?, payload: decoded(payload, Part::Payload)? };
        decoded(signature, Part::Signature)?;
        Ok(parts)
    }

    pub(crate) fn header(&self) -> Result<Object, Refused> {
        object(&self.header, Part::Header)
    }

    /// To say what is wrong with it. What counts is the payload that `provider::verified` hands out.
    pub(crate) fn payload(&self) -> Result<Object, Refused> {
        object(&self.payload, Part::Payload)
    }
}

fn object(bytes: &[u8], part: Part) -> Result<Object, Refused> {
    json::object(bytes).map_err(|flaw| match flaw {
        Flaw::NotAnObject => Refused::NotAnObject(part),
        Flaw::RepeatedName => Refused::RepeatedName(part),
    })
}
