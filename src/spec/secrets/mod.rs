//! What no spec may hold in clear text. A spec names a secret; only what the person put into the project's
//! `secrets.env`, or allowed by name in their own configuration, is ever found under that name.

mod env_file;
mod user_config;

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};

use camino::{Utf8Path, Utf8PathBuf};
use indexmap::IndexMap;
use rustix::fs::OFlags;
use secrecy::SecretString;

use crate::domain::Name;

const FOLDER: &str = ".greenroom";
const FILE: &str = ".greenroom/secrets.env";
const LARGEST: u64 = 1024 * 1024;
/// A shorter one cannot be masked without hiding half of a log.
const SHORTEST: usize = 6;

/// Why secrets cannot be used. No message ever holds a part of one.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("{FILE} is refused: {why}")]
    Refused { why: String, todo: String },
    #[error("{FILE}, line {line}: {why}")]
    Line { line: usize, why: String },
    #[error("cannot read {file}")]
    Unreadable { file: Utf8PathBuf, source: io::Error },
    #[error("{file}: {why}")]
    Config { file: Utf8PathBuf, why: String },
    #[error("the variable {variable}, which {file} allows as a secret, {why}")]
    Variable { variable: String, file: Utf8PathBuf, why: String },
}

impl SecretsError {
    /// A command that mends it; may be empty.
    pub fn todo(&self) -> &str {
        match self {
            Self::Refused { todo, .. } => todo,
            _ => "",
        }
    }
}

/// All secrets of a project, by name in small letters. A variable that the person allowed wins over the file.
pub fn secrets(root: &Utf8Path) -> Result<IndexMap<Name, SecretString>, SecretsError> {
    gather(root, user_config::path().as_deref(), &|variable| std::env::var_os(variable))
}

fn gather(
    root: &Utf8Path,
    config: Option<&Utf8Path>,
    environment: &dyn Fn(&str) -> Option<OsString>,
) -> Result<IndexMap<Name, SecretString>, SecretsError> {
    let mut secrets = match read_private(root)? {
        Some(text) => env_file::parse(&text)?,
        None => IndexMap::new(),
    };
    let Some(file) = config else { return Ok(secrets) };
    for variable in user_config::variables(file, root)? {
        let wrong = |why: &str| SecretsError::Variable {
            variable: variable.clone(),
            file: file.to_owned(),
            why: why.to_owned(),
        };
        let name = name_of(&variable).ok_or_else(|| wrong("does not have a name a secret can have"))?;
        let Some(value) = environment(&variable) else { continue };
        let value = value.into_string().map_err(|_| wrong("is not UTF-8"))?;
        check(&value).map_err(|why| wrong(&why))?;
        secrets.insert(name, value.into());
    }
    Ok(secrets)
}

/// `API_TOKEN` → `api_token`.
fn name_of(variable: &str) -> Option<Name> {
    Name::new(&variable.to_ascii_lowercase()).ok()
}

fn check(value: &str) -> Result<(), String> {
    match value {
        _ if value.len() < SHORTEST => {
            Err(format!("is shorter than {SHORTEST} bytes, too short to be masked in logs"))
        }
        _ if value.contains('\0') => Err("holds a NUL".into()),
        _ => Ok(()),
    }
}

