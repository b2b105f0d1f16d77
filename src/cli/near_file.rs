use std::io;

use camino::Utf8Path;

use super::UserError;
use super::nearest::nearest;

impl UserError {
    /// Of a file that a person named: the one that was probably meant, where it is not there.
    pub fn of_file(self, path: &Utf8Path, error: &io::Error) -> Self {
        match near_file(path).filter(|_| error.kind() == io::ErrorKind::NotFound) {
            Some(near) => self.to_do(near),
            None => self,
        }
    }
}

/// The file beside it that was probably meant, or that its folder is missing too.
fn near_file(missing: &Utf8Path) -> Option<String> {
    let folder = missing.parent().filter(|parent| !parent.as_str().is_empty()).unwrap_or(".".into());
    let entries = match folder.read_dir_utf8() {
        Ok(entries) => entries,
        Err(_) if folder == "." => return None,
        Err(_) => return Some(format!("there is no folder {folder}")),
    };
    // Who writes an ending means no folder.
    let fits = |name: &String| missing.extension().is_none() || Utf8Path::new(name).extension().is_some();
    let names: Vec<String> =
        entries.flatten().map(|entry| entry.file_name().to_owned()).filter(fits).collect();
    let near = nearest(missing.file_name()?, names.iter().map(String::as_str))?;
    Some(format!("did you mean {}?", missing.with_file_name(near)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_near_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let dir = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::write(dir.join("delays.sql"), "").unwrap();
        fs_err::create_dir(dir.join("churn")).unwrap();
        assert_eq!(near_file(&dir.join("churn-5143.tar.zst")), None);
        assert_eq!(near_file(&dir.join("delay.sql")), Some(format!("did you mean {dir}/delays.sql?")));
        assert_eq!(near_file(&dir.join("weather.csv")), None);
        let why = near_file(&dir.join("sqll/delays.sql")).unwrap();
        assert!(why.starts_with("there is no folder"), "{why}");
    }
}
