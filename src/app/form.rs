use indexmap::IndexMap;

use super::filter::LineInput;
use super::picker::moved;
use super::review::ReviewDeed;
use crate::domain::nearest::did_you_mean;
use crate::domain::{Blueprint, Name, ParamType, Run, TableName, Token, Value, Workflow};

/// Some values, as they are typed.
#[derive(Clone, Debug)]
pub struct Form {
    pub purpose: Purpose,
    pub fields: Vec<Field>,
    pub selected: usize,
    /// It was asked to do something, and a field was wrong: what is missing is told from then on.
    pub tried: bool,
}

/// What is done with them.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// They are the parameters of a run.
    Run { name: Name, from: Option<Name>, only: Option<Name> },
    /// They are those of a run that goes on from this one, which had these.
    Fork { run: Token, name: Name, before: IndexMap<Name, String> },
    /// What is said of these runs.
    Note { runs: Vec<Token> },
    /// The name that this run gets.
    Alias { run: Token },
    /// They say which step a query becomes, with the parameters it was tried with.
    Step { query: String, params: IndexMap<Name, Value> },
    /// It is what is said in a review.
    Say(ReviewDeed),
}

#[derive(Clone, Debug)]
pub struct Field {
    pub name: Name,
    pub kind: FieldKind,
    pub description: String,
    pub input: LineInput,
    pub required: bool,
}

/// What may be typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Param(ParamType),
    /// Of a workflow, a step or a run.
    Name,
    /// Any words.
    Text,
    /// `dataset.table`
    Table,
    /// Of a blueprint: one of these.
    UseCase(Vec<Name>),
    /// Somebody's own words.
    Sentence,
}

impl Field {
    fn empty_is_a_text(&self) -> bool {
        self.kind == FieldKind::Param(ParamType::String)
    }

    /// Why what is typed cannot be taken.
    pub fn wrong(&self) -> Option<String> {
        let text = self.input.text();
        if text.is_empty() && !self.empty_is_a_text() {
            return self.required.then(|| "needs a value".to_owned());
        }
        match &self.kind {
            FieldKind::Sentence => text.trim().is_empty().then(|| "needs a sentence".to_owned()),
            FieldKind::Param(kind) => kind.parse(text).err(),
            FieldKind::Text => text.trim().is_empty().then(|| "needs some words".to_owned()),
            FieldKind::Name => Name::new(text).err().map(|error| error.to_string()),
            FieldKind::Table => text.parse::<TableName>().err().map(|error| error.to_string()),
            FieldKind::UseCase(cases) => {
                let known = cases.iter().any(|case| case.as_str() == text);
                (!known).then(|| did_you_mean(text, "use cases", cases.iter().map(Name::as_str)))
            }
        }
    }
}

impl Form {
    /// The parameters of a run, with the values of an earlier one, where there is one, and otherwise the defaults. Of a
    /// blueprint first of all the use case, `case` if that has the step that is meant.
    pub fn of_run(
        workflow: &Workflow,
        earlier: &IndexMap<&Name, String>,
        case: Option<&Name>,
        from: Option<Name>,
        only: Option<Name>,
    ) -> Self {
        let step = from.as_ref().or(only.as_ref());
        let case = workflow.blueprint.as_ref().and_then(|blueprint| use_case_field(blueprint, case, step));
        let fields = workflow.params.iter().map(|(name, param)| {
            let before = earlier.get(name).cloned();
            let default = param.default.as_ref().map(ToString::to_string);
            Field {
                name: name.clone(),
                kind: FieldKind::Param(param.kind.clone()),
                description: param.description.clone(),
                input: LineInput::of(&before.or(default).unwrap_or_default()),
                required: param.default.is_none(),
            }
        });
        let purpose = Purpose::Run { name: workflow.name.clone(), from, only };
        Self { purpose, fields: case.into_iter().chain(fields).collect(), selected: 0, tried: false }
    }

