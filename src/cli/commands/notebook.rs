use std::env;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use camino::Utf8Path;
use serde_json::json;

use crate::app::Desktop;
use crate::cli::args::Notebook;
use crate::cli::inside::{Entered, choose, first_notebook, greeting};
use crate::cli::invocation::near;
use crate::cli::local_error::local_error;
use crate::cli::report::Building;
use crate::cli::workbench::{desktop, open_on_desktop};
use crate::cli::{Exit, Ink, Invocation, Output, UserError, Workspace};
use crate::docker::EndSignals;
use crate::domain::Token;
use crate::domain::figures::counted;
use crate::domain::text::shell_word;
use crate::local::{Event, LocalError, Progress, Server, notebook_image};

/// In its container.
const PORT: u16 = 8888;
/// Beside what the step may take: for the server, which the step did without.
const OF_THE_SERVER: u64 = 512 << 20;
const FIRST: &str = "start.ipynb";
/// Leads a browser there.
const PAGE: &str = "open.html";

/// JupyterLab in the container of a step, as it was for its run, until Ctrl-C.
pub async fn run(asked: &Notebook, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let inside = &asked.inside;
    let of = (inside.env.as_str(), inside.run.as_str(), &inside.step);
    let chosen = choose(&workspace, of, "notebook", output, invocation)?;
    let told = |error| local_error(&error, &workspace.project, invocation);
    let mut entered = Entered::prepare(chosen, &workspace, output, invocation).await?;
    let site = entered.machine.site(&workspace.project, workspace.root());
    let name = &entered.chosen.node.image;
    let with_jupyter =
        notebook_image(site, (name, &entered.image.id), &Building::folded()).await.map_err(told)?;
    entered.image.id = with_jupyter;

    // Told to end from here on, it takes its container along.
    let mut signals = EndSignals::listen()
        .map_err(|error| UserError::from_error(Exit::NotReady, "cannot listen for Ctrl-C", &error))?;
    let token = format!("{}{}", Token::generate(), Token::generate()).replace('-', "");
    let folder = entered.chosen.layout.artifacts_inside(&entered.chosen.node.id);
    let argv = ["python3", "-m", "greenroom.notebook", &PORT.to_string(), folder.as_str()];
    let mut spec = entered.container("notebook", &argv.map(str::to_owned))?;
    spec.memory_limit = spec.memory_limit.map(|limit| limit.saturating_add(OF_THE_SERVER));
    spec.env.push(("JUPYTER_TOKEN_FILE".to_owned(), "/greenroom/token".to_owned()));
    let dirs = &entered.scratch.dirs;
    for_me(&dirs.launch.join("token"), &token)?;
    write_first(&entered)?;

    let engine = &entered.machine.engine;
    let mut server = Server::make(engine, &entered.containers(), &spec, PORT).await.map_err(told)?;
    let ended = tokio::select! {
        // What came while the container was made is heard before it is started.
        biased;
        _ = signals.next() => Ok(Ok(())),
        ended = serve(&mut server, &token, &entered, asked.no_browser, output) => ended,
    };
    let removed = server.remove().await.map_err(told);
    let kept = entered.scratch.kept().to_owned();
    let files = entered.scratch.leave();
    if !output.json {
        let files = counted(u64::try_from(files).unwrap_or(u64::MAX), "file");
        output.warn(&format!("the notebook has ended; {files} in {}", shell_word(near(&kept).as_str())));
    }
    ended?.map_err(told)?;
    removed?;
    Ok(Exit::Done)
}

/// Until it ends by itself. The outer error is that its address could not be told.
async fn serve(
    server: &mut Server,
    token: &str,
    entered: &Entered,
    no_browser: bool,
    output: &Output,
) -> Result<Result<(), LocalError>, UserError> {
    let building = Building::default();
    building.report(Event::Started { what: "starting JupyterLab".to_owned() });
    if let Err(error) = server.start(&format!("/api/status?token={token}")).await {
        return Ok(Err(error));
    }
    building.report(Event::Done);
    let url = format!("http://127.0.0.1:{}/lab/tree/{FIRST}?token={token}", server.port);
    let kept = entered.scratch.kept();
    let stay = format!("JupyterLab in its image {}; ctrl-c ends it", entered.chosen.node.image);
    output.either(&json!({"url": url, "port": server.port, "token": token, "scratch": kept}), |look| {
        format!("{}\n  {}\n", greeting(entered, &stay, look), look.paint(Ink::Accent, &url))
    })?;
    if !no_browser && !output.json {
        open(&url, entered.scratch.unseen(), output);
    }
    Ok(server.wait().await)
}

/// Handed over in a file: who else is on this machine sees the arguments of every program. `folder` is one that no
/// container can put a link into.
fn open(url: &str, folder: &Utf8Path, output: &Output) {
    let Desktop::Program(program) = desktop(|name| env::var(name).ok()) else { return };
    let page = format!("<!doctype html><meta http-equiv=refresh content=\"0; url={url}\">\n");
    let opened = for_me(&folder.join(PAGE), &page)
        .map_err(|error| error.what)
        .and_then(|()| open_on_desktop(&program, folder, Path::new(PAGE)).map_err(|trouble| trouble.what));
    if let Err(why) = opened {
        output.warn(&format!("no browser was opened: {why}"));
    }
}

/// One that was left by an earlier notebook stays as it is.
fn write_first(entered: &Entered) -> Result<(), UserError> {
    let path = entered.scratch.kept().join(FIRST);
    let text = format!("{:#}\n", first_notebook(entered));
    match std::fs::File::create_new(&path).and_then(|mut file| file.write_all(text.as_bytes())) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(unwritten(&path, &error)),
        _ => Ok(()),
    }
}

/// Writes a new file that nobody else can read.
fn for_me(path: &Utf8Path, text: &str) -> Result<(), UserError> {
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| unwritten(path, &error))
}

fn unwritten(path: &Utf8Path, error: &std::io::Error) -> UserError {
    UserError::from_error(Exit::NotReady, format!("{} cannot be written", near(path)), error)
        .to_do("see to it that .greenroom/ can be written, and has room")
}
