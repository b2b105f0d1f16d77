use std::collections::BTreeSet;

use super::Name;

/// The parameters that a text may ask for, by the variables in which steps get them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mentions {
    /// It puts a variable's name together, or looks through them: which ones, nobody can tell.
    Any,
    These(BTreeSet<Name>),
}

const PREFIX: &str = "GREENROOM_";
const PARAM: &str = "PARAM_";
/// Holds all of them.
const FILE: &str = "params.json";
/// Where that file lies: who looks through the folder finds it.
const FOLDER: &str = "/greenroom";
/// Names of files that no shell runs by a slip: programs of other languages, data, and texts.
const NO_SCRIPTS: [&str; 38] = [
    "py", "pyi", "ipynb", "r", "rmd", "jl", "js", "mjs", "cjs", "ts", "sql", "pl", "pm", "rb", "rs", "go",
    "java", "scala", "kt", "c", "h", "cpp", "hpp", "cu", "stan", "csv", "tsv", "json", "jsonl", "yaml",
    "yml", "toml", "md", "rst", "html", "css", "xml", "lock",
];
/// Lists the variables, whatever the language: a program, or a command of a shell.
const LISTS: [&str; 2] = ["printenv", "${!"];

impl Default for Mentions {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Mentions {
    /// Where in doubt, any: a step that is run once more for nothing is cheaper than one that is wrong.
    pub fn of(text: &str) -> Self {
        let listed = LISTS.iter().any(|list| text.contains(list)) || text.contains(FILE);
        if listed || looks_through(text) || reads_by_chance(text) {
            return Self::Any;
        }
        let mut found = BTreeSet::new();
        // In a query, wherever that is written. Addresses and decorators name no parameters.
        for (at, _) in text.match_indices('@') {
            let word = &text[at + 1..];
            if word.starts_with('{') {
                return Self::Any;
            }
            let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
            found.extend(Name::new(&word[..end.unwrap_or(word.len())].to_ascii_lowercase()).ok());
        }
        // A program may turn letters into capitals before it asks.
        let capitals = text.to_ascii_uppercase();
        for (at, _) in capitals.match_indices(PREFIX) {
            let of_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            let word = |text: &str| {
                let word = &text[at + PREFIX.len()..];
                word[..word.find(|c| !of_name(c)).unwrap_or(word.len())].to_owned()
            };
            // As it is written: in `$GREENROOM_PARAM_DAYs` small letters end a name.
            let written = text[at..].starts_with(PREFIX).then(|| word(text));
            for word in [Some(word(&capitals)), written].into_iter().flatten() {
                // `GREENROOM_PARAM_$x` and `startswith("GREENROOM_")` are the beginnings of names.
                if word.is_empty() || word == "PARAM" || word.ends_with('_') {
                    return Self::Any;
                }
                if let Some(name) = word.strip_prefix(PARAM) {
                    match Name::new(&name.to_ascii_lowercase()) {
                        Ok(name) => found.insert(name),
                        Err(_) => return Self::Any,
                    };
                }
            }
        }
        Self::These(found)
    }

    /// The same of what a shell runs, which can list its variables.
    pub fn of_script(text: &str) -> Self {
        let body =
            if text.starts_with("#!") { text.split_once('\n').map_or("", |(_, rest)| rest) } else { text };
        let body = body.replace("\\\n", " ");
        // Also with redirections, as a `>` may be none.
        let lists = |line: &str| lists_variables(line) || lists_variables(&without_redirections(line));
        if body.lines().any(lists) { Self::Any } else { Self::of(text) }
    }

    pub fn add(&mut self, other: Self) {
        match (&mut *self, other) {
            (Self::These(names), Self::These(more)) => names.extend(more),
            (_, _) => *self = Self::Any,
        }
    }

