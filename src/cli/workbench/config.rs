use camino::{Utf8Path, Utf8PathBuf};
use etcetera::BaseStrategy;
use indexmap::IndexMap;

use crate::cli::{Exit, UserError};
use crate::domain::{Diagnostic, Severity, Span};
use crate::tui::{Colours, Keymap, Theme, built_in};

/// How a person wants the workbench: `$XDG_CONFIG_HOME/greenroom/` holds `keys.toml`, `themes/*.toml`, and in `theme` the
/// name of the one that was chosen.
pub struct Config {
    folder: Option<Utf8PathBuf>,
    pub theme: String,
    pub keymap: Keymap,
    themes: IndexMap<String, Theme>,
}

const USUAL: &str = "dark";

impl Config {
    /// # Errors
    /// A file that cannot be used, at its place.
    pub fn read() -> Result<Self, UserError> {
        let base = etcetera::choose_base_strategy().ok().map(|base| base.config_dir().join("greenroom"));
        let folder = base.and_then(|folder| Utf8PathBuf::from_path_buf(folder).ok());
        Self::of(folder, Colours::of_environment(|name| std::env::var(name).ok()))
    }

    fn of(folder: Option<Utf8PathBuf>, colours: Colours) -> Result<Self, UserError> {
        let mut themes = IndexMap::new();
        for (name, text) in built_in() {
            let theme = Theme::read(text, colours).map_err(|error| UserError::wrong(error.to_string()))?;
            themes.insert(name.to_owned(), theme);
        }
        let mut keymap = Keymap::default();
        let mut theme = None;
        if let Some(folder) = &folder {
            for file in toml_files(&folder.join("themes")) {
                let Some(text) = text(&file)? else { continue };
                let read = Theme::read(&text, colours);
                let read =
                    read.map_err(|error| wrong(&file, &text, error.span, error.message, error.help))?;
                themes.insert(file.file_stem().unwrap_or_default().to_owned(), read);
            }
            let file = folder.join("keys.toml");
            if let Some(text) = text(&file)? {
                keymap = Keymap::read(&text)
                    .map_err(|error| wrong(&file, &text, error.span, error.message, error.help))?;
            }
            theme = text(&folder.join("theme"))?.map(|name| name.trim().to_owned());
        }
        // One that is gone is no reason to stay out.
        let theme = theme.filter(|name| themes.contains_key(name)).unwrap_or_else(|| USUAL.to_owned());
        Ok(Self { folder, theme, keymap, themes })
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

fn wrong(file: &Utf8Path, text: &str, span: Span, message: String, help: String) -> UserError {
    let problem = Diagnostic {
        file: file.to_owned(),
        span,
        severity: Severity::Error,
        code: "config".to_owned(),
        message,
        help,
    };
    UserError::wrong(format!("{file} cannot be used")).at(problem, Some(text.to_owned()))
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

    #[test]
    fn a_wrong_file_is_told_with_line_and_column() {
        let dir = tempfile::tempdir().unwrap();
        let folder = Utf8Path::from_path(dir.path()).unwrap();
        fs_err::write(folder.join("keys.toml"), "[keys]\nrun = \"x\"\n").unwrap();
        let told = Config::of(Some(folder.to_owned()), Colours::Sixteen).err().unwrap();
        let told = told.render(&Look::PLAIN);
        assert!(told.contains("keys.toml:2:7") && told.contains("`cancel`"), "{told}");
    }
}
