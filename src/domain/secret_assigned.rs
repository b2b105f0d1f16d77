use crate::domain::secret_look::{Secret, by_name, is_sample};

/// A value is looked at no further than this.
const LONGEST: usize = 200;
/// A shorter value is a switch or a sample: `SHOW_TOKEN=true`.
const SHORTEST: usize = 6;

/// Secrets that a command gives by name: `export PASSWORD=…`, `--password=…`, `--password …`, `curl -u ana:…`,
/// `Authorization: Bearer …`.
pub fn in_command(text: &str) -> Vec<Secret<'_>> {
    let assigned = text.match_indices('=').filter_map(|(at, _)| assigned(text, at));
    let shown = text.match_indices("Bearer ").filter_map(|(at, bearer)| {
        let value = value(&text[at + bearer.len()..]);
        let random = value.len() >= 16 && value.contains(|c: char| c.is_ascii_digit());
        // A web token is known by its look.
        let told = !random || value.starts_with("eyJ") || !is_literal(value);
        (!told).then(|| Secret { what: "a bearer token".to_owned(), text: value })
    });
    let options = text.match_indices("--").filter_map(|(at, _)| option(text, at));
    let users = ["-u", "--user"].into_iter().flat_map(|flag| text.match_indices(flag));
    let users = users.filter_map(|(at, flag)| user(text, at, flag));
    assigned.chain(options).chain(users).chain(shown).collect()
}

/// Secrets that a program, or a file of settings, gives by name to a text: `password = "…"`, `api_key <- '…'`,
/// `"secret": "…"`; in a notebook its quotes are escaped.
pub fn in_program(text: &str) -> Vec<Secret<'_>> {
    let signs = text.char_indices().filter(|(_, sign)| matches!(sign, '=' | ':' | '-'));
    signs.filter_map(|(at, _)| given(text, at)).collect()
}

/// What the sign at a byte gives.
fn given(text: &str, at: usize) -> Option<Secret<'_>> {
    let blank = |c: char| c == ' ' || c == '\t';
    let quotes = |c: char| matches!(c, '"' | '\'' | '\\');
    let before = &text[..at];
    let (before, after) = match &text[at..=at] {
        "-" => (before.strip_suffix('<')?, &text[at + 1..]),
        _ => (before, &text[at + 1..]),
    };
    let before = before.trim_end_matches(blank).trim_end_matches(quotes);
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = before.rsplit(|c| !of_a_name(c)).next()?.trim_start_matches('-');
    if name.is_empty() || !by_name(name) {
        return None;
    }
    let after = after.trim_start_matches(blank);
    let after = after.strip_prefix('\\').unwrap_or(after);
    if !after.starts_with(['"', '\'']) {
        return None;
    }
    let value = value(after);
    let value = value.strip_suffix('\\').unwrap_or(value);
    // A word of a language names what belongs there; a password may be one.
    let password = ["password", "passwd", "pwd", "passphrase"]
        .iter()
        .any(|word| name.to_ascii_lowercase().contains(word));
    let random = value.contains(|c: char| c.is_ascii_digit());
    let meant = value.len() >= SHORTEST && !value.contains(char::is_whitespace) && (random || password);
    (meant && is_literal(value)).then(|| Secret { what: format!("the value of `{name}`"), text: value })
}

/// The assignment whose `=` is at a byte.
fn assigned(text: &str, at: usize) -> Option<Secret<'_>> {
    let of_a_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let name = text[..at].rsplit(|c| !of_a_name(c)).next().filter(|name| !name.is_empty())?;
    let start = at - name.len();
    let option = name.starts_with("--");
    let name = name.trim_start_matches('-');
    let after = &text[at + 1..];
    let quoted = after.starts_with(['"', '\'']);
    let value = value(after);
    // `f(password=secret1)` and `token = args.token` name a variable of a program.
    let in_program = !quoted
        && (text[..start].ends_with(['(', ','])
            || value.contains(['(', ')', '[', ']'])
            || (!option
                && name.contains(|c: char| c.is_ascii_lowercase())
                && !value.contains(|c: char| c.is_ascii_digit())));
    if !by_name(name) || in_program || value.len() < SHORTEST || !is_literal(value) {
        return None;
    }
    let length = name.len() + "=".len() + usize::from(quoted) + value.len();
    let start = at - name.len();
    Some(Secret { what: format!("the value of `{name}`"), text: &text[start..start + length] })
}

