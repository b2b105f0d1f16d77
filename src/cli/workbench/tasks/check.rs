use super::super::runner::Around;
use super::editor::PAUSE;
use crate::app::{Answer, CheckText, Checked, LakeAnswer};
use crate::cli::Workspace;
use crate::cli::query::{Check, Unchecked};
use crate::domain::Diagnostic;

/// What is wrong in a text that is being typed.
pub async fn check(around: &Around, asked: CheckText) -> Answer {
    tokio::time::sleep(PAUSE).await;
    let mut found = mistakes(around, &asked).await;
    // The question that came first may be answered, or a new container be there.
    if found == Err(Unchecked::Busy) {
        tokio::time::sleep(PAUSE).await;
        found = mistakes(around, &asked).await;
    }
    let unchecked = found.as_ref().err().map(|unchecked| unchecked.why());
    let mut problems = found.unwrap_or_default();
    problems.extend(asked.undeclared);
    Answer::Lake(LakeAnswer::Checked(Checked { file: asked.file, problems, unchecked }))
}

async fn mistakes(around: &Around, asked: &CheckText) -> Result<Vec<Diagnostic>, Unchecked> {
    let workspace = Workspace::open(Some(&around.place.root)).map_err(|_| Unchecked::NoProject)?;
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
