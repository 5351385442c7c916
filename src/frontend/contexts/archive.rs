//! Whether a file is an archive.
//!
//! <https://github.com/moby/buildkit/blob/v0.32.2/frontend/dockerui/context.go>, `isArchive`

/// How many bytes of a file are looked at.
pub(super) const HEADER_SIZE: u64 = 1024;

/// What files begin with that bzip2, gzip and xz have made.
const COMPRESSED: [&[u8]; 3] = [b"BZh", b"\x1f\x8b\x08", b"\xfd7zXZ\0"];

/// The size of a header in a tar archive, and where its checksum is.
/// <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html> (ustar Interchange Format)
const TAR_HEADER_SIZE: usize = 512;
const CHECKSUM: std::ops::Range<usize> = 148..156;

/// Whether a file that begins so is one that engines unpack.
pub(super) fn is_archive(start: &[u8]) -> bool {
    COMPRESSED.iter().any(|magic| start.starts_with(magic)) || is_tar(start)
}

/// Whether the checksum of the first header is right. Of a file of zeros it is not: none is written there.
fn is_tar(start: &[u8]) -> bool {
    let Some(header) = start.get(..TAR_HEADER_SIZE) else {
        return false;
    };
    let written = header.get(CHECKSUM).and_then(octal);
    let sum = header.iter().enumerate().map(|(place, byte)| {
        // The checksum counts itself as spaces.
        u64::from(if CHECKSUM.contains(&place) {
            b' '
        } else {
            *byte
        })
    });
    written == Some(sum.sum())
}

fn octal(digits: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(digits).ok()?;
    u64::from_str_radix(text.trim_matches([' ', '\0']), 8).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header as tar writes it: a name and the checksum.
    fn header() -> Vec<u8> {
        let mut header = vec![0; TAR_HEADER_SIZE];
        header[..4].copy_from_slice(b"file");
        header[CHECKSUM].copy_from_slice(b"        ");
        let sum: u32 = header.iter().copied().map(u32::from).sum();
        header[CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header
    }

    #[test]
    fn archives_are_known_by_how_they_begin() {
        assert!(is_archive(&header()));
        for start in [&b"BZh91"[..], b"\x1f\x8b\x08\0", b"\xfd7zXZ\0\0"] {
            assert!(is_archive(start));
        }
        let mut broken = header();
        broken[0] = b'x';
        for start in [&broken[..], b"{}", b"", &[0; 1024], &header()[..511]] {
            assert!(!is_archive(start));
        }
    }
}
