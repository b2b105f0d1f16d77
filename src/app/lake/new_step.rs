use indexmap::IndexMap;

use crate::app::{Deed, Effect, Field, FieldKind, Form, LineInput, Model, Overlay, Purpose, Screen};
use crate::domain::{Name, TableName, Value, sql};

/// A query that becomes a step: into a table, or into a file in storage.
#[derive(Clone, Debug, PartialEq)]
pub struct MakeStep {
    /// Made, if it is not there.
    pub workflow: Name,
    pub step: Name,
    pub table: Option<TableName>,
    pub query: String,
    /// With the values that it was tried with.
    pub params: IndexMap<Name, Value>,
}

impl MakeStep {
    /// Where its query is put, relative to the project.
    pub fn query_file(&self) -> String {
        format!("sql/{}.sql", self.step)
    }
}

impl Model {
    /// Asks which step of which workflow the statement at the cursor is to be.
    pub(in crate::app) fn ask_for_step(&mut self) -> Vec<Effect> {
        let text = self.lake.query.text();
        let query = text[sql::statement_at(&text, self.lake.query.offset())].trim().to_owned();
        let params = match self.query_params(None, &query) {
            Ok(params) => params,
            Err(unbound) => {
                self.notices.tell(unbound.to_string());
                return Vec::new();
            }
        };
        let workflow = self.workflow.name.clone().or_else(|| Some(self.selected_workflow()?.name.clone()));
        let form = form([workflow.unwrap_or_default(), String::new(), String::new()], query, params);
        self.overlays.push(Overlay::Form(form));
        Vec::new()
    }

    /// It could not be made: what was typed is there to be mended, for whoever is still here.
    pub(in crate::app) fn ask_for_step_again(&mut self, made: MakeStep) {
        if self.screen == Screen::Lake && self.overlays.is_empty() {
            let MakeStep { workflow, step, table, query, params } = made;
            let table = table.map(|table| table.to_string()).unwrap_or_default();
            let form = form([workflow.to_string(), step.to_string(), table], query, params);
            self.overlays.push(Overlay::Form(form));
        }
    }

    /// The values of the form, none of which is wrong.
    pub(in crate::app) fn make_step(
        &mut self,
        query: &str,
        params: &IndexMap<Name, Value>,
        values: &IndexMap<Name, String>,
    ) -> Vec<Effect> {
        let name = |key: &str| values.get(key).and_then(|text| Name::new(text).ok());
        let (Some(workflow), Some(step)) = (name("workflow"), name("step")) else { return Vec::new() };
        let table = values.get("table").and_then(|text| text.parse().ok());
        let (query, params) = (query.to_owned(), params.clone());
        self.start(Deed::MakeStep(MakeStep { workflow, step, table, query, params }))
    }

    /// Why the step cannot be made now: it would be written beside what is typed, and one of the two would be lost.
    pub(in crate::app) fn step_meets_unsaved(&self, values: &IndexMap<Name, String>) -> Option<String> {
        let value = |key: &str| values.get(key).map_or("", String::as_str);
        let flow = self.project.get().and_then(|project| project.workflow(value("workflow")));
        let file = flow
            .map_or_else(|| format!("workflows/{}.yaml", value("workflow")), |flow| flow.file.to_string());
        let written = [file, format!("sql/{}.sql", value("step"))];
        let mut unsaved = self.editor.files.iter().filter(|file| file.unsaved);
        let met = unsaved.find(|file| written.iter().any(|written| file.path == *written))?;
        Some(format!("{} is not saved: save it first", met.path))
    }
}

/// With its values as far as they are known.
fn form([workflow, step, table]: [String; 3], query: String, params: IndexMap<Name, Value>) -> Form {
    let described = [
        ("workflow", FieldKind::Name, workflow, "An existing one, or a new one that is made", true),
        ("step", FieldKind::Name, step, "What it is called; its query is put into sql/STEP.sql", true),
        (
            "table",
            FieldKind::Table,
            table,
            "Its rows become this table (sql_table); empty: a file in storage (sql_export)",
            false,
        ),
    ];
    let field = |(name, kind, text, about, required): (&str, FieldKind, String, &str, bool)| {
        let (name, description) = (Name::new(name).ok()?, about.to_owned());
        Some(Field { name, kind, description, input: LineInput::of(&text), required })
    };
    let fields = described.into_iter().filter_map(field).collect();
    Form { purpose: Purpose::Step { query, params }, fields, selected: 1, tried: false }
}
