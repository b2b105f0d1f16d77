use std::env;

use camino::Utf8Path;

/// The command line that is being typed, as far as it goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Behind the program's name.
    words: Vec<String>,
}

impl Call {
    /// As the shell's script hands it over: `greenroom -- greenroom run daily --from`.
    pub fn of_this_process() -> Self {
        Self::of(env::args_os().map(|word| word.to_string_lossy().into_owned()))
    }

    fn of(words: impl Iterator<Item = String>) -> Self {
        Self { words: words.skip_while(|word| word != "--").skip(2).collect() }
    }

    /// The value of `--name value` or `--name=value`.
    pub fn option(&self, name: &str) -> Option<&str> {
        self.words.iter().enumerate().find_map(|(index, word)| match word.strip_prefix(name)? {
            "" => self.words.get(index + 1).map(String::as_str),
            value => value.strip_prefix('='),
        })
    }

    pub fn project(&self) -> Option<&Utf8Path> {
        self.option("--project").map(Utf8Path::new)
    }

    pub fn env(&self) -> &str {
        self.option("--env").unwrap_or("dev")
    }

    /// Every word that may name something: which of them does, only the project can tell.
    pub fn words(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.words.iter().map(String::as_str).filter(|word| !word.starts_with('-'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_in_either_form() {
        let typed = "/bin/greenroom -- greenroom --project=demo run daily --env stage --from ";
        let call = Call::of(typed.split(' ').map(str::to_owned));
        assert_eq!((call.project(), call.env()), (Some(Utf8Path::new("demo")), "stage"));
        assert!(call.words().any(|word| word == "daily"));
        assert_eq!(Call::of(["greenroom".to_owned()].into_iter()), Call::default());
        assert_eq!(Call::default().env(), "dev");
    }
}
