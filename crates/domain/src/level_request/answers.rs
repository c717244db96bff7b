//! What a person says of themselves, field by field.

use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{
    identifier::{IdentifierError, Snils},
    person_name::PersonName,
};

/// A field of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Family name.
    Surname,
    /// First name.
    FirstName,
    /// Father's name; not everybody has one.
    Patronymic,
    /// ISO date.
    BirthDate,
    /// Series and number: `6112 345678`.
    Passport,
    /// Who issued it.
    IssuedBy,
    /// ISO date.
    IssuedOn,
    /// Eleven digits.
    Snils,
    /// Where the person is registered.
    Address,
}

/// What a person said; texts in their canonical form once they were checked.
pub type Answers = BTreeMap<Field, String>;

/// A field, and what is wrong with it; Russian.
pub type Fault = (Field, &'static str);

const PARTS_OF_NAME: [Field; 3] = [Field::Surname, Field::FirstName, Field::Patronymic];
/// Younger people have no passport, in years.
const PASSPORT_AGE: i16 = 14;
const AGE_MAX: i16 = 130;
const TEXT_CHARACTERS_MAX: usize = 300;

impl Field {
    /// Every field, in the order of the form.
    pub const ALL: [Self; 9] = [
        Self::Surname,
        Self::FirstName,
        Self::Patronymic,
        Self::BirthDate,
        Self::Passport,
        Self::IssuedBy,
        Self::IssuedOn,
        Self::Snils,
        Self::Address,
    ];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Surname => "surname",
            Self::FirstName => "first_name",
            Self::Patronymic => "patronymic",
            Self::BirthDate => "birth_date",
            Self::Passport => "passport",
            Self::IssuedBy => "issued_by",
            Self::IssuedOn => "issued_on",
            Self::Snils => "snils",
            Self::Address => "address",
        }
    }

    /// What people call it; Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Surname => "фамилия",
            Self::FirstName => "имя",
            Self::Patronymic => "отчество",
            Self::BirthDate => "дата рождения",
            Self::Passport => "серия и номер паспорта",
            Self::IssuedBy => "кем выдан паспорт",
            Self::IssuedOn => "когда выдан паспорт",
            Self::Snils => "СНИЛС",
            Self::Address => "адрес регистрации",
        }
    }

    /// The field of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }

    fn is_optional(self) -> bool {
        self == Self::Patronymic
    }

    /// The canonical form of what was typed.
    fn checked(self, text: &str, today: Date) -> Result<String, &'static str> {
        match self {
            Self::Surname | Self::FirstName | Self::Patronymic => part_of_name(text),
            Self::BirthDate => birth_date(text, today),
            Self::Passport => passport(text),
            Self::IssuedBy => line(text).ok_or("Напишите, кем выдан паспорт, как в нём напечатано."),
            Self::IssuedOn => past(text, today).ok_or("Дата выдачи — день не позже сегодняшнего, как в паспорте."),
            Self::Snils => Snils::parse(text).map(|snils| snils.formatted()).map_err(snils_fault),
            Self::Address => line(text).ok_or("Напишите адрес регистрации целиком: город, улица, дом, квартира."),
        }
    }
}

fn snils_fault(error: IdentifierError) -> &'static str {
    match error {
        IdentifierError::CheckDigits => "Проверьте цифры СНИЛС: контрольное число, две последние цифры, не сошлось.",
        _ => "СНИЛС пишется как 112-233-445 95: одиннадцать цифр.",
    }
}

/// Checks what was typed, and puts it into its canonical form.
///
/// # Errors
/// Every field at fault.
pub fn check(typed: &Answers, today: Date) -> Result<Answers, Vec<Fault>> {
    let (mut answers, mut faults) = (Answers::new(), Vec::new());
    for field in Field::ALL {
        let text = typed.get(&field).map(|text| text.trim()).unwrap_or_default();
        if text.is_empty() && field.is_optional() {
            continue;
        }
        match field.checked(text, today) {
            Ok(text) => drop(answers.insert(field, text)),
            Err(fault) => faults.push((field, fault)),
        }
    }
    faults.extend(too_young(&answers));
    if faults.is_empty() { Ok(answers) } else { Err(faults) }
}

/// The parts of the name that there are.
pub fn name_parts(answers: &Answers) -> impl Iterator<Item = (Field, &str)> {
    PARTS_OF_NAME.into_iter().filter_map(|field| Some((field, answers.get(&field)?.as_str())))
}

