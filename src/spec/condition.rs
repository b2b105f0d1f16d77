use std::collections::BTreeMap;

use super::templates::{Fault, names_in, truth};
use crate::domain::Known;
use crate::domain::figures::number;

type Together<'a> = (Vec<&'a str>, BTreeMap<String, f64>);

/// A comparison of figures by their names, such as `auc >= 0.7 and train.fit.loss < 0.5`.
#[derive(Clone, Debug)]
pub struct Condition {
    text: String,
    names: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConditionError {
    #[error("`{text}` is no condition: {why}")]
    Syntax { text: String, why: String },
    #[error("there is no figure `{name}`{}", if there.is_empty() {
        String::new()
    } else {
        format!("; there are {}", there.join(", "))
    })]
    Unknown { name: String, there: Vec<String> },
}

impl Condition {
    pub fn new(text: &str) -> Result<Self, ConditionError> {
        let wrong = |why: String| ConditionError::Syntax { text: text.to_owned(), why };
        let names = names_in(text).map_err(|Fault { message, .. }| wrong(message))?;
        if names.is_empty() {
            return Err(wrong("it names no figure".to_owned()));
        }
        // With a figure for each name: what is no comparison shows itself. With others where it cannot be computed with these,
        // as a division by a difference.
        let condition = Self { text: text.to_owned(), names };
        let with = |first: f64, step: f64| {
            let values = (0..).map(|at| first + step * f64::from(at));
            condition.holds(&condition.names.iter().cloned().zip(values).collect())
        };
        let tried = [(0.5, 0.0), (0.31, 0.17), (0.83, -0.23)].map(|(first, step)| with(first, step));
        if tried.iter().all(Result::is_err) {
            let [first, ..] = tried;
            first?;
        }
        Ok(condition)
    }

    /// The figures it asks for.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it is met by a small figure of this name rather than by a large one, whatever the others are.
    pub fn likes_less(&self, figure: &str) -> bool {
        let others: Vec<&String> = self.names.iter().filter(|name| *name != figure).collect();
        let values = self.telling_values();
        // Every combination of what the others may be; of many figures, all the same.
        let free = if others.len() <= MOST_FREE { others.len() } else { 1 };
        let combinations = u32::try_from(free).map_or(0, |free| values.len().pow(free));
        (0..combinations).any(|combination| {
            let value_of = |at: usize| {
                let at = u32::try_from(at.min(free.saturating_sub(1))).unwrap_or_default();
                values[combination / values.len().pow(at) % values.len()]
            };
            let mut figures: BTreeMap<String, f64> =
                others.iter().enumerate().map(|(at, name)| ((*name).clone(), value_of(at))).collect();
            let mut with = |value: f64| {
                figures.insert(figure.to_owned(), value);
                self.holds(&figures).unwrap_or(false)
            };
            with(-LARGE) && !with(LARGE)
        })
    }

    /// Values among which each comparison with a number that is written out turns: beyond all of them, and between them.
    fn telling_values(&self) -> Vec<f64> {
        let words = self.text.split(|c: char| !(c.is_ascii_alphanumeric() || "._".contains(c)));
        let mut written: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        written.extend([-LARGE, 0.0, LARGE]);
        written.sort_by(f64::total_cmp);
        written.dedup();
        let between: Vec<f64> = written.windows(2).map(|pair| pair[0] / 2.0 + pair[1] / 2.0).collect();
        written.extend(between);
        written.truncate(MOST_VALUES);
        written
    }

    pub fn holds(&self, figures: &BTreeMap<String, f64>) -> Result<bool, ConditionError> {
        if let Some(name) = self.names.iter().find(|name| !figures.contains_key(*name)) {
            let there = figures.keys().cloned().collect();
            return Err(ConditionError::Unknown { name: name.clone(), there });
        }
        let read = self.names.iter().map(|name| (name.as_str(), figures[name]));
        truth(&self.text, read).map_err(|why| ConditionError::Syntax { text: self.text.clone(), why })
    }

    /// Whether a run's figures meet it: those of each cell of a step, and of each text that tells lines apart.
    ///
    /// # Errors
    /// One that it asks for is not there, or they cannot be compared.
    pub fn is_met(&self, known: Known<'_>) -> Result<bool, ConditionError> {
        Ok(self.refused(known)?.is_empty())
    }

