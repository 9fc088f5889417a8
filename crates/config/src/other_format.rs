//! Texts that are something else than TOML as a whole.

/// What to say of a text that is not in TOML at all, or not in UTF-8.
pub(crate) fn name_of(text: &str) -> Option<&'static str> {
    if text.contains('\0') {
        return Some(UTF_16);
    }
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '/']));
    let first = lines.next()?;
    let is_assigned = |line: &str| line.contains('=');
    if first.starts_with('{') {
        return Some(
            "this is JSON; the file is TOML, in which a line says auth = \"Open\" (config/examples/ has whole files)",
        );
    }
    if ["import ", "export ", "const ", "module.exports"].iter().any(|begin| first.starts_with(begin)) {
        return Some(
            "this is JavaScript; write a TOML file instead: docs/migrating.md has a line for each key of the original",
        );
    }
    let is_yaml =
        |line: &str| line.starts_with("- ") || line.split_once(':').is_some_and(|(key, _)| !key.contains(['"', ' ']));
    if first == "---" || (is_yaml(first) && !is_assigned(first) && !lines.any(is_assigned)) {
        return Some(
            "this is YAML; the file is TOML, in which a line says auth = \"Open\" (config/examples/ has whole files)",
        );
    }
    None
}

/// What to say of a text in that encoding.
pub(crate) const UTF_16: &str = "the file is in UTF-16; save it as UTF-8 (in PowerShell: Set-Content -Encoding utf8)";
