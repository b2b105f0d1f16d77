//! What this machine has and lacks for Greenroom, and how to put it right.

mod base;
mod certificates;
mod clock;
mod disk;
mod engine;
mod finding;
mod fix;
mod host;
mod start;
mod trial;

pub use disk::free;
pub use finding::{Finding, Remedy};
pub use fix::fix;
pub use host::Host;

use camino::Utf8Path;

use crate::docker::connect;
use crate::domain::{Health, Image, Project};

/// Looks at everything. `dir`: the project's folder, or where one is going to be.
pub async fn findings(host: &Host, project: Option<&Project>, dir: &Utf8Path) -> Vec<Finding> {
    let images: Vec<&Image> = project.map(|project| project.images.values().collect()).unwrap_or_default();
    let mut findings = Vec::new();
    let engine = match connect().await {
        Ok(engine) => {
            findings.push(engine::found(engine.info()));
            Some(engine)
        }
        Err(error) => {
            findings.push(engine::missing(host, &error));
            None
        }
    };
    let bases: Vec<&str> = match images.is_empty() {
        true => vec![base::USUAL],
        false => images.iter().map(|image| image.base.as_str()).collect(),
    };
    findings.push(base::look(host, engine.as_ref(), &bases).await);
    findings.push(disk::look(engine.as_ref().map(|engine| engine.info()), dir));
    if let Some(engine) = &engine {
        findings.extend(trial::look(engine, project, &bases, dir).await);
    }
    findings.push(certificates::look(host));
    findings.extend(clock::look(host, engine.as_ref()).await);
    findings
}
