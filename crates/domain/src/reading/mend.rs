//! What a person most likely meant by a value that is asked about or refused, so that one tap mends it.
//!
//! The slips that people make at a dial are few: two values in each other's place, a comma left out or put
//! elsewhere, two neighbouring digits swapped, a digit too many or too few. Each is undone in every place, and what
//! comes out is offered only if it is plausible (it would be accepted without a question) and the only such value:
//! of two likely readings neither is put into anybody's mouth. Nothing is altered here; it is the person who says
//! «да».

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use crate::reading::check::{Given, Metering, Thresholds, is_plausible, turns_plausibly};
use crate::reading::dial::parse_value;

/// No dial has more digits; longer text is no slip of one.
const DIGITS_MAX: usize = 22;

/// The slip that explains a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slip {
    /// The value belongs to another dial of the same kind, or of the other water, and that one's value here.
    ValuesExchanged,
    /// The comma is missing or stands in another place.
    Comma,
    /// Two neighbouring digits are swapped.
    DigitsSwapped,
    /// A digit too many.
    DigitExtra,
    /// A digit too few.
    DigitMissing,
}

/// One reading of a submission: the meter with what is known of it, and what was typed.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// The meter.
    pub meter: Metering<'a>,
    /// What was typed.
    pub given: Given<'a>,
}

/// One value of a submission: which entry, which rate, both from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The entry.
    pub entry: usize,
    /// The rate.
    pub rate: usize,
}

/// What would mend a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mend {
    /// Put this value in its place.
    Value {
        /// The slip that it undoes.
        slip: Slip,
        /// The value.
        value: Decimal,
    },
    /// Let it change places with that value.
    Swap {
        /// The other value.
        with: Place,
    },
}

impl Slip {
    /// The code that programs read.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ValuesExchanged => "values-exchanged",
            Self::Comma => "comma",
            Self::DigitsSwapped => "digits-swapped",
            Self::DigitExtra => "digit-extra",
            Self::DigitMissing => "digit-missing",
        }
    }
}

impl Mend {
    /// The slip that it undoes.
    pub const fn slip(self) -> Slip {
        match self {
            Self::Value { slip, .. } => slip,
            Self::Swap { .. } => Slip::ValuesExchanged,
        }
    }
}

