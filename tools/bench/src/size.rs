//! How big a function is: the program, and the zip of it that is uploaded.

use std::fs::File;
use std::io;

use flate2::Compression;
use flate2::write::DeflateEncoder;

use crate::contender::Contender;
use crate::measure::Measure;

/// What a zip with the one entry `bootstrap` has beyond the entry's deflated bytes: a local header (30 bytes), an entry of the
/// directory (46), each with the name (9), and the end of the directory (22). APPNOTE.TXT 4.3.
const ZIP_FRAME_BYTES: u64 = 30 + 46 + 2 * 9 + 22;

/// How big a program is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) program: u64,
    pub(crate) zip: u64,
}

/// The sizes of a contender's program; `None` where the command has arguments, for then it is an interpreter's.
///
/// # Errors
/// When the program cannot be read: it is not there, most likely.
pub(crate) fn of(contender: &Contender) -> io::Result<Option<Size>> {
    if !contender.arguments.is_empty() {
        return Ok(None);
    }
    let unread = |error| io::Error::other(format!("cannot read {}: {error}; build it first", contender.program));
    let mut program = File::open(&contender.program).map_err(unread)?;
    // Fully, as the CDK and `cargo lambda` do.
    let mut deflating = DeflateEncoder::new(Counting::default(), Compression::best());
    let size = io::copy(&mut program, &mut deflating).map_err(unread)?;
    let zip = deflating.finish()?.0.saturating_add(ZIP_FRAME_BYTES);
    Ok(Some(Size { program: size, zip }))
}

/// The same, as figures of the bench.
///
/// # Errors
/// As [`of`].
pub(crate) fn measure(contender: &Contender) -> io::Result<Vec<(Measure, f64)>> {
    let figures = |size: Size| vec![(Measure::Program, as_float(size.program)), (Measure::Zip, as_float(size.zip))];
    Ok(of(contender)?.map(figures).unwrap_or_default())
}

/// Keeps the count of what is written to it, and nothing else.
#[derive(Debug, Default)]
struct Counting(u64);

impl io::Write for Counting {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A count of bytes or calls as a figure: exact up to 2^53.
pub(crate) fn as_float(bytes: u64) -> f64 {
    bytes as f64
}
