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
        "://",
    ];
    AhoCorasick::new(signs).ok()
});

/// What a text gives away, if it holds a secret as people know them.
pub(super) fn in_text(text: &str) -> Option<&'static str> {
    if SIGNS.as_ref().is_some_and(|signs| !signs.is_match(text)) {
        return None;
    }
    if text.contains("-----BEGIN") && text.contains("PRIVATE KEY-----") {
        return Some("a private key");
    }
    text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=' | ',' | '`')).find_map(word)
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
        _ if password_in_url(word) => Some("a password in a URL"),
        _ => None,
    }
}

/// `scheme://user:password@host`, where the password is no variable.
fn password_in_url(word: &str) -> bool {
    let Some((_, rest)) = word.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .and_then(|(user, _)| user.split_once(':'))
        .is_some_and(|(_, password)| !password.is_empty() && !password.contains(['$', '{', '<']))
}

/// Whether something of this name is a secret, so that its value may not stand beside it.
pub(super) fn by_name(name: &str) -> bool {
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
            "file" | "path" | "dir" | "name" | "url" | "id" | "type" | "limit" | "column" | "table"
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
        ] {
            assert!(in_text(text).is_some(), "{text}");
        }
        for text in ["", "AKIA", "postgres://ana@db/x", "postgres://ana:$PASSWORD@db/x", "sk-learn", "a@b:c"]
        {
            assert_eq!(in_text(text), None, "{text}");
        }
        for name in ["PASSWORD", "db_password", "API_KEY", "GITHUB_TOKEN", "aws_secret_access_key"] {
            assert!(by_name(name), "{name}");
        }
        for name in ["TOKENS", "MAX_TOKENS", "TOKEN_FILE", "KEY", "SECRET_NAME", "tokenizer"] {
            assert!(!by_name(name), "{name}");
        }
    }
}
