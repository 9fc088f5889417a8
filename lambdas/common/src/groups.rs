//! The groups of a caller, as API Gateway's REST APIs write them.
//!
//! A text in another form names no group: nothing here guesses which group a text may mean.

use serde_json::Value;

/// The groups that a claim or a context value names: one text with commas in between, `A,B`. That is how a REST API hands the
/// list `cognito:groups` to a function (a payload on AWS re:Post, "AWS Cognito Group", has `'cognito:groups': 'team_manager'` and
/// `email_verified` as texts; with two groups it is `group-a,group-b`), and how the authorizer of this project writes its own.
///
/// Anything else is no such list and names no group: a JSON list, white space, an empty name between two commas, or a text in
/// brackets from end to end, which is how HTTP APIs, another product, write a list (`[A B]`). A pool may have a group `[Admin]`,
/// which is not `Admin`.
pub fn groups(value: Option<&Value>) -> Vec<String> {
    let Some(text) = value.and_then(Value::as_str).filter(|text| is_list(text)) else { return Vec::new() };
    text.split(',').map(str::to_owned).collect()
}

fn is_list(text: &str) -> bool {
    let in_brackets = text.starts_with('[') && text.ends_with(']');
    !in_brackets && !text.contains(char::is_whitespace) && text.split(',').all(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};
    use serde_json::json;

    use super::*;

    #[test]
    fn names_with_commas_in_between_are_groups() {
        for (text, expected) in [
            ("A", &["A"] as &[&str]),
            ("A,B", &["A", "B"]),
            ("B,A,B", &["B", "A", "B"]),
            ("Ärzte,日本,a:b/c-d_e.f", &["Ärzte", "日本", "a:b/c-d_e.f"]),
            // A pool's groups may have brackets and quotes in their names; the others are the caller's all the same.
            ("team[1],A", &["team[1]", "A"]),
            ("[x],A", &["[x]", "A"]),
            ("\"A\"", &["\"A\""]),
            ("\\u0041", &["\\u0041"]),
        ] {
            assert_eq!(groups(Some(&json!(text))), expected, "{text}");
        }
    }

    /// Each of these was read as `Admin` when any gateway's way to write a list was.
    #[test]
    fn what_no_rest_api_writes_names_no_group() {
        for value in [
            json!("[Admin]"),
            json!("[\"Admin\"]"),
            json!("[\"\\u0041dmin\"]"),
            json!("[Admin B]"),
            json!("[A,Admin,B]"),
            json!("[A, Admin]"),
            json!(" [Admin] "),
            json!("A, Admin"),
            json!("A Admin"),
            json!("Admin\n"),
            json!("Admin\u{a0}"),
            json!(",Admin"),
            json!("Admin,"),
            json!("A,,Admin"),
            json!(["Admin"]),
            json!({ "Admin": true }),
            json!(""),
            json!("[]"),
            json!(5),
            json!(null),
        ] {
            assert_eq!(groups(Some(&value)), Vec::<String>::new(), "{value}");
        }
        assert_eq!(groups(None), Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn a_text_is_the_list_of_just_the_groups_it_names_or_of_none(text in "[\\[\\]\"\\\\, A-Cu0-9\\t]{0,12}|\\PC{0,12}") {
            let named = groups(Some(&json!(text)));
            prop_assert!(named.is_empty() || named.join(",") == text, "{:?} of {:?}", named, text);
        }

        /// The names are those that a configuration may have (`GroupName` of tvm-policy).
        #[test]
        fn every_group_that_is_written_is_read(names in proptest::collection::vec("[^\\s\\pC,\\[\\]]{1,8}", 1..5)) {
            prop_assert_eq!(groups(Some(&json!(names.join(",")))), names);
        }
    }
}
