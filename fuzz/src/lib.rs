//! What the fuzz targets compare this project with: the same questions, answered another way.
//!
//! Nothing here calls the code that it is to check. It is slower and shorter, and reads parsed JSON or TOML directly.

pub mod grant;
pub mod header;
pub mod issuer;
pub mod template;
