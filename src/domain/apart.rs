//! What tells figures of one name apart: `loss fold=a`.

/// What stands behind the name of a figure whose line has this text.
pub fn label(key: &str, text: &str) -> String {
    format!(" {key}={text}")
}

/// One that can be told from the name before it.
pub fn is_key(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}

/// `loss` of `loss fold=a`.
pub fn stem(figure: &str) -> &str {
    parted(figure).0
}

/// `loss` and ` fold=a` of `loss fold=a`.
pub fn parted(figure: &str) -> (&str, &str) {
    let at = figure.find('=').and_then(|equals| {
        let space = figure[..equals].rfind(' ').filter(|space| *space > 0)?;
        is_key(&figure[space + 1..equals]).then_some(space)
    });
    figure.split_at(at.unwrap_or(figure.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_parted_from_what_tells_it_apart() {
        for (figure, parts) in [
            ("loss fold=a", ("loss", " fold=a")),
            ("log loss fold=a b model=x=1", ("log loss", " fold=a b model=x=1")),
            ("loss", ("loss", "")),
            ("f1 (t=0.5)", ("f1 (t=0.5)", "")),
            ("p=0.5", ("p=0.5", "")),
            (" a=b", (" a=b", "")),
            ("", ("", "")),
        ] {
            assert_eq!(parted(figure), parts);
        }
        assert_eq!(parted(&format!("loss{}", label("fold", "a"))), ("loss", " fold=a"));
    }
}
