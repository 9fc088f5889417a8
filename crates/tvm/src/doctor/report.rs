//! All that was found, for people and for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::doctor::finding::{Check, Outcome};
use crate::form::{Form, write_json};
use crate::unseen::in_one_line;

/// What is said. Printed as JSON, this is the form.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    /// How many of the checks found trouble.
    in_the_way: usize,
    checks: Vec<Check>,
}

impl Report {
    pub(crate) fn of(checks: Vec<Check>) -> Self {
        let in_the_way = checks.iter().filter(|check| matches!(check.outcome, Outcome::Trouble { .. })).count();
        Self { in_the_way, checks }
    }

    pub(crate) fn in_the_way(&self) -> usize {
        self.in_the_way
    }

    /// Prints it in this form.
    pub(crate) fn print(&self, form: Form, out: &mut impl Write) -> io::Result<()> {
        if let Form::Json = form {
            return write_json(self, out);
        }
        self.checks.iter().try_for_each(|check| print(check, form, out))?;
        writeln!(out, "\n{}", self.in_a_word())
    }

    fn in_a_word(&self) -> String {
        let count = |is: fn(&Outcome) -> bool| self.checks.iter().filter(|check| is(&check.outcome)).count();
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped { .. }));
        let found = match (self.in_the_way, skipped) {
            (0, 0) => "Nothing is in the way of a deployment".to_owned(),
            (0, _) => "Nothing that was looked at is in the way of a deployment".to_owned(),
            (1, _) => "1 thing is in the way of a deployment".to_owned(),
            (more, _) => format!("{more} things are in the way of a deployment"),
        };
        let also = [
            (count(|outcome| matches!(outcome, Outcome::Warning { .. })), "to look at once more"),
            (skipped, "not looked at"),
        ];
        let also = also.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("; {count} {what}"));
        format!("{found}{}.", also.collect::<String>())
    }
}

fn print(Check { title, outcome }: &Check, form: Form, out: &mut impl Write) -> io::Result<()> {
    let (mark, word, said, fix) = match outcome {
        Outcome::Fine { note } => ("\x1b[32m✓\x1b[0m", "fine", note, None),
        Outcome::Warning { what, fix } => ("\x1b[33m!\x1b[0m", "warning", what, Some(fix)),
        Outcome::Trouble { what, fix } => ("\x1b[31m✗\x1b[0m", "trouble", what, Some(fix)),
        Outcome::Skipped { why } => ("·", "skipped", why, None),
    };
    let (said, fix) = (in_one_line(said), fix.map(|fix| in_one_line(fix)));
    match form {
        Form::Terminal => writeln!(out, "{mark} {title} – {said}")?,
        Form::Plain | Form::Json => writeln!(out, "{word:<8} {title}: {said}")?,
    }
    let indent = if let Form::Terminal = form { 2 } else { 9 };
    fix.map_or(Ok(()), |fix| writeln!(out, "{:indent$}fix: {fix}", ""))
}
