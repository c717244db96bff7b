//! What a file changes of what is known, what it leaves, and how that is told.

use super::*;

/// What files of every kind with all their columns say.
const FULL: [(&str, &str); 6] = [
    (
        "companies.csv",
        "inn;name;ogrn;phone;email;address\n\
         7707083893;УК Двор;1027700132195;+7 900 000-01-00;uk@dvor.example;Рязань\n",
    ),
    (
        "houses.csv",
        "code;company_inn;municipality;address;cadastral_number;time_zone;window_from_day;window_to_day\n\
         Л10;7707083893;Рязань;г. Рязань, д. 10;62:29:0000000:10;Europe/Moscow;15;25\n",
    ),
    ("premises.csv", "house_code;number;kind;area;cadastral_number\nЛ10;1;residential;45,3;62:29:0000000:11\n"),
    ("owners.csv", "house_code;premises;name;share;since;until\nЛ10;1;Рощин Глеб;1;2010-01-01;2015-03-01\n"),
    (
        "accounts.csv",
        "number;unified_number;house_code;premises;holder;contact_phone;contact_email;opened_on;closed_on\n\
         100;62тд000001;Л10;1;Иволгин Олег;89000000001;a@b.example;2015-03-01;2026-01-01\n",
    ),
    (
        "meters.csv",
        "kind;serial;house_code;premises;place;rates;digits_integer;digits_fraction;installed_on;verified_on;\
         verification_interval_years;removed_on\n\
         cold_water;777;Л10;1;кухня;1;5;3;2024-01-10;2023-12-01;6;2026-02-01\n",
    ),
];

/// The same lines without the columns that may be absent; of the first three something else changes besides.
const SHORT: [(&str, &str); 6] = [
    ("companies.csv", "inn;name\n7707083893;УК Новый двор\n"),
    (
        "houses.csv",
        "code;company_inn;municipality;address;time_zone;window_from_day;window_to_day\n\
         Л10;7707083893;Рязань;г. Рязань, д. 10;Europe/Moscow;15;26\n",
    ),
    ("premises.csv", "house_code;number;kind;area\nЛ10;1;residential;45,4\n"),
    ("owners.csv", "house_code;premises;name;share;since\nЛ10;1;Рощин Глеб;1;2010-01-01\n"),
    (
        "accounts.csv",
        "number;house_code;premises;holder;opened_on\n\
         100;Л10;1;Иволгин Олег;2015-03-01\n",
    ),
    (
        "meters.csv",
        "kind;serial;house_code;premises;rates;digits_integer;digits_fraction;installed_on\n\
         cold_water;777;Л10;1;1;5;3;2024-01-10\n",
    ),
];

/// What the columns that may be absent hold.
fn optional(state: &State) -> Vec<String> {
    let of = [
        "select ogrn, phone, email, address from company",
        "select cadastral_number from house",
        "select cadastral_number from premises",
        "select until from owner",
        "select unified_number, contact_phone, contact_email, closed_on from account",
        "select place, verified_on, verification_interval_years, removed_on from meter",
    ];
    of.iter().flat_map(|sql| state.rows(sql)).collect()
}

#[test]
fn an_absent_column_leaves_what_is_known() {
    let state = State::empty();
    take(&state, &FULL).unwrap();
    let before = optional(&state);
    let taken = take(&state, &SHORT).unwrap();
    let expected = [
        ("companies", 0, 1, 0),
        ("houses", 0, 1, 0),
        ("premises", 0, 1, 0),
        ("owners", 0, 0, 1),
        ("accounts", 0, 0, 1),
        ("meters", 0, 0, 1),
    ];
    assert_eq!(counts(&taken), expected);
    assert!(taken.iter().all(|file| file.cleared == 0), "{taken:?}");
    assert_eq!(optional(&state), before);
}

#[test]
fn an_empty_cell_clears_what_was_known_and_each_such_value_is_counted() {
    let state = State::empty();
    take(&state, &FULL).unwrap();
    let accounts = FULL[4].1.replace("62тд000001;", ";").replace("89000000001;a@b.example", ";");
    let meters = FULL[5].1.replace("2023-12-01;6;2026-02-01", "2025-12-01;6;");
    let taken = take(&state, &[("accounts.csv", &accounts), ("meters.csv", &meters)]).unwrap();
    let cleared: Vec<_> = taken.iter().map(|file| (file.kind.as_str(), file.changed, file.cleared)).collect();
    assert_eq!(cleared, [("accounts", 1, 3), ("meters", 1, 1)]);
    let account = "select unified_number, contact_phone, contact_email, closed_on from account";
    assert_eq!(state.rows(account), ["Null|Null|Null|2026-01-01"]);
}

