//! The picture that a phone's camera reads.

use fast_qr::{ECL, QRBuilder, convert::svg::SvgBuilder};
use web::Problem;

/// The picture of a text, as SVG.
///
/// # Errors
/// A text longer than a picture holds.
pub(super) fn svg(text: &str) -> Result<String, Problem> {
    let picture = QRBuilder::new(text).ecl(ECL::M).build().map_err(|error| Problem::internal(format!("{error:?}")))?;
    Ok(SvgBuilder::default().to_str(&picture))
}

#[cfg(test)]
mod tests {
    use rqrr::PreparedImage;

    use super::*;

    /// How many dots of a screen a square of the picture is wide.
    const DOTS: usize = 8;

    /// The squares of the picture, and how many of them stand side by side.
    fn squares(svg: &str) -> (usize, Vec<(usize, usize)>) {
        let size = svg.split('"').nth(1).and_then(|view_box| view_box.split(' ').next_back()).unwrap().parse().unwrap();
        let path = svg.split("d=\"").nth(1).and_then(|path| path.split('"').next()).unwrap();
        let corner = |square: &str| {
            let (x, y) = square.strip_suffix("h1v1h-1").unwrap().split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        };
        (size, path.split('M').skip(1).map(corner).collect())
    }

    #[test]
    fn a_camera_reads_what_the_picture_was_made_of() {
        let uri = domain::totp::Secret::new([7; 20]).uri("Мой дом", "+7********15");
        let (size, squares) = squares(&svg(&uri).unwrap());
        let is_dark = |x: usize, y: usize| squares.contains(&(x / DOTS, y / DOTS));
        let shade = |x, y| if is_dark(x, y) { 0 } else { 255 };
        let mut seen = PreparedImage::prepare_from_greyscale(size * DOTS, size * DOTS, shade);
        let read: Vec<_> = seen.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect();
        assert_eq!(read, [uri]);
    }
}
