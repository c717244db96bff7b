//! Numbers and dates as a workbook writes them: binary fractions printed with 17 digits, days counted from 1900.

use jiff::{ToSpan, civil::date};
use rust_decimal::Decimal;

/// What Excel itself shows; the digits behind are noise of its binary fractions.
const SIGNIFICANT_DIGITS: u32 = 15;
/// From here on Excel has lost digits when the number was typed.
const WHOLE_MAX: i64 = 1_000_000_000_000_000;

/// 31 December 9999, where Excel ends.
const DAYS_MAX: i64 = 2_958_465;

/// The number as it was typed; nothing where Excel has lost its last digits, or where it is none.
pub(super) fn number(text: &str) -> Option<String> {
    let number = Decimal::from_str_exact(text)
        .or_else(|_| Decimal::from_scientific(text))
        .or_else(|_| text.parse::<Decimal>())
        .ok()?;
    let number = number.round_sf(SIGNIFICANT_DIGITS)?.normalize();
    (number.abs() < Decimal::from(WHOLE_MAX)).then(|| number.to_string())
}

/// The day of a serial number, as `2026-07-25`; nothing where there is none such. A time of day is left out.
pub(super) fn day(text: &str, is_1904: bool) -> Option<String> {
    let days = i64::try_from(number(text)?.parse::<Decimal>().ok()?.trunc()).ok()?;
    // Excel believes in a 29 February 1900: from March of that year on its count is one ahead.
    let first = if is_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let least = if is_1904 { 0 } else { 61 };
    if !(least..=DAYS_MAX).contains(&days) {
        return None;
    }
    first.checked_add(days.days()).ok().map(|day| day.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_lose_the_noise_of_binary_fractions() {
        let read = |text| number(text).unwrap();
        assert_eq!(read("131.78899999999999"), "131.789");
        assert_eq!(read("0.10000000000000001"), "0.1");
        assert_eq!(read("1.5E2"), "150");
        assert_eq!(read("12345678"), "12345678");
        assert_eq!(read("-3.5"), "-3.5");
        assert_eq!(number("1234567890123456"), None, "the last digit of 16 is Excel's invention");
        assert_eq!([number(""), number("abc"), number("1E400")], [None, None, None]);
    }

    #[test]
    fn days_are_counted_as_excel_counts_them() {
        assert_eq!(day("45000", false).as_deref(), Some("2023-03-15"));
        assert_eq!(day("45000.75", false).as_deref(), Some("2023-03-15"));
        assert_eq!(day("43538", true).as_deref(), Some("2023-03-15"));
        assert_eq!(
            [day("60", false), day("-1", false), day("9999999", false), day("1E300", false)],
            [None, None, None, None]
        );
    }

    proptest! {
        #[test]
        fn what_was_typed_with_fifteen_digits_comes_back(whole in 0_u64..1_000_000_000, thousandths in 0_u32..1_000) {
            let typed = format!("{whole}.{thousandths:03}");
            let stored: f64 = typed.parse().unwrap();
            let read: Decimal = number(&format!("{stored:.17e}")).unwrap().parse().unwrap();
            prop_assert_eq!(read, typed.parse::<Decimal>().unwrap());
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = (number(&text), day(&text, true), day(&text, false));
        }
    }
}
