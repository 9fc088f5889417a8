//! A limit of so many a second, as a bucket that fills at this rate: how AWS and Momento count.

use std::time::Duration;

/// A bucket, full at first.
#[derive(Debug)]
pub(crate) struct Bucket {
    rate: f64,
    size: f64,
    level: f64,
    filled_at: Duration,
}

impl Bucket {
    /// One that fills with `rate` a second and holds `size`.
    pub(crate) fn new(rate: f64, size: f64) -> Self {
        Self { rate, size, level: size, filled_at: Duration::ZERO }
    }

    /// Takes one out at the time `now`; `false` where there is none left.
    pub(crate) fn take(&mut self, now: Duration) -> bool {
        let since = now.saturating_sub(self.filled_at).as_secs_f64();
        self.level = (self.level + since * self.rate).min(self.size);
        self.filled_at = now;
        let is_there = self.level >= 1.0;
        if is_there {
            self.level -= 1.0;
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_what_it_holds_at_once_and_then_its_rate() {
        let mut bucket = Bucket::new(5.0, 5.0);
        let mut given_within =
            |seconds: u64| (0..1_000).filter(|tick| bucket.take(Duration::from_millis(seconds * 1_000 + tick))).count();
        assert_eq!([given_within(0), given_within(1), given_within(2)], [9, 5, 5]);
        assert_eq!(given_within(60), 9);
    }
}
