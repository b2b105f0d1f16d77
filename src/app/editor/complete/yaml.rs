use super::outline::{Outline, StepOutline};
use super::place::{At, Place, place};
use super::schema::{Property, Shape, below, properties, values};
use super::{Item, Offer, Spelling, fitting, sql, template};
use crate::domain::{Name, OperatorInputKind, ParamType};

/// What fits into a spec.
pub fn offer(spelling: Spelling<'_>) -> Option<Offer> {
    let place = place(spelling.lines, spelling.cursor)?;
    let outline = Outline::of(spelling.lines);
    if let Some(expression) = template::open(&spelling.before()) {
        return Some(template::offer(spelling, &place.path, expression));
    }
    let step = match place.path.as_slice() {
        [group, name, ..] if group == "steps" || group == "components" => outline.step(name),
        _ => None,
    };
    let around = Around { spelling, place: &place, outline: &outline, step };
    match place.at {
        At::Block => around.block(),
        At::Value => around.value(),
        At::Key => around.key(),
    }
}

struct Around<'a> {
    spelling: Spelling<'a>,
    place: &'a Place,
    outline: &'a Outline,
    step: Option<&'a StepOutline>,
}

impl Around<'_> {
    /// Keys from the step on.
    fn path(&self) -> Vec<&str> {
        self.place.path.iter().skip(2 * usize::from(self.step.is_some())).map(String::as_str).collect()
    }

    /// Whether the spec that is written here says so of this input.
    fn input(&self) -> Option<&OperatorInputKind> {
        let ["with", name] = *self.path() else { return None };
        let operator = self.spelling.known.operators.get(self.step?.uses.as_str())?;
        operator.inputs.get(name).map(|input| &input.kind)
    }

    fn block(&self) -> Option<Offer> {
        match self.input()? {
            OperatorInputKind::Sql => self.sql(&self.spelling.lines.join("\n")),
            _ => None,
        }
    }

    fn sql(&self, query: &str) -> Option<Offer> {
        let params = self.outline.params.iter();
        let params = params.filter_map(|param| Some((Name::new(&param.name).ok()?, param.kind.clone())));
        // The table that the step reads is one that its condition is about.
        let table = self.step.map_or("", |step| step.table.as_str());
        let query = format!("{query} {table}");
        sql::offer(&query, &self.place.typed, params.collect(), self.spelling.known)
    }

    fn value(&self) -> Option<Offer> {
        if let Some(OperatorInputKind::Sql) = self.input() {
            return self.sql(&self.place.typed);
        }
        Some(fitting(self.values(), &self.place.typed, true))
    }

    fn values(&self) -> Vec<Item> {
        let known = self.spelling.known;
        let words = |names: &[Name]| names.iter().map(|name| Item::word(name.as_str(), "")).collect();
        let files = || known.files.iter().map(|file| Item::word(file.as_str(), "")).collect();
        match (self.input(), self.path().as_slice()) {
            (Some(OperatorInputKind::Table(_)), _) => {
                let tables = known.tables.iter();
                tables.map(|(name, table)| Item::word(name, written_by(table))).collect()
            }
            (Some(OperatorInputKind::File), _)
            | (_, ["files", "-"] | ["images", _, "pip"] | ["with", "from"]) => files(),
            (Some(OperatorInputKind::Scalar(param)), _)
                if matches!(param.kind, ParamType::Enum(_) | ParamType::Bool) =>
            {
                match &param.kind {
                    ParamType::Enum(values) => values.iter().map(|value| Item::word(value, "")).collect(),
                    _ => ["true", "false"].map(|value| Item::word(value, "")).to_vec(),
                }
            }
            (_, ["uses"]) if self.step.is_some() => self.operators(),
            (_, ["needs", "-"]) if self.step.is_some() => self.steps(),
            (_, ["image"] | ["defaults", "image"] | ["services", _, "image"]) => words(&known.images),
            (_, ["owners", "-"]) => words(&known.people),
            (_, ["with", "partition_by" | "column"] | ["with", "partition", "column"])
            | (_, ["outputs", _, "expect", "unique" | "not_null", ..]) => {
                sql::columns(known, self.step.map_or("", |step| step.table.as_str()))
            }
            _ => {
                let Some(schema) = known.schema(self.spelling.path) else { return Vec::new() };
                values(&below(schema, &self.place.path))
                    .into_iter()
                    .map(|value| Item::word(value, ""))
                    .collect()
            }
        }
    }

    fn steps(&self) -> Vec<Item> {
        let own = self.step.map_or("", |step| step.name.as_str());
        let others = self.outline.steps.iter().filter(|step| step.name != own);
        others.map(|step| Item::word(&step.name, &step.uses)).collect()
    }

    /// Each with the inputs that it must be given.
    fn operators(&self) -> Vec<Item> {
        let fresh = self.step.is_some_and(|step| !step.has_with);
        let item = |operator: &crate::domain::Operator| {
            let mut item = Item::word(operator.name.as_str(), &operator.description);
            let of_each_choice = operator.one_of.iter().filter_map(|names| names.first());
            let required = operator.inputs.iter().filter(|(_, input)| input.required).map(|(name, _)| name);
            let needed: Vec<&Name> = of_each_choice.chain(required).collect();
            if fresh && !needed.is_empty() {
                let (first, rest) = match self.place.flow {
                    true => (", with: {".to_owned(), ", ".to_owned()),
                    false => {
                        let line = |columns: usize| format!("\n{}", " ".repeat(self.place.column + columns));
                        (format!("{}with:{}", line(0), line(2)), line(2))
                    }
                };
                let inputs: Vec<String> = needed.iter().map(|name| format!("{name}: ")).collect();
                let after = inputs[1..].iter().map(|input| rest.clone() + input).collect::<String>();
                let after = if self.place.flow { after + "}" } else { after };
                item.behind = after.chars().count();
                item.insert += &format!("{first}{}{after}", inputs[0]);
            }
            item
        };
        self.spelling.known.operators.values().map(item).collect()
    }

    fn key(&self) -> Option<Offer> {
        let typed = self.place.typed.as_str();
        let items = match self.path().as_slice() {
            // An item of a list that is written line by line is a value.
            [.., "-"] if !self.values().is_empty() => return Some(fitting(self.values(), typed, true)),
            ["with"] if self.step.is_some() => self.inputs(),
            _ => {
                let schema = self.spelling.known.schema(self.spelling.path)?;
                let all = properties(schema, &below(schema, &self.place.path));
                let (required, others): (Vec<_>, Vec<_>) =
                    all.into_iter().partition(|property| property.required);
                required.iter().chain(&others).map(|property| self.key_of(property)).collect()
            }
        };
        let new = |item: &Item| !self.place.taken.contains(&item.label);
        Some(fitting(items.into_iter().filter(new).collect(), typed, !typed.is_empty()))
    }

    fn inputs(&self) -> Vec<Item> {
        let uses = self.step.map_or("", |step| step.uses.as_str());
        let operator = self.spelling.known.operators.get(uses);
        let inputs = operator.into_iter().flat_map(|operator| &operator.inputs);
        let property = |(name, input): (&Name, &crate::domain::OperatorInput)| Property {
            name: name.to_string(),
            about: input.description.clone(),
            required: input.required,
            shape: Shape::Scalar,
        };
        inputs.map(|input| self.key_of(&property(input))).collect()
    }

    fn key_of(&self, property: &Property) -> Item {
        let deeper = " ".repeat(self.place.column + 2);
        let (after, behind) = match (property.shape, self.place.flow) {
            (Shape::List, _) => (": []".to_owned(), 1),
            (Shape::Map, true) => (": {}".to_owned(), 1),
            (Shape::Map, false) => (format!(":\n{deeper}"), 0),
            (Shape::Scalar, _) => (": ".to_owned(), 0),
        };
        let needed = if property.required { "needed. " } else { "" };
        Item {
            label: property.name.clone(),
            about: format!("{needed}{}", property.about),
            insert: format!("{}{after}", property.name),
            behind,
        }
    }
}

fn written_by(table: &crate::app::Table) -> String {
    table.written_by.as_ref().map(|(file, _)| format!("written in {file}")).unwrap_or_default()
}
