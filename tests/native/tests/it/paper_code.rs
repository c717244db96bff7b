//! The codes on a paper as a camera sees them.
#![expect(clippy::float_arithmetic, reason = "places on a paper, not money")]

use lopdf::{Document, ObjectId};
use rqrr::PreparedImage;

/// How many dots a point of the paper is wide.
const DOTS: f32 = 4.0;
/// How many dots around the code are white.
const QUIET: usize = 60;

/// The bytes of each code that a foreign decoder finds, page by page.
pub(crate) fn codes(document: &Document) -> Vec<Vec<u8>> {
    document.get_pages().into_values().flat_map(|page| codes_on(document, page)).collect()
}

fn codes_on(document: &Document, page: ObjectId) -> Vec<Vec<u8>> {
    let content = document.get_and_decode_page_content(page).unwrap();
    let squares: Vec<[f32; 4]> = content
        .operations
        .iter()
        .filter(|operation| operation.operator == "re")
        .map(|operation| [0, 1, 2, 3].map(|index| operation.operands[index].as_float().unwrap() * DOTS))
        .collect();
    if squares.is_empty() {
        return Vec::new();
    }
    let least = |axis: usize| squares.iter().map(|square| square[axis]).fold(f32::INFINITY, f32::min);
    let most = |axis: usize| squares.iter().map(|square| square[axis] + square[axis + 2]).fold(0.0, f32::max);
    let (left, top) = (least(0), most(1));
    let side = 2 * QUIET + (most(0) - left).max(top - least(1)).ceil() as usize;
    let mut dots = vec![u8::MAX; side * side];
    for [x, y, width, height] in squares {
        // The paper counts from its foot, a picture from its top.
        let [from_x, to_x] = [x - left, x - left + width].map(|at| at.round() as usize + QUIET);
        let [from_y, to_y] = [top - y - height, top - y].map(|at| at.round() as usize + QUIET);
        for row in from_y..to_y {
            dots[row * side + from_x..row * side + to_x].fill(0);
        }
    }
    let mut image = PreparedImage::prepare_from_greyscale(side, side, |x, y| dots[y * side + x]);
    let read = |grid: &rqrr::Grid<_>| {
        let mut bytes = Vec::new();
        grid.decode_to(&mut bytes).unwrap();
        bytes
    };
    image.detect_grids().iter().map(read).collect()
}
