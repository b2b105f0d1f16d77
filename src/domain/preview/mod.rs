//! A look into a file: a part of it that fits on a screen, whatever the file's size.

mod dump;
mod shape;
mod summary;

pub use dump::{DumpLine, dump};
pub use shape::Shape;
pub use summary::{ColumnSummary, Frequent};

use jiff::Timestamp;
use serde_json::Value;

use super::{ColumnType, EntryKind, Rows, RowsColumn};

/// What is seen of a file or folder.
#[derive(Clone, Debug, PartialEq)]
pub struct Preview {
    /// Such as `parquet` or `csv, gzip`.
    pub format: String,
    pub bytes: u64,
    pub modified: Option<Timestamp>,
    pub content: Content,
    /// What is not seen of it, and why.
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Table(PreviewTable),
    Text(Vec<String>),
    /// Text that was laid out for so many columns, as of a web page.
    Laid {
        lines: Vec<String>,
        columns: usize,
    },
    Image(Pixels),
    /// The first bytes.
    Bytes(Vec<u8>),
    /// Names of the first entries, in the order in which a list shows them.
    Folder(Vec<(String, EntryKind)>),
    /// There is nothing in it.
    Empty,
}

/// The first rows of a table, and what is known of its columns from some more of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreviewTable {
    pub columns: Vec<PreviewColumn>,
    /// Values as text, in the order of the columns; None is null.
    pub rows: Vec<Vec<Option<String>>>,
    /// How many there are in all, where the file tells or was read to its end.
    pub total: Option<u64>,
    /// Rows that the summary is of, from the first.
    pub sampled: u64,
    pub summary: Vec<ColumnSummary>,
}

impl PreviewTable {
    /// So many of the first rows, all values as text.
    pub fn first(&self, limit: usize) -> Rows {
        let column = |column: &PreviewColumn| RowsColumn {
            name: column.name.clone(),
            kind: column.kind_text().to_owned(),
        };
        let value = |value: &Option<String>| value.clone().map_or(Value::Null, Value::String);
        Rows {
            columns: self.columns.iter().map(column).collect(),
            rows: self.rows.iter().take(limit).map(|row| row.iter().map(value).collect()).collect(),
            total: self.total.unwrap_or(self.sampled),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviewColumn {
    pub name: String,
    /// None: it is nested.
    pub kind: Option<ColumnType>,
}

impl PreviewColumn {
    pub fn kind_text(&self) -> &'static str {
        self.kind.map_or("NESTED", ColumnType::as_str)
    }

    /// The first and the last of its values say more than the most frequent ones.
    pub fn is_ordered(&self) -> bool {
        use ColumnType as C;
        self.is_number() || matches!(self.kind, Some(C::Date | C::Datetime | C::Time | C::Timestamp))
    }

    /// Its values stand under each other by their ends.
    pub fn is_number(&self) -> bool {
        matches!(self.kind, Some(ColumnType::Int64 | ColumnType::Float64 | ColumnType::Numeric))
    }
}

/// A picture of red, green and blue points, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pixels {
    pub width: usize,
    pub height: usize,
    pub points: Vec<[u8; 3]>,
    /// Width and height of the picture that it is a small copy of.
    pub of: (u32, u32),
}

impl Pixels {
    /// As large as it fits into so much room, but not larger than it is; never without points that it has.
    pub fn fitted(&self, width: usize, height: usize) -> Self {
        let (wide, high) = (self.width.max(1), self.height.max(1));
        let scale = (width as f64 / wide as f64).min(height as f64 / high as f64).min(1.0);
        let size =
            |length: usize, room: usize| ((length as f64 * scale).round() as usize).clamp(1, room.max(1));
        let (width, height) = (size(self.width, width), size(self.height, height));
        let points = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let points = points.map(|(x, y)| {
            let span = |at: usize, of: usize, all: usize| {
                let start = at * all / of;
                start..((at + 1) * all / of).max(start + 1)
            };
            self.mean(span(x, width, self.width), span(y, height, self.height))
        });
        Self { width, height, points: points.collect(), of: self.of }
    }

    fn mean(&self, xs: std::ops::Range<usize>, ys: std::ops::Range<usize>) -> [u8; 3] {
        let (mut sum, mut count) = ([0u64; 3], 0u64);
        for point in ys.flat_map(|y| xs.clone().map(move |x| (x, y))).filter_map(|(x, y)| self.at(x, y)) {
            (0..3).for_each(|channel| sum[channel] += u64::from(point[channel]));
            count += 1;
        }
        sum.map(|sum| u8::try_from(sum / count.max(1)).unwrap_or(u8::MAX))
    }

    pub fn at(&self, x: usize, y: usize) -> Option<[u8; 3]> {
        (x < self.width).then(|| self.points.get(y * self.width + x).copied()).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_keeps_its_shape_and_its_colours() {
        let points = (0..8).map(|index| if index % 4 < 2 { [0; 3] } else { [200; 3] }).collect();
        let picture = Pixels { width: 4, height: 2, points, of: (400, 200) };
        let small = picture.fitted(2, 9);
        assert_eq!((small.width, small.height, small.points), (2, 1, vec![[0; 3], [200; 3]]));
        let same = picture.fitted(100, 100);
        assert_eq!((same.width, same.height), (4, 2));
        assert_eq!(Pixels::default().fitted(10, 10).points, [[0; 3]]);
    }
}
