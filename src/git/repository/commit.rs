use crate::domain::track::CommitId;

/// A name and an address as somebody wrote them: anybody can write anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    pub name: String,
    pub email: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    pub id: CommitId,
    pub author: Who,
    pub committer: Who,
    pub co_authors: Vec<Who>,
    /// As it was written, hostile or not; what is no UTF-8 in it is replaced.
    pub message: String,
    /// Seconds since 1970, as its committer's clock had it.
    pub time: i64,
    /// Whether it bears a signature. Whose, and whether it is good, nobody has asked.
    pub signed: bool,
}

impl Who {
    pub(super) fn of(signature: &git2::Signature<'_>) -> Self {
        let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
        Self { name: text(signature.name_bytes()), email: text(signature.email_bytes()) }
    }
}

/// From `Co-authored-by:` lines, wherever in a message they stand: who wrote along may not approve, whether or not git
/// would take the line for a trailer.
pub(super) fn co_authors(message: &str) -> Vec<Who> {
    const KEY: &str = "co-authored-by:";
    let rest = |line: &str| {
        let line = line.trim();
        let key = line.get(..KEY.len())?;
        key.eq_ignore_ascii_case(KEY).then(|| line[KEY.len()..].trim().to_owned())
    };
    message.lines().filter_map(rest).map(|text| who(&text)).collect()
}

fn who(text: &str) -> Who {
    match text.split_once('<') {
        Some((name, email)) => {
            let email = email.split('>').next().unwrap_or_default().trim();
            Who { name: name.trim().to_owned(), email: email.to_owned() }
        }
        None if text.contains('@') => Who { name: String::new(), email: text.to_owned() },
        None => Who { name: text.to_owned(), email: String::new() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_wrote_along_is_found_wherever_it_is_said() {
        let message = "Title\n\nCo-Authored-By: Ana Example <ana@example.com>\n\nmore text\n  co-authored-by: sam@example.com\nCo-authored-by: Eli\nCo-authored-byé: x\n";
        let who = |name: &str, email: &str| Who { name: name.into(), email: email.into() };
        assert_eq!(
            co_authors(message),
            [who("Ana Example", "ana@example.com"), who("", "sam@example.com"), who("Eli", "")]
        );
    }
}
