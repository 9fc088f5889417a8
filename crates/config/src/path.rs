//! The way from the top of the file to a value.

/// A step from a table or a list to what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    Key(String),
    Index(usize),
}

/// The way from the top of the file to a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Path(pub(crate) Vec<Step>);

impl Path {
    pub(crate) fn key(&self, key: &str) -> Self {
        self.step(Step::Key(key.to_owned()))
    }

    pub(crate) fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The table or list that it is in.
    pub(crate) fn parent(&self) -> Self {
        let mut steps = self.0.clone();
        steps.pop();
        Self(steps)
    }

    /// Whether it is `other`, or inside of it.
    pub(crate) fn begins_with(&self, other: &Self) -> bool {
        self.0.starts_with(&other.0)
    }

    /// Whether this key is its last step.
    pub(crate) fn ends_with_key(&self, key: &str) -> bool {
        matches!(self.0.last(), Some(Step::Key(last)) if last == key)
    }

    fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (depth, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if depth == 0 => formatter.write_str(key)?,
                Step::Key(key) => write!(formatter, ".{key}")?,
                // People count from one.
                Step::Index(index) => write!(formatter, "[{}]", index.saturating_add(1))?,
            }
        }
        Ok(())
    }
}

/// Another place in the same file, for an error that is about two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub(crate) path: Path,
    /// From 1; 0 until the file's text is looked at.
    pub(crate) line: usize,
}

impl Place {
    pub(crate) fn of(path: &Path) -> Self {
        Self { path: path.clone(), line: 0 }
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "`{}` (line {})", self.path, self.line)
    }
}
