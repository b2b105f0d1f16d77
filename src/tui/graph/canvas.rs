/// Lines on a grid: each cell knows into which directions its line goes, so that lines which meet join.
#[derive(Clone, Debug, Default)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    arms: Vec<u8>,
    /// Of an edge that is to stand out.
    lit: Vec<bool>,
}

pub const NORTH: u8 = 1;
const EAST: u8 = 2;
pub const SOUTH: u8 = 4;
const WEST: u8 = 8;

/// By the sum of the directions.
const GLYPHS: [char; 16] = [' ', '╵', '╶', '╰', '╷', '│', '╭', '├', '╴', '╯', '─', '┴', '╮', '┤', '┬', '┼'];

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, arms: vec![0; width * height], lit: vec![false; width * height] }
    }

    pub fn add(&mut self, x: usize, y: usize, arms: u8, lit: bool) {
        if x < self.width && y < self.height {
            self.arms[y * self.width + x] |= arms;
            self.lit[y * self.width + x] |= lit;
        }
    }

    /// From one row to another, both included.
    pub fn down(&mut self, x: usize, from: usize, to: usize, lit: bool) {
        for y in from..=to {
            let up = if y > from { NORTH } else { 0 };
            let down = if y < to { SOUTH } else { 0 };
            self.add(x, y, up | down, lit);
        }
    }

    pub fn across(&mut self, y: usize, from: usize, to: usize, lit: bool) {
        for x in from..=to {
            let left = if x > from { WEST } else { 0 };
            let right = if x < to { EAST } else { 0 };
            self.add(x, y, left | right, lit);
        }
    }

    /// What is drawn there, and whether it stands out.
    pub fn at(&self, x: usize, y: usize) -> (char, bool) {
        let cell = y * self.width + x;
        (GLYPHS[usize::from(self.arms[cell] & 15)], self.lit[cell])
    }

    #[cfg(test)]
    pub fn text(&self) -> String {
        let row = |y| (0..self.width).map(|x| self.at(x, y).0).collect::<String>();
        (0..self.height).map(|y| row(y).trim_end().to_owned() + "\n").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_meet_join() {
        let mut canvas = Canvas::new(7, 3);
        canvas.down(3, 0, 1, false);
        canvas.across(1, 0, 6, false);
        canvas.down(0, 1, 2, true);
        canvas.down(6, 1, 2, false);
        assert_eq!(canvas.text(), "   ╷\n╭──┴──╮\n╵     ╵\n");
        assert!(canvas.at(0, 1).1 && !canvas.at(1, 1).1);
        canvas.add(99, 99, NORTH, true);
    }
}
