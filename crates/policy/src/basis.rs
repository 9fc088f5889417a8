//! Which of the configured permissions apply to a caller, and why.

/// Which permissions apply, and why these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The base: nobody is verified in Open mode.
    OpenMode,
    /// The base: there are no groups in the file.
    NoGroupsConfigured,
    /// The base: the caller is in no group of the file, and `ungrouped = "base"`.
    Ungrouped,
    /// Those of all the caller's groups that the file has.
    Groups,
    /// Those of the one that the header `usergroup` picked.
    ChosenGroup,
}
