use std::env;
use std::process::Command;

use camino::{Utf8Path, Utf8PathBuf};
use serde_json::json;

use super::{LOAD, REPORT, planted, ready_machine};
use crate::cli::args::DemoReview;
use crate::cli::report::Patience;
use crate::cli::{Exit, Ink, Invocation, Look, Output, UserError, sample};
use crate::domain::text::{safe, shell_word};
use crate::git::ssh::SigningKey;
use crate::git::{GitError, init_with_commit, typed};

const BRANCH: &str = "ana/half_an_hour";

/// Two people's clones, a remote between them, and a package that waits for its review.
pub async fn run(asked: &DemoReview, output: &Output) -> Result<Exit, UserError> {
    let dir = &asked.dir;
    if dir.read_dir_utf8().is_ok_and(|mut entries| entries.next().is_some()) || dir.is_file() {
        let another = format!("{dir}-2");
        return Err(UserError::wrong(format!("{dir} is there already, and stays as it is"))
            .to_do("remove it, if it is one that you have played through")
            .to_do(Invocation::of_this_process(None).command(&["demo", "review", "--dir", &another])));
    }
    ready_machine(dir, asked.yes, &["demo", "review"], output).await?;
    fs_err::create_dir_all(dir).map_err(|error| unmade(dir, &error))?;
    let root = dir.canonicalize_utf8().map_err(|error| unmade(dir, &error))?;
    let play = Play { root: &root, output };
    let (ana, eli) = (play.part("ana"), play.part("eli"));
    play.tell("A project, and a remote that is a folder")?;
    play.project(&eli)?;
    play.tell("Two people, each with a clone and a key")?;
    for part in [&ana, &eli] {
        play.person(part)?;
    }
    play.tell("Who signs as what, on the branch that stage runs")?;
    play.greenroom(&eli, &["track", "setup", "--role", "engineer"])?;
    let signers = |part: &Utf8PathBuf| part.join(".greenroom-signers");
    fs_err::rename(signers(&eli), signers(&ana)).map_err(|error| unmade(dir, &error))?;
    play.greenroom(&ana, &["track", "setup", "--role", "analyst"])?;
    play.git(&ana, &["add", "--all"])?;
    play.git(&ana, &["commit", "--quiet", "-m", "Who signs what"])?;
    play.git(&ana, &["push", "--quiet", "origin", "main", "main:stage"])?;
    play.git(&eli, &["pull", "--quiet"])?;
    play.tell("Ana says what is needed, and both agree")?;
    let need = "count a flight as late from half an hour on";
    play.greenroom(&ana, &["track", "open", REPORT, "--need", need])?;
    play.greenroom(&ana, &["track", "agree", REPORT])?;
    play.greenroom(&eli, &["track", "agree", REPORT])?;
    play.tell("Ana works on a branch, runs it, and packages it")?;
    play.git(&ana, &["switch", "--quiet", "--create", BRANCH])?;
    let query = ana.join(planted::QUERY);
    let text = fs_err::read_to_string(&query).map_err(|error| unmade(dir, &error))?;
    let changed = planted::change(&text).unwrap_or(text);
    fs_err::write(&query, changed).map_err(|error| unmade(dir, &error))?;
    play.git(&ana, &["commit", "--quiet", "-am", "Late is half an hour; nobody needs the gusts"])?;
    play.greenroom(&ana, &["run", LOAD])?;
    play.greenroom(&ana, &["run", REPORT])?;
    play.greenroom(&ana, &["package"])?;
    // So that whoever plays Eli can run the package too.
    play.tell("Eli has the tables too")?;
    play.greenroom(&eli, &["run", LOAD])?;
    let document = json!({"dir": root, "ana": ana, "eli": eli, "track": REPORT, "branch": BRANCH});
    let invocation = Invocation::of_this_process(None);
    output.either(&document, |look| next(&root, &invocation, look))?;
    Ok(Exit::Done)
}

/// What is typed for the two, shown as it is typed.
struct Play<'a> {
    root: &'a Utf8Path,
    output: &'a Output,
}

