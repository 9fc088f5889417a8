//! Names of which a caller's value could make one the other: each that there is is found.
//! Real: the whole crate.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tvm_policy::{AuthMode, Likeness, Placeholder, Selects, Separation, Template, likeness};

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_096, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_text_of_the_file_that_some_value_makes_is_found(
        parts in vec(select(&["a", "/", "-", "ab/", "{username}", "{username}/", "{claims.org}", "{claims.org}-"][..]), 1..5),
        selects in select(&[Selects::One, Selects::Beginnings][..]),
        others in select(&[Selects::One, Selects::Beginnings][..]),
        values in ["[ab/-]{1,3}", "[ab/-]{1,3}"],
        tail in "[ab/-]{0,2}",
    ) {
        let template = Template::parse(&parts.concat()).unwrap();
        let value_of = |placeholder: &Placeholder| match placeholder {
            Placeholder::Username => values.first().map(String::as_str),
            _ => values.last().map(String::as_str),
        };
        let mut apart = Separation::default();
        let is_accepted = apart.add(&template, selects, AuthMode::LambdaAuthorizer, &[]).is_ok();
        if !is_accepted || template.placeholders().next().is_none() || apart.check(&template, value_of).is_err() {
            return Ok(());
        }
        let made = template.fill(value_of).unwrap();
        let text = if selects == Selects::Beginnings { made + &tail } else { made };
        let literal = Template::parse(&text).unwrap();
        for (one, other) in [((&template, selects), (&literal, others)), ((&literal, others), (&template, selects))] {
            prop_assert_eq!(likeness(one, other, AuthMode::LambdaAuthorizer), Some(Likeness::Spelled), "{} {}", parts.concat(), text);
        }
    }
}
