//! Conditions of a write: what must be true of the item that is there.
//!
//! A pure function of the condition and the value: whether that value is still alive is decided before.

use momento_protos::{
    cache_client::set_if_request::Condition,
    common::{AbsentOrEqual, Equal, NotEqual, PresentAndNotEqual},
};

/// Whether `condition` holds where `value` is, or, with `None`, where there is no item.
///
/// "Not equal" alone holds where there is no item, too (Momento documentation, API reference, `SetIfNotEqual`).
pub(crate) fn hold(condition: &Condition, value: Option<&[u8]>) -> bool {
    match (condition, value) {
        (Condition::Absent(_) | Condition::AbsentOrEqual(_) | Condition::NotEqual(_), None)
        | (Condition::Present(_), Some(_)) => true,
        (Condition::Absent(_), Some(_))
        | (Condition::Present(_) | Condition::Equal(_) | Condition::PresentAndNotEqual(_), None) => false,
        (
            Condition::Equal(Equal { value_to_check }) | Condition::AbsentOrEqual(AbsentOrEqual { value_to_check }),
            Some(value),
        ) => value_to_check == value,
        (
            Condition::NotEqual(NotEqual { value_to_check })
            | Condition::PresentAndNotEqual(PresentAndNotEqual { value_to_check }),
            Some(value),
        ) => value_to_check != value,
    }
}

#[cfg(test)]
mod tests {
    use momento_protos::common::{Absent, Present};

    use super::*;

    #[test]
    fn an_empty_value_is_an_item_like_any_other() {
        for (condition, nothing, empty) in [
            (Condition::Absent(Absent {}), true, false),
            (Condition::Present(Present {}), false, true),
            (Condition::Equal(Equal::default()), false, true),
            (Condition::AbsentOrEqual(AbsentOrEqual::default()), true, true),
            (Condition::NotEqual(NotEqual::default()), true, false),
            (Condition::PresentAndNotEqual(PresentAndNotEqual::default()), false, false),
        ] {
            assert_eq!([hold(&condition, None), hold(&condition, Some(b""))], [nothing, empty], "{condition:?}");
        }
    }
}
