//! When what a caller proved with who they are ends: the claim `exp` of their token, as API Gateway hands it on.
//!
//! A text that is not in one of these forms, to the letter, is no end. Where one is asked for, there is then no token.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// The last second that four digits of a year can say: the end of 9999.
const LAST_SECOND: u64 = 253_402_300_799;
const A_DAY: u64 = 24 * 60 * 60;

/// 1970 began on the first of them.
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The end that a claim or a context value says.
///
/// A REST API with a Cognito authorizer writes `Tue Dec 01 08:00:00 UTC 2026` (a payload on AWS re:Post, "AWS Cognito Group", has
/// `exp: 'Tue Apr 04 18:39:39 UTC 2023'`, and beside it `auth_time: '1680629979'`), as Java's `Date.toString` does. The authorizer of
/// this project hands on seconds since 1970, as a token has them; API Gateway makes a text of each value of a context.
pub fn end(value: Option<&Value>) -> Option<SystemTime> {
    let seconds = match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => number(text).or_else(|| date(text)),
        _ => None,
    };
    let seconds = seconds.filter(|seconds| *seconds <= LAST_SECOND)?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u64> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// `EEE MMM dd HH:mm:ss UTC yyyy`, of a day that there was or will be.
fn date(text: &str) -> Option<u64> {
    let mut words = text.split(' ');
    let (weekday, month, day) = (words.next()?, words.next()?, two_digits(words.next()?)?);
    let mut clock = words.next()?.split(':').map(two_digits);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let (zone, year) = (words.next()?, words.next().filter(|year| year.len() == 4).and_then(number)?);
    if words.next().is_some() || clock.next().is_some() || zone != "UTC" || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let month = MONTHS.iter().position(|name| *name == month)?;
    let days = days_before(year, month, day)?;
    let is_the_day = WEEKDAYS.get(usize::try_from(days % 7).ok()?) == Some(&weekday);
    let clock = hour.checked_mul(60)?.checked_add(minute)?.checked_mul(60)?.checked_add(second)?;
    is_the_day.then(|| days.checked_mul(A_DAY)?.checked_add(clock))?
}

fn two_digits(text: &str) -> Option<u64> {
    number(text).filter(|_| text.len() == 2)
}

/// How many days there were from 1970 to this one, whose month is counted from nought; `None` for one that no calendar has.
fn days_before(year: u64, month: usize, day: u64) -> Option<u64> {
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = |month: usize| match month {
        1 => 28_u64.saturating_add(leap(year).into()),
        3 | 5 | 8 | 10 => 30,
        _ => 31,
    };
    if year < 1970 || day == 0 || day > length(month) {
        return None;
    }
    let years = (1970..year).map(|year| 365_u64.saturating_add(leap(year).into()));
    years.chain((0..month).map(length)).sum::<u64>().checked_add(day)?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seconds(value: &Value) -> Option<u64> {
        let end = end(Some(value))?;
        Some(end.duration_since(UNIX_EPOCH).unwrap().as_secs())
    }

    /// Seconds by `date -u -d`.
    #[test]
    fn a_date_of_a_rest_api_and_a_number_are_read() {
        for (value, expected) in [
            (json!("Tue Apr 04 18:39:39 UTC 2023"), 1_680_633_579),
            (json!("Tue Dec 01 08:00:00 UTC 2026"), 1_796_112_000),
            (json!("Thu Jan 01 00:00:00 UTC 1970"), 0),
            (json!("Thu Feb 29 23:59:59 UTC 2024"), 1_709_251_199),
            (json!("Fri Mar 01 00:00:00 UTC 2024"), 1_709_251_200),
            (json!("Mon Mar 01 00:00:00 UTC 2100"), 4_107_542_400),
            (json!("Fri Dec 31 23:59:59 UTC 9999"), LAST_SECOND),
            (json!("1796112000"), 1_796_112_000),
            (json!(1_796_112_000), 1_796_112_000),
            (json!("253360000000"), 253_360_000_000),
        ] {
            assert_eq!(seconds(&value), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_is_in_no_such_form_is_no_end() {
        for value in [
            json!(""),
            json!("never"),
            json!("Tue Dec 01 08:00:00 CET 2026"),
            json!("Tue Dec 01 08:00:00 2026"),
            json!("Wed Dec 01 08:00:00 UTC 2026"),
            json!("Tue Dec 1 08:00:00 UTC 2026"),
            json!("Tue  Dec 01 08:00:00 UTC 2026"),
            json!(" Tue Dec 01 08:00:00 UTC 2026"),
            json!("Tue Dec 01 08:00:00 UTC 2026 "),
            json!("Tue Dec 01 08:00 UTC 2026"),
            json!("Tue Dec 01 08:00:00:00 UTC 2026"),
            json!("Tue Dec 01 24:00:00 UTC 2026"),
            json!("Tue Dec 01 08:60:00 UTC 2026"),
            json!("Tue Dec 01 08:00:60 UTC 2026"),
            json!("Thu Feb 29 00:00:00 UTC 2100"),
            json!("Mon Feb 29 00:00:00 UTC 2100"),
            json!("Fri Apr 31 00:00:00 UTC 2026"),
            json!("Wed Dec 31 23:59:59 UTC 1969"),
            json!("Sat Jan 01 00:00:00 UTC 10000"),
            json!("dec 01 2026"),
            json!("2026-12-01T08:00:00Z"),
            json!("-1"),
            json!("+1796112000"),
            json!("1796112000.5"),
            json!("1796112000000"),
            json!("99999999999999999999"),
            json!("１７９６"),
            json!(-1),
            json!(1.5),
            json!(1_796_112_000_000_u64),
            json!(null),
            json!(true),
            json!([1_796_112_000]),
            json!({ "exp": 1 }),
        ] {
            assert_eq!(seconds(&value), None, "{value}");
        }
        assert_eq!(end(None), None);
    }
}
