use super::each;

/// As shells and those who write for them, and queries and tables, have it.
pub(super) fn spellings(text: &str) -> Vec<String> {
    let mark = |marked: &dyn Fn(char) -> bool| {
        each(text, |c, written| {
            if marked(c) {
                written.push('\\');
            }
            written.push(c);
        })
    };
    vec![
        // bash's `printf %q`, which marks `~` and `#` only where they mean something.
        mark(&|c| " \t\"'\\$`()<>|&;*?[]{}!^,".contains(c)),
        mark(&|c| " \t\"'\\$`()<>|&;*?[]{}!^,~#".contains(c)),
        // Within double quotes.
        mark(&|c| "\"\\$`".contains(c)),
        mark(&|c| "\"\\$`!".contains(c)),
        // Python's `re.escape`, Ruby's and Perl's ways.
        mark(&|c| "()[]{}?*+-|^$\\.&~# \t\n".contains(c)),
        mark(&|c| !(c.is_ascii_alphanumeric() || "_-.,:+/@\n".contains(c))),
        mark(&|c| c.is_ascii() && !(c.is_ascii_alphanumeric() || c == '_')),
        // Within single quotes, which have to be left for one.
        text.replace('\'', "'\\''"),
        text.replace('\'', "'\"'\"'"),
        text.replace('\'', "''"),
        text.replace('"', "\"\""),
    ]
}
