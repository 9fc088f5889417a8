//! Figures as people read them.

use std::time::Duration;

use crate::scenario::{Grants, Mode, Place, Scenario};

/// A number with its thousands apart.
pub(crate) fn number(number: f64) -> String {
    let digits = format!("{:.0}", number.round());
    let first = digits.len().checked_rem(3).unwrap_or(0);
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number of which two figures are meant, rounded down.
pub(crate) fn about(number: u32) -> String {
    let mut unit = 1_u32;
    while number.checked_div(unit).unwrap_or(0) >= 100 {
        unit = unit.saturating_mul(10);
    }
    self::number(f64::from(number.checked_div(unit).unwrap_or(0).saturating_mul(unit)))
}

/// A rate, or another small number.
pub(crate) fn rate(rate: f64) -> String {
    match rate {
        // Also the zero that is less than nothing, as a sum of nothing is.
        rate if rate <= 0.0 => "0".to_owned(),
        rate if rate < 0.05 => "< 0.1".to_owned(),
        rate if rate < 99.5 => format!("{rate:.1}"),
        rate => number(rate),
    }
}

/// A share of one, in percent.
pub(crate) fn share(share: f64) -> String {
    match share * 100.0 {
        percent if percent <= 0.0 => "0".to_owned(),
        percent if percent < 0.01 => "< 0.01 %".to_owned(),
        percent if percent < 1.0 => format!("{percent:.2} %"),
        percent if percent < 99.5 => format!("{percent:.0} %"),
        percent if percent < 99.995 => format!("{percent:.2} %"),
        _ => "100 %".to_owned(),
    }
}

/// A time; `None` is longer than was looked.
pub(crate) fn wait(wait: Option<Duration>) -> String {
    let Some(wait) = wait else { return "longer".to_owned() };
    match wait.as_secs_f64() {
        seconds if seconds < 1.0 => format!("{} ms", wait.as_millis()),
        seconds if seconds < 9.95 => format!("{seconds:.1} s"),
        seconds => format!("{seconds:.0} s"),
    }
}

/// A lifetime.
pub(crate) fn hours(time: Duration) -> String {
    format!("{} h", number(time.as_secs_f64() / 3_600.0))
}

/// The mode, and for the shared one what its cache may be asked.
pub(crate) fn mode(scenario: &Scenario) -> String {
    match scenario.mode {
        Mode::Off => "off".to_owned(),
        Mode::Instance => "instance".to_owned(),
        Mode::Shared => format!("shared, {}/s", number(scenario.cache_operations_per_second.get().into())),
    }
}

/// Whose tokens.
pub(crate) fn grants(scenario: &Scenario) -> &'static str {
    match scenario.grants {
        Grants::Own => "own",
        Grants::Groups(_) => "same",
    }
}

/// Where it runs.
pub(crate) fn place(scenario: &Scenario) -> String {
    match scenario.place {
        Place::Lambda(instances) => number(instances.get().into()),
        Place::Server => "a server".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!([0.0, 7.0, 999.0, 1_000.0, 1_234_567.0].map(number), ["0", "7", "999", "1,000", "1,234,567"]);
        assert_eq!([0, 99, 8_845, 41_742, 1_000_000].map(about), ["0", "99", "8,800", "41,000", "1,000,000"]);
        assert_eq!([-0.0, 0.01, 4.96, 134.7].map(rate), ["0", "< 0.1", "5.0", "135"]);
        let shares = [0.0, 0.000_01, 0.0005, 0.25, 0.9986, 0.99999].map(share);
        assert_eq!(shares, ["0", "< 0.01 %", "0.05 %", "25 %", "99.86 %", "100 %"]);
        let waits = [Some(1), Some(999), Some(1_000), Some(151_589), None];
        let waits = waits.map(|milliseconds| wait(milliseconds.map(Duration::from_millis)));
        assert_eq!(waits, ["1 ms", "999 ms", "1.0 s", "152 s", "longer"]);
    }
}
