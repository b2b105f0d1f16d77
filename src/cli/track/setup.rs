use crate::cli::{Exit, UserError, Workspace};
use crate::domain::Name;
use crate::domain::text::safe;
use crate::review::{SIGNERS_FILE, SPEC_FILE};
use crate::spec::add_person;
use crate::store::atomic_replace;

/// What was written, and where.
pub struct Written {
    pub name: Name,
    /// Empty: all of it stood there before.
    pub files: Vec<String>,
}

/// Writes a person into `people:`, and their key into the list of signers, each where it is not there yet. Nothing that
/// stands there is changed.
pub fn write_signer(
    workspace: &Workspace,
    email: &str,
    named: Option<&Name>,
    role: &str,
    public: &str,
) -> Result<Written, UserError> {
    let people = &workspace.project.people;
    let known = people.iter().find(|(_, person)| person.email.eq_ignore_ascii_case(email));
    let mut files = Vec::new();
    let name = match known {
        Some((name, person)) => {
            let is = person.role.as_str();
            if is != role {
                return Err(UserError::wrong(format!(
                    "greenroom.yaml has {name} as {is}, and not as {role}"
                ))
                .to_do("change it there, if that is what is meant: somebody else reviews it"));
            }
            name.clone()
        }
        None => {
            let name = match named {
                Some(name) => name.clone(),
                None => of_address(email)?,
            };
            if people.contains_key(name.as_str()) {
                return Err(UserError::wrong(format!("greenroom.yaml has another {name}"))
                    .to_do("say how you are called there: --name NAME"));
            }
            let path = workspace.root().join(SPEC_FILE);
            let text = fs_err::read_to_string(&path).map_err(|error| unreadable(SPEC_FILE, &error))?;
            let text = add_person(&text, &name, email, role).map_err(|why| {
                UserError::wrong("greenroom.yaml could not be written into")
                    .because(why)
                    .to_do(format!("write it yourself: people: {{{name}: {{email: {email}, role: {role}}}}}"))
            })?;
            atomic_replace(&path, text.as_bytes()).map_err(|error| unreadable(SPEC_FILE, &error))?;
            files.push(SPEC_FILE.to_owned());
            name
        }
    };
    let path = workspace.root().join(SIGNERS_FILE);
    let before = match fs_err::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(unreadable(SIGNERS_FILE, &error)),
    };
    let stands = before.lines().any(|line| line.contains(public) && line.contains(email));
    if !stands {
        let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
        let text = format!("{before}{gap}{email} {public}\n");
        atomic_replace(&path, text.as_bytes()).map_err(|error| unreadable(SIGNERS_FILE, &error))?;
        files.push(SIGNERS_FILE.to_owned());
    }
    Ok(Written { name, files })
}

fn of_address(email: &str) -> Result<Name, UserError> {
    let first = email.split(['@', '.', '+']).next().unwrap_or_default().to_ascii_lowercase();
    Name::new(&first).map_err(|_| {
        UserError::wrong(format!("no name can be made of {}", safe(email)))
            .to_do("say how you are called among `people:`: --name NAME")
    })
}

fn unreadable(file: &str, error: &std::io::Error) -> UserError {
    UserError::from_error(Exit::NotReady, format!("{file} cannot be changed"), error)
}
