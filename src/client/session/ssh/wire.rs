//! How SSH writes what it sends: <https://www.rfc-editor.org/rfc/rfc4251#section-5>.

/// Reads from the front; `None` is what every reading gives that finds too little.
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// A `uint32`.
    pub(super) fn number(&mut self) -> Option<u32> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u32::from_be_bytes(*number))
    }

    /// A `string`: any bytes behind their number.
    pub(super) fn string(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(string)
    }

    /// An `mpint` that is not negative, without leading zeros.
    pub(super) fn integer(&mut self) -> Option<&'a [u8]> {
        self.string().map(without_zeros)
    }
}

/// Writes to the end.
#[derive(Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn byte(mut self, byte: u8) -> Self {
        self.0.push(byte);
        self
    }

    /// A `uint32`. Nothing here counts further than that.
    pub(super) fn number(mut self, number: usize) -> Self {
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        self.0.extend(number.to_be_bytes());
        self
    }

    /// A `string`.
    pub(super) fn string(self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        let mut writer = self.number(bytes.len());
        writer.0.extend(bytes);
        writer
    }

    /// An `mpint`, of the big-endian bytes of a number that is not negative.
    pub(super) fn integer(self, bytes: &[u8]) -> Self {
        let bytes = without_zeros(bytes);
        let is_signed = bytes.first().is_some_and(|first| first & 0x80 != 0);
        let zero: &[u8] = if is_signed { &[0] } else { &[] };
        self.string([zero, bytes].concat())
    }

    pub(super) fn bytes(self) -> Vec<u8> {
        self.0
    }
}

/// A big-endian number without leading zeros.
pub(super) fn without_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of RFC 4251.
    #[test]
    fn integers_have_a_zero_where_they_would_be_negative() {
        for (number, expected) in [
            (&[][..], &[0, 0, 0, 0][..]),
            (&[0, 0], &[0, 0, 0, 0]),
            (&[0x80], &[0, 0, 0, 2, 0, 0x80]),
            (&[0, 9, 0xa3], &[0, 0, 0, 2, 9, 0xa3]),
        ] {
            let written = Writer::default().integer(number).bytes();
            assert_eq!(written, expected);
            let read = Reader::new(&written).integer();
            assert_eq!(read, Some(without_zeros(number)));
        }
    }

    #[test]
    fn too_little_is_nothing() {
        assert_eq!(Reader::new(&[0, 0, 0]).number(), None);
        assert_eq!(Reader::new(&[0, 0, 0, 2, 1]).string(), None);
        assert_eq!(Reader::new(&[255; 4]).string(), None);
    }
}
