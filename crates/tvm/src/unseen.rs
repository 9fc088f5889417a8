//! Text that others wrote, for a terminal: a client's, a server's, a user directory's.
//!
//! Nothing that is printed from here moves the cursor, turns the text around it or hides.

use std::fmt::Write as _;

/// Whether a terminal does something other than to show it: a control character, one that sets the direction of the text (UAX #9, section
/// 2), a line or paragraph separator, an annotation, or one that is shown as nothing (`Default_Ignorable_Code_Point` of Unicode's
/// DerivedCoreProperties.txt).
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// `text` in one line: a tab or a line end is a space, and what else is unseen is written as JSON escapes it. So JSON in one line stays
/// JSON, and means the same.
pub(crate) fn in_one_line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' | '\n' | '\r' => shown.push(' '),
            c if is_unseen(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Into a text, which takes whatever it is given.
                    write!(shown, "\\u{unit:04x}").ok();
                }
            }
            c => shown.push(c),
        }
    }
    shown
}
