use std::collections::{HashMap, VecDeque};
use std::io;

use anstream::adapter::strip_str;
use bollard::body_full;
use bollard::query_parameters::BuildImageOptionsBuilder;
use futures_util::StreamExt;

use super::Engine;
use super::error::DockerError;
use super::lines::Lines;

/// Lines of a failed build that are told with it.
const LAST_LINES: usize = 20;
/// What the builder says of its own work, not the command's.
const CHATTER: [&str; 2] = [" ---> ", "Removing intermediate container "];

/// The files a build sees, as a tarball in memory. Equal files give equal bytes, so the engine's layer cache holds.
pub struct BuildContext {
    tar: tar::Builder<Vec<u8>>,
}

impl BuildContext {
    pub fn new(dockerfile: &str) -> io::Result<Self> {
        let mut context = Self { tar: tar::Builder::new(Vec::new()) };
        context.add("Dockerfile", dockerfile.as_bytes())?;
        Ok(context)
    }

    pub fn add(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        self.tar.append_data(&mut header, path, bytes)
    }
}

pub struct BuildRequest {
    pub context: BuildContext,
    /// Proxies and the like; they are no part of the image.
    pub arguments: HashMap<String, String>,
}

#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error("{}", .last_lines.join("\n"))]
    Failed { command: String, last_lines: Vec<String> },
    #[error(transparent)]
    Engine(#[from] DockerError),
}

impl Engine {
    /// Builds with the engine's classic builder (there is no other everywhere) and answers the id of the image, which
    /// has no name.
    pub async fn build(
        &self,
        request: BuildRequest,
        line: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<String, BuildError> {
        let io = |source| DockerError::Io { what: "cannot pack the build's files".to_owned(), source };
        let tar = request.context.tar.into_inner().map_err(io)?;
        let options = BuildImageOptionsBuilder::default()
            .dockerfile("Dockerfile")
            .buildargs(&request.arguments)
            .rm(true)
            .forcerm(true);
        let docker = self.patient();
        let mut answers = docker.build_image(options.build(), None, Some(body_full(tar.into())));
        let mut transcript = Transcript::default();
        let mut lines = Lines::default();
        let mut id = None;
        while let Some(answer) = answers.next().await {
            let answer = match answer {
                Ok(answer) => answer,
                Err(bollard::errors::Error::DockerStreamError { error }) => {
                    lines.finish(|text| transcript.note(text, line));
                    return Err(transcript.failed(&error));
                }
                Err(error) => return Err(DockerError::of("build", error).into()),
            };
            if let Some(found) = answer.aux.and_then(|aux| aux.id) {
                id = Some(found);
            }
            if let Some(piece) = answer.stream.or(answer.status.map(|status| status + "\n")) {
                lines.push(&piece, |text| transcript.note(text, line));
            }
        }
        id.ok_or_else(|| transcript.failed("the engine ended the build without an image"))
    }
}

#[derive(Default)]
struct Transcript {
    /// The instruction at work, as the builder announced it.
    step: String,
    last: VecDeque<String>,
}

impl Transcript {
    fn note(&mut self, text: &str, line: &(dyn Fn(&str) + Send + Sync)) {
        // The builder paints what a command writes to stderr.
        let text = &*strip_str(text).to_string();
        line(text);
        if CHATTER.iter().any(|said| text.starts_with(said)) {
            return;
        }
        if let Some(instruction) = instruction(text) {
            instruction.clone_into(&mut self.step);
            self.last.clear();
            return;
        }
        if self.last.len() == LAST_LINES {
            self.last.pop_front();
        }
        self.last.push_back(text.to_owned());
    }

    fn failed(self, error: &str) -> BuildError {
        let command = without_settings(self.step.strip_prefix("RUN ").unwrap_or(&self.step)).to_owned();
        // The builder repeats the whole command in its message; what it ended with is all that is new in it.
        let ending = match error.rsplit_once(" returned a non-zero code: ") {
            Some((_, code)) => format!("(exit code {code})"),
            None => error.to_owned(),
        };
        BuildError::Failed { command, last_lines: self.last.into_iter().chain([ending]).collect() }
    }
}

/// A command without the variables set before it: what one would type to see it fail.
fn without_settings(command: &str) -> &str {
    let is_setting = |word: &str| {
        let name = word.split_once('=').map_or("", |(name, _)| name);
        !name.is_empty()
            && name.chars().all(|letter| letter.is_ascii_uppercase() || "_0123456789".contains(letter))
    };
    match command.split_once(' ') {
        Some((word, rest)) if is_setting(word) => without_settings(rest),
        _ => command,
    }
}

/// `Step 2/3 : RUN …` of Docker, `STEP 2/3: RUN …` of Podman.
fn instruction(line: &str) -> Option<&str> {
    let (steps, instruction) = line.split_once(": ")?;
    let steps = steps.strip_prefix("Step ").or_else(|| steps.strip_prefix("STEP "))?.trim_end();
    steps.chars().all(|char| char.is_ascii_digit() || char == '/').then_some(instruction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_build_tells_its_command_and_its_last_lines_only() {
        let mut transcript = Transcript::default();
        transcript.note("Step 1/2 : FROM x", &|_| {});
        transcript.note("earlier", &|_| {});
        transcript.note("Step 2/2 : RUN PIP_NO_COLOR=1 PIP_X=1 pip install nonsense", &|_| {});
        for n in 0..30 {
            transcript.note(&format!("\x1b[91mline {n}\x1b[0m"), &|_| {});
        }
        transcript.note("\x1b[0mRemoving intermediate container 1", &|_| {});
        let error =
            transcript.failed("The command '/bin/sh -c pip install nonsense' returned a non-zero code: 1");
        let BuildError::Failed { command, last_lines } = error else { panic!("{error}") };
        assert_eq!(command, "pip install nonsense");
        assert_eq!(last_lines.len(), LAST_LINES + 1);
        assert_eq!(last_lines[0], "line 10");
        assert_eq!(last_lines[LAST_LINES], "(exit code 1)");
    }

    #[test]
    fn equal_files_pack_to_equal_bytes() {
        let pack = || {
            let mut context = BuildContext::new("FROM x").unwrap();
            context.add("requirements.txt", b"duckdb\n").unwrap();
            context.tar.into_inner().unwrap()
        };
        assert_eq!(pack(), pack());
    }
}
