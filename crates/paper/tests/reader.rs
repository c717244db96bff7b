//! Documents as another program reads them.

use lopdf::{Document, Object};
use paper::{Column, Level, Paper};

const COLUMNS: [Column<'_>; 3] = [
    Column { title: "Счётчик", share: 3 },
    Column { title: "Месяц", share: 2 },
    Column { title: "Показание, м³", share: 2 },
];

fn rows(count: usize) -> Vec<Vec<String>> {
    let row = |at: usize| vec![format!("Холодная вода № {at}"), "июль 2026".to_owned(), format!("{at},125")];
    (0..count).map(row).collect()
}

fn sample(rows_count: usize) -> Vec<u8> {
    let mut paper = Paper::new("Мои данные");
    paper.heading(Level::One, "Всё, что портал хранит о вас");
    paper.paragraph("Ёлка, «кавычки», тире — и 405,83 ₽. Latin too.");
    paper.facts(&[("Имя", "Анна Сергеевна"), ("Почта", "anna@example.ru")]);
    paper.heading(Level::Two, "Показания");
    paper.table(&COLUMNS, &rows(rows_count));
    paper.finish()
}

fn text(document: &Document) -> String {
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    document.extract_text(&pages).unwrap()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[test]
fn a_foreign_reader_gets_the_russian_text_back() {
    let document = Document::load_mem(&sample(3)).unwrap();
    let text = squeezed(&text(&document));
    for said in [
        "Всё, что портал хранит о вас",
        "Ёлка, «кавычки», тире — и 405,83 ₽. Latin too.",
        "Анна Сергеевна",
        "Холодная вода № 2",
    ] {
        assert!(text.contains(&squeezed(said)), "{said}: {text}");
    }
}

#[test]
fn a_table_goes_on_over_pages_with_its_head_and_nothing_is_lost() {
    let document = Document::load_mem(&sample(120)).unwrap();
    let pages = document.get_pages().len();
    assert!(pages >= 3, "{pages}");
    let text = squeezed(&text(&document));
    assert_eq!(text.matches("Счётчик").count(), pages, "the head on each page");
    for at in 0..120 {
        assert!(text.contains(&squeezed(&format!("Холодная вода № {at} июль"))), "{at}");
    }
    assert!(text.contains(&squeezed(&format!("Страница {pages} из {pages}"))));
}

#[test]
fn a_document_tells_its_title_and_language_and_every_mark_has_an_element() {
    let document = Document::load_mem(&sample(120)).unwrap();
    let catalog = document.catalog().unwrap();
    assert_eq!(catalog.get(b"Lang").unwrap().as_str().unwrap(), b"ru-RU");
    assert!(catalog.get(b"MarkInfo").unwrap().as_dict().unwrap().get(b"Marked").unwrap().as_bool().unwrap());
    let root = document.get_dictionary(catalog.get(b"StructTreeRoot").unwrap().as_reference().unwrap()).unwrap();
    let parents = document.get_dictionary(root.get(b"ParentTree").unwrap().as_reference().unwrap()).unwrap();
    let lists = parents.get(b"Nums").unwrap().as_array().unwrap();
    let pages = document.get_pages();
    assert_eq!(lists.len(), 2 * pages.len());
    for (list, page) in lists.chunks(2).zip(pages.values()) {
        let content = String::from_utf8_lossy(&document.get_page_content(*page)).into_owned();
        let elements = document.get_object(list[1].as_reference().unwrap()).and_then(Object::as_array).unwrap().len();
        assert_eq!(content.matches("/MCID").count(), elements);
        assert_eq!(content.matches(" BDC").count() + content.matches(" BMC").count(), content.matches("EMC").count());
    }
}

#[test]
fn a_page_is_light() {
    let page = sample(3);
    assert!(page.len() < 60 * 1024, "{} bytes", page.len());
}

#[test]
fn a_cell_higher_than_a_page_goes_on_and_a_letter_that_no_font_has_is_a_question_mark() {
    let mut paper = Paper::new("Длинное");
    paper.facts(&[("Письмо", &"слово ".repeat(4_000)), ("Знак", "人 после")]);
    let document = Document::load_mem(&paper.finish()).unwrap();
    assert!(document.get_pages().len() > 2);
    let text = squeezed(&text(&document));
    assert_eq!(text.matches("слово").count(), 4_000);
    assert!(text.contains("?после"), "{}", &text[text.len() - 200..]);
}

#[test]
fn a_code_is_drawn_square_by_square_and_says_what_it_is() {
    let mut paper = Paper::new("Счёт");
    paper.code(2, &[true, false, false, true], "Код для оплаты");
    let document = Document::load_mem(&paper.finish()).unwrap();
    let content = String::from_utf8(document.get_page_content(document.get_pages()[&1])).unwrap();
    let squares: Vec<Vec<f32>> = content
        .lines()
        .filter_map(|line| line.strip_suffix(" re"))
        .map(|numbers| numbers.split(' ').map(|number| number.parse().unwrap()).collect())
        .collect();
    let [first, last] = squares.as_slice() else { panic!("{content}") };
    let side = first[2];
    assert_eq!([last[0] - first[0], first[1] - last[1]].map(|gap| (gap - side).abs() < 0.01), [true; 2], "{squares:?}");
    let spoken = |object: &Object| object.as_dict().is_ok_and(|dict| dict.has(b"Alt"));
    assert_eq!(document.objects.values().filter(|object| spoken(object)).count(), 1);
}
