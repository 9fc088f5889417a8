//! Permissions of the file for the very same selection: what Momento would refuse, and no joining can save.
//!
//! Two in one list are an error. Two of different groups are joined for a caller in both (`join.rs` of `tvm-policy`), unless one reads and
//! the other writes, for which there is no common role. What only a caller's values can show is the grant's to refuse.

use crate::path::{Path, Place};
use crate::rule::{Broken, Rule};
use tvm_policy::{GroupName, Pattern, SameSelection};

/// A list of permissions of the file, each with where it stands.
pub(crate) type Listed = Vec<(Path, Pattern)>;

/// Checks one list, in which a caller has all permissions or none.
pub(crate) fn check_list(list: &Listed, caches: &[String], broken: &mut Broken) {
    for (index, (path, pattern)) in list.iter().enumerate() {
        for (earlier_path, earlier) in list.iter().take(index) {
            let same = pattern.same_selection(earlier, caches);
            let other = || Place::of(earlier_path);
            match (same, pattern.union_of_roles(earlier)) {
                (SameSelection::Never, _) | (SameSelection::ForSomeCaches, Some(_)) => {}
                (SameSelection::Always, Some(role)) => {
                    broken.push((path.clone(), Rule::SelectedTwice { other: other(), role }));
                }
                (SameSelection::Always | SameSelection::ForSomeCaches, None) => {
                    broken.push((path.clone(), without_role(pattern, earlier, other(), None)));
                }
            }
        }
    }
}

/// Checks each group's list against those of the groups before it: a caller may be in any of them.
pub(crate) fn check_groups(groups: &[(GroupName, Listed)], caches: &[String], broken: &mut Broken) {
    for (index, (name, list)) in groups.iter().enumerate() {
        for (earlier_name, earlier_list) in groups.iter().take(index) {
            for (path, pattern) in list {
                for (earlier_path, earlier) in earlier_list {
                    // The roles first: they are cheaper to compare, and the functions do so in each cold start.
                    if pattern.union_of_roles(earlier).is_none()
                        && pattern.same_selection(earlier, caches) != SameSelection::Never
                    {
                        let both = Some(Box::new((earlier_name.clone(), name.clone())));
                        broken.push((path.clone(), without_role(pattern, earlier, Place::of(earlier_path), both)));
                    }
                }
            }
        }
    }
}

fn without_role(
    pattern: &Pattern,
    earlier: &Pattern,
    other: Place,
    groups: Option<Box<(GroupName, GroupName)>>,
) -> Rule {
    Rule::ConflictingRoles { role: pattern.role_name(), other, others: earlier.role_name(), groups }
}
