use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// As a part of something longer, wherever in it.
pub(super) fn spellings(text: &str) -> impl Iterator<Item = Vec<u8>> {
    (0..3).flat_map(move |before| {
        [within(&STANDARD_NO_PAD, text, before), within(&URL_SAFE_NO_PAD, text, before)]
    })
}

/// The letters of a base64 that this text alone decides, where so many bytes of a group of three stand before it.
fn within(engine: &impl base64::Engine, text: &str, before: usize) -> Vec<u8> {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(text.as_bytes());
    let letters = engine.encode(&bytes).into_bytes();
    // A letter stands for six bits.
    letters[(before * 8).div_ceil(6)..bytes.len() * 8 / 6].to_vec()
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_base64_of_it_is_known_wherever_it_stands(
            secret in "[ -~]{6,40}",
            before in prop::collection::vec(any::<u8>(), 0..7),
            after in prop::collection::vec(any::<u8>(), 0..7),
        ) {
            let whole = [&before, secret.as_bytes(), &after].concat();
            for encoded in [STANDARD.encode(&whole), URL_SAFE.encode(&whole)] {
                let mut known = spellings(&secret);
                prop_assert!(known.any(|known| encoded.as_bytes().windows(known.len()).any(|part| part == known)));
            }
        }
    }
}
