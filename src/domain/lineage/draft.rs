use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::sql::{Parsed, Tables, Written};
use super::step::{Query, StepLineage};
use super::{Column, Columns, Dataset, Ground, StepId};
use crate::domain::{
    Access, Action, Name, Operator, OperatorInputKind, OutputType, Scalar, Step, Template, Value, Workflow,
};

/// A step as far as its spec alone says.
pub(super) struct Draft {
    pub lineage: StepLineage,
    pub query: Option<Parsed>,
    /// A condition on the rows of a table, as a query that counts them.
    pub filter: Option<Parsed>,
    /// What its query puts into tables that it names itself.
    pub written: BTreeMap<Dataset, Written>,
    /// What is declared of the things it makes.
    pub declared: BTreeMap<Dataset, Columns>,
    /// How often the columns of what it reads had changed when its queries were last looked into.
    pub seen: Option<Vec<usize>>,
}

pub(super) fn draft(ground: &Ground<'_>, workflow: &Workflow, step: &Step) -> Draft {
    let id = StepId { workflow: workflow.name.clone(), step: step.name.clone() };
    let lineage = StepLineage {
        id,
        file: workflow.file.clone(),
        operator: None,
        reads: BTreeSet::new(),
        makes: BTreeSet::new(),
        needs: BTreeMap::new(),
        missing: BTreeSet::new(),
        refused: BTreeSet::new(),
        columns: None,
        query: None,
        unknown: Vec::new(),
    };
    let mut draft = Draft {
        lineage,
        query: None,
        filter: None,
        written: BTreeMap::new(),
        declared: BTreeMap::new(),
        seen: None,
    };
    for template in step.inputs.values() {
        draft.refers(ground, workflow, template);
    }
    match &step.action {
        Action::Uses { operator, with } => {
            draft.lineage.operator = Some(operator.clone());
            match ground.operators.get(operator.as_str()) {
                Some(operator) => draft.uses(ground, workflow, step, operator, with),
                None => draft.lineage.unknown.push(format!("there is no operator `{operator}`")),
            }
        }
        Action::Run(_) | Action::Command(_) => {
            draft.lineage.unknown.push("what its program reads besides its inputs".to_owned());
        }
    }
    for output in step.outputs.keys() {
        let dataset = of_output(ground, workflow, &step.name, output);
        let declared = declared(step, output);
        if let Some(declared) = declared {
            draft.declared.entry(dataset.clone()).or_insert(declared);
        }
        draft.lineage.makes.insert(dataset);
    }
    draft
}

impl Draft {
    /// Outputs of other steps that a template names.
    fn refers(&mut self, ground: &Ground<'_>, workflow: &Workflow, template: &Template) {
        for (step, output) in ground.templates.reads(template) {
            self.lineage.reads.insert(of_output(ground, workflow, &step, &output));
        }
    }

    fn uses(
        &mut self,
        ground: &Ground<'_>,
        workflow: &Workflow,
        step: &Step,
        operator: &Operator,
        with: &IndexMap<Name, Scalar>,
    ) {
        let mut filter = None;
        for (name, given) in with {
            match given {
                Scalar::Template(template) => self.refers(ground, workflow, template),
                Scalar::Json(json) => super::texts::texts_in(json)
                    .into_iter()
                    .for_each(|template| self.refers(ground, workflow, &template)),
                Scalar::Value(_) => {}
            }
            let Some(input) = operator.inputs.get(name) else { continue };
            match &input.kind {
                OperatorInputKind::Table(access) => self.table(*access, name, given),
                OperatorInputKind::Sql if name.as_str() == "where" => filter = literal(given),
                OperatorInputKind::Sql => match literal(given) {
                    Some(text) => {
                        let line = step.query_line.unwrap_or(1);
                        self.query(workflow.file.clone(), line, text.to_owned());
                    }
                    None => self.no_query(format!("its `{name}`, which only a run knows")),
                },
                OperatorInputKind::File if name.as_str() == "query_file" => {
                    match literal(given).map(|path| (path, (ground.text)(path.into()))) {
                        Some((path, Some(text))) => self.query(path.into(), 1, text),
                        Some((path, None)) => self.no_query(format!("{path} cannot be read")),
                        None => self.no_query(format!("its `{name}`, which only a run knows")),
                    }
                }
                OperatorInputKind::File | OperatorInputKind::Storage => self.files(given),
                // What a table is loaded from is not made by a step.
                OperatorInputKind::Scalar(_) if operator.builtin && name.as_str() == "from" => {
                    self.files(given);
                }
                OperatorInputKind::Scalar(_) | OperatorInputKind::Object => {}
            }
        }
        if let Some(filter) = filter {
            self.filter(filter);
        }
        if !operator.builtin {
            self.lineage.unknown.push("what its program reads besides its inputs".to_owned());
        }
    }

