//! Numbers of personal accounts: the provider's own, and those that ГИС ЖКХ gives.
//!
//! Lengths count characters, not bytes: a unified number may hold Russian letters (`75да533315`).

use super::{IdentifierError, checked_text, digits};

const ACCOUNT_CHARACTERS_MAX: usize = 30;
const UNIFIED_CHARACTERS: usize = 10;

checked_text! {
    /// The provider's own number of a personal account: 1–30 characters with at least one letter or digit, kept in
    /// upper case, so that it is found however it is typed.
    AccountNumber, account_number
}

checked_text! {
    /// ЕЛС, `UnifiedAccountNumber`: ten letters or digits, the letters perhaps Russian.
    UnifiedAccountNumber, unified_account_number
}

checked_text! {
    /// ИЖКУ, `ServiceID`: the unified account number, a hyphen, two digits of the service.
    ServiceId, service_id
}

checked_text! {
    /// ИПД, `PaymentDocumentID`: the service's id, a hyphen, four digits of the document.
    PaymentDocumentId, payment_document_id
}

impl ServiceId {
    /// The unified account number within.
    pub fn unified_account_number(&self) -> &str {
        self.0.split_once('-').map_or("", |(unified, _)| unified)
    }
}

impl PaymentDocumentId {
    /// The service's id within.
    pub fn service_id(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(service, _)| service)
    }
}

fn account_number(text: &str) -> Result<String, IdentifierError> {
    let number = text.to_uppercase();
    let fits = (1..=ACCOUNT_CHARACTERS_MAX).contains(&number.chars().count());
    let is_number = fits && number.chars().any(char::is_alphanumeric) && !number.chars().any(char::is_control);
    is_number
        .then_some(number)
        .ok_or(IdentifierError::Form("номер лицевого счёта — от 1 до 30 знаков, среди них буква или цифра"))
}

fn unified_account_number(text: &str) -> Result<String, IdentifierError> {
    let is_number = text.chars().count() == UNIFIED_CHARACTERS && text.chars().all(char::is_alphanumeric);
    is_number.then(|| text.to_owned()).ok_or(IdentifierError::Form("ЕЛС — это 10 букв и цифр, например 75да533315"))
}

fn service_id(text: &str) -> Result<String, IdentifierError> {
    let form = IdentifierError::Form("ИЖКУ — это ЕЛС, дефис и две цифры, например 75да533315-01");
    let (unified, service) = text.split_once('-').ok_or(form)?;
    let is_id = unified_account_number(unified).is_ok() && digits::<2>(service).is_some();
    is_id.then(|| text.to_owned()).ok_or(form)
}

fn payment_document_id(text: &str) -> Result<String, IdentifierError> {
    let form = IdentifierError::Form("ИПД — это ИЖКУ, дефис и четыре цифры, например 75да533315-01-6071");
    let (service, document) = text.rsplit_once('-').ok_or(form)?;
    let is_id = service_id(service).is_ok() && digits::<4>(document).is_some();
    is_id.then(|| text.to_owned()).ok_or(form)
}
