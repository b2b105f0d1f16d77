use std::env;
use std::fmt::Write as _;

use clap::builder::Styles;
use clap::error::ErrorKind;
use clap::{CommandFactory, FromArgMatches};

use super::Args;
use super::refused::refused;
use crate::cli::{Exit, Ink, Output};

/// The commands in the order a project meets them. Every one that is shown stands in exactly one group.
const GROUPS: [(&str, &[&str]); 7] = [
    ("Start", &["demo", "init", "new", "doctor", "local"]),
    ("Write", &["check", "operators", "lineage", "sql", "plan", "schema"]),
    ("Run", &["run", "resume", "fork", "cancel"]),
    (
        "Look",
        &[
            "runs",
            "show",
            "logs",
            "artifacts",
            "path",
            "preview",
            "shell",
            "notebook",
            "diff",
            "metrics",
            "alias",
            "note",
            "gc",
        ],
    ),
    ("Share", &["export-run", "import-run"]),
    ("Review", &["track", "package", "review", "approve", "request-changes", "comment", "promote"]),
    ("Shell", &["completions"]),
];

const AFTER: &str =
    "RUN is a token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2 or an alias.
Exit codes: 0 done, 1 the run failed, 2 the spec or the call is wrong, 3 not ready, 130 cancelled.

Begin with: greenroom demo
More on one command: greenroom COMMAND --help";

/// Reads the process's arguments. Help and version are printed and end the process; what is wrong with a call is told.
pub fn parse() -> Result<Args, Exit> {
    let words: Vec<String> = env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let read = command().try_get_matches().and_then(|matches| Args::from_arg_matches(&matches));
    read.map_err(|error| match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => error.exit(),
        // Whether machines read the answer is known although the call as a whole is not understood.
        _ => {
            Output::new(words.iter().any(|word| word == "--json")).error(&refused(&error, &words, command()))
        }
    })
}

/// The whole command line, its help grouped.
pub fn command() -> clap::Command {
    let command = Args::command();
    let heading = Ink::Strong.style();
    let literal = Ink::Accent.style();
    let mut help = format!("{{about}}\n\n{heading}Usage:{heading:#} {{usage}}\n\n");
    for (title, names) in GROUPS {
        let _ = writeln!(help, "{heading}{title}:{heading:#}");
        for sub in names.iter().filter_map(|name| command.find_subcommand(name)) {
            let about = sub.get_about().map(ToString::to_string).unwrap_or_default();
            let _ = writeln!(help, "  {literal}{:<15}{literal:#} {about}", sub.get_name());
        }
        help.push('\n');
    }
    let _ = write!(help, "{heading}Everywhere:{heading:#}\n{{options}}{{after-help}}");
    let styles = Styles::plain().header(heading).usage(heading).literal(literal).error(Ink::Bad.style());
    command.styles(styles).help_template(help).after_help(AFTER).mut_subcommands(flowing)
}

/// With paragraphs that flow: lines are broken once, where the terminal ends.
fn flowing(command: clap::Command) -> clap::Command {
    let command = match command.get_after_help().map(|help| joined(&help.to_string())) {
        Some(help) => command.after_help(help),
        None => command,
    };
    command.mut_subcommands(flowing)
}

/// Letters of a line that goes on in the next one; a shorter one ends where it was meant to.
const FULL: usize = 60;

