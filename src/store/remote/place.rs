use camino::{Utf8Path, Utf8PathBuf};

use super::bucket::Bucket;
use super::{Address, Haste, RemoteError};
use crate::domain::{Name, RunLayout};
use crate::store::atomic_write;

/// Below a project's local state.
const FOLDER: &str = "remote";
/// Says, below a mirror, what it is one of.
const ADDRESS: &str = ".greenroom/address";

/// A bucket, and the folder of this machine that stands for it: each run has the same path in both.
#[derive(Debug)]
pub struct Mirror {
    pub(super) bucket: Bucket,
    pub(super) root: Utf8PathBuf,
}

/// `<state>/remote/<env>-<digest of the address>`, made where it is missing: where the runs of an environment lie whose
/// root is a bucket. Another address is another folder.
pub fn mirror_folder(state: &Utf8Path, env: &Name, address: &Address) -> Result<Utf8PathBuf, RemoteError> {
    let root = state.join(FOLDER).join(format!("{env}-{}", address.digest()));
    let path = root.join(ADDRESS);
    let text = format!("{address}\n");
    if fs_err::read_to_string(&path).is_ok_and(|there| there == text) {
        return Ok(root);
    }
    let make = || {
        fs_err::create_dir_all(root.join(".greenroom"))?;
        atomic_write(&path, text.as_bytes())
    };
    make().map_err(RemoteError::local(format!("the local mirror of {address} cannot be made")))?;
    Ok(root)
}

/// What a folder of runs is a mirror of; None: it is itself the root.
pub fn address_of(root: &Utf8Path) -> Option<Address> {
    if root.parent()?.file_name() != Some(FOLDER) {
        return None;
    }
    let address = Address::parse(fs_err::read_to_string(root.join(ADDRESS)).ok()?.trim())?;
    // A folder by another name was put there by somebody else.
    root.file_name()?.ends_with(&format!("-{}", address.digest())).then_some(address)
}

impl Mirror {
    /// None: the runs below this root lie in no bucket. No request is made yet.
    pub fn of(root: &Utf8Path, haste: Haste) -> Result<Option<Self>, RemoteError> {
        let Some(address) = address_of(root) else { return Ok(None) };
        Ok(Some(Self { bucket: Bucket::open(address, haste)?, root: root.to_owned() }))
    }

    /// The same, by one of its runs.
    pub fn of_run(layout: &RunLayout, haste: Haste) -> Result<Option<Self>, RemoteError> {
        Self::of(&root_of(layout), haste)
    }

    pub fn address(&self) -> &Address {
        self.bucket.address()
    }

    /// The key of a run.
    pub(super) fn base(&self, layout: &RunLayout) -> String {
        layout.dir().strip_prefix(&self.root).unwrap_or(layout.dir()).as_str().to_owned()
    }
}

/// `$root` of `$root/$project/$env/$name/$version/$token`.
pub(super) fn root_of(layout: &RunLayout) -> Utf8PathBuf {
    layout.dir().ancestors().nth(5).unwrap_or(layout.dir()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{name, temp};
    use super::*;

    #[test]
    fn a_mirror_says_of_what_it_is_one() {
        let (_dir, state) = temp();
        let address = Address::parse("gs://b/x").unwrap();
        let root = mirror_folder(&state, &name("shared"), &address).unwrap();
        assert_eq!(mirror_folder(&state, &name("shared"), &address).unwrap(), root);
        assert_eq!(address_of(&root), Some(address));
        assert_eq!(address_of(&state), None);
        fs_err::write(root.join(ADDRESS), "gs://other\n").unwrap();
        assert_eq!(address_of(&root), None);
    }
}
