//! What a meter's dial can show, and how a value is written.
//!
//! Values are decimals: water and gas show three places, heat three or four, electricity often none, and a whole
//! number, as the articles ask for (S0:48), is accepted everywhere. Bounds are those of ГИС ЖКХ: 15 digits before
//! and 7 after the point, no sign (`MeteringValueType`).

use rust_decimal::Decimal;

/// The digits that any meter may have before the point.
const DIGITS_INTEGER_MAX: u8 = 15;
/// The digits that any meter may have after the point.
const DIGITS_FRACTION_MAX: u8 = 7;
/// Longer text is nobody's reading and is not looked at.
const TEXT_BYTES_MAX: usize = 100;

/// How many digits a meter shows before and after the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dial {
    digits_integer: u8,
    digits_fraction: u8,
}

/// Why a dial, or a value on it, is impossible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// No meter has so many digits, or none before the point.
    #[error("у счётчика от 1 до 15 цифр до запятой и до 7 после")]
    Impossible,
    /// The value has more digits before the point than the dial.
    #[error("больше {digits_integer} знаков до запятой")]
    Overflow {
        /// Digits of the dial before the point.
        digits_integer: u8,
    },
    /// The value has more digits after the point than the dial.
    #[error("больше {digits_fraction} знаков после запятой")]
    TooManyDecimals {
        /// Digits of the dial after the point.
        digits_fraction: u8,
    },
}

/// Why a text is not a value of any meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// Nothing is written.
    #[error("показание не указано")]
    Empty,
    /// Not digits with at most one comma or dot between them.
    #[error("показание — это число, например 131 или 131,789")]
    NotANumber,
    /// A number below zero.
    #[error("показание не бывает меньше нуля")]
    Negative,
    /// More digits before the point than any meter has.
    #[error("в показании больше 15 цифр до запятой")]
    TooLarge,
    /// More digits after the point than any meter has.
    #[error("в показании больше 7 цифр после запятой")]
    TooManyDecimals,
}

/// The value is below the previous one, and nobody confirmed that the dial passed through zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("показание меньше прошлого")]
pub struct Decrease;

/// Reads a value as people write it: digits with a comma or a dot between them, spaces around it.
///
/// Zeros at the left mean nothing (`00131` is 131). A space inside is refused, not dropped: `1 31` is as likely a
/// lost digit as a slip of the finger.
pub fn parse_value(text: &str) -> Result<Decimal, ValueError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ValueError::Empty);
    }
    match text.strip_prefix(['-', '−']) {
        Some(unsigned) if parse_unsigned(unsigned).is_ok() => Err(ValueError::Negative),
        Some(_) => Err(ValueError::NotANumber),
        None => parse_unsigned(text),
    }
}

fn parse_unsigned(text: &str) -> Result<Decimal, ValueError> {
    let (whole, fraction) = match text.split_once([',', '.']) {
        Some((_, "")) => return Err(ValueError::NotANumber),
        Some(parts) => parts,
        None => (text, ""),
    };
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || text.len() > TEXT_BYTES_MAX || !is_digits(whole) || !is_digits(fraction) {
        return Err(ValueError::NotANumber);
    }
    let whole = whole.trim_start_matches('0');
    if whole.len() > usize::from(DIGITS_INTEGER_MAX) {
        return Err(ValueError::TooLarge);
    }
    if fraction.len() > usize::from(DIGITS_FRACTION_MAX) {
        return Err(ValueError::TooManyDecimals);
    }
    let point = if fraction.is_empty() { "" } else { "." };
    // A decimal holds 28 digits: 15 and 7 always fit.
    format!("0{whole}{point}{fraction}").parse().map_err(|_| ValueError::NotANumber)
}

impl Dial {
    /// A dial with so many digits before and after the point.
    pub fn new(digits_integer: u8, digits_fraction: u8) -> Result<Self, DialError> {
        let exists = (1..=DIGITS_INTEGER_MAX).contains(&digits_integer) && digits_fraction <= DIGITS_FRACTION_MAX;
        exists.then_some(Self { digits_integer, digits_fraction }).ok_or(DialError::Impossible)
    }

