//! The name of an image that the user has not named.

use std::path::Path;

/// For a directory without a usable name.
const FALLBACK: &str = "railpack-app";

/// The longest name that is made: an image's is limited to 255 characters.
const MAX_LENGTH: usize = 128;

/// The name of an app's directory, as far as an image may have it: letters in lower case and digits, and between them one
/// `.`, `_` or `-`, which stands for everything else too.
///
/// <https://github.com/distribution/reference/blob/v0.6.0/reference.go>, `path-component`.
pub(crate) fn default_image_name(directory: &Path) -> String {
    let full = directory.canonicalize();
    let directory = full.as_deref().unwrap_or(directory);
    let name = directory.file_name().unwrap_or_default();
    image_name(&name.to_string_lossy())
}

/// The same of any name.
pub(crate) fn image_name(name: &str) -> String {
    sanitised(name).unwrap_or_else(|| FALLBACK.to_owned())
}

fn sanitised(name: &str) -> Option<String> {
    let mut clean = String::new();
    let mut separator = None;
    for character in name.chars() {
        if character.is_ascii_alphanumeric() {
            if let Some(separator) = separator.take().filter(|_| !clean.is_empty()) {
                clean.push(separator);
            }
            clean.push(character.to_ascii_lowercase());
        } else {
            let kept = if matches!(character, '.' | '_') {
                character
            } else {
                '-'
            };
            separator.get_or_insert(kept);
        }
        if clean.len() >= MAX_LENGTH {
            break;
        }
    }
    Some(clean).filter(|clean| !clean.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::ImageReference;

    #[test]
    fn what_an_image_cannot_have_becomes_one_separator() {
        for (name, expected) in [
            ("node-bun", Some("node-bun")),
            ("My App (2)", Some("my-app-2")),
            (".hidden_v1.2", Some("hidden_v1.2")),
            ("a--__b", Some("a-b")),
            ("caf\u{e9} au lait", Some("caf-au-lait")),
            ("\u{65e5}\u{672c}", None),
            ("---", None),
        ] {
            let name = sanitised(name);
            assert_eq!(name.as_deref(), expected);
            if let Some(name) = name {
                ImageReference::parse(&name).unwrap();
            }
        }
        assert_eq!(sanitised(&"x".repeat(300)).unwrap().len(), MAX_LENGTH);
    }

    #[test]
    fn the_directory_is_followed_to_its_own_name() {
        let directory = tempfile::tempdir().unwrap();
        let app = directory.path().join("App");
        std::fs::create_dir(&app).unwrap();
        assert_eq!(default_image_name(&app.join("../App/.")), "app");
        assert_eq!(default_image_name(Path::new("/")), FALLBACK);
    }
}
