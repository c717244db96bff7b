//! What files are taken, and how bad lines are named.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::meter::MeterKind;

fn parse(text: &str) -> Result<ImportFile, BadLines> {
    ImportFile::parse("file.csv", text.as_bytes())
}

/// Line, column and reason of every bad line.
fn faults(text: &str) -> Vec<(u64, String, String)> {
    let bad_lines = parse(text).unwrap_err();
    bad_lines.into_iter().map(|bad| (bad.line, bad.column.unwrap_or_default(), bad.reason)).collect()
}

fn places(text: &str) -> Vec<(u64, String)> {
    faults(text).into_iter().map(|(line, column, _)| (line, column)).collect()
}

const ACCOUNTS: &str =
    "number;unified_number;house_code;premises;holder;contact_phone;contact_email;opened_on;closed_on\n";
const OWNERS: &str = "house_code;premises;name;share;since;until\n";

#[test]
fn each_kind_is_recognised_by_its_header() {
    let files = [
        ("companies", "inn,name,phone\n7830002293,«УК Мой дом»,8 (4912) 12-34-56\n"),
        (
            "houses",
            "code;company_inn;municipality;address;time_zone;window_from_day;window_to_day\n\
             L10;7830002293;Рязань;\"г. Рязань, ул. Ленина, д. 10\";Europe/Moscow;15;25\n",
        ),
        ("premises", "house_code;number;kind;area\nL10;15;residential;45,3\n"),
        ("owners", "house_code;premises;name;share;since\nL10;15;Иванов И. И.;1/2;01.02.2020\n"),
        ("accounts", "number;house_code;premises;holder;opened_on\n15;L10;15;Иванов;2020-02-01\n"),
        (
            "meters",
            "kind;serial;house_code;premises;rates;digits_integer;digits_fraction;installed_on\n\
             cold_water;12-А;L10;15;1;5;3;2020-02-01\n",
        ),
        (
            "readings",
            "meter_kind;meter_serial;source;period;taken_on;value_1\ncold_water;12-А;resident;2026-06;2026-06-20;131,789\n",
        ),
        (
            "tariffs",
            "house_code;service;supplier_inn;supplier;price_1;act;act_number;act_date;since\n\
             L10;gas;7830002293;Газсбыт;9,09;Приказ;1;2026-09-17;2026-10-01\n",
        ),
        (
            "norms",
            "house_code;service;per;dwelling;value;act;act_number;act_date;since\n\
             L10;gas;person;с плитой;10;Приказ;1;2026-09-17;2026-10-01\n",
        ),
        (
            "benefits",
            "house_code;benefit;service;percent;act;act_number;act_date;since\n\
             L10;Ветераны;gas;50;Закон;1;2026-09-17;2026-10-01\n",
        ),
        ("production_days", "day;work;name;act\n31.12.2027;нет;Перенос;ПП РФ № 1\n"),
        ("openings", "account;period;amount;on\n15;2026-06;1234,5;30.06.2026\n"),
        ("house_services", "house_code;service;way;since\nL10;gas;meter;2026-01-01\n"),
        ("house_areas", "house_code;premises_area;common_area;since\nL10;3120,8;412,6;2026-01-01\n"),
        ("households", "house_code;premises;registered;since\nL10;15;3;2026-01-01\n"),
        ("not_supplied", "house_code;premises;service;since\nL10;15;gas;2026-01-01\n"),
        ("house_volumes", "house_code;service;period;volume\nL10;heating;2026-01;120,5\n"),
        (
            "acknowledgements",
            "meter_kind;meter_serial;period;value_1;supplier_inn;on;is_accepted\n\
             cold_water;12-А;2026-06;131,789;7830002293;2026-06-28;да\n",
        ),
    ];
    let mut ranks = Vec::new();
    for (kind, text) in files {
        let file = parse(text).unwrap();
        assert_eq!((file.kind(), file.len()), (kind, 1));
        ranks.push(file.rank());
    }
    assert!(ranks.is_sorted());
}

