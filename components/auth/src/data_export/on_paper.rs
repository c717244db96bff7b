//! Everything that is kept of a person, to be read by that person: section by section, with what each is for.

use paper::{Column, Level, Paper};

use super::{
    DataExport, SectionView,
    words::{cell, moment},
};
use crate::journal::{JournalItem, files};

const TITLE: &str = "Мои данные на портале «Мой дом»";
/// So many columns stand beside each other; a row of more is told field by field.
const COLUMNS_MAX: usize = 4;
/// What came of these is printed as notices; themselves they are for a program.
const FOR_PROGRAMS: &str = "event";
/// So many entries of the journal are printed, the newest: some hundred and fifty pages, which nobody prints, but which
/// an instance can hold. All of them are in the file for a program.
const ENTRIES_MAX: usize = 2_000;

pub(super) fn write(export: &DataExport) -> Vec<u8> {
    let mut paper = Paper::new(TITLE);
    paper.heading(Level::One, TITLE);
    paper.paragraph(
        "Здесь всё, что портал хранит о вас, по разделам: зачем это нужно, сколько хранится и что станет с этим, если вы \
         попросите стереть данные (закон 152-ФЗ, статья 14). Время — московское.",
    );
    paper.facts(&[("Составлено", &moment(&export.made_at)), ("Ваш номер в системе", &export.person_id)]);
    let (empty, kept): (Vec<_>, Vec<_>) = export.sections.iter().partition(|section| section.rows.is_empty());
    kept.into_iter().for_each(|section| write_section(&mut paper, section));
    write_empty(&mut paper, &empty);
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
        rows if section.table == FOR_PROGRAMS => {
            let count = rows.len();
            paper.paragraph(&format!("Записей: {count}. Их тексты — в уведомлениях, все поля — в файле JSON."));
        }
        rows if section.fields.len() <= COLUMNS_MAX => {
            let columns: Vec<_> = section.fields.iter().map(|field| Column { title: field.title, share: 1 }).collect();
            let cells = |row: &store::personal::Cells| {
                section.fields.iter().map(|field| cell(field.name, &row[field.name])).collect()
            };
            paper.table(&columns, &rows.iter().map(cells).collect::<Vec<_>>());
        }
        rows => rows.iter().for_each(|row| {
            let told: Vec<_> =
                section.fields.iter().map(|field| (field.title, cell(field.name, &row[field.name]))).collect();
            paper.facts(&told.iter().map(|(title, cell)| (*title, cell.as_str())).collect::<Vec<_>>());
        }),
    }
}

/// What could be kept and is not: by names alone, so that what is kept is found.
fn write_empty(paper: &mut Paper, sections: &[&SectionView]) {
    if !sections.is_empty() {
        paper.heading(Level::Two, "Чего о вас нет");
        let titles: Vec<_> = sections.iter().map(|section| section.title.to_lowercase()).collect();
        paper.paragraph(&format!("Портал мог бы хранить, но ничего не записано: {}.", titles.join("; ")));
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
    // All of the paper is by the time of Moscow, and says so at its head.
    let columns = files::COLUMNS.map(|title| match title {
        files::WHEN => Column { title: "Когда", share: 2 },
        title => Column { title, share: if title == files::DETAILS { 4 } else { 2 } },
    });
    let row = |item: &JournalItem| files::cells(item).iter().map(|text| moment(text)).collect();
    paper.table(&columns, &journal.iter().take(ENTRIES_MAX).map(row).collect::<Vec<_>>());
}
