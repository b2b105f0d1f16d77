use std::io;
use std::path::Path;

use camino::Utf8Path;

use crate::cli::args::PreviewFile;
use crate::cli::report::{preview_json, preview_view};
use crate::cli::stage::fetch_path;
use crate::cli::{Exit, Output, UserError};
use crate::domain::Preview;
use crate::store;

/// Columns for a page that is laid out where nobody says how wide the screen is.
const USUAL: usize = 100;

/// A look into a file or folder, as the workbench has it.
pub fn run(asked: &PreviewFile, output: &Output) -> Result<Exit, UserError> {
    let path = asked.path.as_path();
    if let (false, Some(path)) = (path.exists(), Utf8Path::from_path(path)) {
        fetch_path(&camino::absolute_utf8(path).unwrap_or_else(|_| path.to_owned()))?;
    }
    let unread = |error: &io::Error| {
        UserError::from_error(Exit::Wrong, format!("{} cannot be looked into", path.display()), error)
    };
    let preview = look(path, output.look.width.min(USUAL)).map_err(|error| unread(&error))?;
    match output.json {
        true => output.document(&preview_json(&path.to_string_lossy(), &preview))?,
        false => output.text(&preview_view(&preview, &output.look))?,
    }
    Ok(Exit::Done)
}

/// How one gets to it is the person's affair; a FIFO or a device would have to be waited for.
fn look(path: &Path, columns: usize) -> io::Result<Preview> {
    let path = path.canonicalize()?;
    let kind = path.metadata()?.file_type();
    if !kind.is_file() && !kind.is_dir() {
        return Err(io::Error::other("it is neither a file nor a folder"));
    }
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => store::look_at(parent, Path::new(name), columns),
        _ => Err(io::Error::other("it is the root of this machine: name a file")),
    }
}
