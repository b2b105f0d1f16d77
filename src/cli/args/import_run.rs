use camino::Utf8PathBuf;
use clap::ValueHint;

use super::param::parse_path;
use crate::domain::{QuantityError, Storage};

#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Examples:
  greenroom import-run delay_model-3f2a.run.tar.zst
  greenroom import-run delay_model-3f2a.run.tar.zst --into /tmp/from-ana
  greenroom import-run huge.run.tar.zst --max-size 200Gi

A run that was taken in is foreign for ever: it is shown and compared like any other, but its code is never run here (no
resume, no fork, no shell), and no run takes its outputs unless told to by its token. What was pinned elsewhere is not
pinned here. An archive has at most 300,000 files and folders.")]
pub struct ImportRun {
    /// What `greenroom export-run` wrote
    #[arg(value_name = "FILE", value_parser = parse_path, value_hint = ValueHint::FilePath)]
    pub file: Utf8PathBuf,
    /// Into this folder, and not among the project's runs: for one of another project, or of none
    #[arg(long, value_name = "DIR", value_parser = parse_path, value_hint = ValueHint::DirPath)]
    pub into: Option<Utf8PathBuf>,
    /// Refuse an archive whose files would take more of the disk than this, such as 500Mi or 50Gi
    #[arg(long, value_name = "SIZE", default_value = "20Gi", value_parser = parse_size)]
    pub max_size: Storage,
}

/// Also as sizes are shown: `1KiB`.
fn parse_size(text: &str) -> Result<Storage, QuantityError> {
    Storage::parse(text.strip_suffix('B').filter(|size| size.ends_with('i')).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_taken_as_it_is_shown() {
        assert_eq!((parse_size("1KiB"), parse_size("20Gi")), (Ok(Storage(1024)), Ok(Storage(20 << 30))));
        assert!(parse_size("1B").is_err() && parse_size("xiB").is_err());
    }
}
