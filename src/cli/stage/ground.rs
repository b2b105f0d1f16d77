use std::collections::BTreeSet;

use indexmap::IndexMap;

use crate::cli::local_error::local_error;
use crate::cli::{Exit, Invocation, Machine, UserError, Workspace};
use crate::domain::{Action, Name, Plan, PlannedImage, Project, Workflow};
use crate::local::{self, BuiltImage, ImageState, LocalError, Progress, image_state, image_tag};

/// What a run stands on: the images its steps run in and the services they reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ground {
    pub images: IndexMap<Name, PlannedImage>,
    /// Name → `host:port` on the project's network.
    pub services: IndexMap<Name, String>,
}

impl Ground {
    /// Makes it ready: builds what is not current, starts what is down.
    pub async fn prepare(
        workspace: &Workspace,
        machine: &Machine,
        workflow: &Workflow,
        progress: &dyn Progress,
        invocation: &Invocation,
    ) -> Result<Self, UserError> {
        let told = |error| local_error(&error, &workspace.project, invocation);
        let site = machine.site(&workspace.project, workspace.root());
        let names = images_of(workspace, workflow);
        // Images take minutes, and a service in the way is known at once.
        local::startable(site).await.map_err(told)?;
        let built = local::build(site, &names, progress).await.map_err(told)?;
        local::up(site, progress).await.map_err(told)?;
        Ok(Self { images: planned(built), services: addresses(&workspace.project) })
    }

    /// Makes it ready for a project that stands in for another of the same name: its own images, and the other's services.
    pub async fn beside(
        workspace: &Workspace,
        other: &Workspace,
        machine: &Machine,
        workflow: &Workflow,
        progress: &dyn Progress,
        invocation: &Invocation,
    ) -> Result<Self, UserError> {
        let told = |error, project| local_error(&error, project, invocation);
        let site = machine.site(&workspace.project, workspace.root());
        let names = images_of(workspace, workflow);
        let built = local::build(site, &names, progress).await;
        let built = built.map_err(|error| told(error, &workspace.project))?;
        let up = local::up(machine.site(&other.project, other.root()), progress).await;
        up.map_err(|error| told(error, &other.project))?;
        Ok(Self { images: planned(built), services: addresses(&other.project) })
    }

    /// Starts what is down of the services that a run was started with, for it to go on. What cannot be started is a
    /// warning: only the steps that reach for it need it, and they say so.
    pub async fn serve(
        workspace: &Workspace,
        machine: &Machine,
        plan: &Plan,
        progress: &dyn Progress,
        invocation: &Invocation,
    ) -> Vec<String> {
        if plan.services.is_empty() {
            return Vec::new();
        }
        let (gone, wanted): (Vec<_>, Vec<_>) =
            plan.services.keys().cloned().partition(|name| !workspace.project.services.contains_key(name));
        let gone = gone.into_iter().map(|name| {
            format!("greenroom.yaml has no service `{name}` any more: where it does not run, it stays down")
        });
        let mut warnings: Vec<String> = gone.collect();
        let site = machine.site(&workspace.project, workspace.root());
        if let Err(error) = local::up_missing(site, &wanted, progress).await {
            let told = local_error(&error, &workspace.project, invocation);
            let lines = std::iter::once(told.what).chain(told.why).chain(told.todo).collect::<Vec<_>>();
            warnings.push(format!("its services could not be started: {}", lines.join("\n")));
        }
        warnings
    }

    /// Nothing is missing: its images are built, and no service needs to be looked after.
    pub fn is_ready(&self, project: &Project) -> bool {
        self.images.values().all(|image| !image.id.is_empty()) && project.services.is_empty()
    }

    /// As it is now, for a plan that starts nothing. An image that is not built has no id; without an engine none has.
    pub async fn look(
        workspace: &Workspace,
        machine: Option<&Machine>,
        workflow: &Workflow,
    ) -> Result<Self, UserError> {
        let mut images = IndexMap::new();
        for name in images_of(workspace, workflow) {
            let state = match machine {
                Some(machine) => {
                    let site = machine.site(&workspace.project, workspace.root());
                    image_state(site, &name).await.map_err(not_ready)?
                }
                None => ImageState::Absent,
            };
            let (id, bash) = match state {
                ImageState::Current(facts) => (facts.id.clone(), facts.has_bash()),
                _ => (String::new(), true),
            };
            let tag = image_tag(&workspace.project.name, &name);
            images.insert(name, PlannedImage { id, tag, bash });
        }
        Ok(Self { images, services: addresses(&workspace.project) })
    }
}

fn planned(built: Vec<BuiltImage>) -> IndexMap<Name, PlannedImage> {
    let planned = |image: BuiltImage| PlannedImage { id: image.id, tag: image.tag, bash: image.bash };
    built.into_iter().map(|image| (image.name.clone(), planned(image))).collect()
}

/// The images that a workflow's steps name, themselves or by their operators, as far as the project has them: what is
/// missing, the plan tells.
fn images_of(workspace: &Workspace, workflow: &Workflow) -> Vec<Name> {
    let operators = &workspace.specs.operators;
    let named: BTreeSet<&str> = workflow
        .steps
        .values()
        .map(|step| {
            let of_operator = match &step.action {
                Action::Uses { operator, .. } => {
                    operators.get(operator).and_then(|found| found.image.as_ref())
                }
                _ => None,
            };
            step.image.as_ref().or(of_operator).map_or("default", Name::as_str)
        })
        .collect();
    workspace.project.images.keys().filter(|name| named.contains(name.as_str())).cloned().collect()
}

/// Services are reached by their names.
fn addresses(project: &Project) -> IndexMap<Name, String> {
    let reached = |(name, service): (&Name, &crate::domain::Service)| {
        service.port.map(|port| (name.clone(), format!("{name}:{port}")))
    };
    project.services.iter().filter_map(reached).collect()
}

fn not_ready(error: LocalError) -> UserError {
    UserError::from_error(Exit::NotReady, "the local environment is not ready", &error)
}
