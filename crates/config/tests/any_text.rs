//! Any text: what is refused is refused with lines of the file, in their order. Real: the parser, the validation and the shipped files.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_oneof};
use proptest::{prop_assert, proptest};
use tvm_config::Config;

const SHIPPED: &[&str] = &[
    include_str!("../../../config/tvm.toml"),
    include_str!("../../../config/examples/your-issuer.toml"),
    include_str!("../../../config/examples/guarded.toml"),
    include_str!("broken/fourteen-mistakes.toml"),
    include_str!("broken/selector-slips.toml"),
];

/// Something that is written into a file.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "\n[token]\n",
        "\n[[permissions]]\n",
        "\n[permissions]\n",
        "auth = \"Open\"\n",
        "role = 5\n",
        "= ",
        "\"",
        "\"\"\"",
        "[",
        "]",
        "{",
        "}",
        "\n",
        "\r\n",
        ",",
        ".",
        "#",
        "\\",
        "“",
        "é",
        "\t",
        "cache",
        "\ntoken.id = 1\n",
        "= [\n",
        "-1",
        "1e999",
        "2024-01-01",
        "''",
        "\u{feff}",
    ];
    prop_oneof![
        proptest::sample::select(pieces.to_vec()).prop_map(ToOwned::to_owned),
        any::<String>(),
        Just(String::new())
    ]
}

/// A shipped file in which some places are written over.
fn changed() -> impl Strategy<Value = String> {
    let changes = proptest::collection::vec((any::<proptest::sample::Index>(), 0..12_usize, piece()), 1..6);
    (proptest::sample::select(SHIPPED.to_vec()), changes).prop_map(|(text, changes)| {
        changes.into_iter().fold(text.to_owned(), |text, (at, length, piece)| {
            let characters: Vec<char> = text.chars().collect();
            let at = at.index(characters.len().max(1));
            let end = at.saturating_add(length).min(characters.len());
            let (before, after) = (characters.iter().take(at), characters.iter().skip(end));
            before.copied().chain(piece.chars()).chain(after.copied()).collect()
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_refused_is_refused_with_lines_of_the_file_in_their_order(text in changed()) {
        if let Err(errors) = Config::parse("f", &text) {
            let lines = text.split('\n').count();
            prop_assert!(errors.iter().count() > 0);
            prop_assert!(errors.iter().is_sorted_by_key(|error| error.line), "{errors}");
            for error in errors.iter() {
                prop_assert!((1..=lines).contains(&error.line), "{error}");
                prop_assert!(!error.to_string().contains('\n'), "{error:?}");
            }
        }
    }
}
