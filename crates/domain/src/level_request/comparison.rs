//! A person's answers beside what the company's register says (function 14; S2:75).

use serde::{Deserialize, Serialize};

use super::{
    Answers, Field,
    answers::{self},
};
use crate::{address, person_name::words};

/// What the register says of a home and of whose it is.
#[derive(Clone, Debug, Default)]
pub struct Registered {
    /// In whose name the account is, and who owns the premises.
    pub names: Vec<String>,
    /// House and flat in one line.
    pub address: String,
}

/// What came of comparing a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The register says the same.
    Match,
    /// It says something else.
    Differs,
    /// It has no such field.
    NotInRegister,
}

impl Outcome {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Match => "match",
            Self::Differs => "differs",
            Self::NotInRegister => "not-in-register",
        }
    }
}

/// A field, and what came of comparing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// The field.
    pub field: Field,
    /// What came of it.
    pub outcome: Outcome,
}

/// Compares every answer with the register, in the order of the form. Of several names the one counts that fits best.
pub fn compare(answers: &Answers, registered: &Registered) -> Vec<Compared> {
    let parts: Vec<_> = answers::name_parts(answers).collect();
    let fits = |name: &String| parts.iter().filter(|(_, part)| has(name, part)).count();
    let name = registered.names.iter().max_by_key(|name| fits(name));
    let outcome = |field: Field, text: &str| match (field, name) {
        (Field::Surname | Field::FirstName | Field::Patronymic, Some(name)) => said(has(name, text)),
        (Field::Address, _) => said(is_there(text, &registered.address)),
        _ => Outcome::NotInRegister,
    };
    answers.iter().map(|(field, text)| Compared { field: *field, outcome: outcome(*field, text) }).collect()
}

fn said(is_same: bool) -> Outcome {
    if is_same { Outcome::Match } else { Outcome::Differs }
}

/// Whether every word of a part stands in a name.
fn has(name: &str, part: &str) -> bool {
    let name = words(name);
    words(part).iter().all(|word| name.contains(word))
}

/// Whether what was typed names the home; its own order, abbreviations and commas make no difference.
fn is_there(typed: &str, home: &str) -> bool {
    let (typed, home) = (address::parse(typed), address::parse(home));
    typed.flat == home.flat && home.words.iter().all(|word| typed.words.contains(word))
}

#[cfg(test)]
mod tests {
    use super::{super::answers::tests::good, *};

    fn registered(names: &[&str]) -> Registered {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Registered { names, address: "г. Рязань, ул. Ленина, д. 10, кв. 15".to_owned() }
    }

    fn outcome(answers: &Answers, registered: &Registered, field: Field) -> Outcome {
        compare(answers, registered).into_iter().find(|one| one.field == field).unwrap().outcome
    }

    fn with(field: Field, text: &str) -> Answers {
        let mut answers = good();
        answers.insert(field, text.to_owned());
        answers
    }

    #[test]
    fn a_name_matches_whatever_its_case_hyphens_and_dots_over_letters() {
        for (typed, known) in [
            ("Иванова", "ИВАНОВА АННА СЕРГЕЕВНА"),
            ("Семёнова", "Семенова Анна Сергеевна"),
            ("Петрова-Водкина", "Петрова  Водкина Анна Сергеевна"),
            ("петрова водкина", "Петрова-Водкина Анна Сергеевна"),
        ] {
            assert_eq!(outcome(&with(Field::Surname, typed), &registered(&[known]), Field::Surname), Outcome::Match);
        }
        let other = registered(&["Иванов Анна Сергеевна"]);
        assert_eq!(outcome(&good(), &other, Field::Surname), Outcome::Differs);
        assert_eq!(outcome(&good(), &other, Field::FirstName), Outcome::Match);
    }

    #[test]
    fn of_several_names_one_counts_and_parts_of_two_people_make_none() {
        let owners = registered(&["Петров Иван Сергеевич", "Иванова Анна Сергеевна"]);
        assert_eq!(outcome(&good(), &owners, Field::Surname), Outcome::Match);
        let mixed = registered(&["Иванова Мария Петровна", "Сидорова Анна Сергеевна"]);
        assert_eq!(outcome(&good(), &mixed, Field::Surname), Outcome::Differs);
    }

    #[test]
    fn an_address_is_the_same_whatever_the_way_of_writing() {
        for typed in ["Рязань Ленина 10 кв 15", "город Рязань, улица Ленина, дом 10, квартира 15"]
        {
            assert_eq!(
                outcome(&with(Field::Address, typed), &registered(&[]), Field::Address),
                Outcome::Match,
                "{typed}"
            );
        }
        for typed in ["г. Рязань, ул. Ленина, д. 10, кв. 16", "г. Рязань, ул. Гоголя, д. 10, кв. 15"]
        {
            let differs = outcome(&with(Field::Address, typed), &registered(&[]), Field::Address);
            assert_eq!(differs, Outcome::Differs, "{typed}");
        }
    }

    #[test]
    fn what_the_register_lacks_is_said_to_be_lacking() {
        let known = registered(&["Иванова Анна Сергеевна"]);
        for field in [Field::BirthDate, Field::Passport, Field::IssuedBy, Field::IssuedOn, Field::Snils] {
            assert_eq!(outcome(&good(), &known, field), Outcome::NotInRegister, "{field:?}");
        }
        assert_eq!(outcome(&good(), &registered(&[]), Field::Surname), Outcome::NotInRegister);
        assert_eq!(compare(&good(), &known).len(), Field::ALL.len());
    }
}
