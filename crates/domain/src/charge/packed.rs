//! An explanation as it is kept: what the tree starts from and how, without what can be computed again.
//!
//! JSON of nested arrays. A fact is `["=", name, value, kind of source, ids…]`, any other node
//! `[operation, name, parts…]`. A name is one number, 0 for none. Values of steps are computed when the tree is read,
//! acts are looked up by their version: a line of a bill takes a few hundred bytes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::charge::explanation::{Name, Node, Operation};
use crate::charge::fact::{Quantity, Source, Unit};
use crate::exact::{ArithmeticError, Exact};
use crate::tariff::Act;

/// Acts by the version that they are named with.
pub type Acts = BTreeMap<String, Act>;

/// A kept tree, as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(Value);

/// Why a kept text is no tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackedError {
    /// It is not written like one.
    #[error("a kept explanation is damaged")]
    Damaged,
    /// A version whose act is not known.
    #[error("the act of version {0} is not known")]
    UnknownAct(String),
    /// Its numbers give no result.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// Above the number of units.
const UNITS_MAX: u64 = 16;

impl Packed {
    /// What of a tree is kept.
    pub fn of(node: &Node<'_>) -> Self {
        Self(pack(node))
    }

    /// Takes a tree out of kept JSON.
    pub const fn from_json(value: Value) -> Self {
        Self(value)
    }

    /// The JSON to keep.
    pub fn into_json(self) -> Value {
        self.0
    }

    /// The tree.
    pub fn node<'a>(&'a self, acts: &'a Acts) -> Result<Node<'a>, PackedError> {
        unpack(&self.0, acts)
    }
}

fn pack(node: &Node<'_>) -> Value {
    let name = node.name.map_or(0, |name| 1 + code(name));
    let operation = |sign: &str, parts: &[Node<'_>]| {
        let head = [json!(sign), json!(name)];
        Value::Array(head.into_iter().chain(parts.iter().map(pack)).collect())
    };
    match &node.operation {
        Operation::Fact { source } => {
            let value =
                node.value.decimal().map_or_else(|| node.value.to_string(), |value| value.normalize().to_string());
            let head = [json!("="), json!(name), json!(value)];
            Value::Array(head.into_iter().chain(pack_source(source)).collect())
        }
        Operation::Sum { parts } => operation("+", parts),
        Operation::Product { parts } => operation("*", parts),
        Operation::Difference { parts } => operation("-", parts.as_slice()),
        Operation::Quotient { parts } => operation("/", parts.as_slice()),
        Operation::Least { parts } => operation("<", parts.as_slice()),
        Operation::NotBelowZero { part } => operation("0", std::slice::from_ref(part)),
    }
}

fn code(name: Name) -> u64 {
    name.quantity as u64 * UNITS_MAX + name.unit as u64
}

/// The calendar is the source of a fact that names none.
fn pack_source(source: &Source<'_>) -> Vec<Value> {
    match source {
        Source::Reading { id } => vec![json!(0), json!(id)],
        Source::Readings { from, to } => vec![json!(1), json!(from), json!(to)],
        Source::Version { id, .. } => vec![json!(2), json!(id)],
        Source::Register { id } => vec![json!(3), json!(id)],
        Source::Entry { id } => vec![json!(4), json!(id)],
        Source::Setting { name } => vec![json!(5), json!(name)],
        Source::Calendar => Vec::new(),
    }
}

fn unpack<'a>(value: &'a Value, acts: &'a Acts) -> Result<Node<'a>, PackedError> {
    let [sign, name, rest @ ..] = value.as_array().ok_or(PackedError::Damaged)?.as_slice() else {
        return Err(PackedError::Damaged);
    };
    let name = unpack_name(name.as_u64().ok_or(PackedError::Damaged)?)?;
    let node = match sign.as_str() {
        Some("=") => unpack_fact(rest, acts)?,
        Some(sign) => {
            let parts = rest.iter().map(|part| unpack(part, acts)).collect::<Result<Vec<_>, _>>()?;
            unpack_operation(sign, parts)?
        }
        None => return Err(PackedError::Damaged),
    };
    Ok(Node { name, ..node })
}

fn unpack_name(code: u64) -> Result<Option<Name>, PackedError> {
    let Some(code) = code.checked_sub(1) else { return Ok(None) };
    let at = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let quantity = Quantity::ALL.get(at(code / UNITS_MAX)).copied();
    let unit = Unit::ALL.get(at(code % UNITS_MAX)).copied();
    let (quantity, unit) = quantity.zip(unit).ok_or(PackedError::Damaged)?;
    Ok(Some(Name { quantity, unit }))
}

fn unpack_fact<'a>(rest: &'a [Value], acts: &'a Acts) -> Result<Node<'a>, PackedError> {
    let (value, source) = rest.split_first().ok_or(PackedError::Damaged)?;
    let value: Decimal = value.as_str().and_then(|text| text.parse().ok()).ok_or(PackedError::Damaged)?;
    let text = |index: usize| source.get(index).and_then(Value::as_str).ok_or(PackedError::Damaged);
    let source = match source.first().map(Value::as_u64) {
        None => Source::Calendar,
        Some(Some(0)) => Source::Reading { id: text(1)? },
        Some(Some(1)) => Source::Readings { from: text(1)?, to: text(2)? },
        Some(Some(2)) => {
            let id = text(1)?;
            Source::Version { id, act: acts.get(id).ok_or_else(|| PackedError::UnknownAct(id.to_owned()))? }
        }
        Some(Some(3)) => Source::Register { id: text(1)? },
        Some(Some(4)) => Source::Entry { id: text(1)? },
        Some(Some(5)) => Source::Setting { name: text(1)? },
        Some(_) => return Err(PackedError::Damaged),
    };
    Ok(Node::of(Operation::Fact { source }, value.into()))
}

fn unpack_operation<'a>(sign: &str, parts: Vec<Node<'a>>) -> Result<Node<'a>, PackedError> {
    let mut values = parts.iter().map(|part| part.value);
    let first = values.next().ok_or(PackedError::Damaged)?;
    let mut fold = |join: fn(Exact, Exact) -> Result<Exact, ArithmeticError>| values.try_fold(first, join);
    let value = match sign {
        "+" => fold(Exact::plus)?,
        "*" => fold(Exact::times)?,
        "-" => fold(Exact::minus)?,
        "/" => fold(Exact::over)?,
        "<" => fold(|one, other| Ok(one.min(other)))?,
        "0" => first.max(Exact::ZERO),
        _ => return Err(PackedError::Damaged),
    };
    let operation = match sign {
        "+" => Operation::Sum { parts },
        "*" => Operation::Product { parts },
        "-" => Operation::Difference { parts: pair(parts)? },
        "/" => Operation::Quotient { parts: pair(parts)? },
        "<" => Operation::Least { parts: pair(parts)? },
        _ => {
            let [part] = <[Node<'a>; 1]>::try_from(parts).map_err(|_| PackedError::Damaged)?;
            Operation::NotBelowZero { part: Box::new(part) }
        }
    };
    Ok(Node::of(operation, value))
}

fn pair(parts: Vec<Node<'_>>) -> Result<Box<[Node<'_>; 2]>, PackedError> {
    parts.try_into().map(Box::new).map_err(|_| PackedError::Damaged)
}
