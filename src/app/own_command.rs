use std::ffi::OsString;
use std::path::PathBuf;

use super::{Effect, Key, Leave, Model, Screen};

/// A command of the person's own, from `keys.toml`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnCommand {
    /// As the file names it.
    pub name: String,
    pub title: String,
    /// A shell script. What is selected reaches it in its environment and is never a part of it.
    pub run: String,
    pub key: Option<Key>,
    /// Where it is there; empty: everywhere.
    pub on: Vec<Screen>,
}

impl OwnCommand {
    pub fn is_on(&self, screen: Screen) -> bool {
        self.on.is_empty() || self.on.contains(&screen)
    }
}

impl Model {
    /// Gives the terminal to a command of the person's own, until it ends.
    pub(super) fn run_own(&mut self, index: usize) -> Vec<Effect> {
        let Some(command) = self.own.get(index) else { return Vec::new() };
        vec![Effect::Leave(Leave::Own {
            title: command.title.clone(),
            script: command.run.clone(),
            variables: self.selection(),
        })]
    }

    /// What is selected, by the names of variables; what there is none of is absent.
    fn selection(&self) -> Vec<(String, OsString)> {
        let run = match self.screen {
            Screen::Runs => self.selected_run(),
            Screen::Workflow => self.workflow.live.as_ref().map(|live| &live.past),
            _ => None,
        };
        let workflow = match self.screen {
            Screen::Board => self.selected_workflow().map(|flow| flow.name.clone()),
            Screen::Workflow => self.workflow.name.clone(),
            _ => run.map(|past| past.run.name.to_string()),
        };
        let step = (self.screen == Screen::Workflow).then(|| self.workflow.node()).flatten();
        let of_step = step.zip(run).map(|(step, past)| {
            let folder = past.path.join(step.step.as_str());
            step.cell.as_ref().map_or(folder.clone(), |cell| folder.join(cell.as_str()))
        });
        let root = self.project.get().map(|project| &project.root);
        let path = match self.screen {
            Screen::Artifacts => self.artifacts.path(),
            Screen::Editor => root.zip(self.editor.file()).map(|(root, file)| root.join(&file.path).into()),
            _ => of_step.or_else(|| run.map(|past| past.path.clone())).map(Into::into),
        };
        let variables = [
            ("PROJECT", root.map(OsString::from)),
            ("ENV", Some(self.env.clone().into())),
            ("WORKFLOW", workflow.map(Into::into)),
            ("RUN", run.map(|past| past.run.token.to_string().into())),
            ("STEP", step.map(|step| step.to_string().into())),
            ("PATH", path.map(PathBuf::into_os_string)),
        ];
        let named = variables.into_iter().filter_map(|(name, value)| Some((name, value?)));
        named.map(|(name, value)| (format!("GREENROOM_{name}"), value)).collect()
    }
}
