/// Bytes of a pickle, from the first on. None: they end too early.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn take(&mut self, count: u64) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(usize::try_from(count).ok()?)?;
        self.rest = rest;
        Some(taken)
    }

    pub fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// A number of so many bytes, the lowest first.
    pub fn number(&mut self, bytes: u64) -> Option<u64> {
        self.take(bytes)
            .map(|bytes| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// Without its end.
    pub fn line(&mut self) -> Option<String> {
        let end = self.rest.iter().position(|byte| *byte == b'\n')?;
        let line = self.take(end as u64 + 1)?;
        Some(String::from_utf8_lossy(&line[..end]).into_owned())
    }

    pub fn text(&mut self, count: u64) -> Option<String> {
        self.take(count).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }
}