/// `--password hunter2`, in a command or as two words of a list. Prose goes on after it, and names what belongs there.
fn option(text: &str, at: usize) -> Option<Secret<'_>> {
    let rest = &text[at + 2..];
    let name = &rest[..rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '_'))?];
    let last = name.rsplit(['-', '_']).next().unwrap_or_default();
    let password = ["password", "passwd", "pwd", "passphrase"].contains(&last);
    // `--secret` and `--next-token` name things, or count on; a key is a random text.
    if !by_name(name) || last == "secret" && name == last || text[..at].ends_with('-') {
        return None;
    }
    // Behind a `=` it is an assignment.
    let value = next_word(&rest[name.len()..])?;
    let letters = |text: &str, is: fn(char) -> bool| !text.is_empty() && text.chars().all(is);
    let end = value.as_ptr() as usize - text.as_ptr() as usize + value.len();
    let after = text[end..].strip_prefix(' ').and_then(|after| after.split_whitespace().next());
    let prose = letters(value, |c| c.is_ascii_lowercase())
        && after.is_some_and(|word| letters(word, |c| c.is_ascii_lowercase()));
    let placeholder = letters(value, |c| c.is_ascii_uppercase() || c == '_');
    let random = value.len() >= 8 && value.contains(|c: char| c.is_ascii_digit());
    let meant = if password { value.len() >= 4 && !prose && !placeholder } else { random };
    let option = value.starts_with('-') || value.contains(['=', '(', ')', '[', ']']);
    (meant && !option && is_literal(value))
        .then(|| Secret { what: format!("the value of `{name}`"), text: value })
}

/// `curl -u ana:hunter2`
fn user<'t>(text: &'t str, at: usize, flag: &str) -> Option<Secret<'t>> {
    let before = &text[..at];
    let command = &before[before.rfind("curl")?..];
    let ends = |c: char| matches!(c, ';' | '|' | '&');
    if command.contains(ends)
        || command.replace("\\\n", "").contains('\n')
        || !before.ends_with([' ', '"', '\'', '\n', '\t'])
    {
        return None;
    }
    let after = &text[at + flag.len()..];
    let value = if flag == "-u" && after.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        value(after)
    } else {
        next_word(after)?
    };
    let (name, password) = value.split_once(':')?;
    let told = !name.is_empty() && !password.is_empty() && is_literal(password);
    told.then(|| Secret { what: "a password for curl".to_owned(), text: value })
}

/// The word behind a space, or the next string of a list.
fn next_word(text: &str) -> Option<&str> {
    let listed = text.strip_prefix(['"', '\'']).and_then(|rest| rest.trim_start().strip_prefix(','));
    match listed.map(str::trim_start) {
        Some(next) => next.starts_with(['"', '\'']).then(|| value(next)),
        None => Some(value(text.strip_prefix(' ')?.trim_start_matches(' '))),
    }
}

/// What stands first in a text: up to the quote that closes it, or as a shell sees one word.
fn value(text: &str) -> &str {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let text = &text[quote.map_or(0, char::len_utf8)..];
    let ends = |c: char| match quote {
        Some(quote) => c == quote || c == '\n',
        None => c.is_whitespace() || matches!(c, ';' | '&' | '|' | '"' | '\'' | '\\' | ','),
    };
    let end = text.char_indices().find(|(at, c)| *at >= LONGEST || ends(*c)).map_or(text.len(), |(at, _)| at);
    &text[..end]
}

