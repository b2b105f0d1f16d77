use proptest::prelude::*;

use super::super::archive::testing::{below, pack, packed, taken_in, unpacked};
use super::super::testing::temp;
use super::{edited, edits};

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn of_an_edited_index_nothing_lands_elsewhere(edits in edits()) {
        let (_dir, root) = temp();
        let (_, file) = packed(&root);
        fs_err::create_dir(root.join("to")).unwrap();
        let (index, entries) = unpacked(&file);
        pack(&file, &edited(serde_json::to_vec(&index).unwrap(), &edits), &entries);
        let before = below(&root);
        match taken_in(&root, &file) {
            Err(_) => prop_assert_eq!(below(&root), before),
            Ok(new) => {
                prop_assert!(new.iter().all(|run| run.dir().starts_with(root.join("to/flights/dev/daily"))));
                let more = below(&root).into_iter().filter(|path| !before.contains(path));
                // `gc` and whoever takes something in keep out of each other's way by a file there.
                let own = |path: &str| path.starts_with("to/flights") || path.starts_with("to/.greenroom");
                prop_assert!(more.into_iter().all(|path| own(path.as_str())));
            }
        }
    }
}