/// What the person most likely meant at this place of the submission; nothing where the value is plausible as it
/// stands, where nothing explains it, or where more than one thing does.
pub fn mend(entries: &[Entry<'_>], place: Place, thresholds: &Thresholds) -> Option<Mend> {
    let entry = entries.get(place.entry)?;
    let text = *entry.given.values.get(place.rate)?;
    let fits = |value: Decimal| is_plausible(&entry.meter, &entry.given, place.rate, value, thresholds);
    let typed = parse_value(text).ok();
    if typed.is_some_and(|value| fits(value) || is_no_slip(entry, place.rate, value, thresholds)) {
        return None;
    }
    let swap = typed.and_then(|value| exchanged(entries, place, value, thresholds));
    swap.map(|with| Mend::Swap { with }).or_else(|| misread(text, fits))
}

/// A dial that stands still or has passed through zero shows what it shows.
fn is_no_slip(entry: &Entry<'_>, rate: usize, value: Decimal, thresholds: &Thresholds) -> bool {
    let last = entry.meter.history.first().and_then(|last| last.values.get(rate));
    last == Some(&value) || turns_plausibly(&entry.meter, &entry.given, rate, value, thresholds)
}

/// The one other value that fits here while this one fits there.
fn exchanged(entries: &[Entry<'_>], place: Place, value: Decimal, thresholds: &Thresholds) -> Option<Place> {
    let here = entries.get(place.entry)?;
    let mut partners = entries.iter().enumerate().flat_map(|(entry, there)| {
        let rates = there.given.values.iter().enumerate();
        rates.filter_map(move |(rate, text)| Some((Place { entry, rate }, there, parse_value(text).ok()?)))
    });
    let fits = |entry: &Entry<'_>, rate, value| is_plausible(&entry.meter, &entry.given, rate, value, thresholds);
    let is_partner = |(at, there, other): &(Place, &Entry<'_>, Decimal)| {
        *at != place
            && there.meter.kind.looks_like(here.meter.kind)
            && fits(here, place.rate, *other)
            && fits(there, at.rate, value)
    };
    let first = partners.find(is_partner)?;
    partners.find(is_partner).is_none().then_some(first.0)
}

/// What may have been meant, if this slip was made.
type Undo = fn(&Typed) -> Vec<Typed>;

/// The first kind of slip that leads to exactly one plausible value.
fn misread(text: &str, fits: impl Fn(Decimal) -> bool) -> Option<Mend> {
    let typed = Typed::of(text)?;
    let slips: [(Slip, Undo); 4] = [
        (Slip::Comma, Typed::with_the_comma_elsewhere),
        (Slip::DigitsSwapped, Typed::with_neighbours_swapped),
        (Slip::DigitExtra, Typed::with_a_digit_less),
        (Slip::DigitMissing, Typed::with_a_digit_more),
    ];
    slips.into_iter().find_map(|(slip, undo)| {
        let values: BTreeSet<Decimal> =
            undo(&typed).iter().filter_map(Typed::value).filter(|value| fits(*value)).collect();
        let only = values.len() == 1;
        values.into_iter().next().filter(|_| only).map(|value| Mend::Value { slip, value })
    })
}

/// A value as typed: its digits, and how many of them stand before the comma.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Typed {
    digits: Vec<u8>,
    before_comma: usize,
}

impl Typed {
    /// Digits with at most one comma or dot. Zeros at the left mean nothing.
    fn of(text: &str) -> Option<Self> {
        let (whole, fraction) = text.trim().split_once([',', '.']).unwrap_or((text.trim(), ""));
        let whole = whole.trim_start_matches('0');
        let digits = [whole, fraction].concat().into_bytes();
        let are_digits = digits.iter().all(u8::is_ascii_digit);
        (are_digits && (1..=DIGITS_MAX).contains(&digits.len())).then_some(Self { digits, before_comma: whole.len() })
    }

    fn value(&self) -> Option<Decimal> {
        let (whole, fraction) = self.digits.split_at_checked(self.before_comma)?;
        let (whole, fraction) = (std::str::from_utf8(whole).ok()?, std::str::from_utf8(fraction).ok()?);
        let comma = if fraction.is_empty() { "" } else { "." };
        parse_value(&format!("0{whole}{comma}{fraction}")).ok()
    }

    fn with_the_comma_elsewhere(&self) -> Vec<Self> {
        let places = (0..=self.digits.len()).filter(|place| *place != self.before_comma);
        places.map(|before_comma| Self { before_comma, ..self.clone() }).collect()
    }

    fn with_neighbours_swapped(&self) -> Vec<Self> {
        (1..self.digits.len())
            .map(|index| {
                let mut typed = self.clone();
                typed.digits.swap(index - 1, index);
                typed
            })
            .collect()
    }

    fn with_a_digit_less(&self) -> Vec<Self> {
        (0..self.digits.len())
            .map(|index| {
                let mut typed = self.clone();
                typed.digits.remove(index);
                typed.before_comma -= usize::from(index < self.before_comma);
                typed
            })
            .collect()
    }

    /// A digit more before the comma, or after it where something stands there.
    fn with_a_digit_more(&self) -> Vec<Self> {
        let places = 0..=self.digits.len();
        let digits = |index| (b'0'..=b'9').map(move |digit| (index, digit));
        places
            .flat_map(digits)
            .map(|(index, digit)| {
                let mut typed = self.clone();
                typed.digits.insert(index, digit);
                typed.before_comma += usize::from(index <= self.before_comma);
                typed
            })
            .collect()
    }
}

#[cfg(test)]
#[path = "mend_tests.rs"]
mod tests;
