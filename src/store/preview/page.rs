use std::panic::{AssertUnwindSafe, catch_unwind};

use html2text::config::plain_no_decorate;

use super::head::Head;
use super::{Look, NotThat, text};
use crate::domain::Content;

/// Of a page that goes on for longer only so much is laid out.
const MOST: usize = 256 << 10;

/// A cell of a table is no narrower, or its words would be cut up: a wide table is turned to the side.
const NARROWEST: usize = 10;

/// To lay out what is nested deeper takes minutes, and nobody has written it.
const DEEPEST: usize = 256;

/// Elements that hold nothing, or that the next one of their kind may end.
const LOOSE: [&[u8]; 25] = [
    b"area", b"base", b"br", b"col", b"dd", b"dt", b"embed", b"hr", b"img", b"input", b"li", b"link",
    b"meta", b"option", b"p", b"param", b"source", b"tbody", b"td", b"tfoot", b"th", b"thead", b"tr",
    b"track", b"wbr",
];

/// How deep its elements are nested at most.
fn depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in bytes.split(|byte| *byte == b'<').skip(1) {
        let (ends, tag) = tag.strip_prefix(b"/").map_or((false, tag), |tag| (true, tag));
        let length = tag.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = tag[..length].to_ascii_lowercase();
        if name.is_empty() || LOOSE.contains(&name.as_slice()) {
            continue;
        }
        depth = if ends { depth.saturating_sub(1) } else { depth + 1 };
        deepest = deepest.max(depth);
    }
    deepest
}

/// A page of HTML as the text that a person reads of it, laid out for so many columns.
pub(super) fn look(head: &Head, columns: usize) -> Result<Look, NotThat> {
    let bytes = &head.bytes[..head.bytes.len().min(MOST)];
    if depth(bytes) > DEEPEST {
        return Err(None);
    }
    let laid = catch_unwind(AssertUnwindSafe(|| {
        let config = plain_no_decorate().min_wrap_width(NARROWEST).allow_width_overflow();
        config.string_from_read(bytes, columns.max(1))
    }));
    // Whoever wants to know what is wrong with it reads its source.
    let laid = laid.map_err(|_| None)?.map_err(|_| None)?;
    let content = Content::Laid { lines: text::split(laid.trim_end().as_bytes()), columns };
    let cut = bytes.len() < head.bytes.len() || !head.whole;
    let notes = cut.then(|| format!("only its first {} KiB are laid out", MOST >> 10));
    Ok(Look { content, notes: notes.into_iter().collect() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_is_that_of_what_is_nested_and_not_of_what_is_long() {
        assert_eq!(depth("<ul><li>a<li>b<li>c</ul><p>x<p>y<br><img src=x>".repeat(1000).as_bytes()), 1);
        assert_eq!(depth(b"<div><DIV><b>x</b></div></div><div>"), 3);
        assert!(depth("<ul><li>".repeat(20_000).as_bytes()) > DEEPEST);
    }
}
