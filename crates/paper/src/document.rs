//! What a document says, laid out as it is said.

use pdf_writer::types::StructRole;

use crate::{
    font::{BOLD, REGULAR},
    lines::wrap,
    sheet::{FOOT, LEFT, Sheets, Style, TEXT_HEIGHT, TEXT_WIDTH},
    tree::NodeId,
    write,
};

const BODY: Style = Style { font: &REGULAR, key: b"R", size: 9_500, leading: 13_000 };
const STRONG: Style = Style { font: &BOLD, key: b"B", ..BODY };
/// Heads of tables are smaller than what stands below: «Начислено, ₽» fits where there are seven columns.
const HEAD: Style = Style { size: 8_000, ..STRONG };
const SMALL: Style = Style { size: 7_500, leading: 10_000, ..BODY };
/// Between the columns of a table.
const GUTTER: i32 = 8_000;
/// Below a row, beside its line.
const ROW_GAP: i32 = 4_500;
/// Lines of the text of a page.
const LINES_MAX: usize = (TEXT_HEIGHT / BODY.leading) as usize;
/// How wide the white around a code must be, in squares.
const QUIET: i32 = 4;
/// How wide a code is with the white around it: four centimetres.
const CODE_WIDTH: i32 = 113_386;
/// The document itself, as an element.
const ROOT: NodeId = 0;

/// How far down a heading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Of the document.
    One,
    /// Of a section.
    Two,
}

impl Level {
    fn look(self) -> (StructRole, Style, i32) {
        match self {
            Self::One => (StructRole::H1, Style { size: 17_000, leading: 22_000, ..STRONG }, 0),
            Self::Two => (StructRole::H2, Style { size: 12_000, leading: 16_000, ..STRONG }, 10_000),
        }
    }
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column<'a> {
    /// What stands above it.
    pub title: &'a str,
    /// How wide it is, beside the others.
    pub share: i32,
}

/// A document that is being written from its beginning to its end.
pub struct Paper {
    title: String,
    sheets: Sheets,
}

/// The cells of a row, in lines.
type Row = Vec<Vec<String>>;

/// Where each column begins and how wide it is.
struct Grid(Vec<(i32, i32)>);

impl Grid {
    fn new(shares: &[i32]) -> Self {
        let (whole, room) = (shares.iter().sum::<i32>().max(1), TEXT_WIDTH - GUTTER * (count(shares) - 1));
        let mut x = LEFT;
        let place = |share: &i32| {
            let (begin, width) = (x, room / whole * share);
            x += width + GUTTER;
            (begin, width)
        };
        Self(shares.iter().map(place).collect())
    }

    fn lines<'a>(&self, style: Style, cells: impl Iterator<Item = &'a str>) -> Row {
        self.0.iter().zip(cells).map(|((_, width), cell)| wrap(style.font, style.size, cell, *width)).collect()
    }
}

fn count<T>(of: &[T]) -> i32 {
    i32::try_from(of.len()).unwrap_or(i32::MAX)
}

