use camino::{Utf8Path, Utf8PathBuf};
use serde::Deserialize;

use super::answer::{answer, died, found};
use super::{Check, Question};
use crate::cli::{Exit, HeldFolder, Machine, UserError, Workspace};
use crate::docker::{DockerError, Heard, Mount, OnceSpec, Session};
use crate::domain::{Diagnostic, Rows};
use crate::operators;

/// A container that sees one lake, which it cannot change, and no network. It answers one query after another.
pub struct Asker {
    session: Session,
    pub image: String,
    pub lake: Utf8PathBuf,
    dir: Utf8PathBuf,
    next: u64,
    /// The first request whose folders may still be there.
    oldest: u64,
    answered: bool,
    gone: bool,
    /// Removed with it.
    _scratch: HeldFolder,
}

/// Of one request: what it is given, and what it leaves.
struct Folders {
    id: u64,
    launch: Utf8PathBuf,
    out: Utf8PathBuf,
    tmp: Utf8PathBuf,
}

impl Folders {
    fn of(dir: &Utf8Path, id: u64) -> Self {
        let of = |folder: &str| dir.join(folder).join(id.to_string());
        Self { id, launch: of("launch"), out: of("out"), tmp: of("tmp") }
    }

    /// What cannot be removed goes with the whole.
    fn remove(self) {
        for folder in [self.launch, self.out, self.tmp] {
            fs_err::remove_dir_all(folder).ok();
        }
    }
}

#[derive(Deserialize)]
struct Ended {
    id: u64,
    code: i64,
}

impl Asker {
    pub async fn start(
        workspace: &Workspace,
        machine: &Machine,
        lake: &Utf8Path,
        image: &str,
    ) -> Result<Self, UserError> {
        let scratch = HeldFolder::make(&workspace.root().join(".greenroom"), ".sql-").map_err(unready)?;
        let dir = scratch.path().map_err(unready)?;
        for empty in ["out", "tmp"] {
            fs_err::create_dir_all(dir.join(empty)).map_err(unready)?;
        }
        operators::write_files(&dir.join("launch/lib")).map_err(unready)?;
        let mount =
            |source: Utf8PathBuf, target: &str, writable| Mount { source, target: target.into(), writable };
        let spec = OnceSpec {
            image: image.to_owned(),
            argv: argv(),
            user: machine.identity.pair(),
            mounts: vec![
                mount(dir.join("launch"), "/greenroom", false),
                mount(lake.to_owned(), "/lake", false),
                mount(dir.join("out"), "/out", true),
                mount(dir.join("tmp"), "/tmp", true),
            ],
            memory_limit: memory_limit(machine),
            network: None,
        };
        machine.engine.remove_abandoned().await;
        // `greenroom-flights-sql-x7Yz2A`: two workbenches of one project have one each.
        let folder = dir.file_name().unwrap_or_default().replace('.', "-");
        let name = format!("greenroom-{}{folder}", workspace.project.name);
        let session = match machine.engine.session(&name, &spec).await {
            // Engines without control groups refuse any limit.
            Err(DockerError::Refused { .. }) if spec.memory_limit.is_some() => {
                machine.engine.session(&name, &OnceSpec { memory_limit: None, ..spec }).await
            }
            session => session,
        };
        let session = session.map_err(unready)?;
        Ok(Self {
            session,
            image: image.to_owned(),
            lake: lake.to_owned(),
            dir,
            next: 0,
            oldest: 0,
            answered: false,
            gone: false,
            _scratch: scratch,
        })
    }

    /// The first rows. One that is dropped while it waits is ended by the next.
    pub async fn ask(&mut self, question: &Question<'_>) -> Result<Rows, UserError> {
        let folders = self.next_folders();
        question.lay_out(&folders.launch, &self.lake)?;
        let code = self.run(&folders, &question.request(folders.id)).await?;
        let rows = answer(&self.dir, folders.id, code, question);
        self.tidy();
        rows
    }

    /// What is wrong in a text, which is not run.
    pub async fn check(&mut self, check: &Check<'_>) -> Result<Vec<Diagnostic>, UserError> {
        let folders = self.next_folders();
        check.lay_out(&folders.launch, &self.lake)?;
        let code = self.run(&folders, &check.request(folders.id)).await?;
        let problems = found(&self.dir, folders.id, code, check.file);
        self.tidy();
        problems
    }

    fn next_folders(&mut self) -> Folders {
        let id = self.next;
        self.next += 1;
        Folders::of(&self.dir, id)
    }

    /// Removes what belongs to the last request, which was answered, and to those before it, which were given up.
    fn tidy(&mut self) {
        (self.oldest..self.next).for_each(|id| Folders::of(&self.dir, id).remove());
        self.oldest = self.next;
    }

    /// The exit code of a request.
    async fn run(&mut self, folders: &Folders, request: &serde_json::Value) -> Result<i64, UserError> {
        for empty in [&folders.out, &folders.tmp] {
            fs_err::create_dir_all(empty).map_err(unready)?;
        }
        let answered = async {
            self.session.say(&request.to_string()).await?;
            self.ended(folders.id).await
        };
        let answered = answered.await;
        self.gone = !matches!(answered, Ok((_, None)));
        self.answered |= !self.gone;
        match answered.map_err(unready)? {
            (code, None) => Ok(code),
            (code, Some(complaints)) => Err(died(code, &complaints)),
        }
    }

    /// Ends the query that nobody waits for any more.
    pub async fn stop(&mut self) {
        // A container that does not listen computes nothing either.
        self.session.say(r#"{"cancel": true}"#).await.ok();
    }

    /// Its container has ended, so that it answers nothing any more.
    pub fn is_gone(&self) -> bool {
        self.gone
    }

    /// Its exit code; where the container itself has ended, that and what it complained about.
    async fn ended(&mut self, id: u64) -> Result<(i64, Option<String>), DockerError> {
        loop {
            match self.session.hear().await? {
                Heard::Line(line) => match serde_json::from_str::<Ended>(&line) {
                    Ok(ended) if ended.id == id => return Ok((ended.code, None)),
                    // Of one that nobody waits for any more.
                    _ => {}
                },
                Heard::Ended { code, complaints } => return Ok((code, Some(complaints))),
            }
        }
    }

    /// Its container has ended before it ever answered, as those of its image will.
    pub fn is_stillborn(&self) -> bool {
        self.gone && !self.answered
    }

    /// Ends what it is at.
    pub async fn close(self) {
        self.session.close().await;
    }
}

/// Half of what the engine has: a query that needs more ends with its own error, and nothing else on the machine does.
fn memory_limit(machine: &Machine) -> Option<u64> {
    Some(machine.engine.info().memory / 2).filter(|bytes| *bytes > 0)
}

fn unready(error: impl std::error::Error + 'static) -> UserError {
    UserError::from_error(Exit::NotReady, "the query cannot be run", &error)
}

fn argv() -> Vec<String> {
    let words = [
        "env",
        "HOME=/tmp",
        "PYTHONPATH=/greenroom/lib",
        "PYTHONDONTWRITEBYTECODE=1",
        "GREENROOM_STEP=sql",
        "GREENROOM_WAREHOUSE=/lake",
        "GREENROOM_WAREHOUSE_ENGINE=duckdb",
        "python3",
        "/greenroom/lib",
        "serve",
    ];
    words.map(str::to_owned).to_vec()
}
