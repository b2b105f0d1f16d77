use std::env;
use std::error::Error;
use std::io::{self, IsTerminal, Write};

use serde_json::json;

use crate::cli::args::Shell;
use crate::cli::inside::{Entered, choose, greeting};
use crate::cli::invocation::near;
use crate::cli::{Exit, Invocation, Look, Output, UserError, Workspace};
use crate::docker::EndSignals;
use crate::domain::Token;
use crate::domain::figures::counted;
use crate::domain::{NodeId, text};

/// Longer names of hosts are refused.
const LONGEST: usize = 63;

/// A shell in the container of a step, as it was for its run.
pub async fn run(asked: &Shell, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let inside = &asked.inside;
    let of = (inside.env.as_str(), inside.run.as_str(), &inside.step);
    let chosen = choose(&workspace, of, "shell", output, invocation)?;
    let entered = Entered::prepare(chosen, &workspace, output, invocation).await?;
    if io::stdin().is_terminal() && io::stdout().is_terminal() && !output.json {
        let stderr = io::stderr();
        let stay = format!("a shell in its image {}; exit leaves it", entered.chosen.node.image);
        let told = greeting(&entered, &stay, &Look::of_stderr(&stderr));
        // A greeting that nobody sees keeps nobody out.
        let _ = writeln!(stderr.lock(), "{told}");
    }
    let shell = if entered.image.bash { "bash" } else { "sh" };
    // Before the secrets are handed over.
    let unopened = |error: &(dyn Error + 'static)| {
        UserError::from_error(Exit::NotReady, "the shell cannot be opened", error)
    };
    let mut signals = EndSignals::listen().map_err(|error| unopened(&error))?;
    let mut spec = entered.container("shell", &[shell.to_owned()])?;
    spec.env.extend(env::var("TERM").ok().map(|term| ("TERM".to_owned(), term)));
    let host = host(&entered.chosen.node.id, entered.chosen.run.token);
    let code =
        entered.containers().shell(&spec, &host, &mut signals).await.map_err(|error| unopened(&error))?;
    left(entered, code, output);
    Ok(if code == 0 { Exit::Done } else { Exit::Failed })
}

/// `train-3f2a`, so that the prompt tells where one is.
fn host(node: &NodeId, token: Token) -> String {
    let plain = node.to_string().replace(['_', '.'], "-");
    let end = format!("-{}", token.short());
    let room = plain.len().min(LONGEST - end.len());
    format!("{}{end}", plain[..room].trim_matches('-'))
}

fn left(entered: Entered, code: i64, output: &Output) {
    let kept = entered.scratch.kept().to_owned();
    let files = entered.scratch.leave();
    if output.json {
        let scratch = (files > 0).then_some(&kept);
        output.note(&json!({"scratch": scratch, "files": files, "exit_code": code}));
    } else if files > 0 {
        let files = counted(u64::try_from(files).unwrap_or(u64::MAX), "file");
        output.warn(&format!("{files} in {}", text::shell_word(near(&kept).as_str())));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene;

    #[test]
    fn a_host_is_named_as_the_system_allows() {
        let token = scene::token();
        let named = |id: &str| host(&id.parse().unwrap(), token);
        assert_eq!(named("flights_ready.a_b"), "flights-ready-a-b-3f2a");
        let long = named(&format!("s{}", "_x".repeat(31)));
        assert!(long.len() <= LONGEST && long.ends_with("x-3f2a"), "{long}");
    }
}
