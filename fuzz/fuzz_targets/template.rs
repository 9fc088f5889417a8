//! Templates: any text, with any value in it.
//!
//! What is accepted, and what comes of it, is what a naive reading of the text gives. A placeholder reads as it is shown.
//!
//! An input is the template, and after a NUL the value of every other placeholder; every one between has another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tvm_fuzz::template::filled;
use tvm_policy::{Placeholder, Template};

fuzz_target!(|input: &str| {
    let (text, value) = input.split_once('\0').unwrap_or((input, "ada"));
    let value_of = |name: &str| if name.len().is_multiple_of(2) { value } else { "b" };
    let template = match Template::parse(text) {
        Ok(template) => template,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            assert_eq!(filled(text, |_| Some("x".to_owned())), None, "{text:?} is refused: {error}");
            return;
        }
    };
    for placeholder in template.placeholders() {
        let alone = Template::parse(&placeholder.to_string()).expect("a placeholder is a template");
        assert_eq!(alone.placeholders().collect::<Vec<_>>(), [placeholder]);
    }
    let name_of = |placeholder: &Placeholder| {
        let shown = placeholder.to_string();
        shown[1..shown.len() - 1].to_owned()
    };
    let got = template.fill(|placeholder| Some(value_of(&name_of(placeholder))));
    let naive = filled(text, |name| Some(value_of(name).to_owned()));
    assert_eq!(got.clone().ok(), naive, "{text:?}");
    if let Err(missing) = got {
        assert_eq!(value_of(&name_of(&missing)), "", "{missing} is not missing");
    }
});
