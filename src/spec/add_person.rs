use super::policy;
use crate::domain::Name;

/// The text of a `greenroom.yaml` with one person more, all else as it was written.
///
/// # Errors
/// Where `people:` is written in a way into which no line can be put.
pub fn add_person(text: &str, name: &Name, email: &str, role: &str) -> Result<String, String> {
    let line = format!("  {name}: {{email: {email}, role: {role}}}\n");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let at = lines.iter().position(|line| line.starts_with("people:"));
    let mut out = String::new();
    match at {
        Some(at) => {
            let bare = lines[at].split('#').next().unwrap_or_default().trim_end() == "people:";
            if !bare {
                return Err("`people:` is written on one line".to_owned());
            }
            // Behind the last of them: what is indented, and the comments between.
            let inside = |line: &&str| line.starts_with([' ', '\t']) && !line.trim().is_empty();
            let rest = &lines[at + 1..];
            let end = rest.iter().take_while(|line| {
                inside(line) || line.trim().is_empty() || line.trim_start().starts_with('#')
            });
            let last = end.enumerate().filter(|(_, line)| inside(line)).map(|(index, _)| index + 1).last();
            let behind = at + 1 + last.unwrap_or(0);
            let indent = rest
                .iter()
                .find(|line| inside(line))
                .map(|line| &line[..line.len() - line.trim_start().len()]);
            for part in &lines[..behind] {
                out += part;
            }
            out += if out.ends_with('\n') { "" } else { "\n" };
            out += &format!("{}{}", indent.unwrap_or("  "), line.trim_start());
            for part in &lines[behind..] {
                out += part;
            }
        }
        None => {
            out += text;
            out += if out.is_empty() || out.ends_with('\n') { "" } else { "\n" };
            out += &format!("people:\n{line}");
        }
    }
    let read = policy(&out)?;
    match read.people.get(name).is_some_and(|person| person.email == email) {
        true => Ok(out),
        false => Err("it would not be read from there".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn added(text: &str) -> Result<String, String> {
        add_person(text, &Name::new("eli").unwrap(), "eli@example.com", "engineer")
    }

    #[test]
    fn a_person_comes_behind_the_others_and_all_else_stays() {
        let text = "greenroom: 1\npeople:   # who\n    # first\n    ana: {email: ana@example.com, role: analyst}\n\n# images\nimages: {}\n";
        assert_eq!(
            added(text).unwrap(),
            "greenroom: 1\npeople:   # who\n    # first\n    ana: {email: ana@example.com, role: analyst}\n    eli: {email: eli@example.com, role: engineer}\n\n# images\nimages: {}\n"
        );
        assert_eq!(
            added("greenroom: 1").unwrap(),
            "greenroom: 1\npeople:\n  eli: {email: eli@example.com, role: engineer}\n"
        );
        assert_eq!(added("people:").unwrap(), "people:\n  eli: {email: eli@example.com, role: engineer}\n");
    }

    #[test]
    fn what_cannot_be_added_to_stays_as_it_is() {
        assert!(added("people: {ana: {email: ana@example.com, role: analyst}}\n").is_err());
        assert!(added("people:\n  - ana\n").is_err());
    }
}
