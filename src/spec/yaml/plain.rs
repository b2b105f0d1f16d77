/// What a scalar is by YAML 1.2's core schema: `no`, `on` and `1_000` are texts there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::spec) enum Plain {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text,
}

impl Plain {
    pub fn of(text: &str) -> Self {
        match text {
            "" | "~" | "null" | "Null" | "NULL" => return Self::Null,
            "true" | "True" | "TRUE" => return Self::Bool(true),
            "false" | "False" | "FALSE" => return Self::Bool(false),
            ".nan" | ".NaN" | ".NAN" => return Self::Float(f64::NAN),
            _ => {}
        }
        let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
        match digits {
            ".inf" | ".Inf" | ".INF" if text.starts_with('-') => return Self::Float(f64::NEG_INFINITY),
            ".inf" | ".Inf" | ".INF" => return Self::Float(f64::INFINITY),
            _ => {}
        }
        if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') || !digits.contains(char::is_numeric)
        {
            return Self::Text;
        }
        // A zip code or an account number that somebody forgot to quote.
        let leading_zero =
            digits.len() > 1 && digits.starts_with('0') && digits.as_bytes()[1].is_ascii_digit();
        if leading_zero {
            return Self::Text;
        }
        for (prefix, radix) in [("0x", 16), ("0o", 8)] {
            if let Some(rest) = text.strip_prefix(prefix) {
                return i64::from_str_radix(rest, radix).map_or(Self::Text, Self::Int);
            }
        }
        if digits.bytes().all(|b| b.is_ascii_digit()) {
            return text.parse().map_or_else(|_| Self::float(text), Self::Int);
        }
        let of_a_float = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-');
        if digits.bytes().all(of_a_float) { Self::float(text) } else { Self::Text }
    }

    fn float(text: &str) -> Self {
        text.parse().map_or(Self::Text, Self::Float)
    }

    pub fn kind(self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Bool(_) => "a truth value",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text => "a text",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema_and_nothing_of_yaml_1_1() {
        for (text, plain) in [
            ("", Plain::Null),
            ("~", Plain::Null),
            ("true", Plain::Bool(true)),
            ("False", Plain::Bool(false)),
            ("-12", Plain::Int(-12)),
            ("0x1F", Plain::Int(31)),
            ("0o17", Plain::Int(15)),
            ("1.0", Plain::Float(1.0)),
            (".5", Plain::Float(0.5)),
            ("1e3", Plain::Float(1000.0)),
            ("-.inf", Plain::Float(f64::NEG_INFINITY)),
            ("99999999999999999999", Plain::Float(1e20)),
        ] {
            assert_eq!(Plain::of(text), plain, "{text}");
        }
        for text in [
            "no",
            "on",
            "y",
            "1_000",
            "007",
            "1.0.0",
            "2013-01-01",
            "06:00",
            ".",
            "-",
            "+",
            "e3",
            "0xg",
            "--1",
        ] {
            assert_eq!(Plain::of(text), Plain::Text, "{text}");
        }
    }
}
