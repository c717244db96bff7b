//! One formula, written twice: as a number, and as the explanation of that number.
//!
//! Each method of charging is one function over a [`Notation`]. With `Number` it computes and allocates nothing;
//! with `Explained` the very same function builds the tree that a bill shows. The two cannot tell different things.

use crate::charge::explanation::{Node, Operation};
use crate::charge::fact::{Fact, Quantity, Unit};
use crate::exact::{ArithmeticError, Exact};
use crate::money::Kopecks;

/// How a formula is written down.
pub trait Notation<'a> {
    /// A part of a formula, or why it has no value.
    type Term;

    /// A number to start from.
    fn fact(&self, fact: &Fact<'a>) -> Self::Term;
    /// Both together.
    fn sum(&self, one: Self::Term, other: Self::Term) -> Self::Term;
    /// What is left of the one without the other.
    fn difference(&self, one: Self::Term, other: Self::Term) -> Self::Term;
    /// So many times the other.
    fn product(&self, one: Self::Term, other: Self::Term) -> Self::Term;
    /// The one divided by the other.
    fn quotient(&self, one: Self::Term, other: Self::Term) -> Self::Term;
    /// The smaller of both.
    fn least(&self, one: Self::Term, other: Self::Term) -> Self::Term;
    /// The term, or zero if it is below.
    fn not_below_zero(&self, term: Self::Term) -> Self::Term;
    /// The term with what it is and its unit: a step that people are shown.
    fn named(&self, quantity: Quantity, unit: Unit, term: Self::Term) -> Self::Term;

    /// All terms together; nothing if there is none.
    fn sum_of(&self, terms: impl Iterator<Item = Self::Term>) -> Self::Term {
        let sum = terms.reduce(|sum, term| self.sum(sum, term));
        sum.unwrap_or_else(|| self.fact(&Fact::count(0, Quantity::Charge, Unit::One)))
    }

    /// So many percent of a term.
    fn percent(&self, term: Self::Term, rate: &Fact<'a>) -> Self::Term {
        self.quotient(self.product(term, self.fact(rate)), self.fact(&Fact::hundred()))
    }
}

/// Something that can be written as a formula.
pub trait Formula<'a> {
    /// Writes it down.
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term;

    /// Its exact value.
    fn value(&self) -> Result<Exact, ArithmeticError> {
        self.write(&Number)
    }

    /// Its value in rubles, rounded once.
    fn amount(&self) -> Result<Kopecks, ArithmeticError> {
        Kopecks::round(self.value()?)
    }

    /// How its value comes about.
    fn explain(&self) -> Result<Node<'a>, ArithmeticError> {
        self.write(&Explained)
    }
}

/// Several formulas are their sum: a month in which a price changed, a line of several parts. An empty list is zero.
impl<'a, F: Formula<'a>> Formula<'a> for [F] {
    fn write<N: Notation<'a>>(&self, notation: &N) -> N::Term {
        notation.sum_of(self.iter().map(|formula| formula.write(notation)))
    }
}

/// Computes.
pub(super) struct Number;

/// Explains.
pub(super) struct Explained;

type Outcome = Result<Exact, ArithmeticError>;

impl<'a> Notation<'a> for Number {
    type Term = Outcome;

    fn fact(&self, fact: &Fact<'a>) -> Outcome {
        Ok(fact.value.into())
    }

    fn sum(&self, one: Outcome, other: Outcome) -> Outcome {
        one?.plus(other?)
    }

    fn difference(&self, one: Outcome, other: Outcome) -> Outcome {
        one?.minus(other?)
    }

    fn product(&self, one: Outcome, other: Outcome) -> Outcome {
        one?.times(other?)
    }

    fn quotient(&self, one: Outcome, other: Outcome) -> Outcome {
        one?.over(other?)
    }

    fn least(&self, one: Outcome, other: Outcome) -> Outcome {
        Ok(one?.min(other?))
    }

    fn not_below_zero(&self, term: Outcome) -> Outcome {
        Ok(term?.max(Exact::ZERO))
    }

    fn named(&self, _: Quantity, _: Unit, term: Outcome) -> Outcome {
        term
    }
}

type Explanation<'a> = Result<Node<'a>, ArithmeticError>;

impl Explained {
    fn join<'a>(
        &self,
        one: Explanation<'a>,
        other: Explanation<'a>,
        compute: fn(&Number, Outcome, Outcome) -> Outcome,
        operation: fn([Node<'a>; 2]) -> Operation<'a>,
    ) -> Explanation<'a> {
        let (one, other) = (one?, other?);
        let value = compute(&Number, Ok(one.value), Ok(other.value))?;
        Ok(Node::of(operation([one, other]), value))
    }
}

impl<'a> Notation<'a> for Explained {
    type Term = Explanation<'a>;

    fn fact(&self, fact: &Fact<'a>) -> Explanation<'a> {
        let node = Node::of(Operation::Fact { source: fact.source }, fact.value.into());
        Ok(node.named(fact.quantity, fact.unit))
    }

    fn sum(&self, one: Self::Term, other: Self::Term) -> Self::Term {
        self.join(one, other, <Number as Notation<'_>>::sum, Operation::sum)
    }

    fn difference(&self, one: Self::Term, other: Self::Term) -> Self::Term {
        self.join(one, other, <Number as Notation<'_>>::difference, |parts| Operation::Difference {
            parts: Box::new(parts),
        })
    }

    fn product(&self, one: Self::Term, other: Self::Term) -> Self::Term {
        self.join(one, other, <Number as Notation<'_>>::product, Operation::product)
    }

    fn quotient(&self, one: Self::Term, other: Self::Term) -> Self::Term {
        self.join(one, other, <Number as Notation<'_>>::quotient, |parts| Operation::Quotient {
            parts: Box::new(parts),
        })
    }

    fn least(&self, one: Self::Term, other: Self::Term) -> Self::Term {
        self.join(one, other, <Number as Notation<'_>>::least, |parts| Operation::Least { parts: Box::new(parts) })
    }

    fn not_below_zero(&self, term: Self::Term) -> Self::Term {
        let term = term?;
        let value = term.value.max(Exact::ZERO);
        Ok(Node::of(Operation::NotBelowZero { part: Box::new(term) }, value))
    }

    fn named(&self, quantity: Quantity, unit: Unit, term: Self::Term) -> Self::Term {
        Ok(term?.named(quantity, unit))
    }
}
