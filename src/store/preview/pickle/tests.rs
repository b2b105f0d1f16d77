use proptest::prelude::*;

use super::super::head::Head;
use super::*;

fn head(bytes: &[u8]) -> Head {
    Head { bytes: bytes.to_vec(), whole: true, packed: false, broken: false }
}

fn lines(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let look = look(&head(bytes)).unwrap_or_else(|_| panic!("{bytes:?}"));
    let Content::Text(lines) = look.content else { panic!("{:?}", look.content) };
    (lines, look.notes)
}

/// The same object as protocols 0, 2 and 5 write it.
fn pickles() -> [&'static [u8]; 3] {
    [
        b"ccopy_reg\x0a_reconstructor\x0ap0\x0a(cshop.tree\x0aTree\x0ap1\x0ac__builtin__\x0aobject\x0ap2\x0aNtp3\x0aRp4\x0a(dp5\x0aVdepth\x0ap6\x0aI6\x0asVrate\x0ap7\x0aF0.25\x0asVloss\x0ap8\x0aVlog\x0ap9\x0asVnames\x0ap10\x0a(Va\x0ap11\x0aVb\x0ap12\x0atp13\x0asVrest\x0ap14\x0a(dp15\x0aVk\x0ap16\x0a(dp17\x0assb.",
        b"\x80\x02cshop.tree\x0aTree\x0aq\x00)\x81q\x01}q\x02(X\x05\x00\x00\x00depthq\x03K\x06X\x04\x00\x00\x00rateq\x04G?\xd0\x00\x00\x00\x00\x00\x00X\x04\x00\x00\x00lossq\x05X\x03\x00\x00\x00logq\x06X\x05\x00\x00\x00namesq\x07X\x01\x00\x00\x00aq\x08X\x01\x00\x00\x00bq\x09\x86q\x0aX\x04\x00\x00\x00restq\x0b}q\x0cX\x01\x00\x00\x00kq\x0d}q\x0esub.",
        b"\x80\x05\x95g\x00\x00\x00\x00\x00\x00\x00\x8c\x09shop.tree\x94\x8c\x04Tree\x94\x93\x94)\x81\x94}\x94(\x8c\x05depth\x94K\x06\x8c\x04rate\x94G?\xd0\x00\x00\x00\x00\x00\x00\x8c\x04loss\x94\x8c\x03log\x94\x8c\x05names\x94\x8c\x01a\x94\x8c\x01b\x94\x86\x94\x8c\x04rest\x94}\x94\x8c\x01k\x94}\x94sub.",
    ]
}

#[test]
fn an_object_is_told_by_its_class_and_state_and_never_made() {
    for bytes in pickles() {
        assert!(is_pickle(bytes, "pickle"));
        let (lines, notes) = lines(bytes);
        let shown = lines[2..8].join("\n");
        assert_eq!(
            shown,
            "Tree  of shop.tree\n  depth  6\n  rate   0.25\n  loss   \"log\"\n  names  tuple of 2\n  rest   dict of 1"
        );
        assert!(lines.contains(&"  shop.tree.Tree".to_owned()) && notes.is_empty(), "{lines:?} {notes:?}");
    }
}

#[test]
fn what_is_cut_or_goes_over_into_something_else_is_told_as_far_as_it_goes() {
    let whole = pickles()[2];
    let (cut, notes) = lines(&whole[..whole.len() - 20]);
    assert!(cut[2].starts_with("Tree") && notes == ["it ends too early"], "{cut:?} {notes:?}");
    let mixed = [&whole[..whole.len() - 1], b"\xff\xff"].concat();
    let (lines, notes) = lines(&mixed);
    assert!(lines[2].starts_with("Tree") && notes[0].contains("none of a pickle"), "{notes:?}");
    assert!(look(&head(b"certainly not")).is_err());
    // What would run a command is named, and not run.
    let evil = b"cos\nsystem\n(S'touch /tmp/x'\ntR.";
    assert!(is_pickle(evil, "pkl") && !is_pickle(evil, "txt"));
    let (told, _) = self::lines(evil);
    assert!(told.contains(&"  os.system".to_owned()), "{told:?}");
}

#[test]
fn one_that_is_nested_without_end_is_looked_at() {
    let deep = [vec![b'}'; 500_000], b"K\x01".repeat(10), vec![b's'; 400_000]].concat();
    look(&head(&[&b"\x80\x04"[..], &deep].concat())).ok();
    look(&head(&[&b"\x80\x04"[..], &vec![b'('; 1_000_000]].concat())).ok();
    // A dict that holds itself.
    look(&head(b"\x80\x04}\x94\x8c\x01ah\x00s.")).unwrap();
    // An object of which the same dict of 500 is made the state again and again.
    let dict: Vec<u8> =
        (0..500).flat_map(|n| [b"\x8c\x03", format!("{n:03}").as_bytes(), b"K\x01"].concat()).collect();
    let made =
        [&b"\x80\x04}\x94("[..], &dict, b"u0cshop.tree\nTree\n)\x81", &b"h\x00b".repeat(300_000), b"."]
            .concat();
    assert!(lines(&made).0.len() < 1_000);
}

proptest! {
    #[test]
    fn whatever_follows_nothing_panics(
        at in 0usize..3,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = pickles()[at].to_vec();
        for (place, byte) in edits {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes.truncate(end.index(bytes.len()) + 1);
        look(&head(&bytes)).ok();
    }
}