    pub fn any_of(&self, names: &[Name]) -> bool {
        match self {
            Self::Any => true,
            Self::These(these) => names.iter().any(|name| these.contains(name)),
        }
    }
}

/// By its name it is of another language than a shell's.
pub fn is_no_script(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    extension.is_some_and(|extension| NO_SCRIPTS.contains(&extension.as_str()))
}

/// The folder itself is named, or something in it by a pattern, and not one thing that lies there; or one goes where it
/// lies, and looks through it from there.
fn looks_through(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    text.match_indices(FOLDER).any(|(at, _)| {
        let (before, rest) = (&text[..at], &text[at + FOLDER.len()..]);
        // A part of another path, or the beginning of another name.
        if before.ends_with(is_name) || rest.starts_with(is_name) {
            return false;
        }
        let Some(below) = rest.strip_prefix('/') else { return true };
        let end = below.find(|c| !is_name(c)).unwrap_or(below.len());
        let (name, after) = below.split_at(end);
        name.is_empty() || after.starts_with(PATTERN)
    }) || text.match_indices(&FOLDER[1..]).any(|(at, relative)| {
        let (before, rest) = (&text[..at], &text[at + relative.len()..]);
        let Some(below) = rest.strip_prefix('/') else { return false };
        (before.ends_with("../") || !before.ends_with(|c| is_name(c) || c == '/'))
            && below.trim_start_matches(is_name).starts_with(PATTERN)
    }) || ["chdir('/')", "chdir(\"/\")"].iter().any(|there| text.contains(there))
}

/// What may stand for any name.
const PATTERN: [char; 6] = ['*', '?', '[', '{', '$', '%'];

/// A program goes through its variables, or asks for one by a name that is not written there.
fn reads_by_chance(text: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let small = text.to_ascii_lowercase();
    let after = |what: &'static str| {
        let ends = small.match_indices(what).map(move |(at, _)| (at, at + what.len()));
        ends.map(|(at, end)| (&text[..at], &text[end..]))
    };
    // Python's, and what other languages call it; not the `environment` of a sentence.
    let environ = |rest: &str| match rest.strip_prefix('b').unwrap_or(rest) {
        rest if rest.starts_with(is_word) => false,
        rest => match rest.strip_prefix(".get(").or_else(|| rest.strip_prefix('[')) {
            Some(asked) => !is_literal(asked),
            None => true,
        },
    };
    let getenv = |before: &str, rest: &str| match rest.trim_start().strip_prefix('(') {
        Some(asked) => !is_literal(asked),
        None => {
            let line = before.rsplit('\n').next().unwrap_or_default();
            let rest = rest.lines().next().unwrap_or_default();
            !rest.starts_with(is_word) && (!line.contains("import") || rest.contains(" as "))
        }
    };
    // JavaScript's.
    let process = |rest: &str| {
        let rest = rest.strip_prefix('?').unwrap_or(rest);
        match (rest.strip_prefix('.'), rest.strip_prefix('[')) {
            (Some(named), _) => !named.starts_with(is_word),
            (None, Some(asked)) => !is_literal(asked),
            (None, None) => !rest.starts_with(is_word),
        }
    };
    // Rust's.
    let var = |rest: &str| match rest.strip_prefix("_os").unwrap_or(rest).strip_prefix('(') {
        Some(asked) => !is_literal(asked),
        None => true,
    };
    // Perl's, Ruby's and Julia's.
    let hash = |before: &str, rest: &str| {
        let listed = before.ends_with(['%', '(']) || before.ends_with(" in ");
        match rest.strip_prefix('[').or_else(|| rest.strip_prefix(".fetch(")) {
            _ if before.ends_with(is_word) || rest.starts_with(is_word) => false,
            Some(asked) => !is_literal(asked),
            None => match rest.strip_prefix('{') {
                Some(asked) => {
                    let bare = asked.find(|c| !is_word(c)).unwrap_or_default();
                    !(bare > 0 && asked[bare..].starts_with('}') || is_literal(asked))
                }
                None => listed || rest.starts_with(".each"),
            },
        }
    };
    // The program of that name, which lists them.
    let env = |(at, _): (usize, &str)| {
        let (before, rest) = (text[..at].chars().next_back(), text[at + 3..].chars().next());
        let quote = |c: Option<char>| c.is_some_and(|c| "\"'`".contains(c));
        quote(before) && (quote(rest) || rest.is_some_and(|c| " |;>".contains(c)))
            || before == Some('/') && quote(rest)
    };
    after("environ").any(|(_, rest)| environ(rest))
        || ["getenv", "get_env", "lookupenv"]
            .iter()
            .any(|name| after(name).any(|(before, rest)| getenv(before, rest)))
        || after("process.env").any(|(_, rest)| process(rest))
        || after("env::var").any(|(_, rest)| var(rest))
        || text.match_indices("ENV").any(|(at, _)| hash(&text[..at], &text[at + 3..]))
        || text.match_indices("env").any(env)
}