    /// Digits before the point.
    pub const fn digits_integer(self) -> u8 {
        self.digits_integer
    }

    /// Digits after the point.
    pub const fn digits_fraction(self) -> u8 {
        self.digits_fraction
    }

    /// Whether the dial can show this value. Zeros after the last decimal mean nothing: `131,0` is a whole number.
    pub fn check(self, value: Decimal) -> Result<(), DialError> {
        if value >= self.capacity() {
            return Err(DialError::Overflow { digits_integer: self.digits_integer });
        }
        if value.normalize().scale() > u32::from(self.digits_fraction) {
            return Err(DialError::TooManyDecimals { digits_fraction: self.digits_fraction });
        }
        Ok(())
    }

    /// The one text of a value: a dot, no zeros at the left, as many decimals as the dial has.
    ///
    /// Equal values have equal texts, so texts can be compared, stored and sent. A value that the dial cannot show
    /// (from before the meter's data were mended) keeps its decimals: nothing is rounded away.
    pub fn print(self, value: Decimal) -> String {
        let mut value = value.normalize();
        value.rescale(value.scale().max(u32::from(self.digits_fraction)));
        value.to_string()
    }

    /// What was used between two values: `now − previous`, or through zero `10^d − previous + now`.
    pub fn consumption(self, previous: Decimal, now: Decimal, rolled_over: bool) -> Result<Decimal, Decrease> {
        if now >= previous {
            return Ok(now - previous);
        }
        if rolled_over { Ok(self.through_zero(previous, now)) } else { Err(Decrease) }
    }

    /// What was used if the dial passed through zero between the two values.
    pub fn through_zero(self, previous: Decimal, now: Decimal) -> Decimal {
        self.capacity() - previous + now
    }

    /// The first value that does not fit: `10^d`.
    pub fn capacity(self) -> Decimal {
        Decimal::from(10_u64.pow(u32::from(self.digits_integer)))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str) -> Decimal {
        parse_value(text).unwrap()
    }

    fn water() -> Dial {
        Dial::new(5, 3).unwrap()
    }

    fn used(dial: Dial, previous: &str, now: &str, rolled_over: bool) -> Result<String, Decrease> {
        dial.consumption(value(previous), value(now), rolled_over).map(|used| dial.print(used))
    }

    #[test]
    fn r1_consumption_is_the_difference() {
        assert_eq!(used(water(), "123.456", "131.789", false).unwrap(), "8.333");
        assert_eq!(used(water(), "131.789", "131.789", false).unwrap(), "0.000");
    }

    #[test]
    fn r1_a_decrease_is_an_error_unless_the_dial_passed_through_zero() {
        assert_eq!(used(water(), "131.789", "123.456", false), Err(Decrease));
        assert_eq!(used(water(), "99998.500", "3.250", false), Err(Decrease));
        assert_eq!(used(water(), "99998.500", "3.250", true).unwrap(), "4.750");
        assert_eq!(used(Dial::new(5, 0).unwrap(), "99990", "15", true).unwrap(), "25");
    }

    #[test]
    fn a_rollover_that_did_not_happen_adds_nothing() {
        assert_eq!(used(water(), "123.456", "131.789", true).unwrap(), "8.333");
    }

    #[test]
    fn r1_a_value_beyond_the_dial_overflows() {
        assert_eq!(water().check(value("100000.000")), Err(DialError::Overflow { digits_integer: 5 }));
        assert_eq!(water().check(value("99999.999")), Ok(()));
    }

    #[test]
    fn a_whole_dial_takes_whole_numbers_only() {
        let electricity = Dial::new(6, 0).unwrap();
        assert_eq!(electricity.check(value("131")), Ok(()));
        assert_eq!(electricity.check(value("131,0")), Ok(()));
        assert_eq!(electricity.check(value("131.5")), Err(DialError::TooManyDecimals { digits_fraction: 0 }));
    }

