//! What can stand in the way of a link, in the words that a resident reads.

pub(crate) use web::one_time_code::{expired as code_expired, spent as code_spent, wrong as wrong_code};
use web::{FieldError, Problem, Slug};

/// A number of no known open account: of a foreign house, mistyped, or closed. Which of these, nobody is told.
pub(crate) fn account_not_found() -> Problem {
    let hint = "Открытого счёта с таким номером у нас нет. Проверьте номер: он напечатан вверху квитанции, рядом со словами \
                «Лицевой счёт» или «Л/с». Номер верный? Позвоните в управляющую компанию.";
    Problem::new(
        Slug::AccountNotFound,
        "Открытого счёта с таким номером у нас нет. Если номер верный, позвоните в управляющую компанию: \
         возможно, она ещё не передала нам данные.",
    )
    .with_errors(vec![FieldError::new("/number", hint)])
}

/// A number that is no open account's of the premises that were chosen. Whether it is another's, nobody is told.
pub(crate) fn account_not_at_address() -> Problem {
    let hint = "По этому адресу открытого счёта с таким номером у нас нет. Проверьте номер по квитанции на этот адрес. \
                Если адрес выбран не тот, измените его.";
    Problem::new(
        Slug::AccountNotFound,
        "По выбранному адресу открытого счёта с таким номером у нас нет. Проверьте адрес и номер по квитанции.",
    )
    .with_errors(vec![FieldError::new("/number", hint)])
}

pub(crate) fn no_own_contact() -> Problem {
    Problem::new(
        Slug::NoContact,
        "Код отправить некуда: у нас нет вашего подтверждённого телефона или почты. Подтвердите их в профиле или в \
         настройках этого счёта.",
    )
}

pub(crate) fn already_linked() -> Problem {
    let detail = "Этот счёт уже есть в вашем списке — привязывать его снова не нужно.";
    Problem::new(Slug::AlreadyLinked, detail).with_errors(vec![FieldError::new("/number", detail)])
}

pub(crate) fn no_contact(company_phone: Option<&str>) -> Problem {
    let phone = company_phone.map(|phone| format!(": {phone}")).unwrap_or_default();
    let detail = format!(
        "У управляющей компании нет ни вашего телефона, ни почты. Попросите записать телефон к лицевому счёту{phone}."
    );
    Problem::new(Slug::NoContact, detail)
}
