use crate::cli::args::Doctor;
use crate::cli::readiness::{examine, here, lacking, put_right, shown, without_asking};
use crate::cli::report::doctor_view;
use crate::cli::{Exit, Invocation, Output, UserError, Workspace};
use crate::domain::Health;

/// Says what this machine has and lacks; with `--fix` does what can be done about it.
pub async fn run(asked: &Doctor, invocation: &Invocation, output: &Output) -> Result<Exit, UserError> {
    // A machine can be looked at from anywhere, and beside a spec that is wrong.
    let workspace = match invocation.project() {
        Some(named) => Some(Workspace::open(Some(named))?),
        None => Workspace::open(None).ok(),
    };
    let project = workspace.as_ref().map(|workspace| &workspace.project);
    let dir = match &workspace {
        Some(workspace) => workspace.root().to_owned(),
        None => here()?,
    };
    let mut findings = examine(project, &dir).await;
    if asked.fix {
        let again = without_asking(invocation, &["doctor", "--fix"]);
        let wanted = |finding: &_| {
            matches!(finding, crate::local::doctor::Finding { health: Health::Warn | Health::Missing, .. })
        };
        findings = put_right(findings, project, &dir, wanted, asked.yes, &again).await?;
    }
    let shown = shown(&findings);
    output.either(&shown, |look| doctor_view(&shown, invocation, look))?;
    Ok(if lacking(&findings) { Exit::NotReady } else { Exit::Done })
}
