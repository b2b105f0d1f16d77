/// A line of bytes that are no text, as people read them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DumpLine {
    /// Of its first byte.
    pub place: String,
    pub numbers: String,
    /// Those that are letters as such.
    pub letters: String,
}

/// So many bytes a line; what they take are 11 columns and 4 for each.
pub fn dump(bytes: &[u8], a_line: usize) -> impl Iterator<Item = DumpLine> {
    let a_line = a_line.max(1);
    bytes.chunks(a_line).enumerate().map(move |(index, bytes)| {
        let numbers: String = bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
        let letter = |byte: &u8| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' };
        DumpLine {
            place: format!("{:08x}", index * a_line),
            numbers: format!("{numbers:<width$}", width = a_line * 3),
            letters: bytes.iter().map(letter).collect(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_beside_their_letters() {
        let lines: Vec<_> = dump(b"ab\x1b\xff c", 4).collect();
        let text: Vec<_> = lines.iter().map(|l| format!("{}  {}{}", l.place, l.numbers, l.letters)).collect();
        assert_eq!(text, ["00000000  61 62 1b ff ab..", "00000004  20 63       .c"]);
    }
}
