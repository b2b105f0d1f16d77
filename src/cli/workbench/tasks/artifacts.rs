use std::io;
use std::path::Path;
use std::sync::Arc;

use camino::Utf8PathBuf;
use tokio_util::sync::CancellationToken;

use super::super::runner::{Around, Teller};
use crate::app::{Answer, ArtifactsAnswer, ArtifactsAsk, ArtifactsNews, FolderOrder, News, Trouble, arrange};
use crate::cli::{Exit, UserError, Workspace};
use crate::domain::{EntryFacts, Listing};
use crate::store::{self, Told};

/// What entries of one folder may take in memory: names of two million files.
const MOST: usize = 48 << 20;

pub fn artifacts(
    around: &Around,
    known: Option<Utf8PathBuf>,
    ask: &ArtifactsAsk,
    teller: &Teller,
    stop: &CancellationToken,
) -> Result<Answer, Trouble> {
    let root = match known {
        Some(root) => root,
        None => {
            let root = root(around)?;
            teller.tell(News::Artifacts(ArtifactsNews::Root(root.clone())));
            root
        }
    };
    let mut tell = |news| teller.tell(News::Artifacts(news)) && !stop.is_cancelled();
    answer(root.as_std_path(), ask, &mut tell, &|| stop.is_cancelled()).map(Answer::Artifacts)
}

/// Where the environment's runs lie, as the settings say now.
fn root(around: &Around) -> Result<Utf8PathBuf, Trouble> {
    let workspace = Workspace::open(Some(&around.place.root))?;
    let (name, _) = workspace.environment(&around.env)?;
    let root = workspace.store_root(&around.env)?;
    Ok(root.join(workspace.project.name.as_str()).join(name.as_str()))
}

/// The same, below any root.
pub fn answer(
    root: &Path,
    ask: &ArtifactsAsk,
    tell: &mut dyn FnMut(ArtifactsNews) -> bool,
    given_up: &dyn Fn() -> bool,
) -> Result<ArtifactsAnswer, Trouble> {
    match ask {
        ArtifactsAsk::Folder { below } => {
            let mut batch =
                |entries: crate::domain::Entries| tell(ArtifactsNews::Entries(Arc::new(entries.sorted())));
            match store::read_folder(root, below, MOST, &mut batch) {
                Ok(told) => Ok(ArtifactsAnswer::Folder { more: told == Told::Some }),
                // Nothing has run in this environment yet.
                Err(error) if error.kind() == io::ErrorKind::NotFound && below.as_os_str().is_empty() => {
                    Ok(ArtifactsAnswer::Folder { more: false })
                }
                Err(error) => Err(unread(root, below, &error)),
            }
        }
        ArtifactsAsk::Arrange { below, listing, text, order } => {
            let facts = match order {
                FolderOrder::Name => Vec::new(),
                FolderOrder::Size | FolderOrder::Newest => {
                    all_facts(root, below, listing, given_up).map_err(|error| unread(root, below, &error))?
                }
            };
            Ok(ArtifactsAnswer::Arranged(
                arrange(listing, text, *order, &facts, given_up).unwrap_or_default(),
            ))
        }
        ArtifactsAsk::Facts { below, entries } => {
            let names = entries.iter().map(|(_, name)| name.as_slice());
            // Of a folder that is gone, its entries are.
            let facts = store::entry_facts(root, below, names).unwrap_or_else(|_| vec![None; entries.len()]);
            Ok(ArtifactsAnswer::Facts(entries.iter().map(|(number, _)| *number).zip(facts).collect()))
        }
        ArtifactsAsk::Preview { path, columns } => {
            let looked = store::look_at(root, path, *columns);
            looked
                .map(|preview| ArtifactsAnswer::Preview(Box::new(preview)))
                .map_err(|error| unread(root, path, &error))
        }
    }
}

/// Of every entry, until nobody wants to know any more.
fn all_facts(
    root: &Path,
    below: &Path,
    listing: &Listing,
    given_up: &dyn Fn() -> bool,
) -> io::Result<Vec<Option<EntryFacts>>> {
    let names = listing.iter().take_while(|_| !given_up()).map(|(_, entry)| entry.name);
    store::entry_facts(root, below, names)
}

fn unread(root: &Path, below: &Path, error: &io::Error) -> Trouble {
    let path = root.join(below);
    let said = UserError::from_error(Exit::NotReady, format!("{} cannot be read", path.display()), error);
    match error.kind() {
        io::ErrorKind::NotFound => {
            said.to_do("it was removed: go up with h, or read again with ctrl-r").into()
        }
        _ => said.into(),
    }
}
