use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    #[error("`{0}` is not a number of cores; write 2, 0.5 or 500m")]
    Cpu(String),
    #[error("`{0}` is not an amount of memory; write 256Mi or 1Gi")]
    Memory(String),
    #[error("`{0}` is not an amount of storage; write 500Mi or 10Gi")]
    Storage(String),
    #[error("`{0}` is less memory than a container can have; the least is 6Mi")]
    TooLittle(String),
}

/// Thousandths of a core, at least 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cpu(pub u64);

impl Cpu {
    /// The engine refuses a limit below a hundredth of a core.
    pub const LEAST_LIMIT: Self = Self(10);

    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let wrong = || QuantityError::Cpu(text.to_owned());
        let plain = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        let millis = match text.strip_suffix('m') {
            Some(number) => number.parse::<u64>().map_err(|_| wrong())?,
            None if plain(text) => {
                let cores: f64 = text.parse().map_err(|_| wrong())?;
                (cores * 1000.0).round() as u64
            }
            None => return Err(wrong()),
        };
        if (1..=1_000_000).contains(&millis) { Ok(Self(millis)) } else { Err(wrong()) }
    }
}

impl fmt::Display for Cpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}m", self.0)
    }
}

/// Bytes. The engine refuses a container with less than 6 MiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Memory(pub u64);

const UNITS: [(&str, u64); 8] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
];

impl Memory {
    pub const LEAST: u64 = 6 << 20;

    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        match bytes(text) {
            None => Err(QuantityError::Memory(text.to_owned())),
            Some(bytes) if bytes < Self::LEAST => Err(QuantityError::TooLittle(text.to_owned())),
            Some(bytes) => Ok(Self(bytes)),
        }
    }
}

/// Bytes on disk: what an attempt may leave, put aside and print, all together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Storage(pub u64);

impl Storage {
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        bytes(text).map(Self).ok_or_else(|| QuantityError::Storage(text.to_owned()))
    }
}

/// As Kubernetes writes them.
fn bytes(text: &str) -> Option<u64> {
    let (number, scale) = UNITS
        .iter()
        .find_map(|(unit, scale)| text.strip_suffix(unit).map(|n| (n, *scale)))
        .unwrap_or((text, 1));
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return None;
    }
    let bytes = number.parse::<f64>().ok()? * scale as f64;
    (bytes <= 1e18).then_some(bytes as u64)
}

impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Memory(self.0).fmt(f)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.0;
        for (unit, scale) in [("Gi", 1u64 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)] {
            if bytes >= scale {
                let amount = bytes as f64 / scale as f64;
                return match amount < 10.0 && !bytes.is_multiple_of(scale) {
                    true => write!(f, "{amount:.1}{unit}"),
                    false => write!(f, "{amount:.0}{unit}"),
                };
            }
        }
        write!(f, "{bytes}B")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_those_of_kubernetes() {
        assert_eq!(Cpu::parse("500m"), Ok(Cpu(500)));
        assert_eq!(Cpu::parse("1.5"), Ok(Cpu(1500)));
        assert_eq!(Memory::parse("256Mi"), Ok(Memory(256 << 20)));
        assert_eq!(Memory::parse("1G"), Ok(Memory(1_000_000_000)));
        for bad in ["", "m", "x", "-1", "0", "1e3", "NaN", "inf"] {
            assert!(Cpu::parse(bad).is_err(), "{bad}");
        }
        for bad in ["", "Mi", "1MB", "1gb", "-1Gi", "5Mi", "1e3Gi"] {
            assert!(Memory::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Storage::parse("1.5Ki"), Ok(Storage(1536)));
        assert!(Storage::parse("1.5.5Ki").is_err());
    }
}
