use super::super::runner::Around;
use super::editor::PAUSE;
use crate::app::{Answer, CheckText, LakeAnswer};
use crate::cli::Workspace;
use crate::cli::query::Check;
use crate::domain::Diagnostic;

/// What is wrong in a text that is being typed; nothing, where that cannot be told now.
pub async fn check(around: &Around, asked: CheckText) -> Answer {
    tokio::time::sleep(PAUSE).await;
    let mut problems = mistakes(around, &asked).await.unwrap_or_default();
    problems.extend(asked.undeclared);
    Answer::Lake(LakeAnswer::Checked(asked.file, problems))
}

async fn mistakes(around: &Around, asked: &CheckText) -> Option<Vec<Diagnostic>> {
    let workspace = Workspace::open(Some(&around.place.root)).ok()?;
    let CheckText { file, language, texts, params, kept, written, undeclared: _ } = asked;
    let check = Check {
        file: file.as_ref().map_or("query", |file| file.as_str()),
        language: *language,
        texts,
        params,
        kept: *kept,
        written,
    };
    around.warm.check(&workspace, &around.env, &check, &around.invocation).await
}
