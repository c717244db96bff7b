//! The names that a payment's text has fields by, and what is right in each.

use crate::identifier::{BankAccount, Bik, CorrespondentAccount, IdentifierError, Inn, Kpp, Oktmo};

/// A bank without a correspondent account has this one.
const NO_CORRESPONDENT: &str = "0";

macro_rules! fields {
    ($($(#[$doc:meta])* $name:ident = $text:literal $(, $limit:literal)?;)*) => {
        /// A field of a payment, as the standard names it.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Field {
            $($(#[$doc])* $name,)*
        }

        impl Field {
            /// Every field, the five that no payment lacks first and in their order.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The name in the text.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The most characters of a value, where the standard limits them.
            pub const fn characters_max(self) -> Option<usize> {
                let limit: &[usize] = match self {
                    $(Self::$name => &[$($limit)?],)*
                };
                limit.first().copied()
            }
        }
    };
}

fields! {
    /// The payee.
    Name = "Name", 160;
    /// The account of the payee: twenty digits.
    PersonalAcc = "PersonalAcc", 20;
    /// The bank of the payee.
    BankName = "BankName", 45;
    /// БИК of the bank.
    Bic = "BIC", 9;
    /// The correspondent account of the bank; `0` if it has none.
    CorrespAcc = "CorrespAcc", 20;
    /// The amount in kopecks.
    Sum = "Sum", 18;
    /// What it is paid for.
    Purpose = "Purpose", 210;
    /// ИНН of the payee.
    PayeeInn = "PayeeINN", 12;
    /// ИНН of the payer.
    PayerInn = "PayerINN", 12;
    /// The status of a payer of taxes.
    DrawerStatus = "DrawerStatus", 2;
    /// КПП of the payee.
    Kpp = "KPP", 9;
    /// КБК.
    Cbc = "CBC", 20;
    /// ОКТМО.
    Oktmo = "OKTMO", 11;
    /// The reason of a tax.
    PaytReason = "PaytReason", 2;
    /// The period of a tax.
    TaxPeriod = "TaxPeriod", 10;
    /// The number of a document.
    DocNo = "DocNo", 15;
    /// The date of a document.
    DocDate = "DocDate", 10;
    /// The kind of a tax.
    TaxPaytKind = "TaxPaytKind", 2;
    /// The family name of the payer.
    LastName = "LastName";
    /// The name of the payer.
    FirstName = "FirstName";
    /// The patronymic of the payer.
    MiddleName = "MiddleName";
    /// The address of the payer.
    PayerAddress = "PayerAddress";
    /// The account of a budget's payer.
    PersonalAccount = "PersonalAccount";
    /// The index of a document.
    DocIdx = "DocIdx";
    /// The account in the pension fund.
    PensAcc = "PensAcc";
    /// A contract.
    Contract = "Contract";
    /// The payer's account with the payee: of the dwelling.
    PersAcc = "PersAcc";
    /// The flat.
    Flat = "Flat";
    /// The telephone of the payer.
    Phone = "Phone";
    /// What the payer is identified by.
    PayerIdType = "PayerIdType";
    /// Its number.
    PayerIdNum = "PayerIdNum";
    /// The name of a child.
    ChildFio = "ChildFio";
    /// A date of birth.
    BirthDate = "BirthDate";
    /// Until when it is to be paid.
    PaymTerm = "PaymTerm";
    /// The month that is paid for.
    PaymPeriod = "PaymPeriod";
    /// A kind of payment.
    Category = "Category";
    /// A service.
    ServiceName = "ServiceName";
    /// A meter.
    CounterId = "CounterId";
    /// What it shows.
    CounterVal = "CounterVal";
    /// The number of a notice.
    QuittId = "QuittId";
    /// Its date.
    QuittDate = "QuittDate";
    /// An institution.
    InstNum = "InstNum";
    /// A group or a class.
    ClassNum = "ClassNum";
    /// A teacher or a specialist.
    SpecFio = "SpecFio";
    /// An insurance or a penalty, in kopecks.
    AddAmount = "AddAmount";
    /// The number of an order.
    RuleId = "RuleId";
    /// The number of its execution.
    ExecId = "ExecId";
    /// A kind of payment of the register.
    RegType = "RegType";
    /// УИН.
    Uin = "UIN";
    /// What a bank sorts payments by: `02` is housing.
    TechCode = "TechCode";
}

/// What is wrong with a field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {reason}", .field.as_str())]
pub struct FieldError {
    /// Which.
    pub field: Field,
    /// What.
    pub reason: Wrong,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// There is none.
    #[error("не заполнено")]
    Missing,
    /// It is there twice.
    #[error("указано дважды")]
    Twice,
    /// It is too long.
    #[error("длиннее {0} знаков")]
    TooLong(usize),
    /// It has the character that parts fields, or one that cannot be printed.
    #[error("недопустимый знак {0:?}")]
    Character(char),
    /// It is no whole number of kopecks.
    #[error("сумма пишется целым числом копеек")]
    NotKopecks,
    /// It is not the identifier that it should be.
    #[error(transparent)]
    Identifier(#[from] IdentifierError),
}

impl Field {
    /// How many come first in every payment.
    pub const REQUIRED: usize = 5;

    /// The field of this name, if it is one of the standard.
    pub fn parse(name: &str) -> Option<Self> {
        // Programs in use write this one both ways.
        let name = if name == "TaxPayKind" { "TaxPaytKind" } else { name };
        Self::ALL.iter().copied().find(|field| field.as_str() == name)
    }

    /// Checks a value that stands alone; accounts are checked with the bank that keeps them ([`check_accounts`]).
    pub(super) fn check(self, value: &str) -> Result<(), Wrong> {
        if value.is_empty() {
            return Err(Wrong::Missing);
        }
        if let Some(letter) = value.chars().find(|letter| *letter == super::SEPARATOR || letter.is_control()) {
            return Err(Wrong::Character(letter));
        }
        if let Some(limit) = self.characters_max().filter(|limit| value.chars().count() > *limit) {
            return Err(Wrong::TooLong(limit));
        }
        match self {
            Self::Sum | Self::AddAmount if !value.bytes().all(|byte| byte.is_ascii_digit()) => Err(Wrong::NotKopecks),
            Self::Bic => Ok(Bik::parse(value).map(drop)?),
            Self::PayeeInn | Self::PayerInn => Ok(Inn::parse(value).map(drop)?),
            Self::Kpp => Ok(Kpp::parse(value).map(drop)?),
            Self::Oktmo => Ok(Oktmo::parse(value).map(drop)?),
            _ => Ok(()),
        }
    }
}

/// Checks the keys of both accounts against the bank.
pub(super) fn check_accounts(bik: &str, account: &str, correspondent: &str) -> Result<(), FieldError> {
    let wrong = |field| move |error: IdentifierError| FieldError { field, reason: error.into() };
    let bik = Bik::parse(bik).map_err(wrong(Field::Bic))?;
    BankAccount::parse(account, &bik).map_err(wrong(Field::PersonalAcc))?;
    if correspondent != NO_CORRESPONDENT {
        CorrespondentAccount::parse(correspondent, &bik).map_err(wrong(Field::CorrespAcc))?;
    }
    Ok(())
}
