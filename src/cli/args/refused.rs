use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};

use crate::cli::UserError;
use crate::cli::nearest::nearest;

/// A call that clap does not take, told as every other error is. `words` are those behind the program's name.
pub fn refused(error: &Error, words: &[String], mut root: Command) -> UserError {
    // Only what is built can be shown.
    root.build();
    let (called, command) = called(&root, words);
    let told = match error.kind() {
        ErrorKind::InvalidSubcommand => no_command(error, &called, command),
        ErrorKind::MissingRequiredArgument => missing(error, &called, command),
        _ => as_clap_says(error),
    };
    told.to_do(format!("{called} --help"))
}

/// The command that the words name, as far as they name one, with its whole name.
fn called<'a>(root: &'a Command, words: &[String]) -> (String, &'a Command) {
    let mut found = (root.get_name().to_owned(), root);
    for word in words {
        if let Some(sub) = found.1.find_subcommand(word) {
            found = (format!("{} {word}", found.0), sub);
        }
    }
    found
}

fn no_command(error: &Error, called: &str, command: &Command) -> UserError {
    let word = text(error, ContextKind::InvalidSubcommand);
    let known = command.get_subcommands().filter(|sub| !sub.is_hide_set()).map(Command::get_name);
    let near = nearest(&word, known).map(|near| format!("; did you mean `{called} {near}`?"));
    UserError::wrong(format!("there is no command `{called} {word}`{}", near.unwrap_or_default()))
}

fn missing(error: &Error, called: &str, command: &Command) -> UserError {
    let missing: Vec<String> = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::Strings(many)) => many.clone(),
        Some(ContextValue::String(one)) => vec![one.clone()],
        _ => Vec::new(),
    };
    let mut told = UserError::wrong(format!("`{called}` needs {}", missing.join(" and ")));
    for (index, shown) in missing.iter().enumerate() {
        // Of two that look alike the first is the one that was given.
        let alike: Vec<&Arg> = command.get_arguments().filter(|arg| arg.to_string() == *shown).collect();
        let still = missing[index..].iter().filter(|other| *other == shown).count();
        let Some(arg) = alike.len().checked_sub(still).and_then(|at| alike.get(at)) else { continue };
        told = told.because(format!("{shown}: {}", meaning(arg)));
    }
    told
}

fn meaning(arg: &Arg) -> String {
    let values: Vec<_> = arg.get_possible_values();
    let shown: Vec<_> =
        values.iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name()).collect();
    match arg.get_help() {
        Some(help) if shown.is_empty() => help.to_string(),
        Some(help) => format!("{help}: {}", shown.join(", ")),
        None => shown.join(", "),
    }
}

/// The message of clap's own text, and its tips as reasons; its usage is behind `--help`.
fn as_clap_says(error: &Error) -> UserError {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let what = lines.next().unwrap_or_default();
    let mut told = UserError::wrong(what.strip_prefix("error: ").unwrap_or(what));
    let more =
        lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    for line in more {
        told = told.because(line.strip_prefix("tip: ").unwrap_or(line));
    }
    told
}

fn text(error: &Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use crate::cli::Look;
    use crate::cli::args::command;

    fn told(call: &str) -> String {
        let words: Vec<String> = call.split_whitespace().map(str::to_owned).collect();
        let line = std::iter::once("greenroom".to_owned()).chain(words.iter().cloned());
        let error = command().try_get_matches_from(line).unwrap_err();
        let told = super::refused(&error, &words, command());
        assert_eq!(told.exit.code(), 2);
        told.render(&Look::PLAIN)
    }

    #[test]
    fn a_wrong_call_says_what_is_wrong_and_where_to_learn() {
        let calls = [
            "rn daily",
            "monitor",
            "local star",
            "schema",
            "path @last",
            "diff 73d1",
            "logs @last",
            "schema workflw",
            "runs --limit x",
            "runs --limit 0",
            "run daily --jobs 0",
            "run daily --parm day=1",
            "run daily --param day",
            "run daily --param C=2",
            "new workflow Nope",
            "doctor --yes",
        ];
        for call in ["demo --dir=", "--project= check"] {
            assert!(told(call).contains("a path may not be empty"), "{call}");
        }
        insta::assert_snapshot!(calls.map(|call| format!("$ {call}\n{}", told(call))).join("\n"), @r#"
        $ rn daily
        error: there is no command `greenroom rn`; did you mean `greenroom runs`?
           do: greenroom --help

        $ monitor
        error: there is no command `greenroom monitor`
           do: greenroom --help

        $ local star
        error: there is no command `greenroom local star`; did you mean `greenroom local restart`?
           do: greenroom local --help

        $ schema
        error: `greenroom schema` needs <KIND>
          why: <KIND>: The kind of spec: project, workflow, blueprint, operator
           do: greenroom schema --help

        $ path @last
        error: `greenroom path` needs <STEP.OUTPUT>
          why: <STEP.OUTPUT>: The step and its output
           do: greenroom path --help

        $ diff 73d1
        error: `greenroom diff` needs <RUN>
          why: <RUN>: The newer run
           do: greenroom diff --help

        $ logs @last
        error: `greenroom logs` needs <STEP>
          why: <STEP>: The step, or STEP.CELL of a matrix
           do: greenroom logs --help

        $ schema workflw
        error: invalid value 'workflw' for '<KIND>'
          why: [possible values: project, workflow, blueprint, operator]
               a similar value exists: 'workflow'
           do: greenroom schema --help

        $ runs --limit x
        error: invalid value 'x' for '--limit <N>': write a whole number, such as 10
           do: greenroom runs --help

        $ runs --limit 0
        error: invalid value '0' for '--limit <N>': at least 1
           do: greenroom runs --help

        $ run daily --jobs 0
        error: invalid value '0' for '--jobs <N>': at least 1
           do: greenroom run --help

        $ run daily --parm day=1
        error: unexpected argument '--parm' found
          why: a similar argument exists: '--param'
           do: greenroom run --help

        $ run daily --param day
        error: invalid value 'day' for '--param <K=V>': write NAME=VALUE, such as day=2013-01-31
           do: greenroom run --help

        $ run daily --param C=2
        error: invalid value 'C=2' for '--param <K=V>': `C` has a character a name may not have: 'C'; did you mean `c`?
           do: greenroom run --help

        $ new workflow Nope
        error: invalid value 'Nope' for '<NAME>': `Nope` has a character a name may not have: 'N'; did you mean `nope`?
           do: greenroom new --help

        $ doctor --yes
        error: `greenroom doctor` needs --fix
          why: --fix: Do what can be done about it (Debian or Ubuntu, as root), asking first
           do: greenroom doctor --help
        "#);
    }
}
