use std::io;

use clap_complete::Shell;
use clap_complete::env::Shells;

use super::VARIABLE;
use crate::domain::text::shell_word;

/// What a shell has to be told once, so that it asks `program` from then on.
pub fn script(shell: Shell, program: &str) -> io::Result<String> {
    if shell == Shell::Bash {
        let program = shell_word(program);
        return Ok(include_str!("bash.sh").replace("VARIABLE", VARIABLE).replace("\"PROGRAM\"", &program));
    }
    let shell = shell.to_string();
    let known = Shells::builtins();
    let known = known.completer(&shell).ok_or_else(|| io::Error::other(format!("{shell} is not known")))?;
    let mut script = Vec::new();
    known.write_registration(VARIABLE, "greenroom", "greenroom", program, &mut script)?;
    Ok(String::from_utf8_lossy(&script).into_owned())
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_shell_has_one_and_it_asks_the_program() {
        for shell in Shell::value_variants() {
            let script = script(*shell, "/opt/green room/greenroom").unwrap();
            assert!(script.contains(VARIABLE) && script.contains("/opt/green room/greenroom"), "{script}");
            assert!(!script.contains("PROGRAM"), "{script}");
        }
    }
}
