use std::io::{self, BufRead, Write};

use crate::domain::text::safe;
use crate::domain::track::bodies::Opened;
use crate::domain::{Name, Role};

/// Who and what could be meant.
pub struct Known {
    pub operators: Vec<Name>,
    pub people: Vec<(Name, Role)>,
}

/// Asks for what a design lacks; whether anything was asked. An answer that cannot be meant is asked for again.
///
/// # Errors
/// Also where the answers end before the questions.
pub fn fill(
    design: &mut Opened,
    known: &Known,
    input: &mut impl BufRead,
    output: &mut impl Write,
) -> io::Result<bool> {
    let mut questions = Questions { input, output, asked: false };
    if design.need.is_empty() {
        let need = |answer: &str| match answer.is_empty() {
            true => Err("a sentence is enough: others decide by it".to_owned()),
            false => Ok(answer.to_owned()),
        };
        design.need = questions.ask("What is it needed for, in a sentence?", need)?;
    }
    if design.inputs.is_empty() {
        design.inputs =
            questions.ask("What does it read? (tables, or where else it comes from, by commas)", texts)?;
    }
    if design.outputs.is_empty() {
        design.outputs = questions.ask("What does it make? (by commas)", texts)?;
    }
    if design.operators.is_empty() {
        let all = listed(known.operators.iter());
        design.operators = questions
            .ask(&format!("Which operators answer that? ({all}; none is an answer, too)"), |answer| {
                names(answer, &known.operators)
            })?;
    }
    if !known.has_both_sides(&design.owners) {
        let people: Vec<Name> = known.people.iter().map(|(name, _)| name.clone()).collect();
        let told: Vec<String> =
            known.people.iter().map(|(name, role)| format!("{name}: {}", role.as_str())).collect();
        let question = format!("Who owns it, one of each side at least? ({})", told.join(", "));
        let owners = questions.ask(&question, |answer| {
            let named = names(answer, &people)?;
            let all: Vec<Name> = design.owners.iter().cloned().chain(named).collect();
            match known.has_both_sides(&all) {
                true => Ok(all),
                false => Err("an engineer has to be among them, and somebody who is none".to_owned()),
            }
        })?;
        design.owners = owners;
    }
    Ok(questions.asked)
}

impl Known {
    /// An operator or an owner that nobody knows.
    pub fn none_of(&self, design: &Opened) -> Option<String> {
        let person = |name: &&Name| !self.people.iter().any(|(who, _)| who == *name);
        let operator = design.operators.iter().find(|name| !self.operators.contains(name));
        let operator = operator
            .map(|name| format!("`{name}` is no operator: there are {}", listed(self.operators.iter())));
        operator.or_else(|| {
            let people = listed(self.people.iter().map(|(name, _)| name));
            let owner = design.owners.iter().find(person)?;
            Some(format!(
                "{owner}, who is to own it, is nobody of `people:` on the target: there are {people}"
            ))
        })
    }

    /// What a design says nothing of, and the flag that does. That no operator answers it, or nothing is known yet of what it
    /// reads, may be so.
    pub fn lacks(&self, design: &Opened) -> Vec<(&'static str, &'static str)> {
        let missing = [
            (
                design.need.is_empty(),
                ("what is it needed for?", "--need 'delay figures per carrier, every morning'"),
            ),
            (design.outputs.is_empty(), ("what does it make?", "--output 'a table of delays per carrier'")),
            (
                !self.has_both_sides(&design.owners),
                ("who owns it, one of each side?", "--owner ana --owner eli"),
            ),
        ];
        missing.into_iter().filter_map(|(lacks, told)| lacks.then_some(told)).collect()
    }

    /// Who owns it runs it: not one side alone. Where the project has but one, nobody can be asked for the other.
    fn has_both_sides(&self, owners: &[Name]) -> bool {
        let is = |name: &Name, engineer: bool| {
            self.people.iter().any(|(who, role)| who == name && (*role == Role::Engineer) == engineer)
        };
        let there = |engineer: bool| self.people.iter().any(|(name, _)| is(name, engineer));
        [true, false].into_iter().all(|side| !there(side) || owners.iter().any(|name| is(name, side)))
    }
}