impl Play<'_> {
    fn part(&self, who: &str) -> Utf8PathBuf {
        self.root.join(who)
    }

    fn tell(&self, what: &str) -> Result<(), UserError> {
        match self.output.json {
            true => Ok(()),
            false => self.output.text(&format!("\n{}\n", self.output.look.paint(Ink::Strong, what))),
        }
    }

    fn show(&self, at: &Utf8Path, words: &[&str]) -> Result<(), UserError> {
        if self.output.json {
            return Ok(());
        }
        let words: Vec<_> = words.iter().map(|word| shell_word(word)).collect();
        let look = &self.output.look;
        let who = look.paint(Ink::Dim, format!("{:>3} $", at.file_name().unwrap_or_default()));
        self.output.text(&format!("  {who} {}\n", look.paint(Ink::Accent, words.join(" "))))
    }

    fn project(&self, at: &Utf8Path) -> Result<(), UserError> {
        let files = planted::project(sample::flights());
        let files: Vec<sample::File<'_>> = files.iter().map(|(path, bytes)| (*path, &**bytes)).collect();
        sample::put(at, &files).map_err(|error| unmade(at, &error))?;
        init_with_commit(at, "The flights sample of Greenroom").map_err(|error| refused(&error))?;
        self.git(self.root, &["clone", "--quiet", "--bare", "eli", "remote.git"])?;
        self.git(at, &["remote", "add", "origin", "../remote.git"])?;
        self.git(at, &["fetch", "--quiet", "origin"])?;
        self.git(at, &["branch", "--quiet", "--set-upstream-to", "origin/main"])?;
        self.git(self.root, &["clone", "--quiet", "remote.git", "ana"])
    }

    fn person(&self, at: &Utf8Path) -> Result<(), UserError> {
        let who = at.file_name().unwrap_or_default();
        let key = self.root.join(format!("{who}.key"));
        SigningKey::make(&key, who).map_err(|error| refused(&error))?;
        let email = format!("{who}@example.com");
        for (name, value) in [
            ("user.name", who),
            ("user.email", &email),
            ("gpg.format", "ssh"),
            ("user.signingKey", key.as_str()),
            ("commit.gpgSign", "true"),
        ] {
            self.git(at, &["config", name, value])?;
        }
        Ok(())
    }

    fn git(&self, at: &Utf8Path, words: &[&str]) -> Result<(), UserError> {
        self.show(at, &[&["git"], words].concat())?;
        typed(at, words).map_err(|error| refused(&error))
    }

    /// Another process, as it would be theirs: what it says is shown where it fails.
    fn greenroom(&self, at: &Utf8Path, words: &[&str]) -> Result<(), UserError> {
        self.show(at, &[&["greenroom"], words].concat())?;
        let what = format!("greenroom {} failed in {at}", words.join(" "));
        let wrong = |error: &std::io::Error| UserError::from_error(Exit::NotReady, what.clone(), error);
        let _patience = Patience::start(&format!("greenroom {}", words.join(" ")));
        let own = env::current_exe().map_err(|error| wrong(&error))?;
        let ended = Command::new(own).args(words).current_dir(at).output().map_err(|error| wrong(&error))?;
        if ended.status.success() {
            return Ok(());
        }
        let said = [ended.stdout, ended.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        Err(said.lines().fold(UserError::new(Exit::NotReady, what.clone()), |told, line| told.because(line)))
    }
}

/// What is told before, whose clone it is, and what is typed there with why.
type Part = (&'static str, &'static str, Vec<(String, &'static str)>);

/// What each of the two types next.
fn next(dir: &Utf8Path, invocation: &Invocation, look: &Look) -> String {
    let own = |words: &[&str]| invocation.command(words);
    let put_back =
        r"sed -i 's/AS wind_mph$/AS wind_mph,\n  MAX(w.wind_gust) AS gust_mph/' sql/consolidate.sql";
    let wrong = "weekly_wind reads gust_mph";
    let parts: [Part; 3] = [
        (
            "You are Eli, who reviews:",
            "eli",
            vec![
                (own(&[]), "the workbench: the review is one of its screens"),
                (own(&["review", "show", REPORT]), "or the decision card here: what does the change break?"),
                (own(&["review", "rerun", REPORT]), "the package, run on your tables"),
                (own(&["request-changes", REPORT, wrong]), "say what is wrong"),
            ],
        ),
        (
            "You are Ana, who mends it:",
            "ana",
            vec![
                (put_back.to_owned(), "the column is back"),
                ("git commit -am 'Keep the gusts'".to_owned(), ""),
                (own(&["run", REPORT]), "another commit is shown by another run"),
                (own(&["package"]), "the new package takes the old one's place"),
            ],
        ),
        (
            "You are Eli again:",
            "eli",
            vec![
                (own(&["review", "show", REPORT]), "nothing is broken any more"),
                (own(&["approve", REPORT]), "this commit, and no other"),
                (own(&["promote", REPORT]), "stage has it"),
            ],
        ),
    ];
    let title = "A package waits for its review. Next, as printed:";
    let mut text = format!("\n{}\n", look.paint(Ink::Strong, title));
    for (title, who, commands) in parts {
        let folder = shell_word(dir.join(who).as_str()).into_owned();
        text += &format!("\n{title}\n  {}\n", look.paint(Ink::Accent, format!("cd {folder}")));
        for (command, why) in commands {
            let why = if why.is_empty() { String::new() } else { look.paint(Ink::Dim, format!("  # {why}")) };
            text += &format!("  {}{why}\n", look.paint(Ink::Accent, command));
        }
    }
    text
}

fn unmade(dir: &Utf8Path, error: &(dyn std::error::Error + 'static)) -> UserError {
    UserError::from_error(Exit::NotReady, format!("{} cannot be made", safe(dir.as_str())), error)
}

fn refused(error: &GitError) -> UserError {
    UserError::from_error(Exit::NotReady, "the clones cannot be made", error)
        .to_do("greenroom doctor tells what git and ssh-keygen lack here")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn what_it_ends_with_can_be_typed() {
        let text = next("review".into(), &Invocation::default(), &Look::PLAIN);
        let typed = text.lines().filter_map(|line| line.strip_prefix("  "));
        let commands: Vec<&str> = typed.map(|line| line.split("  #").next().unwrap_or_default()).collect();
        let own: Vec<&str> =
            commands.into_iter().filter(|command| command.starts_with("greenroom")).collect();
        assert_eq!(own.len(), 9, "{text}");
        for command in own {
            // The only word with spaces is quoted.
            let (plain, quoted) = command.split_once('\'').unwrap_or((command, ""));
            let words = plain.split_whitespace().chain(quoted.strip_suffix('\''));
            assert!(crate::cli::args::Args::try_parse_from(words).is_ok(), "{command}");
        }
    }
}
