//! How a figure comes about: a tree for programs, a sentence for people.
//!
//! A leaf carries its number, unit and source; any other node an operation, its parts and its exact value. A node that
//! people are shown as a step has a name and a unit. Numbers are text: a decimal, or a fraction where there is none.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::charge::fact::{Quantity, Source, Unit};
use crate::exact::Exact;
use crate::money::Kopecks;
use crate::russian::{NO_BREAK_SPACE, number};
use crate::tariff::Act;

/// A step of a calculation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node<'a> {
    /// How it comes about.
    #[serde(flatten)]
    pub operation: Operation<'a>,
    /// What it comes to, exactly.
    pub value: Exact,
    /// What it is, if people are told.
    #[serde(flatten)]
    pub name: Option<Name>,
}

/// What a step is, and in which unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Name {
    /// What it is.
    pub quantity: Quantity,
    /// Its unit.
    pub unit: Unit,
}

/// How a step comes about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "operation", rename_all = "snake_case")]
pub enum Operation<'a> {
    /// A number from outside.
    Fact {
        /// Where it comes from.
        source: Source<'a>,
    },
    /// All parts together.
    Sum {
        /// Two or more.
        parts: Vec<Node<'a>>,
    },
    /// The first part without the second.
    Difference {
        /// What it is taken from, and what is taken.
        parts: Box<[Node<'a>; 2]>,
    },
    /// All parts multiplied.
    Product {
        /// Two or more.
        parts: Vec<Node<'a>>,
    },
    /// The first part divided by the second.
    Quotient {
        /// What is divided, and by what.
        parts: Box<[Node<'a>; 2]>,
    },
    /// The smaller of both.
    Least {
        /// Which two.
        parts: Box<[Node<'a>; 2]>,
    },
    /// The part, or zero if that is below.
    NotBelowZero {
        /// The part.
        part: Box<Node<'a>>,
    },
}

impl<'a> Operation<'a> {
    /// A sum; a first part that is an unnamed sum itself goes on.
    pub(super) fn sum([one, other]: [Node<'a>; 2]) -> Self {
        match one {
            Node { operation: Self::Sum { mut parts }, name: None, .. } => {
                parts.push(other);
                Self::Sum { parts }
            }
            one => Self::Sum { parts: vec![one, other] },
        }
    }

    /// A product; a first part that is an unnamed product itself goes on.
    pub(super) fn product([one, other]: [Node<'a>; 2]) -> Self {
        match one {
            Node { operation: Self::Product { mut parts }, name: None, .. } => {
                parts.push(other);
                Self::Product { parts }
            }
            one => Self::Product { parts: vec![one, other] },
        }
    }
}

impl<'a> Node<'a> {
    pub(super) fn of(operation: Operation<'a>, value: Exact) -> Self {
        Self { operation, value, name: None }
    }

    pub(super) fn named(self, quantity: Quantity, unit: Unit) -> Self {
        Self { name: Some(Name { quantity, unit }), ..self }
    }

    /// Tells each version that the tree names, with its act.
    pub fn cite(&self, told: &mut dyn FnMut(&str, &Act)) {
        self.each_fact(&mut |_, source| {
            if let Source::Version { id, act } = source {
                told(id, act);
            }
        });
    }

    /// Tells each number that the tree starts from, with where it comes from.
    pub fn each_fact(&self, told: &mut dyn FnMut(&Self, &Source<'a>)) {
        match &self.operation {
            Operation::Fact { source } => told(self, source),
            Operation::Sum { parts } | Operation::Product { parts } => {
                parts.iter().for_each(|part| part.each_fact(told));
            }
            Operation::Difference { parts } | Operation::Quotient { parts } | Operation::Least { parts } => {
                parts.iter().for_each(|part| part.each_fact(told));
            }
            Operation::NotBelowZero { part } => part.each_fact(told),
        }
    }

    /// The value with its unit, as a sentence has it: «8,333 м³».
    pub fn value_with_unit(&self) -> String {
        let mut text = String::new();
        // Writing into a string cannot fail.
        let _ = write_number(&mut text, self.value, self.name.map_or(Unit::One, |name| name.unit));
        text
    }

    /// The sentence that ends in an amount: «было 123,456 → стало 131,789 = 8,333 м³ × 50,93 ₽ = 424,40 ₽».
    pub fn sentence(&self, amount: Kopecks) -> String {
        let mut sentence = String::new();
        // Writing into a string cannot fail.
        let _ = self.write(&mut sentence, Place::Start);
        format!("{sentence} = {amount}")
    }

    fn write(&self, out: &mut impl fmt::Write, place: Place) -> fmt::Result {
        match (&self.operation, self.name) {
            (Operation::Fact { .. }, Some(name)) => write_fact(out, self.value, name),
            (_, None) => self.write_operation(out, place),
            (_, Some(name)) => {
                // A step in the middle stands in brackets, or its «=» would be read as that of the whole.
                in_brackets(out, place.leads(), |out| {
                    self.write_operation(out, Place::Start)?;
                    out.write_str(match &self.operation {
                        Operation::NotBelowZero { part } if part.value.is_negative() => " меньше нуля, поэтому ",
                        _ if self.value.decimal().is_some() => " = ",
                        _ => " ≈ ",
                    })?;
                    write_number(out, self.value, name.unit)
                })
            }
        }
    }

    fn write_operation(&self, out: &mut impl fmt::Write, place: Place) -> fmt::Result {
        match &self.operation {
            Operation::Fact { .. } => write_number(out, self.value, Unit::One),
            Operation::Sum { parts } => in_brackets(out, place.is_open(), |out| {
                for (index, part) in parts.iter().enumerate() {
                    out.write_str(if index > 0 { " + " } else { "" })?;
                    part.write(out, Place::Term)?;
                }
                Ok(())
            }),
            Operation::Difference { parts } if is_reading(&parts[0]) && is_reading(&parts[1]) => {
                parts[1].write(out, Place::Term)?;
                out.write_str(" → ")?;
                parts[0].write(out, Place::Term)
            }
            Operation::Difference { parts } => {
                in_brackets(out, matches!(place, Place::Start | Place::Minuend), |out| {
                    parts[0].write(out, Place::Minuend)?;
                    out.write_str(" − ")?;
                    parts[1].write(out, Place::Factor)
                })
            }
            Operation::Product { parts } => write_product(out, parts, place),
            Operation::Quotient { parts } => {
                parts[0].write(out, place.of_first_factor())?;
                if parts[1].is_hundred_percent() {
                    // «× 50 %» says it already.
                    return Ok(());
                }
                out.write_str(" / ")?;
                parts[1].write(out, Place::Factor)
            }
            Operation::Least { parts } => in_brackets(out, place == Place::Start, |out| {
                out.write_str("меньшее из: ")?;
                parts[0].write(out, Place::Factor)?;
                out.write_str(" и ")?;
                parts[1].write(out, Place::Factor)
            }),
            Operation::NotBelowZero { part } if part.value.is_negative() && self.name.is_none() => {
                in_brackets(out, false, |out| {
                    part.write(out, Place::Start)?;
                    out.write_str(" меньше нуля, поэтому 0")
                })
            }
            Operation::NotBelowZero { part } => part.write(out, place),
        }
    }

    fn is_hundred_percent(&self) -> bool {
        self.name.is_some_and(|name| name.quantity == Quantity::HundredPercent)
    }
}

fn in_brackets<W: fmt::Write>(out: &mut W, is_open: bool, write: impl FnOnce(&mut W) -> fmt::Result) -> fmt::Result {
    if is_open {
        return write(out);
    }
    out.write_char('(')?;
    write(out)?;
    out.write_char(')')
}

/// Where a step stands in a sentence, and so whether it needs brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// All of the sentence.
    Start,
    /// The first factor of the sentence: an equation leads into it («было … = 8,333 м³ × 50,93 ₽»), a sum does not.
    Lead,
    /// What something is taken from.
    Minuend,
    /// Among things that are added.
    Term,
    /// Among things that are multiplied, or taken away.
    Factor,
}

impl Place {
    const fn leads(self) -> bool {
        matches!(self, Self::Start | Self::Lead)
    }

    /// Whether a sum needs no brackets.
    const fn is_open(self) -> bool {
        matches!(self, Self::Start | Self::Minuend | Self::Term)
    }

    const fn of_first_factor(self) -> Self {
        if self.leads() { Self::Lead } else { Self::Factor }
    }
}

fn write_product(out: &mut impl fmt::Write, parts: &[Node<'_>], place: Place) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            out.write_str(" × ")?;
        }
        part.write(out, if index == 0 { place.of_first_factor() } else { Place::Factor })?;
    }
    Ok(())
}

fn is_reading(node: &Node<'_>) -> bool {
    let is_of_dial = |quantity| matches!(quantity, Quantity::ReadingBefore | Quantity::ReadingNow);
    matches!(node.operation, Operation::Fact { .. }) && node.name.is_some_and(|name| is_of_dial(name.quantity))
}

/// The values of a dial are told by name and without their unit; everything else by its unit.
fn write_fact(out: &mut impl fmt::Write, value: Exact, name: Name) -> fmt::Result {
    match name.quantity {
        Quantity::ReadingBefore | Quantity::ReadingNow => {
            write!(out, "{} ", name.quantity.title())?;
            write_number(out, value, Unit::One)
        }
        Quantity::NormMultiplier => {
            write_number(out, value, Unit::One)?;
            write!(out, " ({})", name.quantity.title())
        }
        _ => write_number(out, value, name.unit),
    }
}

/// More places than these tell people nothing: formats of ГИС ЖКХ have seven for a volume.
const PLACES_SHOWN: u32 = 7;

fn write_number(out: &mut impl fmt::Write, value: Exact, unit: Unit) -> fmt::Result {
    let shortened = || {
        let units = value.rounded(PLACES_SHOWN).ok()?;
        Decimal::try_from_i128_with_scale(units, PLACES_SHOWN).ok()
    };
    match value.decimal().or_else(shortened) {
        // Money keeps both its kopecks.
        Some(rubles) if unit == Unit::Ruble && rubles.normalize().scale() <= 2 => {
            let kopecks = rubles.normalize().mantissa() * 10_i128.pow(2 - rubles.normalize().scale());
            return match i64::try_from(kopecks) {
                Ok(kopecks) => write!(out, "{}", Kopecks(kopecks)),
                Err(_) => write!(out, "{}{NO_BREAK_SPACE}₽", number(rubles)),
            };
        }
        Some(decimal) => out.write_str(&number(decimal))?,
        None => write!(out, "{value}")?,
    }
    match unit.symbol() {
        "" => Ok(()),
        symbol => write!(out, "{NO_BREAK_SPACE}{symbol}"),
    }
}
