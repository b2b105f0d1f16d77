use aho_corasick::AhoCorasick;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::secret_texts;

/// The texts that may not reach the disk: each line of each secret, and each secret as a whole.
///
/// A byte is masked if and only if it lies in an occurrence of one of them, overlapping ones included, so the result
/// does not depend on how the stream was cut. Line ends stay, so that masking never joins lines.
pub struct Mask {
    texts: Vec<Vec<u8>>,
    /// None when there is nothing to look for.
    finder: Option<AhoCorasick>,
    /// For each byte: the proper prefixes (text, length) that end in it, longest first.
    prefixes: Vec<Vec<(usize, usize)>>,
}

impl Mask {
    /// What is not masked: other spellings of a secret, such as its base64, and lines of it under 6 bytes.
    pub fn new(secrets: &[SecretString]) -> Self {
        let mut texts: Vec<Vec<u8>> = secrets
            .iter()
            .flat_map(|secret| secret_texts(secret.expose_secret()))
            .map(|text| text.as_bytes().to_vec())
            .collect();
        texts.sort();
        texts.dedup();
        let mut prefixes = vec![Vec::new(); 256];
        for (number, text) in texts.iter().enumerate() {
            for length in 1..text.len() {
                prefixes[usize::from(text[length - 1])].push((number, length));
            }
        }
        for same_end in &mut prefixes {
            same_end.sort_by_key(|(_, length)| std::cmp::Reverse(*length));
        }
        // Building fails only past 2^31 states, far beyond what a file of secrets may hold.
        let finder = (!texts.is_empty()).then(|| AhoCorasick::new(&texts).ok()).flatten();
        Self { texts, finder, prefixes }
    }

    /// A whole text at once, such as a reason that quotes what a step said.
    pub(super) fn text(&self, text: &str) -> String {
        let mut stream = MaskedStream::default();
        let mut masked = stream.push(self, text.as_bytes()).to_vec();
        masked.extend_from_slice(stream.finish(self));
        String::from_utf8_lossy(&masked).into_owned()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.finder.is_none()
    }

    /// How many bytes at the end of `bytes` could begin a secret.
    fn could_begin(&self, bytes: &[u8]) -> usize {
        let Some(last) = bytes.last() else { return 0 };
        self.prefixes[usize::from(*last)]
            .iter()
            .find(|(text, length)| bytes.ends_with(&self.texts[*text][..*length]))
            .map_or(0, |(_, length)| *length)
    }
}

/// One stream on its way through a mask.
#[derive(Default)]
pub(super) struct MaskedStream {
    /// First what was given out by the last call, then what is held back, as it came.
    buffer: Vec<u8>,
    given: usize,
    /// So many of the held bytes lie in an occurrence that began before them.
    covered: usize,
    found: Vec<(usize, usize)>,
}

impl MaskedStream {
    /// Takes bytes in, gives those out of which it is certain whether they are secret.
    pub(super) fn push(&mut self, mask: &Mask, bytes: &[u8]) -> &[u8] {
        self.advance(mask, bytes, false)
    }

    /// The stream ended: what was held back is no secret's beginning after all.
    pub(super) fn finish(&mut self, mask: &Mask) -> &[u8] {
        self.advance(mask, &[], true)
    }

    fn advance(&mut self, mask: &Mask, bytes: &[u8], ended: bool) -> &[u8] {
        self.buffer.drain(..self.given);
        self.buffer.extend_from_slice(bytes);
        let held = if ended { 0 } else { mask.could_begin(&self.buffer) };
        self.given = self.buffer.len() - held;
        self.found.clear();
        self.found.push((0, self.covered));
        if let Some(finder) = &mask.finder {
            let hits = finder.find_overlapping_iter(&self.buffer);
            self.found.extend(hits.map(|hit| (hit.start(), hit.end())));
        }
        self.covered = 0;
        for (start, end) in &self.found {
            for byte in &mut self.buffer[*start.min(&self.given)..*end.min(&self.given)] {
                if *byte != b'\n' {
                    *byte = b'*';
                }
            }
            if *start <= self.given {
                self.covered = self.covered.max(end.saturating_sub(self.given));
            }
        }
        &self.buffer[..self.given]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(secrets: &[&str]) -> Mask {
        Mask::new(&secrets.iter().map(|text| SecretString::from(*text)).collect::<Vec<_>>())
    }

    fn through<'a>(mask: &Mask, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
        let mut stream = MaskedStream::default();
        let mut out = Vec::new();
        for piece in pieces {
            out.extend_from_slice(stream.push(mask, piece));
        }
        out.extend_from_slice(stream.finish(mask));
        out
    }

    /// The rule itself, written as slowly and plainly as can be.
    fn by_the_rule(mask: &Mask, whole: &[u8]) -> Vec<u8> {
        let mut out = whole.to_vec();
        for text in &mask.texts {
            for start in 0..whole.len() {
                if whole[start..].starts_with(text) {
                    out[start..start + text.len()]
                        .iter_mut()
                        .filter(|b| **b != b'\n')
                        .for_each(|b| *b = b'*');
                }
            }
        }
        out
    }

    #[test]
    fn a_secret_is_replaced_by_its_length_in_stars() {
        let out = through(&mask(&["hunter22"]), [b"the password is hunter22, hunter2".as_slice()]);
        assert_eq!(String::from_utf8_lossy(&out), "the password is ********, hunter2");
    }

    #[test]
    fn only_what_could_begin_a_secret_is_held_back() {
        let mask = mask(&["hunter22"]);
        let mut stream = MaskedStream::default();
        assert_eq!(stream.push(&mask, b"say hunt"), b"say ");
        assert_eq!(stream.push(&mask, b"ing\n"), b"hunting\n");
        assert_eq!(stream.push(&mask, b"h"), b"");
        assert_eq!(stream.push(&mask, b"unter22"), b"********");
    }

    #[test]
    fn each_line_of_a_secret_counts_and_short_lines_stay() {
        let mask = mask(&["BEGIN KEY\nabcdefgh\n==\n"]);
        let out = through(&mask, [b"k: abcdefgh ==\nBEGIN KEY\nabcdefgh\n==\n".as_slice()]);
        assert_eq!(String::from_utf8_lossy(&out), "k: ******** ==\n*********\n********\n**\n");
    }

    proptest! {
        #[test]
        fn masking_pieces_equals_masking_the_whole(
            secrets in prop::collection::vec("[ab\n]{6,9}", 1..4),
            whole in "[ab\n]{0,60}",
            cuts in prop::collection::vec(0usize..61, 0..8),
        ) {
            let mask = mask(&secrets.iter().map(String::as_str).collect::<Vec<_>>());
            let whole = whole.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(whole.len())).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let pieces = cuts.windows(2).map(|pair| &whole[pair[0]..pair[1]]);
            prop_assert_eq!(through(&mask, pieces), by_the_rule(&mask, whole));
        }
    }
}
