//! The parts of a file: pages, fonts, the tree of elements.

use std::io::Write as _;

use flate2::{Compression, write::ZlibEncoder};
use pdf_writer::{
    Filter, Finish as _, Name, Pdf, Rect, Ref, Str, TextStr,
    types::{CidFontType, FontFlags, StructRole, SystemInfo, TabOrder, TableHeaderScope, UnicodeCmap},
};

use crate::{
    font::{BOLD, Font, REGULAR},
    sheet::{HEIGHT, Page, Sheets, WIDTH, points},
    tree::{Kid, NodeId, Tree},
};

const FONTS: [(&[u8], &Font); 2] = [(b"R", &REGULAR), (b"B", &BOLD)];
/// Glyphs by their own numbers.
const IDENTITY: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// Numbers of the parts of a file.
struct Refs {
    next: Ref,
}

impl Refs {
    fn take(&mut self) -> Ref {
        self.next.bump()
    }

    fn several(&mut self, count: usize) -> Vec<Ref> {
        (0..count).map(|_| self.take()).collect()
    }
}

/// The whole file.
pub(crate) fn file(title: &str, sheets: Sheets) -> Vec<u8> {
    let (mut pdf, mut refs) = (Pdf::new(), Refs { next: Ref::new(1) });
    let (catalog, pages, info, root, parents) = (refs.take(), refs.take(), refs.take(), refs.take(), refs.take());
    let (leaves, nodes) = (refs.several(sheets.pages.len()), refs.several(sheets.tree.nodes.len()));
    describe(&mut pdf, [catalog, pages, info, root], title);
    let kids = leaves.iter().copied();
    pdf.pages(pages).kids(kids).count(i32::try_from(leaves.len()).unwrap_or(i32::MAX));
    let fonts = FONTS.map(|(key, font)| (key, write_font(&mut pdf, &mut refs, font)));
    let marks: Vec<_> = sheets.pages.iter().map(|page| page.marks.clone()).collect();
    for ((key, page), leaf) in (0..).zip(sheets.pages).zip(&leaves) {
        write_page(&mut pdf, &mut refs, [*leaf, pages], key, page, &fonts);
    }
    write_tree(&mut pdf, root, &sheets.tree, &nodes, &leaves);
    write_parents(&mut pdf, &mut refs, [root, parents], &marks, &nodes);
    pdf.finish()
}

fn describe(pdf: &mut Pdf, [catalog, pages, info, root]: [Ref; 4], title: &str) {
    pdf.document_info(info).title(TextStr(title)).producer(TextStr("Мой дом"));
    let mut writer = pdf.catalog(catalog);
    writer.pages(pages).lang(TextStr("ru-RU"));
    writer.pair(Name(b"StructTreeRoot"), root);
    writer.mark_info().marked(true);
    writer.viewer_preferences().display_doc_title(true);
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes all that is written")
}

fn write_page(pdf: &mut Pdf, refs: &mut Refs, [leaf, parent]: [Ref; 2], key: i32, page: Page, fonts: &[(&[u8], Ref)]) {
    let content = refs.take();
    let mut writer = pdf.page(leaf);
    writer.parent(parent).media_box(Rect::new(0.0, 0.0, points(WIDTH), points(HEIGHT)));
    writer.contents(content).struct_parents(key).tab_order(TabOrder::StructureOrder);
    let mut resources = writer.resources();
    let mut named = resources.fonts();
    fonts.iter().for_each(|(name, font)| {
        named.pair(Name(name), font);
    });
    named.finish();
    resources.finish();
    writer.finish();
    pdf.stream(content, &packed(&page.content.finish())).filter(Filter::FlateDecode);
}