    /// The same; None: they do, else what they are, of several the worst.
    ///
    /// # Errors
    /// As of `is_met`.
    pub fn unmet(&self, known: Known<'_>) -> Result<Option<String>, ConditionError> {
        let refused = self.refused(known)?;
        let is_several = |name: &str| known.all(name).len() > 1;
        let worst = match (refused.len(), self.names.iter().find(|name| is_several(name))) {
            (2.., Some(name)) => {
                let sign = if self.likes_less(name) { 1.0 } else { -1.0 };
                refused
                    .iter()
                    .max_by(|(_, one), (_, other)| (sign * one[name]).total_cmp(&(sign * other[name])))
            }
            _ => refused.first(),
        };
        let told = |(set, figures): &Together<'_>| {
            let called = |name: &str| {
                let at = self.names.iter().position(|asked| asked == name).filter(|_| is_several(name));
                at.and_then(|at| set.get(at)).map_or_else(|| name.to_owned(), |known_as| known.told(known_as))
            };
            self.told(figures, called)
        };
        Ok(worst.map(told))
    }

    /// Figures that it asks for together and that do not meet it, by the names they are known by and by those it has for
    /// them.
    fn refused<'a>(&self, known: Known<'a>) -> Result<Vec<Together<'a>>, ConditionError> {
        let Some(sets) = known.together(&self.names) else {
            let lacks = self.names.iter().find(|name| known.all(name).is_empty());
            let name = lacks.cloned().unwrap_or_default();
            return Err(ConditionError::Unknown { name, there: known.values.keys().cloned().collect() });
        };
        let mut refused = Vec::new();
        for set in sets {
            let values = set.iter().map(|name| known.values.get(*name).copied().unwrap_or(f64::NAN));
            let figures: BTreeMap<String, f64> = self.names.iter().cloned().zip(values).collect();
            if !self.holds(&figures)? {
                refused.push((set, figures));
            }
        }
        Ok(refused)
    }

    /// Of a run's figures that are meant by a name that it has the one that meets it least.
    pub fn worst<'a>(&self, name: &str, known: Known<'a>) -> Option<&'a str> {
        let all = known.all(name);
        if all.len() < 2 {
            return all.first().copied();
        }
        let sign = if self.likes_less(name) { 1.0 } else { -1.0 };
        let value = |name: &str| known.values.get(name).map_or(f64::NEG_INFINITY, |value| sign * value);
        all.into_iter().max_by(|one, other| value(one).total_cmp(&value(other)))
    }

    /// The figures that it asks for, `auc 0.23, loss 0.4`: rounded, unless it would then be met otherwise. `called`: what
    /// each is shown as.
    fn told(&self, figures: &BTreeMap<String, f64>, called: impl Fn(&str) -> String) -> String {
        let asked = self.names.iter().filter_map(|name| Some((name, *figures.get(name)?)));
        let asked: Vec<(&String, f64)> = asked.collect();
        let rounded = |value: f64| number(value).parse().unwrap_or(value);
        let seen = asked.iter().map(|(name, value)| ((*name).clone(), rounded(*value))).collect();
        let exact = self.holds(&seen) != self.holds(figures);
        let told = asked.iter().map(|(name, value)| match exact {
            true => format!("{} {value}", called(name)),
            false => format!("{} {}", called(name), number(*value)),
        });
        told.collect::<Vec<_>>().join(", ")
    }
}

