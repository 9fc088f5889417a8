//! Standard output, which its reader may close before the end: `tvm logs | head`.

use std::io::{self, ErrorKind, Write};

/// Standard output. Where nobody reads it any more, there is nothing left to say, and nothing is wrong.
#[derive(Debug, Default)]
pub(crate) struct Output {
    is_closed: bool,
}

impl Output {
    /// Whether its reader has gone away.
    pub(crate) fn is_closed(&self) -> bool {
        self.is_closed
    }

    fn heed<T>(&mut self, done: io::Result<T>) -> io::Result<T> {
        self.is_closed |= done.as_ref().is_err_and(|error| error.kind() == ErrorKind::BrokenPipe);
        done
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let done = io::stdout().write(bytes);
        self.heed(done)
    }

    fn flush(&mut self) -> io::Result<()> {
        let done = io::stdout().flush();
        self.heed(done)
    }
}