#[test]
fn a_line_becomes_a_typed_row() {
    let text = "serial;kind;premises;house_code;place;rates;digits_integer;digits_fraction;installed_on;verified_on;\
                verification_interval_years;removed_on\n\
                00123;electricity;12а;L10;;2;6;0;01.02.2020;2020-01-15;16;\n";
    let ImportFile::Meters(lines) = parse(text).unwrap() else { panic!("not meters") };
    let meter = &lines[0].row;
    assert_eq!(lines[0].number, 2);
    assert_eq!((meter.kind, meter.serial.as_str(), meter.is_partial), (MeterKind::Electricity, "00123", false));
    let MeterAt::Premises { house_code, number } = &meter.at else { panic!("no premises") };
    assert_eq!((house_code.as_str(), number.as_str()), ("L10", "12А"));
    let dial = meter.dial.unwrap();
    assert_eq!((meter.rates, dial.digits_integer(), dial.digits_fraction()), (Some(2), 6, 0));
    assert_eq!((meter.installed_on, meter.verified_on), (date(2020, 2, 1), Some(date(2020, 1, 15))));
    assert_eq!((meter.place.as_deref(), meter.verification_interval_years, meter.removed_on), (None, Some(16), None));
}

#[test]
fn a_byte_order_mark_other_line_ends_and_empty_lines_mean_nothing() {
    let text =
        "\u{feff}house_code,number,kind,area\r\n\r\nL10,15,residential,45.30\r\n,,,\r\nL10,16,non_residential,1\r\n";
    let ImportFile::Premises(lines) = parse(text).unwrap() else { panic!("not premises") };
    let areas: Vec<_> = lines.iter().map(|line| (line.number, line.row.area_hundredths)).collect();
    assert_eq!(areas, [(3, 4530), (5, 100)]);
}

#[test]
fn every_bad_line_is_named_with_its_column_and_reason() {
    let text = "house_code;number;kind;area\nL10;;flat;0\nL10;16;residential;45,3\nL10;17;residential\nL10;18;residential;4,567\n";
    let faults = faults(text);
    let places: Vec<_> = faults.iter().map(|(line, column, _)| (*line, column.as_str())).collect();
    assert_eq!(places, [(2, "number"), (2, "kind"), (2, "area"), (4, ""), (5, "area")]);
    assert_eq!(faults[0].2, "не заполнено");
    assert_eq!(faults[1].2, "нужно одно из: residential, non_residential");
    assert_eq!(faults[3].2, "значений 3, а столбцов 4: проверьте кавычки и разделители");
}

#[test]
fn a_bad_line_is_one_sentence() {
    let bad_lines = ImportFile::parse("houses/premises.csv", b"house_code;number;kind;area\nL10;15;residential;0\n");
    assert_eq!(
        bad_lines.unwrap_err()[0].to_string(),
        "houses/premises.csv, строка 2, столбец area: площадь пишется в м² как 45,3 и больше нуля"
    );
}

#[test]
fn line_numbers_count_the_lines_of_quoted_values() {
    let text = "inn;name\n7830002293;\"в две\nстроки\"\n7707083894;Банк\n";
    assert_eq!(places(text), [(2, "name".to_owned()), (4, "inn".to_owned())]);
}

#[test]
fn a_stray_quote_does_not_swallow_lines_silently() {
    let text = "inn;name\n7830002293;\"УК\n7707083893;Банк\n";
    assert_eq!(places(text), [(2, "name".to_owned())]);
}

#[test]
fn letters_that_nobody_sees_are_refused_with_their_line_and_column() {
    for letter in
        ['\0', '\u{85}', '\u{ad}', '\u{200b}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{feff}']
    {
        let faults =
            faults(&format!("house_code;number;kind;area\nL10;1;residential;1\nL{letter}10;2;residential;1\n"));
        let [(line, column, reason)] = faults.as_slice() else { panic!("{faults:?}") };
        assert_eq!((*line, column.as_str()), (3, "house_code"), "{letter:?}");
        assert!(reason.contains(&format!("недопустимый невидимый знак U+{:04X}", u32::from(letter))), "{reason}");
    }
}

#[test]
fn a_header_that_is_wrong_is_refused_by_its_columns() {
    assert_eq!(
        places("house_code;number;kind;square;kind\nL10;15;residential;45;x\n"),
        [(1, "square".to_owned()), (1, "kind".to_owned()), (1, "area".to_owned())]
    );
    for header in ["что;это", "name;телефон;дом;счёт;владелец"] {
        let faults = faults(&format!("{header}\n1;2\n"));
        assert_eq!((faults.len(), faults[0].2.contains("не понять, что в файле")), (1, true), "{faults:?}");
    }
    let tabbed = faults("inn\tname\n7830002293\tУК\n");
    assert_eq!((tabbed.len(), tabbed[0].2.contains("табуляцией, а нужна «;»")), (1, true), "{tabbed:?}");
    assert_eq!(places(""), [(1, String::new())]);
    assert_eq!(places("\u{feff}"), [(1, String::new())]);
}