    #[test]
    fn a_comma_a_dot_and_spaces_around_are_the_same_value() {
        for text in ["123.456", "123,456", " 123,456\t", "\u{a0}123,456\u{202f}", "00123.456"] {
            assert_eq!(water().print(value(text)), "123.456", "{text:?}");
        }
        assert_eq!(water().print(value("131")), "131.000");
        assert_eq!(water().print(value("0")), "0.000");
        assert_eq!(water().print(value("1.23450")), "1.2345");
    }

    #[test]
    fn what_is_not_a_number_is_refused() {
        for text in
            ["1 31", "1\u{a0}31", "+5", ",", ".", "5,", ",5", "1,2,3", "1.2,3", "12e3", "٣", "１２", "abc", "--5", "-x"]
        {
            assert_eq!(parse_value(text), Err(ValueError::NotANumber), "{text:?}");
        }
        assert_eq!(parse_value(""), Err(ValueError::Empty));
        assert_eq!(parse_value(" \u{a0}"), Err(ValueError::Empty));
        assert_eq!(parse_value("-5"), Err(ValueError::Negative));
        assert_eq!(parse_value("−5,25"), Err(ValueError::Negative));
    }

    #[test]
    fn a_value_has_at_most_fifteen_digits_and_seven_decimals() {
        assert_eq!(value("999999999999999.9999999").to_string(), "999999999999999.9999999");
        assert_eq!(parse_value("1000000000000000"), Err(ValueError::TooLarge));
        assert_eq!(parse_value("0.12345678"), Err(ValueError::TooManyDecimals));
        assert_eq!(value("0000000000000000000001"), Decimal::ONE);
    }

    #[test]
    fn a_dial_has_one_to_fifteen_digits_and_up_to_seven_decimals() {
        for (integer, fraction) in [(0, 3), (16, 0), (5, 8)] {
            assert_eq!(Dial::new(integer, fraction), Err(DialError::Impossible));
        }
    }

    fn a_value_on_a_dial() -> impl Strategy<Value = (Dial, Decimal)> {
        (1_u8..=15, 0_u8..=7).prop_flat_map(|(integer, fraction)| {
            let units = 0..10_i128.pow(u32::from(integer + fraction));
            let dial = Dial::new(integer, fraction).unwrap();
            units.prop_map(move |units| (dial, Decimal::from_i128_with_scale(units, u32::from(fraction))))
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back((dial, value) in a_value_on_a_dial()) {
            let text = dial.print(value);
            prop_assert_eq!(parse_value(&text), Ok(value));
            prop_assert_eq!(parse_value(&text.replace('.', ",")), Ok(value));
            prop_assert_eq!(dial.check(value), Ok(()));
            prop_assert_eq!(dial.print(parse_value(&text).unwrap()), text);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            if let Ok(value) = parse_value(&text) {
                prop_assert!(value >= Decimal::ZERO);
                prop_assert!(text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b',' || byte == b'.'));
            }
        }

        #[test]
        fn numbers_like_those_of_people_are_read_or_refused(text in "[-+ ,.0-9]{0,30}") {
            if let Ok(value) = parse_value(&text) {
                let dot = text.trim().replace(',', ".");
                prop_assert_eq!(dot.parse::<Decimal>().unwrap(), value);
            }
        }

        #[test]
        fn consumption_leads_from_the_previous_value_to_this_one(
            (dial, previous) in a_value_on_a_dial(), part in 0_u64..1_000_000,
        ) {
            // Another value of the same dial: a millionth part of its capacity, so many times.
            let scale = u32::from(dial.digits_fraction());
            let now = (dial.capacity() * Decimal::new(part as i64, 6)).trunc_with_scale(scale);
            let used = dial.consumption(previous, now, true).unwrap();
            prop_assert!(used >= Decimal::ZERO && used < dial.capacity());
            let shown = previous + used;
            prop_assert!(shown == now || shown == now + dial.capacity());
            prop_assert_eq!(dial.consumption(previous, now, false).is_ok(), now >= previous);
        }
    }
}
