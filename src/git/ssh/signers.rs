use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The principals of every line of a list of allowed signers that holds this key: those whom a signature by it may be
/// from. Which of them it is good for, only ssh-keygen knows. Patterns are nobody, and are left out.
pub(super) fn principals_of(key: &str, allowed_signers: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in allowed_signers.lines().map(str::trim).filter(|line| !line.starts_with('#')) {
        let Some((principals, rest)) = first_word(line) else { continue };
        if !rest.split_whitespace().any(|word| word == key) {
            continue;
        }
        for principal in principals.split(',').filter(|name| is_name(name)) {
            if !found.iter().any(|known| known == principal) {
                found.push(principal.to_owned());
            }
        }
    }
    found
}

/// The lines, from 1, of a list of signers or of keys that hold no public key, and so are of nobody.
pub fn lines_without_key(list: &str) -> impl Iterator<Item = (usize, &str)> {
    let kinds = ["ssh-", "ecdsa-", "sk-ssh-", "sk-ecdsa-"];
    let is_key = move |pair: &[&str]| matches!(pair, [kind, key] if kinds.iter().any(|known| kind.starts_with(known)) && key.starts_with("AAAA"));
    let lines = list.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    lines.filter(move |(_, line)| {
        let words: Vec<&str> = line.split_whitespace().collect();
        !line.is_empty() && !line.starts_with('#') && !words.windows(2).any(is_key)
    })
}

/// When the key of a line of a list of signers ends, by its `valid-before`; None: it does not, or that is no time. A time
/// without a zone is one of UTC, as it is where signatures are verified.
pub fn ends(line: &str) -> Option<Timestamp> {
    const OPTION: &str = "valid-before=";
    let at = line.to_ascii_lowercase().find(OPTION)?;
    let given = line.get(at + OPTION.len()..)?.trim_start_matches('"');
    let digits = given.split(|letter: char| !letter.is_ascii_digit()).next()?;
    if ![8, 12, 14].contains(&digits.len()) {
        return None;
    }
    let part = |at: usize| digits.get(at..at + 2).map_or(Some(0), |part| part.parse::<i8>().ok());
    let year: i16 = digits.get(..4)?.parse().ok()?;
    let time = DateTime::new(year, part(4)?, part(6)?, part(8)?, part(10)?, part(12)?, 0).ok()?;
    Some(time.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

pub(super) fn is_name(principal: &str) -> bool {
    !principal.is_empty() && !principal.contains(['*', '?', '!'])
}

/// It may be in quotes.
fn first_word(line: &str) -> Option<(&str, &str)> {
    match line.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"'),
        None => line.split_once([' ', '\t']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_has_the_key_is_found_and_patterns_are_nobody() {
        let list = "# ana@example.com ssh-ed25519 KEY\n\
            ana@example.com,*@example.com namespaces=\"a b\" ssh-ed25519 KEY her laptop\n\
            \"eli@example.com,ana@example.com\" ssh-ed25519 KEY\n\
            sam@example.com ssh-ed25519 OTHER\n\nKEY\n";
        assert_eq!(principals_of("KEY", list), ["ana@example.com", "eli@example.com"]);
        assert_eq!(principals_of("NONE", list), Vec::<String>::new());
    }

    #[test]
    fn a_key_ends_when_its_line_says_so() {
        let of = |option: &str| {
            let end = ends(&format!("eli@example.com {option} ssh-ed25519 AAAAC3 laptop"));
            end.map(|end| end.to_string())
        };
        assert_eq!(of("valid-before=\"20260131\"").as_deref(), Some("2026-01-31T00:00:00Z"));
        assert_eq!(
            of("namespaces=\"git\",Valid-Before=\"202601311230Z\"").as_deref(),
            Some("2026-01-31T12:30:00Z")
        );
        assert_eq!(of("valid-before=20260131123015").as_deref(), Some("2026-01-31T12:30:15Z"));
        for none in ["valid-after=\"20260131\"", "valid-before=\"20261331\"", "valid-before=\"soon\"", ""] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn a_line_without_a_key_is_of_nobody() {
        let list = "# a word\n\nana@example.com namespaces=\"a b\" ssh-ed25519 AAAAC3 hers\n<<<<<<< HEAD\n\
            eli@example.com ssh-ed25519\nsk-ssh-ed25519@openssh.com AAAAGn\r\n=======\n";
        let found: Vec<_> = lines_without_key(list).collect();
        assert_eq!(found, [(4, "<<<<<<< HEAD"), (5, "eli@example.com ssh-ed25519"), (7, "=======")]);
    }
}
