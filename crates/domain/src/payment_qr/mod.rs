//! The text that a bank's application reads from a code on a bill: ГОСТ Р 56042-2014.
//!
//! A header of eight bytes (`ST0001`, the encoding, the character that parts fields), then `Name=value`. What is issued
//! is checked field by field; what comes from others is read as it is, for the standard's own example has an ИНН that
//! fails its check. Limits count characters, the size of a code counts bytes.

mod field;
#[cfg(test)]
mod tests;

use crate::bill::{Bill, Totals};
use crate::cyrillic::{KOI8_R, WINDOWS_1251};
use crate::money::Kopecks;

pub use field::{Field, FieldError, Wrong};

/// More than this many bytes make a code that a phone does not read off paper.
pub const BYTES_MAX: usize = 300;
/// What parts fields in what is issued.
const SEPARATOR: char = '|';
const MAGIC: &[u8] = b"ST0001";
const HEADER_BYTES: usize = 8;
/// What is left out of a code that is too long, the first of these first: a bank knows the dwelling by `PersAcc`, and
/// who pays is asked by the bank itself. All other fields stay.
pub const LEFT_OUT_FIRST: [Field; 9] = [
    Field::PayerAddress,
    Field::MiddleName,
    Field::FirstName,
    Field::LastName,
    Field::Phone,
    Field::QuittDate,
    Field::QuittId,
    Field::Kpp,
    Field::Purpose,
];
/// Housing, among what banks sort payments by.
const HOUSING: &str = "02";
const PURPOSE: &str = "Оплата ЖКУ";

/// How the letters of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// One byte a letter.
    Windows1251,
    /// Two bytes a Russian letter.
    Utf8,
    /// One byte a letter.
    Koi8R,
}

/// A payment that somebody is asked for: its fields in their order, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    fields: Vec<(Field, String)>,
}

/// A text as it was read: fields in their order, by the names that stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parsed {
    /// How its letters are written.
    pub encoding: Encoding,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

/// A text that fits into a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What the code holds.
    pub bytes: Vec<u8>,
    /// How its letters are written.
    pub encoding: Encoding,
    /// What had to be left out.
    pub left_out: Vec<Field>,
}

/// Why a payment cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The encoding has no such letter.
    #[error("{}: в этой кодировке нет знака «{letter}»", .field.as_str())]
    NoLetter {
        /// In which field.
        field: Field,
        /// The letter.
        letter: char,
    },
    /// Even without everything that may be left out it is too long.
    #[error("код длиннее {BYTES_MAX} байт: {0}")]
    TooLong(usize),
}

/// Why bytes are no payment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// They do not begin as one.
    #[error("это не платёжный код: в начале нет ST0001")]
    Header,
    /// The header names an encoding that the standard has not.
    #[error("неизвестная кодировка платёжного кода")]
    Encoding,
    /// The letters are not in the encoding that the header names.
    #[error("текст кода не в той кодировке, что названа в начале")]
    Letters,
    /// A part is no `Name=value`, counted from one.
    #[error("поле {0} не похоже на «Имя=значение»")]
    Pair(usize),
    /// One of the five fields with which every payment begins is not at its place.
    #[error("нет поля {} на своём месте", .0.as_str())]
    Required(Field),
}

impl Encoding {
    const ALL: [Self; 3] = [Self::Windows1251, Self::Utf8, Self::Koi8R];

    const fn mark(self) -> u8 {
        match self {
            Self::Windows1251 => b'1',
            Self::Utf8 => b'2',
            Self::Koi8R => b'3',
        }
    }

    fn encode(self, text: &str) -> Result<Vec<u8>, char> {
        match self {
            Self::Windows1251 => WINDOWS_1251.encode(text),
            Self::Utf8 => Ok(text.as_bytes().to_vec()),
            Self::Koi8R => KOI8_R.encode(text),
        }
    }

    fn decode(self, bytes: &[u8]) -> Option<String> {
        match self {
            Self::Windows1251 => Some(WINDOWS_1251.decode(bytes)),
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Koi8R => Some(KOI8_R.decode(bytes)),
        }
    }
}

impl Payment {
    /// Checks the fields and puts the five that every payment begins with into their places; the rest keeps its order.
    ///
    /// # Errors
    /// The first field that is wrong, missing or there twice.
    pub fn issue(fields: &[(Field, &str)]) -> Result<Self, FieldError> {
        let value = |wanted: Field| fields.iter().find(|(field, _)| *field == wanted).map(|(_, value)| *value);
        let required = &Field::ALL[..Field::REQUIRED];
        for field in required {
            value(*field).ok_or(FieldError { field: *field, reason: Wrong::Missing })?;
        }
        for (index, (field, value)) in fields.iter().enumerate() {
            let wrong = |reason| FieldError { field: *field, reason };
            if fields[..index].iter().any(|(before, _)| before == field) {
                return Err(wrong(Wrong::Twice));
            }
            field.check(value).map_err(wrong)?;
        }
        let [bik, account, correspondent] =
            [Field::Bic, Field::PersonalAcc, Field::CorrespAcc].map(|field| value(field).unwrap_or_default());
        field::check_accounts(bik, account, correspondent)?;
        let mut fields: Vec<_> = fields.iter().map(|(field, value)| (*field, (*value).to_owned())).collect();
        fields.sort_by_key(|(field, _)| required.iter().position(|known| known == field).unwrap_or(Field::REQUIRED));
        Ok(Self { fields })
    }

