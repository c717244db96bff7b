//! Numbers, words and dates as they stand in a Russian sentence.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::period::Period;

/// Joins what must not be torn apart at the end of a line: a number and its unit.
pub const NO_BREAK_SPACE: char = '\u{a0}';

const MONTHS_OF: [&str; 12] = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
];

const MONTHS: [&str; 12] = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
];

/// The form of a noun after a whole number: 1 день, 2 дня, 5 дней, 11 дней, 21 день.
pub fn plural<'a>(number: u64, one: &'a str, few: &'a str, many: &'a str) -> &'a str {
    match (number % 100, number % 10) {
        (11..=14, _) => many,
        (_, 1) => one,
        (_, 2..=4) => few,
        _ => many,
    }
}

/// «25 июля».
pub fn day_and_month(date: Date) -> String {
    // A date's month is 1 to 12.
    let month = MONTHS_OF[date.month() as usize - 1];
    format!("{}{NO_BREAK_SPACE}{month}", date.day())
}

/// «25 июля 2026 года».
pub fn full_date(date: Date) -> String {
    format!("{} {} года", day_and_month(date), date.year())
}

/// «июль», as in «показания за июль».
pub fn month(period: Period) -> &'static str {
    // A period's month is 1 to 12.
    MONTHS[period.month() as usize - 1]
}

/// «июль 2026 года».
pub fn month_and_year(period: Period) -> String {
    format!("{} {} года", month(period), period.year())
}

/// «99 991,667»: a comma, no idle zeros, digits in threes from five digits on.
pub fn number(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
    let comma = if fraction.is_empty() { "" } else { "," };
    format!("{sign}{}{comma}{fraction}", in_threes(digits))
}

/// «8 раз», «3,2 раза», «2 раза»: a fraction takes the form of a part.
pub fn times(value: Decimal) -> String {
    let value = value.normalize();
    let word = match (value.scale(), u64::try_from(value.trunc())) {
        (0, Ok(whole)) => plural(whole, "раз", "раза", "раз"),
        (0, Err(_)) => "раз",
        _ => "раза",
    };
    format!("{}{NO_BREAK_SPACE}{word}", number(value))
}

fn in_threes(digits: &str) -> String {
    if digits.len() < 5 {
        return digits.to_owned();
    }
    let mut grouped = String::with_capacity(digits.len() * 2);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(NO_BREAK_SPACE);
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn nouns_follow_their_numbers() {
        let days = |number| plural(number, "день", "дня", "дней");
        assert_eq!([1, 21, 101].map(days), ["день"; 3]);
        assert_eq!([2, 3, 4, 22, 104].map(days), ["дня"; 5]);
        assert_eq!([0, 5, 11, 12, 14, 20, 111, 1012].map(days), ["дней"; 8]);
    }

    #[test]
    fn dates_are_words() {
        assert_eq!(day_and_month(date(2026, 7, 25)), "25\u{a0}июля");
        assert_eq!(full_date(date(2026, 5, 1)), "1\u{a0}мая 2026 года");
        assert_eq!(month(Period::new(2026, 7).unwrap()), "июль");
    }

    #[test]
    fn numbers_have_a_comma_and_no_idle_zeros() {
        assert_eq!(number(decimal("42.500")), "42,5");
        assert_eq!(number(decimal("0.000")), "0");
        assert_eq!(number(decimal("1234")), "1234");
        assert_eq!(number(decimal("99991.667")), "99\u{a0}991,667");
        assert_eq!(number(decimal("-1234567.5")), "−1\u{a0}234\u{a0}567,5");
    }

    #[test]
    fn times_agree_with_their_number() {
        assert_eq!(times(decimal("8")), "8\u{a0}раз");
        assert_eq!(times(decimal("2.0")), "2\u{a0}раза");
        assert_eq!(times(decimal("3.2")), "3,2\u{a0}раза");
        assert_eq!(times(decimal("21")), "21\u{a0}раз");
    }

    proptest! {
        #[test]
        fn grouping_loses_no_digit(digits in "[1-9][0-9]{0,20}") {
            prop_assert_eq!(in_threes(&digits).replace(NO_BREAK_SPACE, ""), digits);
        }
    }
}
