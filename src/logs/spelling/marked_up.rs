use super::each;

/// As pages and XML have it: quotes are written in many ways, or not at all where they end nothing.
pub(super) fn spellings(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for double in ["\"", "&quot;", "&#34;", "&#x22;"] {
        for single in ["'", "&#39;", "&#x27;", "&#039;", "&apos;"] {
            for ascii in [false, true] {
                all.push(each(text, |c, written| match c {
                    '&' => written.push_str("&amp;"),
                    '<' => written.push_str("&lt;"),
                    '>' => written.push_str("&gt;"),
                    '"' => written.push_str(double),
                    '\'' => written.push_str(single),
                    _ if ascii && !c.is_ascii() => written.push_str(&format!("&#{};", u32::from(c))),
                    _ => written.push(c),
                }));
            }
        }
    }
    all
}
