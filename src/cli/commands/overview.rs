use camino::Utf8Path;

use crate::cli::{Exit, Ink, Invocation, Look, Output, UserError};

/// `greenroom` alone: what this is, and what to do next from here.
pub fn run(project: Option<&Utf8Path>, output: &Output) -> Result<Exit, UserError> {
    let here = std::env::current_dir().ok();
    let start = project.map(|dir| dir.as_std_path().to_owned()).or(here);
    let in_project =
        start.is_some_and(|dir| dir.ancestors().any(|above| above.join("greenroom.yaml").is_file()));
    output.text(&view(in_project, &Invocation::of_this_process(project), &output.look))?;
    Ok(Exit::Done)
}

fn view(in_project: bool, invocation: &Invocation, look: &Look) -> String {
    let next: &[(&[&str], &str)] = match in_project {
        true => &[
            (&["check"], "are the specs right?"),
            (&["local", "up"], "build the images, start the services"),
            (&["plan", "NAME"], "what would run, and with what"),
            (&["run", "NAME"], "run it step by step"),
            (&["runs"], "what has run, newest first"),
            (&["artifacts", "@last"], "what the last run made"),
        ],
        false => &[
            (&["demo"], "a sample project, from nothing to a finished run"),
            (&["init", "DIR"], "a project of your own"),
            (&["doctor"], "what this machine needs, and what is missing"),
        ],
    };
    let commands: Vec<String> = next.iter().map(|(words, _)| invocation.command(words)).collect();
    let width = commands.iter().map(String::len).max().unwrap_or_default();
    let place = if in_project { "You are in a project. Next:" } else { "No project here yet. Begin with:" };
    let title = look.paint(Ink::Strong, "Greenroom");
    let mut text =
        format!("{title}: the room a data workflow waits in before it goes on stage.\n\n{place}\n");
    for (command, (_, does)) in commands.iter().zip(next) {
        let command = look.paint(Ink::Accent, format!("{command:<width$}"));
        text.push_str(&format!("  {command}  {}\n", look.paint(Ink::Dim, does)));
    }
    text.push_str(&format!("\nAll commands: {}\n", invocation.command(&["--help"])));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_to_do_next_from_where_you_are() {
        insta::assert_snapshot!(view(false, &Invocation::default(), &Look::PLAIN), @r#"
        Greenroom: the room a data workflow waits in before it goes on stage.

        No project here yet. Begin with:
          greenroom demo      a sample project, from nothing to a finished run
          greenroom init DIR  a project of your own
          greenroom doctor    what this machine needs, and what is missing

        All commands: greenroom --help
        "#);
        insta::assert_snapshot!(view(true, &Invocation::default(), &Look::PLAIN), @r#"
        Greenroom: the room a data workflow waits in before it goes on stage.

        You are in a project. Next:
          greenroom check            are the specs right?
          greenroom local up         build the images, start the services
          greenroom plan NAME        what would run, and with what
          greenroom run NAME         run it step by step
          greenroom runs             what has run, newest first
          greenroom artifacts @last  what the last run made

        All commands: greenroom --help
        "#);
    }
}
