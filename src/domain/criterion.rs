use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A figure or parameter against a value: `auc > 0.7`, `carrier = AA`.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    pub name: String,
    pub op: Op,
    /// As it was written.
    pub value: String,
    /// The value, where it is a number.
    pub number: Option<f64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Less,
    AtMost,
    Equal,
    Unequal,
    AtLeast,
    More,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CriterionError {
    #[error("compare a metric or parameter with a value, such as auc>0.7")]
    NoOperator,
    #[error("`{wrong}` compares nothing: write `{right}`")]
    TurnedRound { wrong: &'static str, right: &'static str },
    #[error("there is nothing before the `{0}`")]
    NoName(&'static str),
    #[error("there is nothing behind the `{0}`")]
    NoValue(&'static str),
    #[error("`{op}` compares numbers and dates, and `{value}` is none")]
    NoNumber { op: &'static str, value: String },
}

impl Op {
    /// As a person and as SQL write it.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }

    fn holds<T: PartialOrd>(self, left: T, right: T) -> bool {
        match self {
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Equal => left == right,
            Self::Unequal => left != right,
            Self::AtLeast => left >= right,
            Self::More => left > right,
        }
    }
}

impl Criterion {
    /// Of a name and the text after `=`.
    pub fn equal(name: &str, value: &str) -> Self {
        let number = number(value);
        Self { name: name.to_owned(), op: Op::Equal, value: value.to_owned(), number }
    }

    pub fn holds_for(&self, text: &str, value: Option<f64>) -> bool {
        match (self.number, value) {
            (Some(number), Some(value)) => self.op.holds(value, number),
            _ if !matches!(self.op, Op::Equal | Op::Unequal) => {
                let days = moment(text).zip(moment(&self.value));
                days.is_some_and(|(left, right)| self.op.holds(left, right))
            }
            _ => match self.op {
                Op::Equal => text == self.value,
                Op::Unequal => text != self.value,
                _ => false,
            },
        }
    }
}

/// What compares as a number: no `nan`, no `inf`.
pub fn number(text: &str) -> Option<f64> {
    text.parse().ok().filter(|number: &f64| number.is_finite())
}

/// A day, at its beginning, or a moment within one; what is told of a zone, in UTC. Days are written with hyphens.
fn moment(text: &str) -> Option<DateTime> {
    if text.as_bytes().get(4) != Some(&b'-') {
        return None;
    }
    match text.parse::<Timestamp>() {
        Ok(at) => Some(TimeZone::UTC.to_datetime(at)),
        Err(_) => text.parse().ok(),
    }
}

/// Where a comparison begins: not in what tells a figure apart, such as the `=` of `loss fold=a < 0.5`.
fn operator_in(text: &str) -> Option<usize> {
    let sign = |from: usize| text[from..].find(['<', '>', '=', '!']).map(|at| from + at);
    let mut at = sign(0)?;
    while let Some(next) = sign(at + 1)
        && next > at + 1
        && text[at..].starts_with('=')
        && text[..at].trim_start().contains(' ')
        && !text[..at].ends_with(' ')
    {
        at = next;
    }
    Some(at)
}

impl FromStr for Criterion {
    type Err = CriterionError;

    fn from_str(text: &str) -> Result<Self, CriterionError> {
        let at = operator_in(text).ok_or(CriterionError::NoOperator)?;
        let (name, rest) = text.split_at(at);
        // As an equation with a text behind it, it would find what nobody asked for.
        let turned = [("=>", ">="), ("=<", "<="), ("=!", "!=")];
        if let Some((wrong, right)) = turned.into_iter().find(|(wrong, _)| rest.starts_with(wrong)) {
            return Err(CriterionError::TurnedRound { wrong, right });
        }
        // The longer ones first.
        let signs = [
            ("<=", Op::AtMost),
            (">=", Op::AtLeast),
            ("==", Op::Equal),
            ("!=", Op::Unequal),
            ("<", Op::Less),
            (">", Op::More),
            ("=", Op::Equal),
        ];
        let (sign, op) =
            signs.into_iter().find(|(sign, _)| rest.starts_with(sign)).ok_or(CriterionError::NoOperator)?;
        let (name, value) = (name.trim(), rest[sign.len()..].trim());
        if name.is_empty() {
            return Err(CriterionError::NoName(sign));
        }
        // Only a text may be empty.
        if value.is_empty() && !matches!(op, Op::Equal | Op::Unequal) {
            return Err(CriterionError::NoValue(sign));
        }
        let number = number(value);
        if number.is_none() && moment(value).is_none() && !matches!(op, Op::Equal | Op::Unequal) {
            return Err(CriterionError::NoNumber { op: sign, value: value.to_owned() });
        }
        Ok(Self { name: name.to_owned(), op, value: value.to_owned(), number })
    }
}

impl fmt::Display for Criterion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.op.sign())?;
        if self.value.is_empty() { Ok(()) } else { write!(f, " {}", self.value) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comparison_is_written_as_people_write_it() {
        for (text, shown) in [
            ("auc > 0.7", "auc > 0.7"),
            ("val/auc>=0.7", "val/auc >= 0.7"),
            ("depth=3", "depth = 3"),
            ("depth == 3", "depth = 3"),
            ("carrier != AA", "carrier != AA"),
            ("title=", "title ="),
            ("title != ", "title !="),
            ("loss fold=a<0.5", "loss fold=a < 0.5"),
            ("loss fold=a part=x >= 0.5", "loss fold=a part=x >= 0.5"),
            ("loss fold=a=3", "loss fold=a = 3"),
            ("title = a<b", "title = a<b"),
            ("title=a < b", "title = a < b"),
        ] {
            assert_eq!(text.parse::<Criterion>().unwrap().to_string(), shown);
        }
        for (text, why) in [
            ("auc", "such as auc>0.7"),
            ("> 0.7", "before the `>`"),
            ("auc >=", "behind the `>=`"),
            ("auc > high", "`high` is none"),
            ("auc > nan", "`nan` is none"),
            ("auc ! 3", "such as"),
            ("error => 3", "`=>` compares nothing: write `>=`"),
            ("error=<3", "write `<=`"),
            ("carrier =! AA", "write `!=`"),
            ("", "such as"),
        ] {
            let error = text.parse::<Criterion>().unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
        }
    }

    #[test]
    fn numbers_compare_as_numbers_and_texts_as_texts() {
        let holds =
            |text: &str, value: &str| text.parse::<Criterion>().unwrap().holds_for(value, number(value));
        assert!(holds("lr = 0.10", "0.1") && holds("lr != 0.2", "0.1") && holds("auc > 0.7", "0.71"));
        assert!(!holds("auc > 0.7", "0.7") && !holds("auc > 0.7", "much"));
        assert!(holds("day >= 2013-01-02", "2013-01-02") && holds("day < 2013-01-10", "2013-01-09"));
        assert!(holds("at > 2013-01-02", "2013-01-02T00:00:01Z") && !holds("day > 2013-01-02", "2013-01-01"));
        assert!(!holds("day >= 2013-01-02", "7") && !holds("day >= 7", "2013-01-02"));
        assert!(
            holds("title=", "") && !holds("title=", "x") && holds("title !=", "x") && !holds("title=", "3")
        );
        assert!(holds("carrier = AA", "AA") && holds("carrier != AA", "UA") && holds("carrier != 3", "AA"));
    }
}
