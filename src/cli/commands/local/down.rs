use indexmap::IndexSet;
use serde_json::json;

use super::Local;
use crate::cli::args::LocalDown;
use crate::cli::local_error::local_error;
use crate::cli::report::Building;
use crate::cli::{Exit, UserError};
use crate::domain::Token;
use crate::domain::text::safe;
use crate::local::{self, Downed, network_name};

/// Characters of a token.
const TOKEN: usize = 36;

pub async fn run(asked: &LocalDown, local: &Local<'_>) -> Result<Exit, UserError> {
    let downed = local::down(local.site, asked.volumes, &Building::default())
        .await
        .map_err(|error| local_error(&error, local.site.project, local.invocation))?;
    let other = |(service, folder): &(String, _)| json!({"service": service, "folder": folder});
    let others: Vec<_> = downed.elsewhere.iter().map(other).collect();
    let document = json!({
        "services": downed.services,
        "volumes": downed.volumes,
        "of_another_folder": others,
        "network_removed": downed.network,
        "still_at_work": downed.at_work,
    });
    local.output.either(&document, |_| view(&downed, &network_name(&local.site.project.name)))?;
    Ok(Exit::Done)
}

pub fn view(downed: &Downed, network: &str) -> String {
    let mut text = String::new();
    for service in &downed.services {
        text += &format!("service {} removed\n", safe(service));
    }
    for volume in &downed.volumes {
        text += &format!("volume {} removed, with its data\n", safe(volume));
    }
    for (service, folder) in &downed.elsewhere {
        let folder = safe(folder.as_str());
        text += &format!("service {} stays, it is of the project in {folder}\n", safe(service));
    }
    if !downed.elsewhere.is_empty() {
        text += &format!("network {network} and volumes stay, both projects have the same name\n");
    }
    if downed.network {
        text += &format!("network {network} removed\n");
    }
    if !downed.at_work.is_empty() {
        let names: IndexSet<_> = downed.at_work.iter().map(|name| worker(name)).collect();
        let names: Vec<_> = names.into_iter().collect();
        text += &format!("network {network} stays, it is in use by {}\n", names.join(", "));
    }
    if text.is_empty() { "nothing was up\n".to_owned() } else { text }
}

/// Whose container has this name: `greenroom-<token>-<step>-<attempt>` is a run's.
fn worker(container: &str) -> String {
    let token =
        container.strip_prefix("greenroom-").and_then(|rest| rest.get(..TOKEN)?.parse::<Token>().ok());
    match token {
        Some(token) => format!("run {}", token.short()),
        None => safe(container).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_went_and_what_stays() {
        assert_eq!(view(&Downed::default(), "greenroom-x"), "nothing was up\n");
        let other = Downed { elsewhere: vec![("web".to_owned(), "/other".into())], ..Downed::default() };
        assert_eq!(
            view(&other, "greenroom-x"),
            "service web stays, it is of the project in /other\n\
             network greenroom-x and volumes stay, both projects have the same name\n"
        );
        let busy = Downed {
            services: vec!["web".to_owned()],
            at_work: vec![
                "greenroom-01900000-0000-7000-8000-000000003f2a-delays-1".to_owned(),
                "greenroom-01900000-0000-7000-8000-000000003f2a-pause.0".to_owned(),
                "somebodys".to_owned(),
            ],
            ..Downed::default()
        };
        assert_eq!(
            view(&busy, "greenroom-x"),
            "service web removed\nnetwork greenroom-x stays, it is in use by run 3f2a, somebodys\n"
        );
    }
}
