use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy;
use indexmap::IndexMap;

use crate::app::Trouble;
use crate::cli::{Exit, UserError};
use crate::domain::{Diagnostic, Severity};
use crate::tui::{Colours, Keymap, Mistake, Theme, built_in};

/// How a person wants the workbench: `$XDG_CONFIG_HOME/greenroom/` holds `keys.toml`, `themes/*.toml`, and in `theme` the
/// name of the one that was chosen.
pub struct Config {
    folder: Option<Utf8PathBuf>,
    pub theme: String,
    pub keymap: Keymap,
    themes: IndexMap<String, Theme>,
    /// What is wrong with themes that were not chosen, which are not offered, or with the choice.
    pub troubles: Vec<Trouble>,
}

const USUAL: &str = "dark";

impl Config {
    /// # Errors
    /// All that is wrong in the keys and in the chosen theme, at its place.
    pub fn read() -> Result<Self, UserError> {
        let base = etcetera::choose_base_strategy().ok().map(|base| base.config_dir().join("greenroom"));
        let folder = base.and_then(|folder| Utf8PathBuf::from_path_buf(folder).ok());
        Self::of(folder, Colours::of_environment(|name| std::env::var(name).ok()))
    }

    fn of(folder: Option<Utf8PathBuf>, colours: Colours) -> Result<Self, UserError> {
        let mut themes = IndexMap::new();
        for (name, built_in) in built_in() {
            let theme = read(Utf8Path::new(name), built_in, |text| Theme::read(text, colours))?;
            themes.insert(name.to_owned(), theme);
        }
        let (mut keymap, mut chosen) = (Keymap::default(), None);
        let (mut errors, mut troubles) = (Vec::new(), Vec::new());
        if let Some(folder) = &folder {
            match read_file(&folder.join("keys.toml"), Keymap::read) {
                Ok(own) => keymap = own.unwrap_or(keymap),
                Err(error) => errors.push(error),
            }
            match text(&folder.join("theme")) {
                Ok(name) => chosen = name.map(|name| name.trim().to_owned()),
                // Then none is chosen, which is no reason to stay out, nor to keep quiet about the keys.
                Err(error) => troubles.push(error.into()),
            }
            for file in toml_files(&folder.join("themes")) {
                let name = file.file_stem().unwrap_or_default();
                match read_file(&file, |text| Theme::read(text, colours)) {
                    Ok(theme) => themes.extend(theme.map(|theme| (name.to_owned(), theme))),
                    Err(error) if chosen.as_deref() == Some(name) => errors.push(error),
                    // One that nobody wants keeps nobody out.
                    Err(error) => troubles.push(error.into()),
                }
            }
        }
        if let Some(error) = errors.into_iter().reduce(UserError::and) {
            return Err(error);
        }
        // One that is gone is no reason to stay out.
        let theme = chosen.filter(|name| themes.contains_key(name)).unwrap_or_else(|| USUAL.to_owned());
        Ok(Self { folder, theme, keymap, themes, troubles })
    }

    pub fn theme_names(&self) -> Vec<String> {
        self.themes.keys().cloned().collect()
    }

    pub fn theme(&self, name: &str) -> Option<&Theme> {
        self.themes.get(name)
    }

    /// The next time it is this one.
    pub fn keep_theme(&self, name: &str) -> std::io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        fs_err::create_dir_all(folder)?;
        // Not synced, which the loop would wait for: one that is lost is chosen anew.
        fs_err::write(folder.join("theme"), format!("{name}\n"))
    }
}

fn toml_files(folder: &Utf8Path) -> Vec<Utf8PathBuf> {
    let entries = folder.read_dir_utf8().into_iter().flatten().flatten();
    let mut files: Vec<_> = entries.map(camino::Utf8DirEntry::into_path).collect();
    files.retain(|file| file.extension() == Some("toml"));
    files.sort();
    files
}

/// None: there is no such file.
fn text(file: &Utf8Path) -> Result<Option<String>, UserError> {
    match fs_err::read_to_string(file) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(UserError::from_error(Exit::Wrong, format!("{file} cannot be read"), &error)),
    }
}

