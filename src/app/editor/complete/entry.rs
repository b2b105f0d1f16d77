/// A line of YAML, as far as one line tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// Columns of the dashes before it.
    pub dashes: Vec<usize>,
    /// Of what follows them.
    pub column: usize,
    pub text: &'a str,
}

impl<'a> Entry<'a> {
    /// None: an empty line, or a comment.
    pub fn of(line: &'a str) -> Option<Self> {
        let text = line.trim_start_matches(' ');
        if text.trim().is_empty() || text.starts_with('#') {
            return None;
        }
        Some(Self::with_column(text, line.len() - text.len()))
    }

    fn with_column(mut text: &'a str, mut column: usize) -> Self {
        let mut dashes = Vec::new();
        while let Some(rest) = text.strip_prefix('-').filter(|rest| rest.is_empty() || rest.starts_with(' '))
        {
            dashes.push(column);
            let after = rest.trim_start_matches(' ');
            column += text.len() - after.len();
            text = after;
        }
        Self { dashes, column, text }
    }

    /// What is before the cursor: also where there is nothing yet.
    pub fn before(text: &'a str) -> Self {
        let rest = text.trim_start_matches(' ');
        Self::with_column(rest, text.len() - rest.len())
    }

    /// Key and value, where it has a key.
    pub fn pair(&self) -> Option<(&'a str, &'a str)> {
        pair(self.text)
    }
}

/// The two sides of the first colon that is one of YAML's.
fn pair(text: &str) -> Option<(&str, &str)> {
    if text.starts_with(['{', '[', '"', '\'']) {
        return None;
    }
    let at = text.match_indices(':').map(|(at, _)| at).find(|at| {
        let after = &text[at + 1..];
        after.is_empty() || after.starts_with(' ')
    })?;
    Some((text[..at].trim(), without_comment(text[at + 1..].trim())))
}

fn without_comment(text: &str) -> &str {
    if text.starts_with('#') { "" } else { text.split_once(" #").map_or(text, |(value, _)| value.trim_end()) }
}

/// A value that goes on in the lines below, as a text of its own.
pub fn is_block(value: &str) -> bool {
    value.starts_with(['|', '>'])
}

/// Without the quotes around it.
pub fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

/// Something within `{…}` and `[…]` on one line, where it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inside {
    /// A key is typed here; these are there before it.
    Key { taken: Vec<String> },
    /// The value of the path's last key, or an item of a list.
    Value,
    /// All that was opened is closed.
    Closed,
}

#[derive(Debug)]
enum Frame {
    Map { key: Option<String>, taken: Vec<String>, depth: usize },
    List { depth: usize },
}

/// Follows a flow text to its end: adds to the path what the end lies in, and answers what is typed there.
pub fn flow(text: &str, path: &mut Vec<String>) -> (Inside, String) {
    let mut frames: Vec<Frame> = Vec::new();
    let (mut word, mut quote) = (String::new(), None);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.push(c),
            (None, '"' | '\'') if word.trim().is_empty() => {
                word.clear();
                quote = Some(c);
            }
            (None, '{' | '[') => {
                if let Some(Frame::Map { key: Some(key), .. }) = frames.last() {
                    path.push(key.clone());
                }
                let depth = path.len();
                if c == '[' {
                    path.push("-".to_owned());
                    frames.push(Frame::List { depth });
                } else {
                    frames.push(Frame::Map { key: None, taken: Vec::new(), depth });
                }
                word.clear();
            }
            (None, '}' | ']') => {
                match frames.pop() {
                    Some(Frame::Map { depth, .. } | Frame::List { depth }) => path.truncate(depth),
                    None => return (Inside::Closed, String::new()),
                }
                // The key whose value this was.
                if let Some(Frame::Map { depth, .. }) = frames.last() {
                    path.truncate(*depth);
                }
                word.clear();
            }
            (None, ':') if letters.peek().is_none_or(|next| *next == ' ') => match frames.last_mut() {
                Some(Frame::Map { key: key @ None, taken, .. }) => {
                    taken.push(word.trim().to_owned());
                    *key = Some(word.trim().to_owned());
                    word.clear();
                }
                _ => word.push(c),
            },
            (None, ',') => {
                if let Some(Frame::Map { key, .. }) = frames.last_mut() {
                    *key = None;
                }
                word.clear();
            }
            (None, c) => word.push(c),
        }
    }
    let typed = if quote.is_some() { word } else { word.trim_start().to_owned() };
    match frames.pop() {
        Some(Frame::Map { key: None, taken, .. }) => (Inside::Key { taken }, typed),
        Some(Frame::Map { key: Some(key), .. }) => {
            path.push(key);
            (Inside::Value, typed)
        }
        Some(Frame::List { .. }) => (Inside::Value, typed),
        None => (Inside::Closed, typed),
    }
}

/// Keys and values of a flow mapping that stands on one line; what is not closed goes to its end.
pub fn pairs(text: &str) -> Vec<(&str, &str)> {
    let Some(inner) = text.trim().strip_prefix('{') else { return Vec::new() };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let (mut depth, mut quote, mut start, mut parts) = (0usize, None, 0, Vec::new());
    for (at, c) in inner.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '{' | '[') => depth += 1,
            (None, '}' | ']') => depth = depth.saturating_sub(1),
            (None, ',') if depth == 0 => {
                parts.push(&inner[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inner[start..]);
    parts.into_iter().filter_map(|part| pair(part.trim())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_yaml_reads_it() {
        let entry = Entry::of("  - name: late # why").unwrap();
        assert_eq!(
            (entry.dashes.as_slice(), entry.column, entry.pair()),
            (&[2][..], 4, Some(("name", "late")))
        );
        let entry = Entry::of("run: echo a:b").unwrap();
        assert_eq!(entry.pair(), Some(("run", "echo a:b")));
        assert_eq!((Entry::of("  # x: y"), Entry::of("   ")), (None, None));
        assert_eq!(Entry::before("    ").column, 4);
    }

    #[test]
    fn a_flow_text_ends_somewhere() {
        let at = |text: &str| {
            let mut path = Vec::new();
            let (inside, typed) = flow(text, &mut path);
            let what = match inside {
                Inside::Key { taken } => format!("key after {}", taken.join(" ")),
                Inside::Value => "value".to_owned(),
                Inside::Closed => "closed".to_owned(),
            };
            format!("{} {what} `{typed}`", path.join("/"))
        };
        for (text, wanted) in [
            ("{", " key after  ``"),
            ("{ta", " key after  `ta`"),
            ("{table: lake.fl", "table value `lake.fl`"),
            ("{table: lake.flights, wh", " key after table `wh`"),
            ("{partition: {column: a, va", "partition key after column `va`"),
            ("{partition: {column: a}, va", " key after partition `va`"),
            ("{a: [b, c], d: \"x y", "d value `x y`"),
            ("[ana, e", "- value `e`"),
            ("{a: {b: [", "a/b/- value ``"),
            ("{a: b}", " closed ``"),
            ("{where: \"a = '@", "where value `a = '@`"),
        ] {
            assert_eq!(at(text), wanted, "{text}");
        }
    }

    #[test]
    fn pairs_of_one_line() {
        assert_eq!(
            pairs("{table: lake.a, where: \"a, b: c\", p: {x: 1, y: 2}}"),
            [("table", "lake.a"), ("where", "\"a, b: c\""), ("p", "{x: 1, y: 2}")]
        );
        assert!(pairs("lake.a").is_empty());
    }
}
