//! What comes in the metadata of a call: names of directories, patterns, ids.
//!
//! Values that are not ASCII come encoded as in the query of a URL, which a second key tells.
//! <https://github.com/moby/buildkit/blob/v0.32.2/session/filesync/filesync.go>, `encodeOpts`.

use tonic::metadata::MetadataMap;

/// Behind a key: its values are encoded. BuildKit 0.12 and newer.
const ENCODED_SUFFIX: &str = "-encoded";

/// All values of `key`, in order; bytes that are no text are replaced.
pub(super) fn values(metadata: &MetadataMap, key: &str) -> Vec<String> {
    let is_encoded = metadata
        .get(format!("{key}{ENCODED_SUFFIX}"))
        .is_some_and(|value| {
            matches!(
                value.as_bytes(),
                b"1" | b"t" | b"T" | b"true" | b"True" | b"TRUE"
            )
        });
    let values = metadata.get_all(key).into_iter();
    let values = values.map(|value| {
        let value = value.as_bytes();
        if is_encoded {
            unescape(value)
        } else {
            value.to_vec()
        }
    });
    values
        .map(|value| String::from_utf8_lossy(&value).into_owned())
        .collect()
}

/// The first value of `key`.
pub(super) fn value(metadata: &MetadataMap, key: &str) -> Option<String> {
    values(metadata, key).into_iter().next()
}

/// Undoes what Go's `url.QueryEscape` does. A `%` that begins no byte stays as it is.
fn unescape(value: &[u8]) -> Vec<u8> {
    let digit = |place: usize| char::from(*value.get(place)?).to_digit(16);
    let mut unescaped = Vec::with_capacity(value.len());
    let mut place = 0;
    while let Some(&byte) = value.get(place) {
        let escaped = (byte == b'%')
            .then(|| digit(place + 1).zip(digit(place + 2)))
            .flatten()
            .and_then(|(high, low)| u8::try_from(high << 4 | low).ok());
        unescaped.push(match byte {
            b'+' => b' ',
            byte => escaped.unwrap_or(byte),
        });
        place += if escaped.is_some() { 3 } else { 1 };
    }
    unescaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metadata(pairs: &[(&'static str, &str)]) -> MetadataMap {
        let mut metadata = MetadataMap::new();
        for (key, value) in pairs {
            metadata.append(*key, value.parse().unwrap());
        }
        metadata
    }

    #[test]
    fn values_come_in_order_and_as_they_are() {
        let metadata = metadata(&[
            ("exclude-patterns", "a+b%20c"),
            ("exclude-patterns", "!*.md"),
        ]);
        assert_eq!(values(&metadata, "exclude-patterns"), ["a+b%20c", "!*.md"]);
        assert!(values(&metadata, "include-patterns").is_empty());
        assert_eq!(value(&metadata, "dir-name"), None);
    }

    #[test]
    fn encoded_values_are_decoded() {
        let metadata = metadata(&[
            ("include-patterns", "r%C3%A9sum%C3%A9+%2B+%25.txt"),
            ("include-patterns", "plain"),
            ("include-patterns-encoded", "1"),
            ("dir-name", "a%20b"),
        ]);
        assert_eq!(
            values(&metadata, "include-patterns"),
            ["r\u{e9}sum\u{e9} + %.txt", "plain"]
        );
        assert_eq!(value(&metadata, "dir-name").unwrap(), "a%20b");
    }

    #[test]
    fn what_is_wrongly_encoded_stays() {
        for (escaped, expected) in [("%", "%"), ("%4", "%4"), ("%zz1", "%zz1"), ("%41%", "A%")] {
            assert_eq!(unescape(escaped.as_bytes()), expected.as_bytes());
        }
    }
}
