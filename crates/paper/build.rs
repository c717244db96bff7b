//! Makes of each font what a document carries: the letters that Russian papers use, compressed as they go into a file.
//! So nothing is cut or packed while somebody waits, and a component weighs little more for its fonts.

use std::{collections::BTreeSet, env, error::Error, fmt::Write as _, fs, io::Write as _, path::Path};

use flate2::{Compression, write::ZlibEncoder};
use subsetter::GlyphRemapper;
use ttf_parser::Face;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Latin, Cyrillic of Russia and its neighbours, and the signs of papers, in their order: a letter is found by halving.
fn letters() -> BTreeSet<char> {
    let signs = "ҐґӘәҒғҚқҢңӨөҰұҮүҺһ–—‘’“”„•…№₽−→≤≥✓";
    (' '..='~').chain('\u{a1}'..='ÿ').chain('Ѐ'..='џ').chain(signs.chars()).collect()
}

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    let folder = env::var("OUT_DIR")?;
    let mut code = String::new();
    for (name, font) in [("REGULAR", dejavu::sans_condensed::regular()), ("BOLD", dejavu::sans_condensed::bold())] {
        code += &make(name, font, Path::new(&folder))?;
    }
    fs::write(Path::new(&folder).join("fonts.rs"), code)?;
    Ok(())
}

fn make(name: &str, font: &[u8], folder: &Path) -> Result<String> {
    let (face, mut kept) = (Face::parse(font, 0)?, GlyphRemapper::new());
    let mut glyphs = String::new();
    for letter in letters() {
        let Some(glyph) = face.glyph_index(letter) else { continue };
        let advance = thousandths(&face, i32::from(face.glyph_hor_advance(glyph).unwrap_or(0)));
        write!(glyphs, "({letter:?}, {}, {advance}), ", kept.remap(glyph.0))?;
    }
    let file = subsetter::subset(font, 0, &kept)?;
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(&file)?;
    fs::write(folder.join(format!("{name}.ttf.z")), packed.finish()?)?;
    let (box_, of) = (face.global_bounding_box(), |units: i16| thousandths(&face, i32::from(units)));
    Ok(format!(
        "pub(crate) static {name}: Font = Font {{ name: \"MOYDOM+DejaVuSansCondensed-{name}\", bytes: {}, \
         file: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}.ttf.z\")), \
         bounds: [{}, {}, {}, {}], ascent: {}, descent: {}, cap_height: {}, glyphs: &[{glyphs}] }};\n",
        file.len(),
        of(box_.x_min),
        of(box_.y_min),
        of(box_.x_max),
        of(box_.y_max),
        of(face.ascender()),
        of(face.descender()),
        of(face.capital_height().unwrap_or(face.ascender())),
    ))
}

/// As PDF measures glyphs: in thousandths of the size.
fn thousandths(face: &Face<'_>, units: i32) -> i32 {
    units * 1000 / i32::from(face.units_per_em())
}
