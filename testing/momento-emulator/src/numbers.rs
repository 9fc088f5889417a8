//! Items that are numbers: what an increment makes of them.
//!
//! A number is kept as Momento keeps it, as text of base 10; nothing else is ever added to.

use crate::refusal::Refusal;

/// `amount` more than the number in `value`; where there is no item, `amount` itself.
pub(crate) fn add(value: Option<&[u8]>, amount: i64) -> Result<i64, Refusal> {
    let Some(value) = value else { return Ok(amount) };
    let number: i64 = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok()).ok_or(Refusal::NotANumber)?;
    number.checked_add(amount).ok_or(Refusal::SumOutOfRange)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_decimal_text_of_64_bits_with_a_sign_and_nothing_else() {
        for (value, sum) in [
            (&b"41"[..], Ok(42)),
            (b"-1", Ok(0)),
            (b"9223372036854775806", Ok(i64::MAX)),
            (b"9223372036854775807", Err(Refusal::SumOutOfRange)),
            (b"9223372036854775808", Err(Refusal::NotANumber)),
            (b"", Err(Refusal::NotANumber)),
            (b" 1", Err(Refusal::NotANumber)),
            (b"1.0", Err(Refusal::NotANumber)),
            (b"0x1", Err(Refusal::NotANumber)),
            (b"one", Err(Refusal::NotANumber)),
            (b"\xff", Err(Refusal::NotANumber)),
        ] {
            assert_eq!(add(Some(value), 1), sum, "{value:?}");
        }
        assert_eq!(add(Some(i64::MIN.to_string().as_bytes()), -1), Err(Refusal::SumOutOfRange));
        assert_eq!(add(None, i64::MIN), Ok(i64::MIN));
    }
}