/// The file's text, if there is one and nobody else can have read or written it.
fn read_private(root: &Utf8Path) -> Result<Option<String>, SecretsError> {
    let refused =
        |why: &str, todo: &str| Err(SecretsError::Refused { why: why.to_owned(), todo: todo.to_owned() });
    let path = root.join(FILE);
    let unreadable = |source| SecretsError::Unreadable { file: FILE.into(), source };
    // A project could bring a link to the folder of another one, and so get at its secrets.
    match root.join(FOLDER).symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
        Ok(meta) if !meta.is_dir() => {
            return refused(&format!("{FOLDER} is not a folder of the project itself"), "");
        }
        Ok(_) => {}
    }
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = std::fs::File::options().read(true).custom_flags(flags.bits() as i32).open(&path);
    let file = match opened {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(_) if path.is_symlink() => return refused("it is a link", "put the file itself there"),
        Err(error) => return Err(unreadable(error)),
    };
    let meta = file.metadata().map_err(unreadable)?;
    if !meta.is_file() {
        return refused("it is not a plain file", "");
    }
    if meta.uid() != rustix::process::geteuid().as_raw() {
        return refused("it belongs to somebody else", &format!("sudo chown $(id -u) {FILE}"));
    }
    if meta.mode() & 0o077 != 0 {
        let why = "others than its owner may read or write it";
        return refused(why, &format!("chmod 600 {FILE}"));
    }
    if meta.len() > LARGEST {
        return refused("it is larger than 1 MiB", "");
    }
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes).map_err(unreadable)?;
    String::from_utf8(bytes).map(Some).map_err(|error| {
        let before = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        SecretsError::Line { line, why: "the text is not UTF-8".into() }
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use secrecy::ExposeSecret;

    use super::*;

    struct Bench {
        root: Utf8PathBuf,
        _keep: tempfile::TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let keep = tempfile::tempdir().unwrap();
            let root = Utf8Path::from_path(keep.path()).unwrap().canonicalize_utf8().unwrap();
            Self { root, _keep: keep }
        }

        fn file(&self, text: impl AsRef<[u8]>, mode: u32) {
            fs_err::create_dir_all(self.root.join(FOLDER)).unwrap();
            fs_err::write(self.root.join(FILE), text).unwrap();
            let mode = std::fs::Permissions::from_mode(mode);
            fs_err::set_permissions(self.root.join(FILE), mode).unwrap();
        }

        fn config(&self, text: &str) -> Utf8PathBuf {
            let path = self.root.join("config.yaml");
            fs_err::write(&path, text.replace("$ROOT", self.root.as_str())).unwrap();
            path
        }
    }

    fn environment(name: &str) -> Option<OsString> {
        let known = [("API_TOKEN", "from the environment"), ("PIN", "1234"), ("HOME_KEY", "not allowed")];
        known.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
    }

    fn shown(secrets: &IndexMap<Name, SecretString>) -> Vec<(&str, &str)> {
        secrets.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect()
    }

    #[test]
    fn no_file_and_no_configuration_are_no_secrets() {
        let bench = Bench::new();
        let none = bench.root.join("nowhere.yaml");
        assert!(gather(&bench.root, Some(&none), &environment).unwrap().is_empty());
        assert!(gather(&bench.root, None, &environment).unwrap().is_empty());
    }

    #[test]
    fn only_what_the_person_allowed_comes_from_their_environment() {
        let bench = Bench::new();
        bench.file("api_token=from the file\nOTHER=another one\n", 0o600);
        let config = bench.config("projects: {\"$ROOT\": {secrets_from_env: [API_TOKEN, UNSET]}}\n");
        let secrets = gather(&bench.root, Some(&config), &environment).unwrap();
        assert_eq!(shown(&secrets), [("api_token", "from the environment"), ("other", "another one")]);
        let elsewhere = bench.config("projects: {/somewhere/else: {secrets_from_env: [HOME_KEY]}}\n");
        let secrets = gather(&bench.root, Some(&elsewhere), &environment).unwrap();
        assert_eq!(shown(&secrets)[0], ("api_token", "from the file"));
    }

    #[test]
    fn a_file_that_others_can_read_is_refused_with_the_remedy() {
        let bench = Bench::new();
        for mode in [0o644, 0o640, 0o604, 0o620, 0o610] {
            bench.file("TOKEN=hunter2hunter2\n", mode);
            let error = gather(&bench.root, None, &environment).unwrap_err();
            assert_eq!(error.todo(), "chmod 600 .greenroom/secrets.env", "{mode:o}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        bench.file("TOKEN=hunter2hunter2\n", 0o400);
        assert_eq!(shown(&gather(&bench.root, None, &environment).unwrap()), [("token", "hunter2hunter2")]);
    }

    #[test]
    fn what_is_not_a_plain_file_of_this_project_is_refused() {
        let refused = |bench: &Bench| gather(&bench.root, None, &environment).unwrap_err().to_string();
        let other = Bench::new();
        other.file("TOKEN=hunter2hunter2\n", 0o600);
        let bench = Bench::new();
        std::os::unix::fs::symlink(other.root.join(FOLDER), bench.root.join(FOLDER)).unwrap();
        assert!(refused(&bench).contains("not a folder of the project itself"));
        let bench = Bench::new();
        fs_err::create_dir(bench.root.join(FOLDER)).unwrap();
        std::os::unix::fs::symlink(other.root.join(FILE), bench.root.join(FILE)).unwrap();
        assert!(refused(&bench).contains("it is a link"));
        let bench = Bench::new();
        fs_err::create_dir_all(bench.root.join(FILE)).unwrap();
        assert!(refused(&bench).contains("not a plain file"));
        let bench = Bench::new();
        fs_err::create_dir(bench.root.join(FOLDER)).unwrap();
        let at = bench.root.join(FILE);
        rustix::fs::mkfifoat(rustix::fs::CWD, at.as_std_path(), 0o600.into()).unwrap();
        assert!(refused(&bench).contains("not a plain file"), "and nobody waits at it");
        let bench = Bench::new();
        bench.file(b"A=longenough\nB=\xff\xff\xff\xff\xff\xff\n", 0o600);
        assert!(refused(&bench).contains("line 2: the text is not UTF-8"));
    }

    #[test]
    fn a_variable_that_cannot_be_a_secret_is_named_without_its_value() {
        let bench = Bench::new();
        let config = bench.config("projects:\n  $ROOT:\n    secrets_from_env: [PIN]\n");
        let error = gather(&bench.root, Some(&config), &environment).unwrap_err().to_string();
        assert!(error.contains("PIN") && error.contains("shorter than 6 bytes"), "{error}");
        assert!(!error.contains("1234"));
    }

    #[test]
    fn a_configuration_that_cannot_be_read_says_where() {
        let bench = Bench::new();
        let config = bench.config("projects:\n  $ROOT:\n    secrets_from: [PIN]\n");
        let error = gather(&bench.root, Some(&config), &environment).unwrap_err().to_string();
        assert!(error.contains("config.yaml") && error.contains("secrets_from"), "{error}");
        assert!(error.contains("line 3"), "{error}");
    }
}