/// So many other figures are tried with all that they may be together.
const MOST_FREE: usize = 3;
const MOST_VALUES: usize = 16;
/// Beyond what anybody compares with.
const LARGE: f64 = 1e300;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_told_so_that_it_can_be_seen_whether_they_do() {
        let told = |error: f64, rows: f64| {
            let condition = Condition::new("error < 10 and rows > 3").unwrap();
            condition.told(
                &[("error".to_owned(), error), ("rows".to_owned(), rows), ("more".to_owned(), 1.0)].into(),
                str::to_owned,
            )
        };
        assert_eq!(told(50.338_031_356, 1_234_567.0), "error 50.338, rows 1234567");
        assert_eq!(told(10.000_000_4, 4.0), "error 10, rows 4");
        assert_eq!(told(9.999_999_6, 4.0), "error 9.9999996, rows 4");
    }

    #[test]
    fn every_cell_and_every_fold_is_asked_and_the_worst_is_told() {
        let unmet = |text: &str, named: &[(&str, f64, &str, &str)]| {
            let values = named.iter().map(|(name, value, ..)| ((*name).to_owned(), *value)).collect();
            let outputs =
                named.iter().map(|(name, _, of, _)| ((*name).to_owned(), (*of).to_owned())).collect();
            let of_cells = named.iter().filter(|(.., cell)| !cell.is_empty());
            let cells = of_cells.map(|(name, .., cell)| ((*name).to_owned(), (*cell).to_owned())).collect();
            let known = Known { values: &values, outputs: &outputs, cells: &cells };
            Condition::new(text).unwrap().unmet(known).map_err(|error| error.to_string())
        };
        let told = |text: &str| Ok(Some(text.to_owned()));
        let cells = |auc: [f64; 3]| {
            [
                ("evaluate.1.m.auc", auc[0], "evaluate.m", "1"),
                ("evaluate.2.m.auc", auc[1], "evaluate.m", "2"),
                ("auc", auc[2], "evaluate.m", "3"),
                ("rows", 9.0, "train.fit", ""),
            ]
        };
        assert_eq!(unmet("auc >= 0.7", &cells([0.8, 0.7, 0.9])), Ok(None));
        assert_eq!(unmet("auc >= 0.7", &cells([0.6, 0.5, 0.9])), told("evaluate.2.m.auc 0.5"));
        assert_eq!(
            unmet("auc >= 0.7 and rows > 3", &cells([0.8, 0.9, 0.6])),
            told("evaluate.3.m.auc 0.6, rows 9")
        );
        assert_eq!(unmet("rows > 10", &cells([0.8; 3])), told("rows 9"));
        assert_eq!(
            unmet("f1 > 0", &cells([0.8; 3])[2..]),
            Err("there is no figure `f1`; there are auc, rows".to_owned())
        );
        let folds =
            |a: f64, b: f64| [("loss fold=a", a, "train.fit", ""), ("loss fold=b", b, "train.fit", "")];
        assert_eq!(unmet("loss < 0.5", &folds(0.8, 0.3)), told("loss fold=a 0.8"));
        assert_eq!(unmet("train.fit.loss < 0.5", &folds(0.8, 0.9)), told("loss fold=b 0.9"));
        assert_eq!(unmet("loss < 0.5", &folds(0.4, 0.3)), Ok(None));
    }

    #[test]
    fn which_way_is_better_is_told_by_what_it_means() {
        let likes_less = |text: &str, figure: &str| Condition::new(text).unwrap().likes_less(figure);
        assert!(likes_less("log_loss < 0.9 and auc >= 0.6 and brier < 0.3", "log_loss"));
        assert!(!likes_less("log_loss < 0.9 and auc >= 0.6 and brier < 0.3", "auc"));
        assert!(likes_less("auc > 0.5 and auc < 0.99 and log_loss < 0.9", "log_loss"));
        assert!(likes_less("error < 10", "error") && likes_less("10 > error", "error"));
        assert!(!likes_less("auc >= 0.7", "auc") && !likes_less("auc >= 0.7 and log_loss < 1", "auc"));
        assert!(likes_less("auc >= 0.7 and log_loss < 1", "log_loss"));
        assert!(!likes_less("auc >= 0.7", "error"));
    }

    fn figures() -> BTreeMap<String, f64> {
        let figures = [("auc", 0.74), ("log_loss", 0.4), ("train.fit.auc", 0.99), ("train.fit.loss", 0.1)];
        figures.map(|(name, value)| (name.to_owned(), value)).into()
    }

    fn holds(text: &str) -> Result<bool, String> {
        let condition = Condition::new(text).map_err(|error| error.to_string())?;
        condition.holds(&figures()).map_err(|error| error.to_string())
    }

    #[test]
    fn figures_are_compared() {
        assert_eq!(holds("auc >= 0.7"), Ok(true));
        assert_eq!(holds("auc >= 0.7 and log_loss < 0.3"), Ok(false));
        assert_eq!(holds("not (auc < 0.7)"), Ok(true));
        assert_eq!(holds("auc - log_loss > 0.3"), Ok(true));
        assert_eq!(holds("log_loss / (auc - log_loss) < 3"), Ok(true));
        assert_eq!(holds("1 / (auc - 0.5) > 3"), Ok(true));
        assert_eq!(holds("auc - train.fit.auc > -0.3 and train.fit.loss < auc"), Ok(true));
        assert_eq!(
            holds("recall > 0.5").unwrap_err(),
            "there is no figure `recall`; there are auc, log_loss, train.fit.auc, train.fit.loss"
        );
    }

    #[test]
    fn what_compares_nothing_is_told() {
        for (text, why) in [
            ("", "no expression"),
            ("auc >=", "no expression"),
            ("0.7", "names no figure"),
            ("auc", "neither true nor false"),
            ("auc + 1", "neither true nor false"),
            ("auc > 'high'", "not compared with `high`"),
            ("auc >= true", "not compared with `true`"),
            ("auc in [0.1, 0.2]", "not compared with a list"),
            ("auc > 1 and auc.x > 1", "`auc` cannot be a figure and an output in one"),
            ("range(3) and auc > 1", "calls nothing"),
        ] {
            let error = Condition::new(text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }
}
