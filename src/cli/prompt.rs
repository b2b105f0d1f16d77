use std::io::{self, BufRead, IsTerminal, Write};

use crate::domain::text::safe;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// No terminal: there is nobody to ask.
    Nobody,
}

/// Asks on the terminal; anything but `y` or `yes` is a no. Without a terminal it never waits for one.
pub fn confirm(question: &str) -> io::Result<Answer> {
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(Answer::Nobody);
    }
    ask(question, &mut io::stdin().lock(), &mut io::stderr().lock())
}

fn ask(question: &str, input: &mut impl BufRead, output: &mut impl Write) -> io::Result<Answer> {
    write!(output, "{} [y/N] ", safe(question))?;
    output.flush()?;
    let mut line = String::new();
    input.read_line(&mut line)?;
    Ok(match line.trim().to_ascii_lowercase().as_str() {
        "y" | "yes" => Answer::Yes,
        _ => Answer::No,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(typed: &str) -> Answer {
        let mut shown = Vec::new();
        let answer = ask("Install mmdebstrap?", &mut typed.as_bytes(), &mut shown).unwrap();
        assert_eq!(shown, b"Install mmdebstrap? [y/N] ");
        answer
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        assert_eq!(["y\n", "YES\n", " y \n"].map(answer), [Answer::Yes; 3]);
        assert_eq!(["\n", "", "n\n", "yep\n", "ja\n"].map(answer), [Answer::No; 5]);
    }

    #[test]
    fn without_a_terminal_nobody_is_asked() {
        // Under `cargo test` at least one of the two is no terminal; where both are, there is nothing to show here.
        if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
            assert_eq!(confirm("Really?").unwrap(), Answer::Nobody);
        }
    }
}