#[test]
fn a_header_alone_is_a_file_of_nothing() {
    assert!(parse(ACCOUNTS).unwrap().is_empty());
}

#[test]
fn a_file_is_read_no_further_than_one_line_beyond_what_is_asked_for() {
    let text = "house_code;number;kind;area\nL10;1;residential;1\nL10;2;residential;1\nL10;3;residential;1\nL10;x\n";
    let up_to = |lines_max| ImportFile::parse_up_to("f.csv", text.as_bytes(), lines_max).map(|file| file.len());
    assert_eq!((up_to(1), up_to(2)), (Ok(2), Ok(3)));
    assert_eq!(up_to(3).unwrap_err()[0].line, 5);
}

#[test]
fn windows_1251_is_read_and_what_is_neither_is_refused_with_its_line() {
    let file = |name: &[u8]| [b"inn;name\n7830002293;", name, b"\n"].concat();
    let ImportFile::Companies(lines) = ImportFile::parse("f.csv", &file(&[0xcc, 0xee, 0xe9])).unwrap() else {
        panic!("not companies")
    };
    assert_eq!(lines[0].row.name, "Мой");
    let bad_lines = ImportFile::parse("f.csv", &file(&[0xcc, 0xee, 0x98])).unwrap_err();
    assert_eq!((bad_lines.len(), bad_lines[0].line), (1, 2));
    assert!(bad_lines[0].reason.contains("UTF-8"));
}

#[test]
fn what_repeats_an_earlier_line_is_refused() {
    let text = format!(
        "{ACCOUNTS}а-1;75да533315;L10;1;Иванов;;;2020-01-01;\n\
         А-1;;L10;2;Петров;;;2020-01-01;\n\
         3;75да533315;L10;3;Сидоров;;;2020-01-01;\n\
         4;;L10;4;Козлов;;;2020-01-01;\n"
    );
    assert_eq!(
        faults(&text),
        [
            (3, "number".to_owned(), "повторяет строку 2".to_owned()),
            (4, "unified_number".to_owned(), "повторяет строку 2".to_owned()),
        ]
    );
}

#[test]
fn shares_of_one_premises_are_at_most_the_whole_on_every_day() {
    let thirds = "L10;1;А;1/3;2020-01-01;\nL10;1;Б;1/3;2020-01-01;\nL10;1;В;1/3;2020-01-01;\n";
    assert_eq!(parse(&format!("{OWNERS}{thirds}")).unwrap().len(), 3);
    let with_a_fourth = format!("{OWNERS}{thirds}L10;1;Г;1/100;2021-01-01;\nL10;2;Г;1;2021-01-01;\n");
    assert_eq!(places(&with_a_fourth), [(5, "share".to_owned())]);
    let sold = format!("{OWNERS}L10;1;А;1;2020-01-01;2021-01-01\nL10;1;Б;1;2021-01-01;\n");
    assert_eq!(parse(&sold).unwrap().len(), 2);
    let sold_twice = format!("{OWNERS}L10;1;А;1;2020-01-01;2021-01-02\nL10;1;Б;1;2021-01-01;\n");
    assert_eq!(places(&sold_twice), [(3, "share".to_owned())]);
    let told_backwards = format!("{OWNERS}L10;1;Б;1;2021-01-01;\nL10;1;А;1/2;2020-01-01;\n");
    let reason = "доли вместе больше целого: 2021-01-01, с долями строк выше".to_owned();
    assert_eq!(faults(&told_backwards), [(3, "share".to_owned(), reason)]);
}

#[test]
fn a_term_never_ends_before_it_begins() {
    let text = format!("{OWNERS}L10;1;А;1;2021-01-01;2020-01-01\n");
    assert_eq!(faults(&text), [(2, "until".to_owned(), "раньше, чем since".to_owned())]);
}

