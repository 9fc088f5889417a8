//! The guide's text, in which the tables stand between two marks.

/// Above the tables, and below them.
const MARKS: (&str, &str) = ("<!-- made by `make capacity` -->", "<!-- until here -->");

/// `document` with `tables` between its marks, whatever was there.
///
/// # Errors
/// Where it lacks a mark, or has them the other way round.
pub fn with_tables(document: &str, tables: &str) -> Result<String, String> {
    let (above, below) = MARKS;
    let lacks = |mark: &str| format!("the guide lacks the mark `{mark}`; put it back, above and below the tables");
    let (before, rest) = document.split_once(above).ok_or_else(|| lacks(above))?;
    let (_, after) = rest.split_once(below).ok_or_else(|| lacks(below))?;
    Ok(format!("{before}{above}\n\n{tables}\n\n{below}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_between_the_marks_is_replaced_and_nothing_else() {
        let (above, below) = MARKS;
        let before = format!("# Guide\n\n{above}\nold\n{below}\n\nThe end.\n");
        let after = format!("# Guide\n\n{above}\n\nnew\n\n{below}\n\nThe end.\n");
        assert_eq!(with_tables(&before, "new"), Ok(after.clone()));
        assert_eq!(with_tables(&after, "new"), Ok(after));
        assert!(with_tables(above, "new").unwrap_err().contains(below));
        assert!(with_tables(&format!("{below}{above}"), "new").is_err());
    }
}