struct Questions<'a, I, O> {
    input: &'a mut I,
    output: &'a mut O,
    asked: bool,
}

impl<I: BufRead, O: Write> Questions<'_, I, O> {
    fn ask<T>(&mut self, question: &str, meant: impl Fn(&str) -> Result<T, String>) -> io::Result<T> {
        self.asked = true;
        loop {
            write!(self.output, "{}\n  ", safe(question))?;
            self.output.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                return Err(io::Error::other("there was no answer"));
            }
            match meant(line.trim()) {
                Ok(answer) => return Ok(answer),
                Err(why) => writeln!(self.output, "  {}", safe(&why))?,
            }
        }
    }
}

fn parts(answer: &str) -> impl Iterator<Item = &str> {
    answer.split(',').map(str::trim).filter(|part| !part.is_empty())
}

/// Nothing is an answer: it may not be known yet.
fn texts(answer: &str) -> Result<Vec<String>, String> {
    Ok(parts(answer).map(str::to_owned).collect())
}

fn names(answer: &str, known: &[Name]) -> Result<Vec<Name>, String> {
    let found = parts(answer).map(|part| {
        let found = known.iter().find(|name| name.as_str() == part).cloned();
        found.ok_or_else(|| format!("`{part}` is none of {}", listed(known.iter())))
    });
    found.collect()
}

fn listed<'a>(names: impl Iterator<Item = &'a Name>) -> String {
    names.map(Name::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    fn known() -> Known {
        let people = [("ana", Role::Analyst), ("eli", Role::Engineer)];
        Known {
            operators: vec![name("sql_export"), name("load_table")],
            people: people.map(|(who, role)| (name(who), role)).into(),
        }
    }

    fn design() -> Opened {
        Opened {
            workflow: name("daily"),
            need: String::new(),
            inputs: Vec::new(),
            outputs: vec!["late.late".to_owned()],
            owners: vec![name("ana")],
            operators: Vec::new(),
            branch: None,
            checks: Vec::new(),
        }
    }

    #[test]
    fn what_is_said_nowhere_is_asked_for_until_it_can_be_meant() {
        let typed = "\nthe worst delay\nlake.flights , a form\nsql_exprot\nsql_export\nana\neli\n";
        let (mut design, mut shown) = (design(), Vec::new());
        assert!(fill(&mut design, &known(), &mut typed.as_bytes(), &mut shown).unwrap());
        let shown = String::from_utf8(shown).unwrap();
        assert_eq!((design.need.as_str(), design.inputs.len()), ("the worst delay", 2), "{shown}");
        assert_eq!(design.operators, [name("sql_export")]);
        assert_eq!(design.owners, [name("ana"), name("eli")]);
        assert!(shown.contains("`sql_exprot` is none of sql_export, load_table"), "{shown}");
        assert!(shown.contains("an engineer has to be among them"), "{shown}");
        assert!(!shown.contains("What does it make?"), "its spec says so: {shown}");
        // Whoever has all of it is asked nothing.
        assert!(!fill(&mut design, &known(), &mut "".as_bytes(), &mut Vec::new()).unwrap());
    }

    #[test]
    fn where_nobody_can_be_asked_what_is_missing_is_named() {
        let mut design = design();
        let flags: Vec<&str> = known().lacks(&design).into_iter().map(|(_, flag)| &flag[..8]).collect();
        assert_eq!(flags, ["--need '", "--owner "]);
        assert_eq!(known().none_of(&design), None);
        design.owners.push(name("bob"));
        assert!(known().none_of(&design).unwrap().contains("bob, who is to own it, is nobody"));
        design.operators.push(name("nope"));
        assert!(known().none_of(&design).unwrap().contains("`nope` is no operator"));
    }

    #[test]
    fn where_the_answers_end_nothing_is_made_up() {
        let mut design = design();
        assert!(fill(&mut design, &known(), &mut "a need\n".as_bytes(), &mut Vec::new()).is_err());
    }
}