#[test]
fn dates_are_written_in_one_of_two_ways() {
    let with_date = |date: &str| parse(&format!("{OWNERS}L10;1;А;1;{date};\n")).is_ok();
    assert!(with_date("2020-02-29") && with_date("29.02.2020"));
    for wrong in ["2021-02-29", "29.02.20", "2020.02.29", "29-02-2020", "2020-2-9", "2020-02.29", "0001-01-01", "вчера"]
    {
        assert!(!with_date(wrong), "{wrong}");
    }
}

#[test]
fn a_third_value_needs_a_second() {
    let text = "meter_kind;meter_serial;source;period;taken_on;value_1;value_2;value_3\n\
                electricity;1;company;2026-06;2026-06-20;1;;3\n";
    assert_eq!(places(text), [(2, "value_2".to_owned())]);
}

#[test]
fn an_answer_of_a_supplier_names_the_values_of_every_rate() {
    let header = "meter_kind;meter_serial;period;value_1;value_2;value_3;supplier_inn;on;is_accepted;reason\n";
    let line = |values: &str| format!("{header}electricity;12;2026-06;{values};7830002293;2026-06-28;да;\n");
    let ImportFile::Acknowledgements(lines) = parse(&line("1500;700,5;")).unwrap() else { panic!("not answers") };
    let values: Vec<_> = lines[0].row.values.iter().map(ToString::to_string).collect();
    assert_eq!(values, ["1500", "700.5"]);
    assert_eq!(places(&line("1500;;9")), [(2, "value_2".to_owned())]);
}

#[test]
fn the_month_of_a_reading_is_at_most_one_from_its_day_and_a_rollover_is_confirmed_by_a_word() {
    let readings = |period: &str, rolled_over: &str| {
        format!(
            "meter_kind;meter_serial;source;period;taken_on;value_1;rolled_over\n\
             gas;1;company;{period};2026-11-10;1;{rolled_over}\n"
        )
    };
    for period in ["2026-10", "2026-11", "2026-12"] {
        assert_eq!(parse(&readings(period, "")).unwrap().len(), 1);
    }
    for period in ["2026-09", "2027-01", "2031-05"] {
        assert_eq!(places(&readings(period, "")), [(2, "period".to_owned())]);
    }
    for (word, expected) in [("yes", true), ("Да", true), ("1", true), ("", false)] {
        let ImportFile::Readings(lines) = parse(&readings("2026-11", word)).unwrap() else { panic!("not readings") };
        assert_eq!(lines[0].row.rolled_over, expected, "{word}");
    }
    assert_eq!(places(&readings("2026-11", "нет")), [(2, "rolled_over".to_owned())]);
}

#[test]
fn one_day_may_be_read_for_two_months_but_not_twice_for_one() {
    let line = |period: &str| format!("gas;1;company;{period};2026-07-01;1\n");
    let header = "meter_kind;meter_serial;source;period;taken_on;value_1\n";
    let text = format!("{header}{}{}", line("2026-06"), line("2026-07"));
    assert_eq!(parse(&text).unwrap().len(), 2);
    assert_eq!(places(&(text + &line("2026-06"))), [(4, "taken_on".to_owned())]);
}

#[test]
fn check_digits_and_forms_are_checked_in_every_file() {
    let text = "inn;name;ogrn;phone;email\n7707083894;Банк;1027700132196;112;a@b\n7707083893;Банк;304500116000157;;\n";
    let columns: Vec<_> = places(text).into_iter().map(|(line, column)| format!("{line} {column}")).collect();
    assert_eq!(columns, ["2 inn", "2 ogrn", "2 phone", "2 email"]);
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = ImportFile::parse("any.csv", &bytes);
    }

    #[test]
    fn any_cells_are_read_or_refused_on_their_own_line(cells in proptest::collection::vec("[^;\"\r\n]{0,12}", 6)) {
        let text = format!("{OWNERS}L10;1;А;1;2020-01-01;\n{}\nL10;1;А;1;2020-01-01;\n", cells.join(";"));
        let bad_lines = parse(&text).unwrap_err();
        prop_assert!(bad_lines.iter().all(|bad| (3..=4).contains(&bad.line)), "{bad_lines:?}");
        prop_assert!(bad_lines.iter().any(|bad| bad.line == 4), "{bad_lines:?}");
    }

    #[test]
    fn the_delimiter_quotes_and_line_ends_change_nothing(
        names in proptest::collection::vec("[А-Яа-я]{1,10}", 1..8), comma in any::<bool>(), crlf in any::<bool>(),
    ) {
        let (delimiter, end) = (if comma { "," } else { ";" }, if crlf { "\r\n" } else { "\n" });
        let mut text = format!("inn{delimiter}name{end}");
        for (index, name) in names.iter().enumerate() {
            // Twelve digits with both check digits right, by trying.
            let inn = (0..100).map(|check| format!("{index:02}12345678{check:02}")).find(|inn| crate::identifier::Inn::parse(inn).is_ok());
            text += &format!("{}{delimiter}\"{name}\"{end}", inn.unwrap());
        }
        let ImportFile::Companies(lines) = parse(&text).unwrap() else { panic!("not companies") };
        let read: Vec<_> = lines.iter().map(|line| line.row.name.clone()).collect();
        prop_assert_eq!(read, names);
        prop_assert_eq!(lines.last().unwrap().number as usize, lines.len() + 1);
    }

    #[test]
    fn equal_parts_of_a_flat_are_taken_and_one_more_is_not(parts in 1_usize..40) {
        let line = |index| format!("L10;1;Владелец {index};1/{parts};2020-01-01;\n");
        let whole = (0..parts).map(line).fold(OWNERS.to_owned(), |text, line| text + &line);
        prop_assert!(parse(&whole).is_ok());
        prop_assert!(parse(&(whole + &line(parts))).is_err());
    }
}

