use crate::cli::args::TrackSetup;
use crate::cli::track::{Written, write_signer};
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::text::safe;
use crate::git::ssh::SigningKey;
use crate::git::{Prompt, Repository};

use crate::cli::track::{Desk, of_git};

/// Writes down who somebody is, and with which key they sign.
pub fn run(asked: &TrackSetup, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    let workspace = Workspace::open(invocation.project())?;
    let repository = Repository::open(workspace.root()).map_err(|error| of_git(&error))?;
    let email = repository.config("user.email").map_err(|error| of_git(&error))?.ok_or_else(|| {
        UserError::not_ready("git does not know who you are").to_do("git config user.email you@example.com")
    })?;
    let key = SigningKey::configured(workspace.root()).map_err(|error| of_git(&error))?.ok_or_else(|| {
        UserError::not_ready("git names no key to sign with")
            .to_do("make one, if you have none: ssh-keygen -t ed25519")
            .to_do("git config gpg.format ssh && git config user.signingKey ~/.ssh/id_ed25519.pub")
    })?;
    let public = key.public_key().map_err(|error| of_git(&error))?;
    let written = write_signer(&workspace, &email, asked.name.as_ref(), &asked.role, &public)?;
    let Written { name, files } = &written;
    let target = Desk::open(invocation, Prompt::Never).ok().map(|desk| desk.target.short().to_owned());
    let target = target.unwrap_or_else(|| "stage".to_owned());
    output.either(&serde_json::json!({"name": name, "email": email, "role": asked.role, "key": public, "files": files}), |_| {
        let role = &asked.role;
        match files.is_empty() {
            true => format!("{name} is written down already, as {role}, with this key\n"),
            false => format!(
                "{name} ({}) signs as {role}; written into {}\nIt counts once it is on `{}`: commit it, and bring it there. Where others sign already, an engineer of theirs signs for it: greenroom track vouch\n",
                safe(&email),
                files.join(" and "),
                safe(&target)
            ),
        }
    })?;
    Ok(Exit::Done)
}
