//! Folders named `column=value`, the value quoted as in a URL.

/// `day=2013-01-01` → column and value; None for a folder that names no partition.
pub(super) fn parse(name: &str) -> Option<(&str, String)> {
    let (column, quoted) = name.split_once('=')?;
    let mut bytes = Vec::with_capacity(quoted.len());
    let mut rest = quoted.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let hex = [rest.next()?, rest.next()?];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&hex).ok()?, 16).ok()?);
            }
            byte => bytes.push(byte),
        }
    }
    let value = String::from_utf8(bytes).ok()?;
    (!column.is_empty()).then_some((column, value))
}

pub(super) fn name(column: &str, value: &str) -> String {
    format!("{}={}", quote(column), quote(value))
}

fn quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_and_read_back() {
        for value in ["2013-01-01", "a/b c", "é=%", "..", ""] {
            let folder = name("day", value);
            assert!(!folder.contains('/'), "{folder}");
            assert_eq!(parse(&folder), Some(("day", value.to_owned())));
        }
        assert_eq!(name("day", "a/b"), "day=a%2Fb");
        for bad in ["plain", "=x", "day=%zz", "day=%f", "day=%ff"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
