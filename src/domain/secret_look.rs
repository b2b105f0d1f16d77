//! What secrets look like, and what they are called.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// How every secret of a known look begins, or what is in it: most texts have none of these, and are done with.
static SIGNS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let signs = [
        "-----BEGIN",
        "AKIA",
        "ASIA",
        "ghp_",
        "gho_",
        "ghs_",
        "ghu_",
        "github_pat_",
        "glpat-",
        "xox",
        "AIza",
        "sk-",
        "eyJ",
        "://",
    ];
    AhoCorasick::new(signs).ok()
});

/// A secret in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret<'t> {
    pub what: String,
    /// Where it stands.
    pub text: &'t str,
}

/// The secrets of a text, going by how they look.
pub fn in_text(text: &str) -> Vec<Secret<'_>> {
    if SIGNS.as_ref().is_some_and(|signs| !signs.is_match(text)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Some(key) =
        text.find("-----BEGIN").map(|at| &text[at..]).filter(|key| key.contains("PRIVATE KEY-----"))
    {
        let text = key.lines().next().unwrap_or(key);
        found.push(Secret { what: "a private key".to_owned(), text });
    }
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ',' | '`' | ';'));
    for text in words {
        if password_in_url(text) {
            found.push(Secret { what: "a password in a URL".to_owned(), text });
        }
        // `https://ghp_…@github.com`, `f(ghp_…)`
        let parts = text.split([':', '/', '@', '(', ')', '[', ']', '{', '}', '<', '>', '|', '&']);
        found.extend(parts.filter_map(|text| Some(Secret { what: word(text)?.to_owned(), text })));
    }
    found
}

fn word(word: &str) -> Option<&'static str> {
    let long = |prefix: &str, least: usize| {
        word.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= least && rest.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'))
        })
    };
    match word {
        _ if word.len() == 20 && (long("AKIA", 16) || long("ASIA", 16)) => Some("an AWS access key"),
        _ if ["ghp_", "gho_", "ghs_", "ghu_"].into_iter().any(|p| long(p, 36)) => Some("a GitHub token"),
        _ if long("github_pat_", 22) => Some("a GitHub token"),
        _ if long("glpat-", 20) => Some("a GitLab token"),
        _ if ["xoxb-", "xoxp-", "xoxa-"].into_iter().any(|p| long(p, 20)) => Some("a Slack token"),
        _ if word.len() == 39 && long("AIza", 35) => Some("a Google API key"),
        _ if long("sk-", 32) => Some("an API key"),
        _ if web_token(word) => Some("a web token (JWT)"),
        _ => None,
    }
}

/// Three parts of base64 with dots between them; `eyJ` is how an encoded `{"` begins.
fn web_token(word: &str) -> bool {
    let base64 = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    match word.split('.').collect::<Vec<_>>().as_slice() {
        [head, body, sign] => {
            head.starts_with("eyJ")
                && body.starts_with("eyJ")
                && [head, body, sign].into_iter().all(|part| part.len() >= 10 && base64(part))
        }
        _ => false,
    }
}

/// `scheme://user:password@host`, where the password is no variable.
fn password_in_url(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .and_then(|(user, _)| user.split_once(':'))
        .is_some_and(|(_, password)| !password.contains(['$', '{', '<']) && !is_sample(password))
}

/// Whether a value only shows where one belongs: nobody's door opens to `changeme`, `xxx` or `…`.
pub fn is_sample(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = [
        "changeme",
        "change_me",
        "change-me",
        "example",
        "placeholder",
        "dummy",
        "redacted",
        "your",
        "xxx",
        "...",
    ];
    words.into_iter().any(|word| lower.contains(word))
        || matches!(&*lower, "password" | "secret" | "passwd" | "undefined" | "missing")
        || !value.contains(char::is_alphanumeric)
}

/// Whether something of this name is a secret, so that its value may not stand beside it.
pub fn by_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let parts: Vec<&str> = name.split(['_', '-', '.']).collect();
    let secret = parts.iter().any(|part| {
        matches!(
            *part,
            "password" | "passwd" | "pwd" | "secret" | "token" | "apikey" | "credentials" | "passphrase"
        )
    });
    let key = parts
        .windows(2)
        .any(|two| matches!(two, ["api" | "access" | "private" | "secret" | "signing", "key"]));
    // Where a secret is, or what it is called, is none.
    let about = parts.last().is_some_and(|last| {
        matches!(
            *last,
            "file"
                | "path"
                | "dir"
                | "name"
                | "url"
                | "id"
                | "type"
                | "limit"
                | "column"
                | "table"
                | "uri"
                | "stdin"
        )
    });
    (secret || key) && !about
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_look_and_by_their_name() {
        let github = format!("ghp_{}", "a1".repeat(18));
        for text in [
            "AKIAABCDEFGHIJKLMNOP",
            &github,
            "postgres://ana:hunter2@db/x",
            "export K='AKIAABCDEFGHIJKLMNOP'",
            &format!("git clone https://{github}@github.com/x"),
        ] {
            assert_eq!(in_text(text).len(), 1, "{text}");
        }
        assert_eq!(in_text("AKIAABCDEFGHIJKLMNOP; psql postgres://ana:hunter2@db/x").len(), 2);
        for text in [
            "",
            "AKIA",
            "postgres://ana@db/x",
            "postgres://ana:changeme@db/x",
            "postgres://ana:$PASSWORD@db/x",
            "sk-learn",
            "a@b:c",
        ] {
            assert_eq!(in_text(text), [], "{text}");
        }
        for name in ["PASSWORD", "db_password", "API_KEY", "GITHUB_TOKEN", "aws_secret_access_key"] {
            assert!(by_name(name), "{name}");
        }
        for name in ["TOKENS", "MAX_TOKENS", "TOKEN_FILE", "KEY", "SECRET_NAME", "tokenizer"] {
            assert!(!by_name(name), "{name}");
        }
    }
}