fn part_of_name(text: &str) -> Result<String, &'static str> {
    let fault = "Напишите, как в паспорте: буквами, без цифр.";
    let name = PersonName::parse(text).map_err(|_| fault)?;
    let is_plain =
        name.as_str().chars().all(|sign| sign.is_alphabetic() || matches!(sign, ' ' | '-' | '\'' | '’' | '.'));
    if is_plain { Ok(name.as_str().to_owned()) } else { Err(fault) }
}

fn birth_date(text: &str, today: Date) -> Result<String, &'static str> {
    let oldest = today.saturating_sub(AGE_MAX.years());
    let date = past(text, today).filter(|date| *date > oldest.to_string());
    date.ok_or("Дата рождения — день в прошлом, как в паспорте.")
}

fn passport(text: &str) -> Result<String, &'static str> {
    let digits: String = text.chars().filter(|sign| !sign.is_whitespace() && !matches!(sign, '№' | '-')).collect();
    let is_passport = digits.len() == 10 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_passport {
        Ok(format!("{} {}", &digits[..4], &digits[4..]))
    } else {
        Err("Серия — 4 цифры, номер — 6: 6112 345678.")
    }
}

/// An ISO date that is not after today.
fn past(text: &str, today: Date) -> Option<String> {
    text.parse().ok().filter(|date: &Date| *date <= today).map(|date| date.to_string())
}

/// A line of text with at least one letter, doubled spaces left out.
fn line(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = line.chars().count() <= TEXT_CHARACTERS_MAX && line.chars().any(char::is_alphabetic);
    (fits && !line.chars().any(char::is_control)).then_some(line)
}

fn too_young(answers: &Answers) -> Option<Fault> {
    let date = |field| answers.get(&field)?.parse::<Date>().ok();
    let earliest = date(Field::BirthDate)?.saturating_add(PASSPORT_AGE.years());
    let is_before = date(Field::IssuedOn)? < earliest;
    is_before.then_some((Field::IssuedOn, "Паспорт выдают с 14 лет: проверьте дату рождения и дату выдачи."))
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = date(2026, 7, 20);

    pub(crate) fn good() -> Answers {
        [
            (Field::Surname, "Иванова"),
            (Field::FirstName, "Анна"),
            (Field::Patronymic, "Сергеевна"),
            (Field::BirthDate, "1986-04-12"),
            (Field::Passport, "61 12 № 345678"),
            (Field::IssuedBy, "УМВД  России по Рязанской области"),
            (Field::IssuedOn, "2006-05-02"),
            (Field::Snils, "11223344595"),
            (Field::Address, "г. Рязань, ул. Ленина, д. 10, кв. 15"),
        ]
        .map(|(field, text)| (field, text.to_owned()))
        .into()
    }

    fn faults(field: Field, text: &str) -> Vec<Field> {
        let mut typed = good();
        typed.insert(field, text.to_owned());
        check(&typed, TODAY).map_or_else(|faults| faults.into_iter().map(|(field, _)| field).collect(), |_| Vec::new())
    }

    #[test]
    fn answers_are_kept_in_one_form() {
        let answers = check(&good(), TODAY).unwrap();
        assert_eq!(answers[&Field::Passport], "6112 345678");
        assert_eq!(answers[&Field::Snils], "112-233-445 95");
        assert_eq!(answers[&Field::IssuedBy], "УМВД России по Рязанской области");
        assert_eq!(check(&answers, TODAY).unwrap(), answers);
    }

    #[test]
    fn each_field_has_its_own_fault() {
        for (field, text) in [
            (Field::Surname, ""),
            (Field::Surname, "Иванова1"),
            (Field::FirstName, "12"),
            (Field::BirthDate, "12.04.1986"),
            (Field::BirthDate, "2026-07-21"),
            (Field::BirthDate, "1886-01-01"),
            (Field::Passport, "611 345678"),
            (Field::Passport, "6112 34567а"),
            (Field::IssuedBy, "—"),
            (Field::IssuedOn, "2026-07-21"),
            (Field::IssuedOn, "1999-04-11"),
            (Field::Snils, "112-233-445 96"),
            (Field::Address, ""),
        ] {
            assert_eq!(faults(field, text), [field], "{field:?} {text}");
        }
        assert_eq!(faults(Field::Patronymic, ""), []);
        assert_eq!(check(&Answers::new(), TODAY).unwrap_err().len(), 8);
    }

    #[test]
    fn a_field_is_read_back_from_its_name_and_its_json() {
        for field in Field::ALL {
            assert_eq!(Field::parse(field.as_str()), Some(field));
            assert_eq!(serde_json::to_string(&field).unwrap(), format!("\"{}\"", field.as_str()));
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            for field in Field::ALL {
                let _ = field.checked(&text, TODAY);
            }
        }
    }
}