#[test]
fn a_price_has_its_zones_in_a_row_at_most_six_decimals_and_a_link_to_the_web() {
    let tariff = |prices: &str, link: &str| {
        format!(
            "house_code;service;supplier_inn;supplier;price_1;price_2;price_3;above_norm_1;act;act_number;act_date;\
             act_link;since\nL10;electricity;7830002293;Свет;{prices};Приказ;1;2026-09-17;{link};2026-10-01\n"
        )
    };
    let ImportFile::Tariffs(lines) = parse(&tariff("8,23;3,71;6,99;", "https://a.ru/1")).unwrap() else {
        panic!("not tariffs")
    };
    let prices: Vec<_> = lines[0].row.prices.as_slice().iter().map(|price| price.rubles().to_string()).collect();
    assert_eq!(prices, ["8.23", "3.71", "6.99"]);
    for (prices, link, column) in [
        ("8,23;;6,99;", "", "price_2"),
        ("8,1234567;;;", "", "price_1"),
        ("8,23;3,71;;9,5", "", "above_norm_1"),
        ("8,23;;;", "javascript:alert(1)", "act_link"),
    ] {
        assert_eq!(places(&tariff(prices, link)), [(2, column.to_owned())], "{prices} {link}");
    }
}

#[test]
fn bank_details_come_together_and_their_keys_are_those_of_the_bank() {
    let head = "inn;name;kpp;bank_account;bank;bik;correspondent_account\n7830002293;УК;783001001;";
    let good = format!("{head}40702810138250123017;ПАО СБЕРБАНК;044525225;30101810400000000225\n");
    let ImportFile::Companies(lines) = ImportFile::parse("companies.csv", good.as_bytes()).unwrap() else {
        panic!("companies")
    };
    let company = &lines.iter().next().unwrap().row;
    let bank = company.bank.as_ref().unwrap();
    assert_eq!((bank.account.as_str(), bank.bik.as_str()), ("40702810138250123017", "044525225"));
    assert_eq!(company.kpp.as_ref().unwrap().as_str(), "783001001");
    let places = |row: &str| places(&format!("{head}{row}\n"));
    for (row, column) in [
        ("40702810138250123018;ПАО СБЕРБАНК;044525225;", "bank_account"),
        (";ПАО СБЕРБАНК;044525225;", "bank_account"),
        ("40702810138250123017;;044525225;", "bank"),
        ("40702810138250123017;ПАО СБЕРБАНК;;", "bik"),
        ("40702810138250123017;ПАО СБЕРБАНК;044525225;30101810400000000226", "correspondent_account"),
        ("40702810138250123017;Банк|Банк;044525225;", "bank"),
    ] {
        assert_eq!(places(row), [(2, column.to_owned())], "{row}");
    }
    // Without its bank an account cannot be checked, and an old bank may stand beside a new account.
    let alone = self::places("inn;name;bank_account\n7830002293;УК;40702810138250123017\n");
    assert_eq!(alone, [(2, "bank".to_owned())]);
}