impl Paper {
    /// An empty document; the title stands in the window and at the foot of each page.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), sheets: Sheets::new() }
    }

    /// A heading; what it is above begins on the same page.
    pub fn heading(&mut self, level: Level, text: &str) {
        let (role, style, gap) = level.look();
        if self.sheets.has_room(gap + style.leading + 4 * BODY.leading) {
            self.sheets.skip(gap);
        } else {
            self.sheets.turn();
        }
        self.block(role, style, text);
        self.sheets.skip(3_000);
    }

    /// A paragraph; every line of `text` begins on a line of its own.
    pub fn paragraph(&mut self, text: &str) {
        self.block(StructRole::P, BODY, text);
        self.sheets.skip(4_000);
    }

    fn block(&mut self, role: StructRole, style: Style, text: &str) {
        let node = self.sheets.add(ROOT, role);
        for line in wrap(style.font, style.size, text, TEXT_WIDTH) {
            if !self.sheets.has_room(style.leading) {
                self.sheets.turn();
            }
            self.sheets.skip(style.leading);
            self.sheets.text(node, style, [LEFT, 0], &line);
        }
    }

    /// Names with what they are, below each other.
    pub fn facts(&mut self, facts: &[(&str, &str)]) {
        let (grid, table) = (Grid::new(&[2, 5]), self.sheets.add(ROOT, StructRole::Table));
        for (name, value) in facts {
            let mut row = grid.lines(STRONG, [*name].into_iter());
            row.extend(grid.lines(BODY, ["", *value].into_iter()).into_iter().skip(1));
            let element = self.sheets.add(table, StructRole::TR);
            let cells = [(StructRole::TH, STRONG), (StructRole::TD, BODY)];
            let cells = cells.map(|(role, style)| (self.sheets.add(element, role), style));
            self.row(&grid, &row, &cells, None);
        }
        self.sheets.skip(6_000);
    }

    /// A table; where it goes on over pages its head is repeated. Cells beyond the columns are left out.
    pub fn table(&mut self, columns: &[Column<'_>], rows: &[Vec<String>]) {
        let grid = Grid::new(&columns.iter().map(|column| column.share).collect::<Vec<_>>());
        let head = grid.lines(HEAD, columns.iter().map(|column| column.title));
        let table = self.sheets.add(ROOT, StructRole::Table);
        let cells = self.cells(table, StructRole::TH, HEAD, columns.len());
        self.row(&grid, &head, &cells, None);
        for row in rows {
            let lines = grid.lines(BODY, row.iter().map(String::as_str));
            let cells = self.cells(table, StructRole::TD, BODY, lines.len());
            self.row(&grid, &lines, &cells, Some(&head));
        }
        self.sheets.skip(6_000);
    }

    fn cells(&mut self, table: NodeId, role: StructRole, style: Style, count: usize) -> Vec<(NodeId, Style)> {
        let row = self.sheets.add(table, StructRole::TR);
        (0..count).map(|_| (self.sheets.add(row, role), style)).collect()
    }

    /// Keeps a row together where a page can hold it. Each cell is drawn as a whole, so that its text can be copied.
    fn row(&mut self, grid: &Grid, row: &Row, cells: &[(NodeId, Style)], head: Option<&Row>) {
        let lines = row.iter().map(Vec::len).max().unwrap_or(0);
        let is_low = lines < LINES_MAX / 2;
        let mut drawn = 0;
        while drawn < lines {
            let left = self.sheets.lines_left(BODY.leading);
            if left == 0 || drawn == 0 && is_low && left < lines {
                self.turn(grid, head);
                continue;
            }
            let end = lines.min(drawn + left);
            for (((x, _), cell), (node, style)) in grid.0.iter().zip(row).zip(cells) {
                for (below, line) in (1..).zip(cell.iter().take(end).skip(drawn)) {
                    self.sheets.text(*node, *style, [*x, below * BODY.leading], line);
                }
            }
            self.sheets.skip(BODY.leading * i32::try_from(end - drawn).unwrap_or(0));
            drawn = end;
        }
        self.sheets.rule();
        self.sheets.skip(ROW_GAP);
    }

    /// Another page, with the head of the table once more.
    fn turn(&mut self, grid: &Grid, head: Option<&Row>) {
        self.sheets.turn();
        let Some(head) = head else { return };
        for ((x, _), cell) in grid.0.iter().zip(head) {
            for (below, line) in (1..).zip(cell) {
                self.sheets.text_again(HEAD, [*x, below * HEAD.leading], line);
            }
        }
        self.sheets.skip(HEAD.leading * head.iter().map(|cell| count(cell)).max().unwrap_or(0));
        self.sheets.rule();
        self.sheets.skip(ROW_GAP);
    }

    /// A code of dark and light squares for a camera, on one page; `said` is what those hear who do not see it.
    ///
    /// `is_dark` goes row by row from the top, `across` squares to a row.
    pub fn code(&mut self, across: usize, is_dark: &[bool], said: &str) {
        let rows = i32::try_from(across).unwrap_or(i32::MAX).saturating_add(2 * QUIET);
        let side = CODE_WIDTH / rows;
        if !self.sheets.has_room(CODE_WIDTH) {
            self.sheets.turn();
        }
        let node = self.sheets.add_picture(ROOT, said);
        let place = |index: usize| [index % across, index / across].map(|at| i32::try_from(at).unwrap_or(0) + QUIET);
        let dark = is_dark.iter().enumerate().filter(|(_, is_dark)| **is_dark);
        self.sheets.squares(node, side, dark.map(|(index, _)| place(index)));
        self.sheets.skip(CODE_WIDTH);
    }

    /// The file.
    pub fn finish(mut self) -> Vec<u8> {
        let total = self.sheets.pages.len();
        for (number, page) in (1..).zip(&mut self.sheets.pages) {
            let number = format!("Страница {number} из {total}");
            let x = LEFT + TEXT_WIDTH - SMALL.font.width(&number, SMALL.size);
            page.artifact(SMALL, x, FOOT, &number);
            page.artifact(SMALL, LEFT, FOOT, &self.title);
        }
        write::file(&self.title, self.sheets)
    }
}