#[test]
fn changed_rows_are_told_by_line_key_and_columns_without_anybody_s_name() {
    let state = State::empty();
    take(&state, &FULL).unwrap();
    let change = |index: usize, from: &str, to: &str| (FULL[index].0, FULL[index].1.replace(from, to));
    let changed = [
        change(0, "Двор;", "Сад;"),
        change(2, "45,3", "45,4"),
        change(3, "2015-03-01", "2015-03-02"),
        change(4, "Иволгин Олег;89000000001", "Иволгина Вера;89000000002"),
        change(5, "кухня;1;", "ванная;2;"),
    ];
    let files: Vec<_> = changed.iter().map(|(name, text)| (*name, text.as_str())).collect();
    let taken = take(&state, &files).unwrap();
    let told: Vec<_> = taken
        .iter()
        .flat_map(|file| &file.changed_rows)
        .map(|row| (row.line, row.key.as_str(), row.columns.join(", ")))
        .collect();
    let expected = [
        (2, "7707083893", "name"),
        (2, "Л10, 1", "area"),
        (2, "Л10, 1, с 2010-01-01", "until"),
        (2, "100", "holder, contact_phone"),
        (2, "Холодная вода 777", "place, rates"),
    ];
    assert_eq!(told, expected.map(|(line, key, columns)| (line, key, columns.to_owned())));
}

#[test]
fn of_many_changed_rows_a_hundred_are_told() {
    let state = filled();
    let file = |area: &str| {
        let lines = (1..=120).map(|number| format!("Л10;{number};residential;{area}\n"));
        std::iter::once("house_code;number;kind;area\n".to_owned()).chain(lines).collect::<String>()
    };
    take_at(&state, "2026-07-21T09:00:00Z", &[("premises.csv", &file("40"))]).unwrap();
    let taken = take_at(&state, "2026-07-22T09:00:00Z", &[("premises.csv", &file("41"))]).unwrap();
    assert_eq!((taken[0].changed, taken[0].changed_rows.len(), taken[0].changed_rows[99].line), (120, 100, 101));
}

#[test]
fn a_replaced_holder_or_contact_stands_in_the_audit_log_with_what_was_before() {
    let state = filled();
    let accounts = ACCOUNTS.replace("89000000001", "89000000009").replace("ООО «Лавка»", "ООО «Рынок»");
    take_at(&state, "2026-07-21T09:00:00Z", &[("accounts.csv", &accounts)]).unwrap();
    let noted = "select a.number, e.actor, d.fields from audit_entry e join audit_detail d using (audit_seq)
                 join account a on e.object = 'account:' || a.account_id
                 where e.action = 'account.import' order by a.number";
    let noted = state.rows(noted);
    let has = |index: usize, words: &[&str]| words.iter().all(|word| noted[index].contains(word));
    assert!(has(0, &["100|operator", "phone_from", "+79000000001", "phone_to", "+79000000009"]), "{noted:?}");
    assert!(has(1, &["200|operator", "holder_from", "«Лавка»", "holder_to", "«Рынок»"]), "{noted:?}");
    assert_eq!((noted.len(), noted[1].contains("phone")), (2, false));
    assert_eq!(state.db().read(audit::verify).unwrap().faults, Vec::<String>::new());
}

#[test]
fn what_is_nobody_s_name_or_contact_leaves_no_entry_of_its_account() {
    let state = filled();
    let accounts = ACCOUNTS.replace("2019-01-01", "2019-01-02");
    take_at(&state, "2026-07-21T09:00:00Z", &[("accounts.csv", &accounts)]).unwrap();
    assert_eq!(state.number("select count(*) from audit_entry where action = 'account.import'"), 0);
}

#[test]
fn whoever_is_linked_is_told_of_another_contact_and_not_of_another_day() {
    let state = State::seeded("2026-07-20T06:00:00Z");
    let account = "select a.number, h.code, p.number, a.holder, '+79000000099', a.opened_on from account a
                   join premises p using (premises_id) join house h using (house_id)
                   where a.account_id in (select account_id from account_link) order by a.number limit 1";
    let row = state.rows(account).remove(0).replace('|', ";");
    let told = |row: &str| {
        let file = format!("number;house_code;premises;holder;contact_phone;opened_on\n{row}\n");
        take_by(&state, &MADE_UP, "2026-07-20T09:00:00Z", &[("accounts.csv", &file)]).unwrap();
        state.number("select count(*) from event where kind = 'account.contact-replaced'")
    };
    let (row, opened_on) = row.rsplit_once(';').unwrap();
    assert_eq!((told(&format!("{row};{opened_on}")), told(&format!("{row};2001-01-01"))), (1, 1), "{row}");
}