    /// The parameters of a run, to be changed. What the project knows of them says what may be typed.
    pub fn of_fork(run: &Run, workflow: Option<&Workflow>) -> Self {
        let known = |name: &Name| workflow.and_then(|workflow| workflow.params.get(name));
        let before: IndexMap<Name, String> =
            run.typed_params().map(|(name, value)| (name.clone(), value)).collect();
        let fields = before.iter().map(|(name, value)| Field {
            name: name.clone(),
            kind: FieldKind::Param(known(name).map_or(ParamType::String, |param| param.kind.clone())),
            description: known(name).map(|param| param.description.clone()).unwrap_or_default(),
            input: LineInput::of(value),
            required: true,
        });
        let fields = fields.collect();
        let purpose = Purpose::Fork { run: run.token, name: run.name.clone(), before };
        Self { purpose, fields, selected: 0, tried: false }
    }

    /// What is told to be wrong of a field: nobody was wrong yet where nothing was typed.
    pub fn told(&self, field: &Field) -> Option<String> {
        field.wrong().filter(|_| self.tried || !field.input.text().is_empty())
    }

    /// The use case that is typed, where one is asked for.
    pub fn use_case(&self) -> Option<Name> {
        let typed = self.fields.iter().find(|field| matches!(field.kind, FieldKind::UseCase(_)))?;
        Name::new(typed.input.text()).ok()
    }

    pub fn go(&mut self, rows: i64) {
        self.selected = moved(self.selected, rows, self.fields.len());
    }

    /// From the last field to the first, and back.
    pub fn go_round(&mut self, fields: i64) {
        let count = i64::try_from(self.fields.len()).unwrap_or(1).max(1);
        let at = i64::try_from(self.selected).unwrap_or(0) + fields;
        self.selected = usize::try_from(at.rem_euclid(count)).unwrap_or(0);
    }

    pub fn field(&mut self) -> Option<&mut Field> {
        self.fields.get_mut(self.selected)
    }

    /// What is typed, or the first field that is wrong.
    pub fn values(&self) -> Result<IndexMap<Name, String>, usize> {
        if let Some(wrong) = self.fields.iter().position(|field| field.wrong().is_some()) {
            return Err(wrong);
        }
        // An empty field means the default, unless an empty text is a value of its own.
        let given =
            |field: &&Field| !field.input.text().is_empty() || field.required || field.empty_is_a_text();
        let value = |field: &Field| (field.name.clone(), field.input.text().to_owned());
        let asked = self.fields.iter().filter(|field| !matches!(field.kind, FieldKind::UseCase(_)));
        Ok(asked.filter(given).map(value).collect())
    }
}

/// One that is known to be meant, else the first that has the step.
fn use_case_field(blueprint: &Blueprint, case: Option<&Name>, step: Option<&Name>) -> Option<Field> {
    let has = |components: &Vec<Name>| step.is_none_or(|step| components.contains(step));
    let known = case.filter(|case| blueprint.use_cases.get(*case).is_some_and(&has));
    let first = || blueprint.use_cases.iter().find(|(_, components)| has(components)).map(|(case, _)| case);
    Some(Field {
        name: Name::new("use_case").ok()?,
        kind: FieldKind::UseCase(blueprint.use_cases.keys().cloned().collect()),
        description: "Which components are run; what they read of others comes from an earlier run"
            .to_owned(),
        input: LineInput::of(known.or_else(first).map_or("", Name::as_str)),
        required: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::scene::name;

    #[test]
    fn an_empty_text_is_a_value_and_no_other_empty_field_is() {
        let field = |kind: ParamType, default: bool| Field {
            name: name(kind.name()),
            kind: FieldKind::Param(kind),
            description: String::new(),
            input: LineInput::default(),
            required: !default,
        };
        let purpose = Purpose::Run { name: name("w"), from: None, only: None };
        let mut form = Form { purpose, fields: vec![], selected: 0, tried: false };
        form.fields = vec![field(ParamType::String, true), field(ParamType::Int, true)];
        assert_eq!(form.values(), Ok(IndexMap::from([(name("string"), String::new())])));
        form.fields.push(field(ParamType::Date, false));
        assert_eq!(form.values(), Err(2));
        // It is told once somebody has tried, and what is typed at once.
        assert_eq!(form.told(&form.fields[2]), None);
        form.fields[2].input = LineInput::of("x");
        assert!(form.told(&form.fields[2]).is_some());
        (form.fields[2].input, form.tried) = (LineInput::default(), true);
        assert_eq!(form.told(&form.fields[2]).unwrap(), "needs a value");
    }
}