fn joined(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match lines.last_mut() {
            Some(last) if goes_on(last) && !line.is_empty() && !line.starts_with(' ') => {
                last.push(' ');
                last.push_str(line);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines.join("\n")
}

fn goes_on(line: &str) -> bool {
    !line.starts_with(' ') && !line.ends_with(['.', ':']) && line.chars().count() > FULL
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn leaves(command: &clap::Command) -> Vec<&clap::Command> {
        let shown = command.get_subcommands().filter(|sub| !sub.is_hide_set());
        shown.flat_map(|sub| if sub.has_subcommands() { leaves(sub) } else { vec![sub] }).collect()
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn a_paragraph_is_broken_once_where_the_terminal_ends() {
        let command = command();
        for sub in leaves(&command) {
            let shown = sub.clone().term_width(80).render_long_help().to_string();
            let (_, after) = shown.split_once("\nExample").unwrap();
            let prose = after.split("\n\n").skip(1).flat_map(|part| {
                let lines: Vec<&str> = part.lines().collect();
                lines.windows(2).map(|two| (two[0].to_owned(), two[1].to_owned())).collect::<Vec<_>>()
            });
            for (line, next) in prose.filter(|(line, next)| !line.starts_with(' ') && !next.starts_with(' '))
            {
                let word = next.split(' ').next().unwrap();
                let had_room = line.chars().count() + 1 + word.chars().count() <= 80;
                let meant = line.ends_with(['.', ':']) || line.chars().count() <= FULL;
                assert!(!had_room || meant, "{}: {line}\n{next}", sub.get_name());
            }
        }
    }

    #[test]
    fn every_command_stands_in_one_group() {
        let command = command();
        let mut shown: Vec<_> =
            command.get_subcommands().filter(|s| !s.is_hide_set()).map(|s| s.get_name()).collect();
        let mut grouped: Vec<_> = GROUPS.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        shown.sort_unstable();
        grouped.sort_unstable();
        assert_eq!(shown, grouped);
    }

    #[test]
    fn every_command_says_what_it_does_and_its_examples_are_read() {
        let command = command();
        for sub in leaves(&command) {
            let name = sub.get_name();
            assert!(sub.get_about().is_some(), "{name} says nothing");
            let shown = sub.get_arguments().filter(|arg| !arg.is_hide_set());
            for arg in shown {
                assert!(arg.get_help().is_some(), "{name} says nothing of {arg}");
            }
            let after = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<_> =
                after.lines().filter_map(|line| line.strip_prefix("  greenroom ")).collect();
            assert!(!examples.is_empty(), "{name} has no example");
            for example in examples {
                let words = shell_words::split(example).unwrap();
                let call = words.split(|word| word == ">" || word == "|").next().unwrap_or_default();
                let words = std::iter::once("greenroom").chain(call.iter().map(String::as_str));
                assert!(Args::try_parse_from(words).is_ok(), "does not work: greenroom {example}");
            }
        }
    }

    #[test]
    fn the_help_can_be_learnt_from() {
        insta::assert_snapshot!(command().term_width(110).render_help().to_string(), @r#"
        The room a data workflow waits in before it goes on stage; alone, in a project, it opens the workbench

        Usage: greenroom [OPTIONS] [COMMAND]

        Start:
          demo            From nothing to a finished run: sets up what is missing, writes the sample project, runs it
          init            Start a project in a directory
          new             Add a workflow, blueprint or operator from a pattern
          doctor          Check what this machine needs, and say or do what is missing
          local           The dockerized environment of this project: images and services

        Write:
          check           Check specs: every problem with its file, line, column and what to do
          operators       What engineers offer: operators, their inputs, an example and who uses them
          lineage         Who makes and who reads which table, down to the column
          sql             Run a query on the lake and show its first rows
          plan            Show what would run, with what, and why
          schema          Print the JSON Schema of a kind of file, for editors

        Run:
          run             Run a workflow, or a use case of a blueprint, step by step in containers
          resume          Go on with an interrupted, failed or cancelled run, with its own frozen plan and code
          fork            A new run from an old one, with a parameter changed or one step alone; the rest is taken over
          cancel          Stop a run: its containers may clean up, then it is recorded as cancelled

        Look:
          runs            List runs, newest first
          show            One run: its steps, times, memory, and what each made
          logs            What a step's container wrote
          artifacts       The files a run made, as a tree
          path            Print where an output lies on this machine, for scripts
          preview         A look into a file: the first rows of a table, text, or bytes
          shell           A shell in the container of a run's step: same image, code, inputs and environment
          notebook        JupyterLab in the container of a run's step, to look at it and go on from there
          diff            Compare two runs, and say where they first parted
          metrics         Figures over time and between versions, as charts and tables
          alias           Give a run a name, such as champion, or list those there are
          note            Write something down beside a run, or pin it
          gc              Let go of runs that nobody needs: shows what would go, and asks

        Share:
          export-run      Pack a run into one file, for a colleague
          import-run      Take in a run that a colleague has packed, once all of it was looked at

        Review:
          track           A workflow's way to production: eight steps, each signed by whoever takes it
          package         Seal the branch for review: checks, its run, what changed; push branch and ledger
          review          What waits for a review, and the decision card of one
          approve         Approve a package: this commit and no other
          request-changes Say what has to change before a package is approved
          comment         Say something about a track, or a line of it
          promote         Merge what was approved to the target branch, and only that

        Shell:
          completions     Print a completion script for a shell

        Everywhere:
              --json           Answer with JSON documents, or JSON Lines where events stream
              --project <DIR>  The project: its directory or one below it [default: found from here upwards]
          -h, --help           Print help
          -V, --version        Print version

        RUN is a token or its last 4 or more characters, @last, @failed, NAME@last, NAME@-2 or an alias.
        Exit codes: 0 done, 1 the run failed, 2 the spec or the call is wrong, 3 not ready, 130 cancelled.

        Begin with: greenroom demo
        More on one command: greenroom COMMAND --help
        "#);
    }
}
