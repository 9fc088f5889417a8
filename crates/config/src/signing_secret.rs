//! Whether a text is rather what an issuer signs with than the name of the secret that holds it.
//!
//! People put short and well-known secrets there, which would pass for names elsewhere.

/// Secrets that stand in documents and in files for development: Supabase's, jwt.io's.
const OF_DOCUMENTS: [&str; 4] = ["at-least-32-char", "256-bit-secret", "384-bit-secret", "512-bit-secret"];

/// In characters: base64 and hexadecimal of the 16 bytes that nobody would call a secret any more are shorter.
const SHORTEST_SECRET: usize = 32;

/// Whether it is: a document in JSON, a JWT, a secret of a document, or many letters and digits in a row that make no words.
pub(crate) fn is_like_one(text: &str) -> bool {
    let is_document = text.trim_start().starts_with('{') && !text.contains("{{");
    let is_token = text.starts_with("eyJ") && text.contains('.');
    let is_of_documents = OF_DOCUMENTS.iter().any(|known| text.to_ascii_lowercase().contains(known));
    // `/`, `+` and `_` are of base64 and of names: the longest run without any is long enough in base64 for most secrets, and the
    // whole is looked at where it ends with base64's own padding.
    let is_padded = text.len() >= SHORTEST_SECRET && text.ends_with('=');
    let is_run =
        |run: &str| run.len() >= SHORTEST_SECRET && run.contains(|c: char| c.is_ascii_digit()) && !has_words(run);
    is_document
        || is_token
        || is_of_documents
        || is_padded
        || text.split(['/', '_', '.', '@', '-', ':', ' ']).any(is_run)
        || is_random(text)
}

/// Base64 of random bytes, whichever of its letters stands where names have a separator.
fn is_random(text: &str) -> bool {
    let has = |is: fn(&char) -> bool| text.chars().filter(is).count().saturating_mul(12) >= text.len();
    text.len() >= SHORTEST_SECRET
        && has(char::is_ascii_uppercase)
        && has(char::is_ascii_lowercase)
        && has(char::is_ascii_digit)
        && !has_words(text)
}

/// Whether most of it is words: at least three small letters in a row, as in `ChatSigningSecretA1B2C3D4`. Of random base64, a sixth is.
fn has_words(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_ascii_lowercase()).filter(|run| run.len() >= 3);
    let letters: usize = words.map(str::len).fold(0, usize::saturating_add);
    letters.saturating_mul(10) >= text.len().saturating_mul(3)
}