fn write_font(pdf: &mut Pdf, refs: &mut Refs, font: &Font) -> Ref {
    let (outer, inner, descriptor, file, unicode) = (refs.take(), refs.take(), refs.take(), refs.take(), refs.take());
    let name = Name(font.name.as_bytes());
    pdf.type0_font(outer)
        .base_font(name)
        .encoding_predefined(Name(b"Identity-H"))
        .descendant_font(inner)
        .to_unicode(unicode);
    write_glyphs(pdf, inner, descriptor, font);
    let [left, bottom, right, top] = font.bounds.map(|bound| points(bound * 1000));
    pdf.font_descriptor(descriptor)
        .name(name)
        .flags(FontFlags::SYMBOLIC)
        .bbox(Rect::new(left, bottom, right, top))
        .italic_angle(0.0)
        .ascent(points(font.ascent * 1000))
        .descent(points(font.descent * 1000))
        .cap_height(points(font.cap_height * 1000))
        .stem_v(80.0)
        .font_file2(file);
    pdf.stream(file, font.file).filter(Filter::FlateDecode).pair(Name(b"Length1"), font.bytes);
    let mut cmap = UnicodeCmap::new(Name(b"Letters"), IDENTITY);
    font.glyphs.iter().for_each(|(letter, glyph, _)| cmap.pair(*glyph, *letter));
    pdf.stream(unicode, &packed(&cmap.finish())).filter(Filter::FlateDecode);
    outer
}

fn write_glyphs(pdf: &mut Pdf, inner: Ref, descriptor: Ref, font: &Font) {
    let mut writer = pdf.cid_font(inner);
    writer
        .subtype(CidFontType::Type2)
        .base_font(Name(font.name.as_bytes()))
        .system_info(IDENTITY)
        .font_descriptor(descriptor)
        .cid_to_gid_map_predefined(Name(b"Identity"));
    let mut widths = writer.widths();
    for (_, glyph, advance) in font.glyphs {
        widths.consecutive(*glyph, [points(advance * 1000)]);
    }
}

fn write_tree(pdf: &mut Pdf, root: Ref, tree: &Tree, refs: &[Ref], pages: &[Ref]) {
    for (node, id) in tree.nodes.iter().zip(refs) {
        let mut writer = pdf.struct_element(*id);
        writer.kind(node.role).parent(node.parent.map_or(root, |parent| refs[parent]));
        if let Some(said) = &node.said {
            writer.alt(TextStr(said));
        }
        if node.role == StructRole::TH {
            let scope =
                if is_head_of_column(tree, node.parent) { TableHeaderScope::Column } else { TableHeaderScope::Row };
            writer.attributes().push().table().scope(scope);
        }
        let mut kids = writer.children();
        for kid in &node.kids {
            match kid {
                Kid::Node(kid) => {
                    kids.struct_element(refs[*kid]);
                }
                Kid::Mark(page, number) => {
                    kids.marked_content_ref().page(pages[*page]).marked_content_id(*number);
                }
            }
        }
    }
}

/// A row that is all heads stands above the columns; a head beside something else is that of its row.
fn is_head_of_column(tree: &Tree, row: Option<NodeId>) -> bool {
    let kids = row.map_or(&[][..], |row| &tree.nodes[row].kids);
    kids.iter().all(|kid| matches!(kid, Kid::Node(cell) if tree.nodes[*cell].role == StructRole::TH))
}

/// From each mark of each page back to its element.
fn write_parents(pdf: &mut Pdf, refs: &mut Refs, [root, parents]: [Ref; 2], marks: &[Vec<NodeId>], nodes: &[Ref]) {
    let lists = refs.several(marks.len());
    for (marks, list) in marks.iter().zip(&lists) {
        pdf.indirect(*list).array().items(marks.iter().map(|node| nodes[*node]));
    }
    let mut tree = pdf.number_tree::<Ref>(parents);
    let mut entries = tree.nums();
    for (key, list) in (0..).zip(&lists) {
        entries.insert(key, *list);
    }
    entries.finish();
    tree.finish();
    let mut writer = pdf.indirect(root).dict();
    writer.pair(Name(b"Type"), Name(b"StructTreeRoot"));
    writer.pair(Name(b"K"), nodes[0]).pair(Name(b"ParentTree"), parents);
    writer.pair(Name(b"ParentTreeNextKey"), i32::try_from(lists.len()).unwrap_or(i32::MAX));
}
