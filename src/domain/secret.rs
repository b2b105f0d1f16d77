/// A text shorter than this would hide ordinary words, and secrets this short are refused anyway.
const SHORTEST: usize = 6;

/// What must not be told of a secret: each of its lines, and the whole, in bytes at least 6 long.
pub fn secret_texts(secret: &str) -> impl Iterator<Item = &str> {
    let whole = secret.trim_end_matches(['\r', '\n']);
    whole.lines().chain([whole]).filter(|text| text.len() >= SHORTEST)
}

#[cfg(test)]
mod tests {
    use super::secret_texts;

    #[test]
    fn each_line_counts_but_a_short_one() {
        let texts: Vec<_> = secret_texts("first line\r\nabc\nlast line\n").collect();
        assert_eq!(texts, ["first line", "last line", "first line\r\nabc\nlast line"]);
    }
}
