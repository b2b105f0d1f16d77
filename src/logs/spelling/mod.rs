mod backslashed;
mod base64;
mod marked_up;
mod percent;
mod shell;

use self::backslashed::written_again;

/// Bytes of a text that is known within another document too.
const LONGEST_AGAIN: usize = 512;

/// How a text is written by what people do not think of when a request fails: as it is, and as programs write it in
/// documents, addresses, source code, shells and pages, each of them (of a short text) also as a text within a JSON
/// document or a line that a program printed as a literal; and in base64 (`Authorization: Basic …`) as a part of something longer.
///
/// Most texts hold few characters that anybody writes in another way, so most of these are the same; each is told once.
pub(super) fn spellings(text: &str) -> Vec<Vec<u8>> {
    let mut all = vec![text.to_owned()];
    all.extend(backslashed::spellings(text));
    all.extend(percent::spellings(text));
    all.extend(marked_up::spellings(text));
    all.extend(shell::spellings(text));
    all.sort();
    all.dedup();
    // A key file of kilobytes would else take hundreds of times its size of memory.
    if text.len() <= LONGEST_AGAIN {
        let again: Vec<String> = all.iter().flat_map(|once| written_again(once)).collect();
        all.extend(again);
    }
    let mut all: Vec<Vec<u8>> = all.into_iter().map(String::into_bytes).collect();
    all.extend(base64::spellings(text));
    all.sort();
    all.dedup();
    all
}

/// The text with each character written in one way.
fn each(text: &str, write: impl Fn(char, &mut String)) -> String {
    let mut written = String::with_capacity(text.len() * 2);
    text.chars().for_each(|c| write(c, &mut written));
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is awkward to somebody, and what is not.
    pub(super) fn secret() -> impl Strategy<Value = String> {
        prop_oneof!["\\PC{6,20}", "[ -~]{6,40}", "[a-z/+='\"\\\\<>& %$~*!€äß😀\n\t]{6,20}"]
    }

    fn known(text: &str, spelled: &str) -> bool {
        spellings(text).iter().any(|spelling| spelling == spelled.as_bytes())
    }

    #[test]
    fn each_way_of_writing_the_awkward_ones_is_known() {
        for (text, spelled) in [
            ("wJalr/XUtnFEMI+K7MDENG/bPxRfi==", "wJalr/XUtnFEMI%2BK7MDENG/bPxRfi%3D%3D"),
            ("wJalr/XUtnFEMI+K7MDENG/bPxRfi==", "wJalr%2fXUtnFEMI%2bK7MDENG%2fbPxRfi%3d%3d"),
            ("wJalr/XUtnFEMI+K7MDENG/bPxRfi==", r"wJalr\/XUtnFEMI+K7MDENG\/bPxRfi=="),
            ("wJalr/XUtnFEMI+K7MDENG/bPxRfi==", r"wJalr/XUtnFEMI+K7MDENG/bPxRfi\u003d\u003d"),
            ("Pässwört-2024", "P%C3%A4ssw%C3%B6rt-2024"),
            ("Pässwört-2024", "P%c3%a4ssw%c3%b6rt-2024"),
            ("Pässwört-2024", r"P\u00e4ssw\u00f6rt-2024"),
            ("Pässwört-2024", r"P\u00E4ssw\u00F6rt-2024"),
            ("Pässwört-2024", r"P\\u00e4ssw\\u00f6rt-2024"),
            ("Pässwört-2024", r"P\xc3\xa4ssw\xc3\xb6rt-2024"),
            ("Pässwört-2024", r"P\xe4ssw\xf6rt-2024"),
            ("Pässwört-2024", r"P\303\244ssw\303\266rt-2024"),
            ("Pässwört-2024", "P&#228;ssw&#246;rt-2024"),
            ("smile 😀", r"smile \ud83d\ude00"),
            ("smile 😀", r"smile \U0001f600"),
            ("smile 😀", r"smile \xf0\x9f\x98\x80"),
            (r#"C:\new\path'quote"both"#, r#"C:\\new\\path'quote\"both"#),
            (r#"C:\new\path'quote"both"#, r#"C:\\new\\path\'quote"both"#),
            (r#"C:\new\path'quote"both"#, r#"C:\\\\new\\\\path'quote\\\"both"#),
            (r#"C:\new\path'quote"both"#, r#"C:\\new\\path\'quote\"both"#),
            (r#"C:\new\path'quote"both"#, r#"C:\new\path'\''quote"both"#),
            (r#"C:\new\path'quote"both"#, r#"C:\new\path'"'"'quote"both"#),
            (r#"C:\new\path'quote"both"#, r#"C:\new\path''quote"both"#),
            (r#"C:\new\path'quote"both"#, r#"C:\new\path&#x27;quote&quot;both"#),
            (r#"C:\new\path'quote"both"#, r#"C%3A%5Cnew%5Cpath'quote%22both"#),
            ("two words", "two+words"),
            ("two words", "two%20words"),
            ("two words", r"two\ words"),
            ("a&b<c>d'e", "a&amp;b&lt;c&gt;d'e"),
            ("a&b<c>d'e", "a&amp;b&lt;c&gt;d&#39;e"),
            ("a&b<c>d'e", r"a\u0026b\u003cc\u003ed'e"),
            ("{a,b}$c!", r"\{a\,b\}\$c\!"),
            ("line one\nline two", r"line one\nline two"),
            ("line one\nline two", "line%20one%0Aline%20two"),
        ] {
            assert!(known(text, spelled), "{text}: {spelled}");
        }
    }

    #[test]
    fn an_ordinary_secret_has_few_spellings() {
        assert_eq!(
            spellings("hunter2hunter2").len(),
            1 + 6 - 3,
            "base64 has two alphabets, which differ in two letters"
        );
        assert!(spellings(r#"C:\new/päth'quote"both <&> $x=1"#).len() < 1000);
    }

    proptest! {
        #[test]
        fn a_document_with_it_is_known_also_within_another(text in secret()) {
            let once = serde_json::Value::from(text.as_str()).to_string();
            let twice = serde_json::Value::from(once.as_str()).to_string();
            prop_assert!(known(&text, &once[1..once.len() - 1]));
            prop_assert!(known(&text, &twice[3..twice.len() - 3]));
        }

        #[test]
        fn no_spelling_is_shorter_than_a_secret_may_be(text in secret()) {
            prop_assert!(spellings(&text).iter().all(|spelling| spelling.len() >= 6));
        }
    }
}