/// Whether a value is meant as it stands: no variable, no command, no file that it is in, no sample.
fn is_literal(value: &str) -> bool {
    let computed = value.contains(['$', '`', '{', '}', '<', '>']) || value.starts_with('%');
    let elsewhere = value.starts_with(['/', '@', '~', '.']) || value.contains("://");
    !(computed || elsewhere || is_sample(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_program_is_given_in_clear_is_found() {
        let found =
            |text| in_program(text).into_iter().map(|secret| secret.text).collect::<Vec<_>>().join(" | ");
        for (text, secret) in [
            ("password = \"letmein\"", "letmein"),
            ("db_password <- 'hunter22'", "hunter22"),
            ("{\"api_key\": \"k1234567\", \"x\": 1}", "k1234567"),
            ("  \"DB_PASSWORD = \\\"letmein\\\"\\n\",", "letmein"),
            ("connect(user=\"ana\", password='hunter2')", "hunter2"),
        ] {
            assert_eq!(found(text), secret, "{text}");
        }
        for text in [
            "password = os.environ[\"PASSWORD1\"]",
            "{\"token\": \"string\", \"password\": {\"type\": \"string\"}}",
            "password: \"your password here\"",
            "api_key: \"${{ secrets.api_key1 }}\"",
            "password = \"changeme\"",
            "x <- 'hunter22'; passwords < -1; token_path = '/run/secrets/token1'",
            "password = \"\"",
        ] {
            assert_eq!(found(text), "", "{text}");
        }
    }

    #[test]
    fn what_a_command_is_given_in_clear_is_found() {
        let found =
            |text| in_command(text).into_iter().map(|secret| secret.text).collect::<Vec<_>>().join(" | ");
        for (text, secret) in [
            ("export PASSWORD=hunter2hunter2", "PASSWORD=hunter2hunter2"),
            ("A=1; API_TOKEN=s3cr3ts  cmd", "API_TOKEN=s3cr3ts"),
            ("psql --password=hunter2 && x", "password=hunter2"),
            ("psql --password='a b c d'", "password='a b c d"),
            ("DB_PASSWORD=letmein A_TOKEN=letmein", "DB_PASSWORD=letmein | A_TOKEN=letmein"),
            ("login(user, password=\"letmein\")", "password=\"letmein"),
            ("curl 'https://x/?api_key=k123456&y=1'", "api_key=k123456"),
            ("mysql --password hunter2 -h db", "hunter2"),
            ("mysql --password 'a b c d'", "a b c d"),
            ("run([\"mysql\", \"--password\", \"hunter2\"])", "hunter2"),
            ("x --api-key k1234567 y", "k1234567"),
            ("curl -s -u ana:hunter2 https://x", "ana:hunter2"),
            ("curl -uana:hunter2 https://x", "ana:hunter2"),
            ("curl \\\n  --user \"ana:hunter2\" https://x", "ana:hunter2"),
            ("[\"curl\", \"-u\", \"ana:hunter2\"]", "ana:hunter2"),
            ("-H 'Authorization: Bearer 0123456789abcdef'", "0123456789abcdef"),
        ] {
            assert_eq!(found(text), secret, "{text}");
        }
        for text in [
            "PASSWORD=$PASSWORD",
            "export PASSWORD=\"$(cat /run/secrets/x)\"",
            "PASSWORD=`cat x` cmd",
            "--password=\"$DB_PASSWORD\" --token=${TOKEN}",
            "TOKEN= cmd",
            "TOKEN=\"\" cmd",
            "PASSWORD=changeme TOKEN=xxxxxxxx SECRET=… API_KEY=<your key>",
            "x --password $PASSWORD --password \"$P\" --password {{ password }} --password ${{ x }}",
            "x --password \"$(cat /run/secrets/x)\" --password-stdin --password --verbose",
            "add_argument(\"--password\", help=\"hunter2\") option('--token', required=True)",
            "run([\"mysql\", \"--password\", password, f\"--token\", os.environ[\"TOKEN12345\"]])",
            "# give --password when asked for it; --password PASSWD",
            "docker build --secret id=token1234 x; aws --next-token abcdefgh --max-tokens 12345678",
            "docker run -u 1000:1000 x; curl -s x && id -u ana:staff1",
            "curl -u \"$USER:$PASSWORD\" x; curl -u ana:{{ password }} x; curl -u ana x",
            "PASSWORD=/run/secrets/password --token=@token.txt",
            "--show-token=false --max-tokens=200000 REQUIRE_PASSWORD=1",
            "connect(password=password2, token=args.token)",
            "token=get_token()",
            "token=args.token",
            "[ \"$TOKEN\" = \"\" ] && token == other7",
            "Authorization: Bearer $TOKEN",
            "grep -c 'Bearer of bad news' x",
        ] {
            assert_eq!(found(text), "", "{text}");
        }
    }
}
