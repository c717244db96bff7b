//! One-time codes: a fresh one, one that a person typed, and what may be wrong with it, in words.

use domain::{
    one_time_code::{Answer, OneTimeCode},
    russian::plural,
};

use crate::{Env, FieldError, Problem, Slug};

/// A new code.
pub fn fresh(env: &Env) -> OneTimeCode {
    loop {
        if let Some(code) = OneTimeCode::from_random(&env.random()) {
            return code;
        }
    }
}

/// Reads a code that a person typed into the field `code`.
///
/// # Errors
/// The field, where it is not six digits.
pub fn parse(text: &str) -> Result<OneTimeCode, FieldError> {
    OneTimeCode::parse(text).map_err(|_| FieldError::new("/code", "Введите шесть цифр из сообщения."))
}

/// What keeps an answer from being the right one; none where it is.
pub fn refusal(answer: Answer) -> Option<Problem> {
    match answer {
        Answer::Right => None,
        Answer::Wrong { attempts_left } => Some(wrong(attempts_left)),
        Answer::Expired => Some(expired()),
        Answer::Spent => Some(spent()),
    }
}

/// The code is another one.
pub fn wrong(attempts_left: u32) -> Problem {
    let detail = match attempts_left {
        0 => "Попыток не осталось. Запросите новый код.".to_owned(),
        left => {
            let left_is = plural(left.into(), "Осталась", "Осталось", "Осталось");
            let attempts = plural(left.into(), "попытка", "попытки", "попыток");
            format!("Проверьте цифры в последнем сообщении. {left_is} {left} {attempts}.")
        }
    };
    let error = FieldError { attempts_left: Some(attempts_left), ..FieldError::new("/code", detail.clone()) };
    Problem::new(Slug::WrongCode, detail).with_errors(vec![error])
}

/// The code's time is over.
pub fn expired() -> Problem {
    Problem::new(Slug::CodeExpired, "Время этого кода вышло. Запросите новый код.")
}

/// The code was used, replaced, or guessed at too often.
pub fn spent() -> Problem {
    Problem::new(Slug::CodeSpent, "Этот код больше не действует. Запросите новый код.")
}