    fn table(&mut self, access: Access, name: &Name, given: &Scalar) {
        let Some(table) = literal(given) else {
            self.lineage.unknown.push(format!("its `{name}`, which only a run knows"));
            return;
        };
        let side = match access {
            Access::Read => &mut self.lineage.reads,
            Access::Write => &mut self.lineage.makes,
        };
        side.insert(Dataset::table(table));
    }

    fn files(&mut self, given: &Scalar) {
        if let Some(pattern) = literal(given) {
            self.lineage.reads.insert(Dataset::Files { pattern: pattern.to_owned() });
        }
    }

    fn query(&mut self, file: camino::Utf8PathBuf, line: usize, text: String) {
        let parsed = Parsed::of(&text);
        let normal = parsed.as_ref().map(|parsed| parsed.normal.clone()).unwrap_or_default();
        self.lineage.query = Some(Query { file, line, text, normal });
        match parsed {
            Ok(parsed) => self.query = Some(parsed),
            Err(error) => self.no_query(format!("what its query reads: {error}")),
        }
    }

    fn no_query(&mut self, why: String) {
        self.lineage.columns = Some(Columns::unknown(why.clone()));
        self.lineage.unknown.push(why);
    }

    /// A condition on the rows of the table that the step reads.
    fn filter(&mut self, filter: &str) {
        let table = self.lineage.reads.iter().find_map(|dataset| match dataset {
            Dataset::Table { name } => Some(name),
            _ => None,
        });
        let Some(table) = table else { return };
        match Parsed::of(&format!("SELECT COUNT(*) FROM `{table}` WHERE {filter}\n")) {
            Ok(parsed) => self.filter = Some(parsed),
            Err(error) => self.lineage.unknown.push(format!("what its condition reads: {error}")),
        }
    }

    /// Reads its queries, going by the columns of tables that are known so far.
    pub fn read(&mut self, tables: Tables<'_>) {
        let step = &mut self.lineage;
        let filter = self.filter.as_ref().map(|filter| filter.read(tables)).unwrap_or_default();
        (step.needs, step.missing, step.refused) = (filter.reads, filter.missing, filter.refused);
        if let Some(query) = &self.query {
            let sql = query.read(tables);
            for (table, used) in sql.reads {
                step.needs.entry(table).or_default().add(used);
            }
            step.missing.extend(sql.missing);
            step.refused.extend(sql.refused);
            for unknown in sql.unknown {
                if !step.unknown.contains(&unknown) {
                    step.unknown.push(unknown);
                }
            }
            let written = sql.writes.into_iter().map(|(table, written)| (Dataset::table(table), written));
            self.written = written.collect();
            step.makes.extend(self.written.keys().cloned());
            step.columns = Some(sql.columns);
        }
        step.reads.extend(step.needs.keys().map(Dataset::table));
    }
}

/// A text that no template changes.
pub(super) fn literal(given: &Scalar) -> Option<&str> {
    match given {
        Scalar::Value(Value::String(text)) => Some(text),
        Scalar::Template(template) if !template.text.contains("${{") => Some(&template.text),
        _ => None,
    }
}

/// What stands behind an output: a step that writes a table has it for its output.
fn of_output(ground: &Ground<'_>, workflow: &Workflow, step: &Name, output: &Name) -> Dataset {
    let artifact =
        Dataset::Artifact { workflow: workflow.name.clone(), step: step.clone(), output: output.clone() };
    let Some(made_by) = workflow.steps.get(step) else { return artifact };
    if made_by.outputs.get(output).is_none_or(|output| output.kind != OutputType::Table) {
        return artifact;
    }
    let Action::Uses { operator, with } = &made_by.action else { return artifact };
    let inputs = ground.operators.get(operator.as_str()).map(|operator| &operator.inputs);
    let written = inputs
        .into_iter()
        .flatten()
        .filter(|(_, input)| matches!(input.kind, OperatorInputKind::Table(Access::Write)));
    let mut tables = written.filter_map(|(name, _)| with.get(name).and_then(literal));
    match (tables.next(), tables.next()) {
        (Some(table), None) => Dataset::table(table),
        _ => artifact,
    }
}

/// The columns that a spec declares of an output: all where a table is loaded by them, else those it expects.
fn declared(step: &Step, output: &Name) -> Option<Columns> {
    let expected = step.outputs.get(output).map(|output| &output.expect.columns);
    let expected = expected.into_iter().flatten().map(|(name, kind)| Column::new(name, Some(*kind)));
    let expected: Vec<Column> = expected.collect();
    if let Action::Uses { operator, with } = &step.action
        && operator.as_str() == "load_table"
        && let Some(Scalar::Json(serde_json::Value::Object(columns))) = with.get("columns")
    {
        let kind = |kind: &serde_json::Value| kind.as_str().and_then(|kind| kind.parse().ok());
        return Some(Columns::all(
            columns.iter().map(|(name, declared)| Column::new(name, kind(declared))).collect(),
        ));
    }
    let rest = Some("only the columns that are expected are known".to_owned());
    (!expected.is_empty()).then_some(Columns { known: expected, rest })
}
