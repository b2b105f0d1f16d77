use aho_corasick::Anchored;
use aho_corasick::automaton::{Automaton, StateID};
use aho_corasick::nfa::contiguous::NFA;
use secrecy::{ExposeSecret, SecretString};

use super::spelling::spellings;
use crate::domain::secret_texts;

/// The texts that may not reach the disk: each line of each secret, and each secret as a whole, in every spelling that
/// is known.
///
/// A byte is masked if and only if it lies in an occurrence of one of them, overlapping ones included, so the result
/// does not depend on how the stream was cut. Line ends stay, so that masking never joins lines.
pub struct Mask {
    #[cfg(test)]
    texts: Vec<Vec<u8>>,
    /// None when there is nothing to look for.
    finder: Option<Finder>,
}

/// Where it stands after some bytes tells the longest of their ends that begins a text.
struct Finder {
    automaton: NFA,
    start: StateID,
    /// How long that end is, for every place but the start, by its number.
    depths: Vec<u32>,
}

impl Finder {
    fn new(texts: &[Vec<u8>]) -> Option<Self> {
        // Building fails only past 2^31 states, far beyond what a file of secrets may hold.
        let automaton = NFA::new(texts).ok()?;
        let start = automaton.start_state(Anchored::No).ok()?;
        let mut depths = Vec::new();
        for text in texts {
            let mut at = start;
            for (before, byte) in text.iter().enumerate() {
                at = automaton.next_state(Anchored::No, at, *byte);
                if depths.len() <= at.as_usize() {
                    depths.resize(at.as_usize() + 1, 0);
                }
                depths[at.as_usize()] = u32::try_from(before + 1).unwrap_or(u32::MAX);
            }
        }
        Some(Self { automaton, start, depths })
    }

    /// The length of the longest text that ends here.
    fn found(&self, at: StateID) -> usize {
        let texts = (0..self.automaton.match_len(at)).map(|n| self.automaton.match_pattern(at, n));
        texts.map(|text| self.automaton.pattern_len(text)).max().unwrap_or(0)
    }
}

impl Mask {
    /// What is not masked: other spellings of a secret (hexadecimal, compressed, backwards, a base64 that is broken into
    /// lines), one that is split over both streams or interrupted by colour codes, and lines of it under 6 bytes.
    pub fn new(secrets: &[SecretString]) -> Self {
        let mut texts: Vec<Vec<u8>> = secrets
            .iter()
            .flat_map(|secret| secret_texts(secret.expose_secret()))
            .flat_map(spellings)
            .collect();
        texts.sort();
        texts.dedup();
        let finder = (!texts.is_empty()).then(|| Finder::new(&texts)).flatten();
        Self {
            #[cfg(test)]
            texts,
            finder,
        }
    }

    /// A whole text at once, such as a reason that quotes what a step said.
    pub(super) fn text(&self, text: &str) -> String {
        let mut stream = MaskedStream::default();
        let mut masked = stream.push(self, text.as_bytes()).to_vec();
        masked.extend_from_slice(stream.finish());
        String::from_utf8_lossy(&masked).into_owned()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.finder.is_none()
    }
}

/// One stream on its way through a mask.
#[derive(Default)]
pub(super) struct MaskedStream {
    /// First what was given out by the last call, then what is held back, masked as far as it is known to be secret.
    buffer: Vec<u8>,
    given: usize,
    /// Where the finder stands; None at the beginning.
    at: Option<StateID>,
}

impl MaskedStream {
    /// Takes bytes in, gives those out of which it is certain whether they are secret.
    pub(super) fn push(&mut self, mask: &Mask, bytes: &[u8]) -> &[u8] {
        self.buffer.drain(..self.given);
        self.given = match &mask.finder {
            Some(finder) => self.advance(finder, bytes),
            None => {
                self.buffer.extend_from_slice(bytes);
                self.buffer.len()
            }
        };
        &self.buffer[..self.given]
    }

    /// The stream ended: what was held back is no secret's beginning after all.
    pub(super) fn finish(&mut self) -> &[u8] {
        self.buffer.drain(..self.given);
        self.given = self.buffer.len();
        self.at = None;
        &self.buffer
    }

    /// How far it is certain then. A text that is found began in these bytes, in what is held back, or in what was given
    /// out because it is secret anyhow.
    fn advance(&mut self, finder: &Finder, bytes: &[u8]) -> usize {
        let mut last = 0..0;
        let mut at = self.at.unwrap_or(finder.start);
        let mut end = self.buffer.len();
        self.buffer.extend_from_slice(bytes);
        for byte in bytes {
            at = finder.automaton.next_state(Anchored::No, at, *byte);
            end += 1;
            if finder.automaton.is_match(at) {
                last = end.saturating_sub(finder.found(at))..end;
                self.buffer[last.clone()]
                    .iter_mut()
                    .filter(|byte| **byte != b'\n')
                    .for_each(|byte| *byte = b'*');
            }
        }
        self.at = Some(at);
        let certain = end.saturating_sub(finder.depths.get(at.as_usize()).map_or(0, |depth| *depth as usize));
        // What could begin another one may be secret already.
        if last.contains(&certain) { last.end } else { certain }
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
        out.extend_from_slice(stream.finish());
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

        #[test]
        fn a_document_with_any_spelling_is_masked_however_it_is_cut(
            secret in "[a-z/+='\"\\\\<>& %$~*!äß😀]{6,20}",
            which: prop::sample::Index,
            (before, after) in ("[a-z\\\\ %&]{0,9}", "[a-z\\\\ %&]{0,9}"),
            cut: prop::sample::Index,
        ) {
            let mask = mask(&[&secret]);
            let spelled = which.get(&mask.texts);
            let whole = [before.as_bytes(), spelled, after.as_bytes()].concat();
            let (first, second) = whole.split_at(cut.index(whole.len()));
            let masked = through(&mask, [first, second]);
            prop_assert_eq!(&masked, &by_the_rule(&mask, &whole));
            prop_assert!(masked[before.len()..before.len() + spelled.len()].iter().all(|byte| *byte == b'*'));
        }
    }
}