/// What is asked for begins with a text that is written out, and is no part of a longer one.
fn is_literal(asked: &str) -> bool {
    let asked = asked.trim_start();
    let Some(quote) = asked.chars().next().filter(|c| "\"'`".contains(*c)) else { return false };
    let Some((name, rest)) = asked[1..].split_once(quote) else { return false };
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && rest.trim_start().starts_with([',', ')', ']', '}'])
}

/// A line of a shell without `> file` and the like: where the output goes is no word of a command.
fn without_redirections(line: &str) -> String {
    let mut kept = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(['<', '>']) {
        let before = &rest[..at];
        // Which stream it is.
        let streamless = before.trim_end_matches(|c: char| c.is_ascii_digit() || c == '&');
        let is_stream = streamless.is_empty() || streamless.ends_with(|c: char| c.is_whitespace());
        kept.push_str(if is_stream { streamless } else { before });
        kept.push(' ');
        let target = rest[at..].trim_start_matches(['<', '>', '&', '|']);
        // `<(command)` is run.
        let file = if target.starts_with('(') { target } else { target.trim_start_matches([' ', '\t']) };
        rest = match file.chars().next().filter(|c| "\"'".contains(*c)) {
            Some(quote) => file[1..].split_once(quote).map_or("", |(_, rest)| rest),
            None => {
                let ends = |c: char| c.is_whitespace() || "|;&()<>`\"'".contains(c);
                &file[file.find(ends).unwrap_or(file.len())..]
            }
        };
    }
    kept + rest
}

fn lists_variables(line: &str) -> bool {
    let parts = |c: char| c.is_whitespace() || "()`\"'<>{}".contains(c);
    line.split(['|', ';', '&']).any(|command| {
        let words: Vec<&str> = command.split(parts).filter(|word| !word.is_empty()).collect();
        words.iter().enumerate().any(|(at, word)| match word.rsplit('/').next() {
            // It may be there to start a program.
            Some("env") if *word == "env" || word.ends_with("/bin/env") => {
                let rest = words[at + 1..].iter().find(|word| !word.contains('='));
                rest.is_none_or(|next| next.starts_with('-'))
            }
            Some("declare" | "typeset" | "compgen") => true,
            // What it runs is put together.
            Some("eval") => words[..at].last().is_none_or(|word| begins(word) || word.contains('=')),
            Some("sh" | "bash" | "dash" | "zsh" | "ksh" | "." | "source")
                if !word.ends_with('/')
                    && words[..at].last().is_none_or(|word| begins(word) || word.contains('=')) =>
            {
                runs_what_is_read_otherwise(word, &words[at + 1..])
            }
            Some("export") => words.get(at + 1).is_none_or(|next| next.starts_with('-')),
            Some("set") => at + 1 == words.len() && words[..at].last().is_none_or(|word| begins(word)),
            _ => at_root(word) && words[..at].iter().any(|word| LOOKS.contains(word)),
        })
    })
}

