use super::Hit;

/// Where what was drawn, in the frame that the person sees: what a click or a page means follows from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The last that holds a place is on top.
    pub hits: Vec<(Place, Hit)>,
    /// Rows of the list, or of the text, that moves.
    pub page: usize,
    /// Columns of the text that moves.
    pub width: usize,
    /// The steps are drawn one a line, and not as boxes.
    pub listed: bool,
    /// So many rows of what lies over the screen can be scrolled away.
    pub scrolls: usize,
    /// What has a border, by layers from the bottom: nothing else may be painted over it.
    #[cfg(test)]
    pub borders: Vec<Vec<Place>>,
}

/// Columns and rows from the left upper corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub x: u16,
    pub y: u16,
    pub width: u16,
    pub height: u16,
}

impl Place {
    pub fn holds(self, column: u16, row: u16) -> bool {
        let within = |at: u16, start: u16, length: u16| at >= start && at - start < length;
        within(column, self.x, self.width) && within(row, self.y, self.height)
    }
}

impl Seen {
    /// The rows of the list that are shown.
    pub fn rows(&self) -> impl Iterator<Item = usize> {
        self.hits.iter().filter_map(|(_, hit)| match hit {
            Hit::Row(row) => Some(*row),
            _ => None,
        })
    }

    pub fn at(&self, column: u16, row: u16) -> Option<&Hit> {
        self.hits.iter().rev().find(|(place, _)| place.holds(column, row)).map(|(_, hit)| hit)
    }
}
