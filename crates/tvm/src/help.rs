//! What shells and manuals know of this command, made of its own options.

mod reference;

use std::io::{self, Write};
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::Arguments;

/// Why it cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HelpError {
    #[error("the output cannot be written: {0}")]
    Output(#[from] io::Error),
    #[error("the manual pages cannot be written into {folder}: {error}; name a folder that is there", folder = .folder.display())]
    Folder { folder: std::path::PathBuf, error: io::Error },
}

/// Prints what makes `shell` complete this command.
pub(crate) fn completions(shell: Shell, out: &mut impl Write) -> Result<(), HelpError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "tvm", &mut script);
    // Not straight to `out`: it panics where that is closed.
    Ok(out.write_all(&script)?)
}

/// Prints the manual of all commands as Markdown.
pub(crate) fn markdown(out: &mut impl Write) -> Result<(), HelpError> {
    Ok(writeln!(out, "{}", reference::markdown(Arguments::command()))?)
}

/// Prints the manual page, or puts one for each command into `folder`.
pub(crate) fn man(folder: Option<&Path>, out: &mut impl Write) -> Result<(), HelpError> {
    match folder {
        None => Ok(clap_mangen::Man::new(Arguments::command()).render(out)?),
        Some(folder) => clap_mangen::generate_to(Arguments::command(), folder)
            .map_err(|error| HelpError::Folder { folder: folder.to_path_buf(), error }),
    }
}
