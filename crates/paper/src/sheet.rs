//! Pages with a place where the next line goes, and what is drawn on them.

use pdf_writer::{Content, Name, Str, types::StructRole};

use crate::{
    font::Font,
    tree::{NodeId, Tree},
};

/// A4 and its margins, in thousandths of a point.
pub(crate) const WIDTH: i32 = 595_276;
pub(crate) const HEIGHT: i32 = 841_890;
pub(crate) const LEFT: i32 = 56_693;
pub(crate) const TEXT_WIDTH: i32 = WIDTH - 2 * LEFT;
const TOP: i32 = HEIGHT - 56_693;
pub(crate) const BOTTOM: i32 = 62_362;
/// How high the text part of a page is.
pub(crate) const TEXT_HEIGHT: i32 = TOP - BOTTOM;
/// Where the page's number stands.
pub(crate) const FOOT: i32 = 34_016;

/// How a text looks.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) font: &'static Font,
    /// The name of the font among the page's resources.
    pub(crate) key: &'static [u8],
    pub(crate) size: i32,
    /// From line to line.
    pub(crate) leading: i32,
}

pub(crate) struct Page {
    pub(crate) content: Content,
    /// The element that each mark belongs to.
    pub(crate) marks: Vec<NodeId>,
}

pub(crate) struct Sheets {
    pub(crate) pages: Vec<Page>,
    pub(crate) tree: Tree,
    /// The baseline of the last line.
    y: i32,
}

/// A length in points, as the file has it.
#[expect(clippy::float_arithmetic, reason = "places on paper, no quantity of anything")]
pub(crate) fn points(thousandths: i32) -> f32 {
    thousandths as f32 / 1000.0
}

impl Sheets {
    pub(crate) fn new() -> Self {
        let mut sheets = Self { pages: Vec::new(), tree: Tree::new(), y: 0 };
        sheets.turn();
        sheets
    }

    /// Begins another page.
    pub(crate) fn turn(&mut self) {
        self.pages.push(Page { content: Content::new(), marks: Vec::new() });
        self.y = TOP;
    }

    /// Whether this much fits on the page.
    pub(crate) fn has_room(&self, height: i32) -> bool {
        self.y - height >= BOTTOM
    }

    /// Goes down; not past the end of a page, where the next line begins another one anyway.
    pub(crate) fn skip(&mut self, height: i32) {
        self.y -= height;
    }

    /// How many lines of this leading fit below.
    pub(crate) fn lines_left(&self, leading: i32) -> usize {
        usize::try_from((self.y - BOTTOM) / leading).unwrap_or(0)
    }

    /// A text so far below the present line, read as part of `node`.
    pub(crate) fn text(&mut self, node: NodeId, style: Style, [x, below]: [i32; 2], text: &str) {
        if text.is_empty() {
            return;
        }
        let y = self.y - below;
        self.marked(node, |content| draw(content, style, x, y, text));
    }

    /// Dark squares at the left, from the present line down, as part of `node`: for each its column and row.
    pub(crate) fn squares(&mut self, node: NodeId, side: i32, squares: impl Iterator<Item = [i32; 2]>) {
        let top = self.y;
        self.marked(node, |content| {
            content.set_fill_gray(0.0);
            for [column, row] in squares {
                let (x, y) = (LEFT + column * side, top - (row + 1) * side);
                content.rect(points(x), points(y), points(side), points(side));
            }
            content.fill_nonzero();
        });
    }

    /// What is drawn belongs to `node`.
    fn marked(&mut self, node: NodeId, draw: impl FnOnce(&mut Content)) {
        let at = self.pages.len() - 1;
        let page = &mut self.pages[at];
        let number = i32::try_from(page.marks.len()).unwrap_or(i32::MAX);
        page.marks.push(node);
        let mut mark = page.content.begin_marked_content_with_properties(self.tree.nodes[node].role.to_name());
        mark.properties().identify(number);
        drop(mark);
        draw(&mut page.content);
        page.content.end_marked_content();
        self.tree.mark(node, at, number);
    }

    /// A text so far below the present line that is not read: it was read before.
    pub(crate) fn text_again(&mut self, style: Style, [x, below]: [i32; 2], text: &str) {
        let y = self.y - below;
        self.last().artifact(style, x, y, text);
    }

    /// A thin line below the present one.
    pub(crate) fn rule(&mut self) {
        let y = self.y - 3_500;
        let content = &mut self.last().content;
        content.begin_marked_content(Name(b"Artifact"));
        content.set_line_width(points(400)).set_stroke_gray(points(700));
        content.move_to(points(LEFT), points(y)).line_to(points(LEFT + TEXT_WIDTH), points(y)).stroke();
        content.end_marked_content();
    }

    pub(crate) fn add(&mut self, parent: NodeId, role: StructRole) -> NodeId {
        self.tree.add(parent, role)
    }

    pub(crate) fn add_picture(&mut self, parent: NodeId, said: &str) -> NodeId {
        self.tree.add_picture(parent, said)
    }

    fn last(&mut self) -> &mut Page {
        self.pages.last_mut().expect("a document has a page from the first on")
    }
}

impl Page {
    /// A text that belongs to the page and not to the document.
    pub(crate) fn artifact(&mut self, style: Style, x: i32, y: i32, text: &str) {
        self.content.begin_marked_content(Name(b"Artifact"));
        draw(&mut self.content, style, x, y, text);
        self.content.end_marked_content();
    }
}

fn draw(content: &mut Content, style: Style, x: i32, y: i32, text: &str) {
    content.begin_text();
    content.set_font(Name(style.key), points(style.size));
    content.next_line(points(x), points(y));
    content.show(Str(&style.font.encode(text)));
    content.end_text();
}
