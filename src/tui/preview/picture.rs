use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::paint::Paint;
use super::super::{Look, Role};
use crate::domain::Pixels;

/// From dark to bright, where no colours are shown.
const SHADES: [&str; 10] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"];

/// Two points a letter, one above the other.
pub fn draw(picture: &Pixels, paint: &mut Paint<'_>, area: Rect) {
    let fitted = picture.fitted(area.width.into(), usize::from(area.height) * 2);
    let row = |y: usize| {
        let points = (0..fitted.width).map(|x| {
            let upper = fitted.at(x, y).unwrap_or_default();
            // Below the last row of an odd number there is nothing more.
            let lower = fitted.at(x, y + 1).unwrap_or(upper);
            point(paint.look, [upper, lower])
        });
        Line::from(points.collect::<Vec<_>>())
    };
    let lines: Vec<_> = (0..fitted.height).step_by(2).map(row).collect();
    paint.lines(area, lines);
}

fn point(look: &Look, points: [[u8; 3]; 2]) -> Span<'static> {
    match look.theme.points(points) {
        Some(style) => Span::styled("▀", style),
        None => {
            // As bright as the eye finds each colour.
            let light = |[red, green, blue]: [u8; 3]| {
                (u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1000
            };
            let light = (light(points[0]) + light(points[1])) / 2;
            let shade = (light as usize * (SHADES.len() - 1)) / 255;
            look.span(Role::Text, SHADES[shade.min(SHADES.len() - 1)])
        }
    }
}
