use std::fs::File;
use std::io::{BufReader, Seek};

use image::{DynamicImage, ImageDecoder, ImageReader, Limits, Rgba};

use super::{Look, NotThat};
use crate::domain::{Content, Pixels};

/// No terminal has more points than these.
const WIDTH: u32 = 400;
const HEIGHT: u32 = 300;
/// Bytes that a picture may unpack to.
const MOST: u64 = 96 << 20;

/// A small copy of a picture. What lets through is put on white, as on paper.
pub(super) fn look(mut file: File) -> Result<Look, NotThat> {
    let wrong = |error: &dyn std::fmt::Display| Some(format!("it cannot be shown as a picture: {error}"));
    file.rewind().map_err(|error| wrong(&error))?;
    let reader =
        ImageReader::new(BufReader::new(file)).with_guessed_format().map_err(|error| wrong(&error))?;
    let mut decoder = reader.into_decoder().map_err(|error| wrong(&error))?;
    let of = decoder.dimensions();
    if decoder.total_bytes() > MOST {
        return Err(wrong(&format!("{} × {} points are too many", of.0, of.1)));
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST);
    decoder.set_limits(limits).map_err(|error| wrong(&error))?;
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| wrong(&error))?;
    let small = match of.0 > WIDTH || of.1 > HEIGHT {
        true => picture.thumbnail(WIDTH, HEIGHT),
        false => picture,
    };
    let small = small.into_rgba8();
    let on_white = |Rgba([red, green, blue, alpha]): &Rgba<u8>| {
        let blend = |colour: u8| {
            let sum = u16::from(colour) * u16::from(*alpha) + 255 * (255 - u16::from(*alpha));
            u8::try_from(sum / 255).unwrap_or(u8::MAX)
        };
        [blend(*red), blend(*green), blend(*blue)]
    };
    let points = small.pixels().map(on_white).collect();
    let (width, height) = (small.width() as usize, small.height() as usize);
    Ok(Content::Image(Pixels { width, height, points, of }).into())
}
