use super::entry::{Entry, Inside, flow, is_block};

/// What is typed at a place of a spec.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// A key of the mapping that the path leads to, or an item of the list.
    Key,
    /// The value that the path leads to.
    Value,
    /// A line of a text that the path leads to.
    Block,
}

/// A place in a spec that is being typed, and therefore may not be YAML yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Keys from the outermost on; `-` is an item of a list.
    pub path: Vec<String>,
    pub at: At,
    /// What is typed of it already.
    pub typed: String,
    /// Keys that this mapping has already.
    pub taken: Vec<String>,
    /// Within `{…}` or `[…]`.
    pub flow: bool,
    /// Where the line's text begins.
    pub column: usize,
}

/// Where the cursor stands; None: in a comment.
pub fn place(lines: &[String], (row, letter): (usize, usize)) -> Option<Place> {
    let before: String = lines.get(row)?.chars().take(letter).collect();
    let entry = Entry::before(&before);
    let (mut path, block) = parents(lines, row, &entry);
    let column = entry.column;
    let done = |path, at, typed: &str, flow| Place {
        path,
        at,
        typed: typed.to_owned(),
        taken: Vec::new(),
        flow,
        column,
    };
    if block {
        return Some(done(path, At::Block, entry.text, false));
    }
    if entry.text.starts_with('#') || before.contains(" #") {
        return None;
    }
    let value = match entry.pair() {
        Some((key, value)) => {
            path.push(key.to_owned());
            // A space at the end is part of what is typed in quotes.
            let at = before.len() - before.trim_end().len();
            let trailing =
                if value.starts_with(['"', '\'', '{', '[']) { " ".repeat(at) } else { String::new() };
            value.to_owned() + &trailing
        }
        None if entry.text.starts_with(['{', '[']) => entry.text.to_owned(),
        None => {
            let mut place = done(path, At::Key, entry.text, false);
            place.taken = beside(lines, row, &entry);
            return Some(place);
        }
    };
    if !value.starts_with(['{', '[']) {
        return Some(done(path, At::Value, value.trim_start_matches(['"', '\'']), false));
    }
    let (inside, typed) = flow(&value, &mut path);
    match inside {
        Inside::Closed => None,
        Inside::Value => Some(done(path, At::Value, &typed, true)),
        Inside::Key { taken } => Some(Place { taken, ..done(path, At::Key, &typed, true) }),
    }
}

/// The keys that a line lies below, from the outermost on; and whether it is a line of the last one's text.
fn parents(lines: &[String], row: usize, entry: &Entry<'_>) -> (Vec<String>, bool) {
    let mut path: Vec<String> = Vec::new();
    let (mut column, mut in_list, mut block) = (entry.column, false, false);
    for dash in entry.dashes.iter().rev() {
        path.push("-".to_owned());
        (column, in_list) = (*dash, true);
    }
    for line in lines[..row].iter().rev() {
        if column == 0 && !in_list {
            break;
        }
        let Some(above) = Entry::of(line) else { continue };
        // The items of a list may stand as far left as the key that it belongs to.
        if above.column < column || in_list && above.column == column && above.dashes.is_empty() {
            if let Some((key, value)) = above.pair() {
                if is_block(value) {
                    // What looked like keys is its text.
                    path.clear();
                    block = true;
                }
                if value.is_empty() || is_block(value) {
                    path.push(key.to_owned());
                }
            }
            (column, in_list) = (above.column, false);
        }
        for dash in above.dashes.iter().rev() {
            if *dash < column {
                path.push("-".to_owned());
                (column, in_list) = (*dash, true);
            }
        }
    }
    path.reverse();
    (path, block)
}

/// The keys of the mapping that a line belongs to, but for its own.
fn beside(lines: &[String], row: usize, entry: &Entry<'_>) -> Vec<String> {
    let mut keys = Vec::new();
    let mut add = |line: &String, begins: bool| {
        let Some(other) = Entry::of(line) else { return true };
        let own = other.column == entry.column && (begins || other.dashes.is_empty());
        if own {
            keys.extend(other.pair().map(|(key, _)| key.to_owned()));
        }
        other.column > entry.column || own && other.dashes.is_empty()
    };
    if entry.dashes.is_empty() {
        let _ = lines[..row].iter().rev().all(|line| add(line, true));
    }
    let _ = lines[row + 1..].iter().all(|line| add(line, false));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `‸` is the cursor.
    fn at(text: &str) -> String {
        let lines: Vec<String> = text.lines().map(|line| line.replace('‸', "")).collect();
        let row = text.lines().position(|line| line.contains('‸')).unwrap();
        let letter = text.lines().nth(row).unwrap().chars().position(|c| c == '‸').unwrap();
        match place(&lines, (row, letter)) {
            None => "nowhere".to_owned(),
            Some(Place { path, at, typed, taken, .. }) => {
                format!("{} {at:?} `{typed}` {}", path.join("/"), taken.join(" ")).trim_end().to_owned()
            }
        }
    }

    #[test]
    fn the_cursor_stands_somewhere() {
        for (text, wanted) in [
            ("ki‸", " Key `ki`"),
            ("kind: wo‸", "kind Value `wo`"),
            ("greenroom: 1\n‸\nname: x", " Key `` greenroom name"),
            ("steps:\n  ‸", "steps Key ``"),
            ("steps:\n  a:\n    us‸\n    image: x\n  b:\n    run: y", "steps/a Key `us` image"),
            ("steps:\n  a:\n    run: x\n    ‸", "steps/a Key `` run"),
            ("steps:\n  a:\n    uses: sql‸", "steps/a/uses Value `sql`"),
            ("steps:\n  a: {uses: x, wi‸", "steps/a Key `wi` uses"),
            ("steps:\n  a:\n    with: {table: lake.‸}", "steps/a/with/table Value `lake.`"),
            ("steps:\n  a:\n    with:\n      ta‸", "steps/a/with Key `ta`"),
            ("steps:\n  a:\n    needs: [b, ‸]", "steps/a/needs/- Value ``"),
            ("steps:\n  a:\n    needs:\n      - ‸", "steps/a/needs/- Key ``"),
            ("steps:\n  a:\n    needs:\n    - b‸", "steps/a/needs/- Key `b`"),
            ("monitors:\n  - name: x\n    ki‸", "monitors/- Key `ki` name"),
            ("monitors:\n- name: x\n  ki‸", "monitors/- Key `ki` name"),
            (
                "steps:\n  a:\n    with:\n      query: |\n        SELECT x: y\n          fr‸",
                "steps/a/with/query Block `fr`",
            ),
            ("steps:\n  a:\n    # uses: ‸", "nowhere"),
            ("a: b # c: ‸", "nowhere"),
            ("with: {where: \"a = ‸", "with/where Value `a = `"),
            ("steps:\n  a:\n    run: x\n\n  ‸\n\nmonitors: []", "steps Key `` a"),
        ] {
            assert_eq!(at(text), wanted, "{text}");
        }
    }
}