/// The programs that look through a folder, or go there.
const LOOKS: [&str; 10] = ["cd", "pushd", "find", "ls", "grep", "cat", "tar", "du", "head", "tail"];

/// The root, or a pattern for what lies there.
fn at_root(word: &str) -> bool {
    word.strip_prefix('/').is_some_and(|below| {
        let first = below.split('/').next().unwrap_or_default();
        below.chars().all(|c| c == '/' || c == '.') || first.contains(['*', '?', '['])
    })
}

/// A shell runs a file that is taken for another language's, or whatever it is handed.
fn runs_what_is_read_otherwise(shell: &str, words: &[&str]) -> bool {
    if words.iter().any(|word| word.starts_with('-') && word.ends_with('c') && !word.starts_with("--")) {
        return false;
    }
    match words.iter().find(|word| !word.starts_with('-')) {
        Some(file) => is_no_script(file),
        None => !matches!(shell, "." | "source") && words.iter().all(|word| !word.starts_with("--")),
    }
}

/// A command begins after it.
fn begins(word: &str) -> bool {
    matches!(
        word,
        "then"
            | "do"
            | "else"
            | "elif"
            | "!"
            | "time"
            | "if"
            | "while"
            | "until"
            | "exec"
            | "command"
            | "builtin"
            | "$"
    ) || word.starts_with('-') && word.ends_with('c')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Option<Vec<String>> {
        match Mentions::of(text) {
            Mentions::Any => None,
            Mentions::These(names) => Some(names.into_iter().map(|name| name.to_string()).collect()),
        }
    }

    #[test]
    fn what_is_named_is_found_and_what_is_put_together_may_be_any() {
        let names = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
        assert_eq!(named("nothing"), names(&[]));
        assert_eq!(named("echo $GREENROOM_PARAM_DAY ${GREENROOM_PARAM_DEPTH}"), names(&["day", "depth"]));
        assert_eq!(named("os.environ['GREENROOM_PARAM_MIN_ROWS']"), names(&["min_rows"]));
        assert_eq!(named("os.environ.get(\"SCIENCE_RUNNER\") $GREENROOM_OUTPUT_DIR"), names(&[]));
        for text in [
            "os.getenv('GREENROOM_PARAM_DEPTH', \"1\")",
            "os.environ[ \"GREENROOM_PARAM_DEPTH\" ]",
            "Sys.getenv(\"GREENROOM_PARAM_DEPTH\")",
            "$ENV{GREENROOM_PARAM_DEPTH} . $ENV{'HOME'}",
            "process.env.GREENROOM_PARAM_DEPTH",
            "process.env['GREENROOM_PARAM_DEPTH']",
            "os.Getenv(\"GREENROOM_PARAM_DEPTH\")",
            "the environment, as `env:` has it; greenroom_features.py GREENROOM_PARAM_DEPTH",
            "env_name = \"dev\"; train(env) # $GREENROOM_PARAM_DEPTH",
        ] {
            assert_eq!(named(text), names(&["depth"]), "{text}");
        }
        for text in [
            "$GREENROOM_PARAM_$x",
            "\"GREENROOM_PARAM_\" + name",
            "k.startswith('GREENROOM_PARAM')",
            "k.startswith(\"GREENROOM_\")",
            "eval \"v=\\$GREENROOM_PARAM_MIN_$x\"",
            "dict(os.environ)",
            "for name in os.environ: pass",
            "printenv | sort",
            "os.getenv((\"greenroom_param_\" + name).upper())",
            "os.getenv(key)",
            "os.getenv( f'GREENROOM_PARAM_DEPTH{x}')",
            "os.environ[name]",
            "os.environ.get(variable, '')",
            "os.environ.get(f\"{prefix}_DEPTH\")",
            "os.environ.items()",
            "os.popen('env').read()",
            "subprocess.run([\"env\"])",
            "x <- Sys.getenv()",
            "Sys.getenv(paste0(p, name))",
            "foreach (keys %ENV) { print }",
            "$ENV{$name}",
            "Object.keys(process.env)",
            "const { DEPTH } = process.env",
            "process.env[name]",
            "std::env::vars()",
        ] {
            assert_eq!(named(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_query_binds_is_found_wherever_it_is_written() {
        let found =
            Mentions::of("rows(\"SELECT * FROM flights WHERE day = @Day AND n > @min_rows\")  # a@b.example");
        for name in ["day", "min_rows"] {
            assert!(found.any_of(&[Name::new(name).unwrap()]), "{name}");
        }
        assert!(!found.any_of(&[Name::new("depth").unwrap()]));
        for text in [
            "jq .day /greenroom/params.json",
            "rows(f'SELECT @{name}')",
            "cat /greenroom/*.json",
            "cat /greenroom/p*",
            "cd /greenroom; cat *.json",
            "for path in Path('/greenroom').iterdir(): pass",
            "open(f'/greenroom/{name}')",
            "grep -r depth /greenroom/",
        ] {
            assert_eq!(Mentions::of(text), Mentions::Any, "{text}");
        }
    }

    #[test]
    fn a_script_that_lists_its_variables_may_ask_for_any() {
        for text in [
            "env | grep PARAM",
            "x=$(env)",
            "cd a && /usr/bin/env -0 > all",
            "export -p",
            "export | sort",
            "declare -x > all",
            "set | grep PARAM",
            "env > all",
            "env >all",
            "env >> \"all of them\"",
            "env 2>/dev/null | grep PARAM",
            "env 2>&1 | sort",
            "env &> all",
            "env \\\n  | sort",
            "set > all",
            "set >all 2>&1",
            "export > all",
            "export 2> /dev/null > all",
            "cat <(env)",
            "cat < $(env > x)",
            "grep '>' x; env; echo '<'",
            "if true; then set > all; fi",
            "bash -c 'set > all'",
            "eval \"$(python3 ask.py)\"",
            "x=$(eval echo $name)",
            "if eval \"$test\"; then true; fi",
            "sh data.csv",
            "bash -eu steps/notes.md",
            ". ./settings.json",
            "cat commands.csv | sh",
            "bash -s < commands.csv",
            "cd /; cat greenroom/params*",
            "cd /; cat g*/p*",
            "cat ../../greenroom/params*",
            "find / -name 'p*'",
            "cat /*/par*",
        ] {
            assert_eq!(Mentions::of_script(text), Mentions::Any, "{text}");
        }
        for text in [
            "#!/usr/bin/env bash\nset -eu",
            "env LANG=C sort rows",
            "export DAY=monday",
            "train --env dev",
            "cat .env",
            "set -eu > log",
            "env LANG=C sort < rows > sorted",
            "export DAY=monday > log",
            "python3 /greenroom/lib notebook",
            ". /greenroom/run.sh",
            "sh train.sh",
            "bash -eu scripts/train --eval",
            "python3 train.py eval",
            "sh -c 'true'",
            "python3 -c 'import sh'",
            "ls data/*.csv; awk '{print $1 / $2}' rows",
            "cp greenroom/x.txt y",
            "cat data/greenroom/x /opt/greenroom-notebook/y",
        ] {
            assert_eq!(Mentions::of_script(text), Mentions::default(), "{text}");
        }
    }

    #[test]
    fn of_many_texts_any_is_any() {
        let mut all = Mentions::of("$GREENROOM_PARAM_DAY");
        all.add(Mentions::of("$GREENROOM_PARAM_DEPTH"));
        let depth = [Name::new("depth").unwrap()];
        assert!(all.any_of(&depth) && !all.any_of(&[Name::new("rate").unwrap()]));
        all.add(Mentions::Any);
        assert!(all.any_of(&[Name::new("rate").unwrap()]));
    }
}
