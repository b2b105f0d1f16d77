use crate::cli::UserError;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Name, USE_CASES, Workflow};
use crate::plan::UseCase;

/// The part of a blueprint that is to run, the first of the three where nobody says; a workflow has no parts.
pub fn chosen(workflow: &Workflow, asked: Option<&Name>) -> Result<Option<UseCase>, UserError> {
    let Some(blueprint) = &workflow.blueprint else {
        return match asked {
            None => Ok(None),
            Some(_) => {
                Err(UserError::wrong(format!("{} is a workflow, which has no use cases", workflow.name))
                    .to_do("leave --use-case out; --from and --only run a part of it"))
            }
        };
    };
    let asked = asked.map_or(USE_CASES[0].0, Name::as_str);
    match blueprint.use_cases.get_key_value(asked) {
        Some((name, components)) => Ok(Some(UseCase { name: name.clone(), components: components.clone() })),
        None => Err(UserError::wrong(format!("{} has no use case `{asked}`", workflow.name))
            .to_do(did_you_mean(asked, "use cases", blueprint.use_cases.keys().map(Name::as_str)))),
    }
}
