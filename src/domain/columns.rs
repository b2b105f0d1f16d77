//! Where the letters of a line are on a terminal. A line may be of many megabytes, and this is asked for each frame.

use super::text::{safe, width};

/// Bytes that are passed at once where they are nothing but plain letters.
const CHUNK: usize = 64;

/// A place in a line, from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    pub byte: usize,
    pub letter: usize,
    pub column: usize,
}

/// The last place that is behind no more than so many letters and so many columns, each letter as it is shown.
pub fn spot(line: &str, letters: usize, columns: usize) -> Spot {
    let mut at = Spot::default();
    loop {
        let far = at.letter.saturating_add(CHUNK) <= letters && at.column.saturating_add(CHUNK) <= columns;
        let chunk = line.as_bytes().get(at.byte..at.byte + CHUNK).filter(|_| far);
        if chunk.is_some_and(|chunk| chunk.iter().all(|byte| (b' '..=b'~').contains(byte))) {
            at = Spot { byte: at.byte + CHUNK, letter: at.letter + CHUNK, column: at.column + CHUNK };
            continue;
        }
        let Some(c) = line[at.byte..].chars().next() else { return at };
        let column = at.column + shown_width(c);
        if at.letter == letters || column > columns {
            return at;
        }
        at = Spot { byte: at.byte + c.len_utf8(), letter: at.letter + 1, column };
    }
}

/// Columns that a letter takes as it is shown.
pub fn shown_width(c: char) -> usize {
    match c {
        ' '..='~' => 1,
        _ => width(&safe(c.encode_utf8(&mut [0; 4]))),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_place_is_found_by_letters_and_by_columns() {
        let line = "a日\tb";
        assert_eq!(spot(line, 2, usize::MAX), Spot { byte: 4, letter: 2, column: 3 });
        assert_eq!(spot(line, usize::MAX, 2), Spot { byte: 1, letter: 1, column: 1 }, "half of a letter");
        assert_eq!(spot(line, usize::MAX, usize::MAX), Spot { byte: 6, letter: 4, column: 8 });
    }

    proptest! {
        #[test]
        fn what_is_passed_at_once_is_counted_the_same(
            line in "[ -~]{0,150}[日\t\u{301}]?[ -~]{0,150}", letters in 0usize..320, columns in 0usize..320,
        ) {
            let mut slow = Spot::default();
            for c in line.chars() {
                let column = slow.column + shown_width(c);
                if slow.letter == letters || column > columns {
                    break;
                }
                slow = Spot { byte: slow.byte + c.len_utf8(), letter: slow.letter + 1, column };
            }
            prop_assert_eq!(spot(&line, letters, columns), slow);
        }
    }
}
