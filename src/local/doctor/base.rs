use super::{Finding, Health, Host, Remedy};
use crate::docker::{Engine, RegistryAnswer};
use crate::local::base::base_here;
use crate::local::bootstrap::tool;
use crate::local::suite::suite;

const WHAT: &str = "base images";
/// What is looked for where no project says.
pub(super) const USUAL: &str = "debian:bookworm-slim";

/// The bases are here, or can be had: pulled, or made by a bootstrap tool.
pub(super) async fn look(host: &Host, engine: Option<&Engine>, bases: &[&str]) -> Finding {
    let tool = tool().map(|tool| tool.name());
    let Some(engine) = engine else { return unknown(host, tool) };
    let mut here = Vec::new();
    for base in bases {
        match base_here(engine, base).await {
            Ok(Some(found)) => here.push(format!("{base} is here ({})", found.origin)),
            Ok(None) => match decide(host, base, tool, || engine.registry_has(base)).await {
                Finding { health: Health::Ok, found, .. } => here.push(found),
                other => return other,
            },
            Err(error) => return Finding::new(Health::Missing, WHAT, error.to_string()),
        }
    }
    here.dedup();
    Finding::new(Health::Ok, WHAT, here.join(", "))
}

fn unknown(host: &Host, tool: Option<&str>) -> Finding {
    match tool {
        Some(tool) => Finding::new(Health::Ok, WHAT, format!("{tool} makes them where no registry answers")),
        None => {
            without_tool(host, Health::Warn, "no tool that makes them where no registry answers".to_owned())
        }
    }
}

fn without_tool(host: &Host, health: Health, found: String) -> Finding {
    let remedy = host.installs().then_some(Remedy::Install("mmdebstrap"));
    let package = if host.family == super::host::Family::Debian { "mmdebstrap" } else { "debootstrap" };
    Finding::new(health, WHAT, found).to_fix(host.install(package)).remedy(remedy)
}

/// For a base that the engine has not.
async fn decide<E: std::fmt::Display, F: Future<Output = Result<RegistryAnswer, E>>>(
    host: &Host,
    base: &str,
    tool: Option<&str>,
    registry: impl FnOnce() -> F,
) -> Finding {
    let of_debian = suite(base).is_some();
    if let Some(tool) = tool.filter(|_| of_debian) {
        return Finding::new(Health::Ok, WHAT, format!("{tool} makes {base} if no registry has it"));
    }
    match registry().await {
        Ok(RegistryAnswer::Has) => Finding::new(Health::Ok, WHAT, format!("a registry has {base}")),
        Ok(RegistryAnswer::HasNot) => {
            let found = format!("the registry has no {base}, or not for you");
            Finding::new(Health::Warn, WHAT, found).to_fix([format!("docker pull {base}")])
        }
        Ok(RegistryAnswer::Silent(problem)) if of_debian => {
            let found = format!("no registry answers, and no tool is here to make {base}\n{problem}");
            without_tool(host, Health::Missing, found)
        }
        Ok(RegistryAnswer::Silent(problem)) => {
            let found = format!(
                "no registry answers, and only Debian and Ubuntu can be made here, not {base}\n{problem}"
            );
            Finding::new(Health::Missing, WHAT, found).to_fix(["docker load -i IMAGE.tar"])
        }
        Err(error) => {
            Finding::new(Health::Warn, WHAT, format!("nobody knows whether {base} can be had: {error}"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::host::debian;
    use super::*;

    async fn decided(base: &str, tool: Option<&str>, answer: RegistryAnswer) -> Finding {
        decide(&debian(true), base, tool, || async { Ok::<_, String>(answer) }).await
    }

    #[tokio::test]
    async fn a_tool_is_missing_only_where_no_registry_answers() {
        let silent = || RegistryAnswer::Silent("no such host".to_owned());
        let missing = decided(USUAL, None, silent()).await;
        assert_eq!(missing.health, Health::Missing);
        assert_eq!(missing.fix, ["apt-get update", "apt-get install -y mmdebstrap"]);
        assert_eq!(missing.remedy, Some(Remedy::Install("mmdebstrap")));
        assert_eq!(decided(USUAL, None, RegistryAnswer::Has).await.health, Health::Ok);
        assert_eq!(decided(USUAL, Some("debootstrap"), silent()).await.health, Health::Ok);
        let alpine = decided("alpine:3", Some("mmdebstrap"), silent()).await;
        assert_eq!((alpine.health, alpine.remedy), (Health::Missing, None));
    }

    #[test]
    fn before_there_is_an_engine_the_tool_is_only_a_precaution() {
        let finding = unknown(&debian(true), None);
        assert_eq!((finding.health, finding.remedy), (Health::Warn, Some(Remedy::Install("mmdebstrap"))));
    }
}