    /// What a bill asks for; none where the bill names no bank, or nothing is to be paid.
    ///
    /// # Errors
    /// A field that is wrong: of the payee, most likely.
    pub fn of_bill(bill: &Bill, totals: &Totals) -> Result<Option<Self>, FieldError> {
        let Some(bank) = bill.payee.bank.as_ref().filter(|_| totals.payable > Kopecks::ZERO) else { return Ok(None) };
        let sum = totals.payable.0.to_string();
        let period = format!("{:02}{:04}", bill.period.month(), bill.period.year());
        let account = bill.payer.unified_account.as_ref().map_or(bill.payer.account.as_str(), |number| number.as_str());
        let names = bill.payer.name.as_deref().unwrap_or_default().splitn(3, ' ');
        let mut fields = vec![
            (Field::Name, bill.payee.name.as_str()),
            (Field::PersonalAcc, &bank.account),
            (Field::BankName, &bank.bank),
            (Field::Bic, &bank.bik),
            (Field::CorrespAcc, bank.correspondent.as_deref().unwrap_or("0")),
        ];
        fields.extend(bill.payee.inn.as_deref().map(|inn| (Field::PayeeInn, inn)));
        fields.extend(bill.payee.kpp.as_deref().map(|kpp| (Field::Kpp, kpp)));
        fields.push((Field::Purpose, PURPOSE));
        let of_names = [Field::LastName, Field::FirstName, Field::MiddleName];
        fields.extend(of_names.into_iter().zip(names).filter(|(_, name)| !name.is_empty()));
        fields.extend([
            (Field::PayerAddress, bill.payer.address.as_str()),
            (Field::PersAcc, account),
            (Field::PaymPeriod, &period),
            (Field::Sum, &sum),
            (Field::TechCode, HOUSING),
        ]);
        Self::issue(&fields).map(Some)
    }

    /// The value of a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields.iter().find(|(known, _)| *known == field).map(|(_, value)| value.as_str())
    }

    /// The bytes in an encoding, however many.
    ///
    /// # Errors
    /// A letter that the encoding has not.
    pub fn write(&self, encoding: Encoding) -> Result<Vec<u8>, WriteError> {
        let mut bytes = [MAGIC, &[encoding.mark()]].concat();
        for (field, value) in &self.fields {
            let value = encoding.encode(value).map_err(|letter| WriteError::NoLetter { field: *field, letter })?;
            bytes.extend(format!("{SEPARATOR}{}=", field.as_str()).into_bytes());
            bytes.extend(value);
        }
        Ok(bytes)
    }

    /// The text for a code on paper: in one byte a letter if all letters have one, else in UTF-8, and without as many
    /// of [`LEFT_OUT_FIRST`] as must go.
    ///
    /// # Errors
    /// A payment that is too long even so.
    pub fn code(&self) -> Result<Code, WriteError> {
        let mut kept = self.clone();
        let mut left_out = Vec::new();
        let mut goers = LEFT_OUT_FIRST.into_iter().filter(|field| self.get(*field).is_some());
        loop {
            let (encoding, bytes) = match kept.write(Encoding::Windows1251) {
                Ok(bytes) => (Encoding::Windows1251, bytes),
                Err(_) => (Encoding::Utf8, kept.write(Encoding::Utf8)?),
            };
            if bytes.len() <= BYTES_MAX {
                return Ok(Code { bytes, encoding, left_out });
            }
            let goer = goers.next().ok_or(WriteError::TooLong(bytes.len()))?;
            kept.fields.retain(|(field, _)| *field != goer);
            left_out.push(goer);
        }
    }
}

impl Parsed {
    /// Reads a text with whatever character parts its fields. Values are not checked.
    ///
    /// # Errors
    /// Bytes that are no payment.
    pub fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
        let (header, rest) = bytes.split_at_checked(HEADER_BYTES).ok_or(ParseError::Header)?;
        let [magic @ .., mark, separator] = header else { return Err(ParseError::Header) };
        if magic != MAGIC || !separator.is_ascii() {
            return Err(ParseError::Header);
        }
        let encoding = Encoding::ALL.into_iter().find(|known| known.mark() == *mark).ok_or(ParseError::Encoding)?;
        let text = encoding.decode(rest).ok_or(ParseError::Letters)?;
        let pair = |(at, part): (usize, &str)| {
            let (name, value) = part.split_once('=').ok_or(ParseError::Pair(at))?;
            Ok((name.to_owned(), value.to_owned()))
        };
        let parts = text.split(char::from(*separator));
        let fields = (1..).zip(parts).map(pair).collect::<Result<Vec<_>, _>>()?;
        let required = Field::ALL[..Field::REQUIRED].iter().enumerate();
        for (place, field) in required {
            if fields.get(place).is_none_or(|(name, _)| name != field.as_str()) {
                return Err(ParseError::Required(*field));
            }
        }
        Ok(Self { encoding, fields })
    }

    /// The value of a field.
    pub fn get(&self, field: Field) -> Option<&str> {
        self.fields.iter().find(|(name, _)| Field::parse(name) == Some(field)).map(|(_, value)| value.as_str())
    }
}
