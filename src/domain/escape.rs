use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Component, Path, PathBuf};

/// A path as manifests write it: bytes that are not UTF-8 as `\xNN`, a backslash as `\\`.
pub fn escape(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', r"\\"));
        text.extend(chunk.invalid().iter().map(|byte| format!(r"\x{byte:02x}")));
    }
    text
}

/// The path it stands for; None for one that is not relative, leaves its folder, or was not made by `escape`.
pub fn unescape(text: &str) -> Option<PathBuf> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, tail)) = rest.split_once('\\') {
        bytes.extend_from_slice(plain.as_bytes());
        rest = match tail.strip_prefix('\\') {
            Some(tail) => {
                bytes.push(b'\\');
                tail
            }
            None => {
                let hex = tail.strip_prefix('x')?.get(..2)?;
                bytes.push(u8::from_str_radix(hex, 16).ok()?);
                &tail[3..]
            }
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    if bytes.contains(&0) {
        return None;
    }
    let path = PathBuf::from(OsString::from_vec(bytes));
    let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    (inside && !path.as_os_str().is_empty()).then_some(path)
}

/// A path in a message: as in manifests, and no character that a terminal would act on.
pub fn shown(path: &Path) -> String {
    escape(path)
        .chars()
        .map(|c| if c.is_control() { c.escape_unicode().to_string() } else { c.into() })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_that_leaves_its_folder_is_none() {
        for bad in [
            "",
            "/etc/passwd",
            "../x",
            "a/../../b",
            r"\x2e\x2e/x",
            r"a\",
            r"\x",
            r"\xzz",
            r"\q",
            "a\0",
            r"a\x00",
        ] {
            assert_eq!(unescape(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_name_reads_back(name in prop::collection::vec(1u8..=255, 1..20)) {
            prop_assume!(!name.contains(&b'/') && name != b"." && name != b"..");
            let path = Path::new(OsStr::from_bytes(&name));
            prop_assert_eq!(unescape(&escape(path)), Some(path.to_owned()));
        }
    }
}
