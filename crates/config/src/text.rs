//! The bytes of a file as text.

use crate::config::Config;
use crate::error::{ConfigErrors, Problem};
use crate::other_format;
use crate::position::Source;

impl Config {
    /// The text of a configuration file, which is in UTF-8; `file_name` is what errors call it.
    ///
    /// # Errors
    /// [`ConfigErrors`]: another encoding, and the first line that shows it.
    pub fn text_of(file_name: &str, bytes: Vec<u8>) -> Result<String, ConfigErrors> {
        String::from_utf8(bytes).map_err(|error| {
            let bytes = error.as_bytes();
            let (good, _) = bytes.split_at_checked(error.utf8_error().valid_up_to()).unwrap_or_default();
            let message = match bytes {
                [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => other_format::UTF_16,
                _ => "this line is not in UTF-8; save the file as UTF-8",
            };
            let source = Source { file: file_name, text: std::str::from_utf8(good).unwrap_or_default() };
            let line = source.line(good.len());
            ConfigErrors(vec![source.error(line, Problem::Unreadable(message.to_owned()))])
        })
    }
}
