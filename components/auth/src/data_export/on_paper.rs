//! Everything that is kept of a person, to be read by that person: section by section, with what each is for.

use jiff::Timestamp;
use paper::{Column, Level, Paper};
use serde_json::Value;

use super::{DataExport, SectionView};
use crate::journal::{JournalItem, files};

const TITLE: &str = "Мои данные на портале «Мой дом»";
/// So many columns stand beside each other; a row of more is told field by field.
const COLUMNS_MAX: usize = 4;
/// So many entries of the journal are printed, the newest: some hundred and fifty pages, which nobody prints, but which
/// an instance can hold. All of them are in the file for a program.
const ENTRIES_MAX: usize = 2_000;

pub(super) fn write(export: &DataExport) -> Vec<u8> {
    let mut paper = Paper::new(TITLE);
    paper.heading(Level::One, TITLE);
    paper.paragraph(
        "Здесь всё, что портал хранит о вас, по разделам: зачем это нужно, сколько хранится и что станет с этим, если вы \
         попросите стереть данные (закон 152-ФЗ, статья 14).",
    );
    paper.facts(&[("Составлено", &when(&export.made_at)), ("Ваш номер в системе", &export.person_id)]);
    export.sections.iter().for_each(|section| write_section(&mut paper, section));
    write_journal(&mut paper, &export.journal);
    paper.finish()
}

fn write_section(paper: &mut Paper, section: &SectionView) {
    paper.heading(Level::Two, section.title);
    if let Some(field) = section.fields.first() {
        let withheld: Vec<_> = section.withheld.iter().map(|withheld| withheld.reason).collect();
        let mut facts = vec![
            ("Зачем", field.purpose),
            ("Сколько хранится", field.kept),
            ("Если стереть данные", field.at_erasure.as_str()),
        ];
        let withheld = without_repeats(&withheld);
        if !withheld.is_empty() {
            facts.push(("Не показано", &withheld));
        }
        paper.facts(&facts);
    }
    match section.rows.as_slice() {
        [] => paper.paragraph("Записей нет."),
        rows if section.fields.len() <= COLUMNS_MAX => {
            let columns: Vec<_> = section.fields.iter().map(|field| Column { title: field.title, share: 1 }).collect();
            let cells =
                |row: &store::personal::Cells| section.fields.iter().map(|field| cell(&row[field.name])).collect();
            paper.table(&columns, &rows.iter().map(cells).collect::<Vec<_>>());
        }
        rows => rows.iter().for_each(|row| {
            let told: Vec<_> = section.fields.iter().map(|field| (field.title, cell(&row[field.name]))).collect();
            paper.facts(&told.iter().map(|(title, cell)| (*title, cell.as_str())).collect::<Vec<_>>());
        }),
    }
}

/// The reasons, each once.
fn without_repeats(reasons: &[&str]) -> String {
    let mut told: Vec<&str> = Vec::new();
    for reason in reasons {
        if !told.contains(reason) {
            told.push(reason);
        }
    }
    told.join("; ")
}

fn write_journal(paper: &mut Paper, journal: &[JournalItem]) {
    paper.heading(Level::Two, "Журнал: что происходило с вашими данными");
    if journal.len() > ENTRIES_MAX {
        paper.paragraph(&format!(
            "Здесь последние {ENTRIES_MAX} записей из {}. Все записи — в файле JSON на той же странице «Ваши данные».",
            journal.len()
        ));
    }
    let columns = files::COLUMNS.map(|title| Column { title, share: 1 });
    let row = |item: &JournalItem| files::cells(item).iter().map(|text| when(text)).collect();
    paper.table(&columns, &journal.iter().take(ENTRIES_MAX).map(row).collect::<Vec<_>>());
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => when(text),
        other => other.to_string(),
    }
}

/// A moment as people write it; any other text as it is.
fn when(text: &str) -> String {
    let moment = text.parse::<Timestamp>();
    moment.map_or_else(|_| text.to_owned(), |moment| moment.strftime("%d.%m.%Y %H:%M UTC").to_string())
}
