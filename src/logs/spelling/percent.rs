use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::each;

const UNRESERVED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// Python's `quote` and whoever writes a path.
const PATH: AsciiSet = UNRESERVED.remove(b'/');
/// JavaScript's `encodeURIComponent`.
const COMPONENT: AsciiSet = UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');
/// JavaScript's `encodeURI`, for a whole address.
const ADDRESS: AsciiSet = COMPONENT
    .remove(b';')
    .remove(b',')
    .remove(b'/')
    .remove(b'?')
    .remove(b':')
    .remove(b'@')
    .remove(b'&')
    .remove(b'=')
    .remove(b'+')
    .remove(b'$')
    .remove(b'#');
/// Python's `requests`, which repairs a whole address.
const REPAIRED: AsciiSet = ADDRESS.remove(b'[').remove(b']').remove(b'%');
/// A form, as browsers and Java write it.
const FORM: AsciiSet = UNRESERVED.add(b'~').remove(b'*');

static SETS: [AsciiSet; 8] = [
    UNRESERVED.add(b'-').add(b'.').add(b'_').add(b'~'),
    UNRESERVED,
    UNRESERVED.add(b'~'),
    PATH,
    COMPONENT,
    ADDRESS,
    REPAIRED,
    FORM,
];

/// As addresses and forms have it, with large and with small digits.
pub(super) fn spellings(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for set in &SETS {
        for (space, small) in [("%20", false), ("%20", true), ("+", false), ("+", true)] {
            all.push(each(text, |c, written| match c {
                ' ' => written.push_str(space),
                _ => escape(c, set, small, written),
            }));
        }
    }
    all
}

fn escape(c: char, set: &'static AsciiSet, small: bool, written: &mut String) {
    let mut bytes = [0; 4];
    let plain = &*c.encode_utf8(&mut bytes);
    let escaped = utf8_percent_encode(plain, set).to_string();
    match small && escaped != plain {
        true => written.push_str(&escaped.to_ascii_lowercase()),
        false => written.push_str(&escaped),
    }
}