/// None: there is no such file.
fn read_file<T>(
    file: &Utf8Path,
    of: impl Fn(&str) -> Result<T, Vec<Mistake>>,
) -> Result<Option<T>, UserError> {
    text(file)?.map(|text| read(file, &text, of)).transpose()
}

fn read<T>(
    file: &Utf8Path,
    text: &str,
    of: impl Fn(&str) -> Result<T, Vec<Mistake>>,
) -> Result<T, UserError> {
    let told = |error: UserError, Mistake { span, message, help }| {
        let (file, code) = (file.to_owned(), "config".to_owned());
        let problem = Diagnostic { file, span, severity: Severity::Error, code, message, help };
        error.at(problem, Some(text.to_owned()))
    };
    of(text).map_err(|mistakes| {
        mistakes.into_iter().fold(UserError::wrong(format!("{file} cannot be used")), told)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Look;

    #[test]
    fn a_persons_own_theme_is_offered_and_the_chosen_one_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap().join("greenroom");
        fs_err::create_dir_all(folder.join("themes")).unwrap();
        fs_err::write(folder.join("themes/mine.toml"), "[roles]\ngood = \"blue\"\n").unwrap();
        let read = || Config::of(Some(folder.clone()), Colours::Sixteen).unwrap();
        let config = read();
        assert!(config.theme == "dark" && config.theme("mine").is_some());
        config.keep_theme("mine").unwrap();
        assert_eq!(read().theme, "mine");
        fs_err::remove_file(folder.join("themes/mine.toml")).unwrap();
        assert_eq!(read().theme, "dark");
    }

    fn folder(files: &[(&str, &str)]) -> (tempfile::TempDir, Utf8PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap().to_owned();
        fs_err::create_dir(folder.join("themes")).unwrap();
        for (file, text) in files {
            fs_err::write(folder.join(file), text).unwrap();
        }
        (dir, folder)
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once_with_line_and_column() {
        let (_dir, folder) = folder(&[
            ("keys.toml", "[keys]\nrun = \"x\"\nfly = \"f\"\n"),
            ("theme", "mine\n"),
            ("themes/mine.toml", "[roles]\ngood = \"grene\"\n"),
        ]);
        let told = Config::of(Some(folder), Colours::Sixteen).err().unwrap().render(&Look::PLAIN);
        for place in ["keys.toml:2:7", "keys.toml:3:1", "mine.toml:2:8", "good = \"grene\"", "^^^"] {
            assert!(told.contains(place), "{place}: {told}");
        }
        assert_eq!(told.matches("cannot be used").count(), 2, "{told}");
    }

    #[test]
    fn a_choice_that_cannot_be_read_is_none_and_hides_nothing() {
        let (_dir, folder) = folder(&[]);
        fs_err::write(folder.join("theme"), b"\xff\n").unwrap();
        let config = Config::of(Some(folder.clone()), Colours::Sixteen).unwrap();
        assert_eq!(config.theme, "dark");
        assert!(config.troubles[0].text().contains("theme cannot be read"), "{:?}", config.troubles);
        fs_err::write(folder.join("keys.toml"), "[keys]\nfly = \"f\"\n").unwrap();
        let told = Config::of(Some(folder), Colours::Sixteen).err().unwrap().render(&Look::PLAIN);
        assert!(told.contains("keys.toml:2:1"), "{told}");
    }

    #[test]
    fn a_wrong_theme_that_nobody_chose_is_only_told_of() {
        let (_dir, folder) =
            folder(&[("themes/mine.toml", "[roles]\ngod = \"red\"\n"), ("themes/dark.toml", "[roles\n")]);
        let config = Config::of(Some(folder), Colours::Sixteen).unwrap();
        assert_eq!((config.theme.as_str(), config.theme("mine")), ("dark", None));
        let told: Vec<_> = config.troubles.iter().map(Trouble::text).collect();
        assert!(told[0].contains("dark.toml:1:") && told[1].contains("mine.toml:2:1: "), "{told:?}");
        assert!(config.theme_names().contains(&"dark".to_owned()), "the one that comes along");
    }
}
