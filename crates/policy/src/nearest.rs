//! "Did you mean …?": the closest of the names that exist.

/// The candidate closest to what was written, unless none is close enough to be a slip of the finger.
pub fn nearest<'c>(given: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    candidates
        .into_iter()
        .map(|candidate| {
            (strsim::normalized_damerau_levenshtein(&given.to_lowercase(), &candidate.to_lowercase()), candidate)
        })
        // Below one half, more letters differ than agree: such advice misleads more than it helps.
        .filter(|(likeness, _)| *likeness >= 0.5)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_finds_its_name_and_a_stranger_finds_none() {
        let names = ["expires_in", "id", "caches"];
        assert_eq!(nearest("expire_in", names), Some("expires_in"));
        assert_eq!(nearest("Caches", names), Some("caches"));
        assert_eq!(nearest("zzzzzz", names), None);
    }
}
