//! What a resident is told about a reading: the reason with its numbers, and what to do next.

use std::fmt;

use rust_decimal::Decimal;
use rust_decimal::RoundingStrategy::{MidpointAwayFromZero, ToZero};

use crate::reading::dial::DialError;
use crate::reading::mend::Slip;
use crate::reading::verdict::{Question, QuestionReason, Refusal, RefusalReason};
use crate::russian::{NO_BREAK_SPACE, day_and_month, full_date, number, plural, times};

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl fmt::Display for RefusalReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(error) => write!(f, "{}.", capitalized(&error.to_string())),
            Self::Dial(error) => write_dial_error(f, *error),
            Self::FutureDate { today } => {
                write!(f, "Этот день ещё не наступил. Укажите день не позже сегодняшнего, {}.", day_and_month(*today))
            }
            Self::BeforeWindow { opens_on } => {
                let opens = day_and_month(*opens_on);
                write!(
                    f,
                    "Приём идёт с {opens}, а это показание снято раньше. Посмотрите на счётчик ещё раз и укажите день \
                     с {opens} до сегодняшнего."
                )
            }
            Self::BeforeLastDate { last } => {
                write!(f, "Прошлое показание снято позже, {}. Укажите этот день или более поздний.", full_date(*last))
            }
            Self::WrongRateCount { rates } => {
                let noun = plural(u64::from(*rates), "показание", "показания", "показаний");
                write!(f, "У этого счётчика {rates} {noun}: впишите каждое.")
            }
            Self::MeterInactive => {
                write!(f, "Этот счётчик не действует. Если это ошибка, позвоните в управляющую организацию.")
            }
        }
    }
}

fn write_dial_error(f: &mut fmt::Formatter<'_>, error: DialError) -> fmt::Result {
    match error {
        DialError::TooManyDecimals { digits_fraction: 0 } => {
            write!(f, "У счётчика нет цифр после запятой, а в показании есть. Впишите целое число.")
        }
        DialError::TooManyDecimals { digits_fraction: digits } => {
            write!(
                f,
                "У счётчика после запятой {digits} {}, а в показании больше. Проверьте цифры.",
                digits_noun(digits)
            )
        }
        DialError::Overflow { digits_integer: digits } => write!(
            f,
            "У счётчика до запятой {digits} {}, а в показании больше. Проверьте, не пропущена ли запятая.",
            digits_noun(digits),
        ),
        DialError::Impossible => write!(f, "{}.", capitalized(&error.to_string())),
    }
}

fn digits_noun(digits: u8) -> &'static str {
    plural(u64::from(digits), "цифра", "цифры", "цифр")
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reason {
            QuestionReason::Decrease { now, previous, previous_on } => write!(
                f,
                "Показание {} меньше прошлого: {} было {}. Проверьте цифры. \
                 Если счётчик дошёл до конца и начал с нуля, расход — {}.",
                number(*now),
                day_and_month(*previous_on),
                number(*previous),
                self.volume(self.consumption),
            ),
            QuestionReason::AboveUsual { months, usual_monthly, .. } => {
                write!(f, "Расход{} {} — ", over_months(*months), self.volume(self.consumption))?;
                self.write_comparison(f, *months, *usual_monthly)?;
                write!(f, " {}", self.advice())
            }
            QuestionReason::UnchangedForMonths { months } => write!(
                f,
                "Показание не меняется уже {months}{NO_BREAK_SPACE}{}. Так бывает, если дома никто не живёт. \
                 Если вы пользуетесь счётчиком, проверьте, не остановился ли он.",
                plural(u64::from(months.unsigned_abs()), "месяц", "месяца", "месяцев"),
            ),
        }
    }
}

impl fmt::Display for Slip {
    /// The likely cause, as a guess: the person knows better.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ValuesExchanged => "Похоже, два показания стоят на месте друг друга.",
            Self::Comma => "Похоже, запятая пропущена или стоит не на месте.",
            Self::DigitsSwapped => "Похоже, две соседние цифры поменялись местами.",
            Self::DigitExtra => "Похоже, в показании лишняя цифра.",
            Self::DigitMissing => "Похоже, в показании не хватает цифры.",
        })
    }
}

impl Question {
    /// «это в 8 раз больше обычного (5,3 м³ в месяц).»
    fn write_comparison(&self, f: &mut fmt::Formatter<'_>, months: i32, usual_monthly: Decimal) -> fmt::Result {
        let usual = usual_monthly * Decimal::from(months);
        match self.consumption.checked_div(usual) {
            None => write!(f, "а в последние месяцы расхода не было."),
            // Cut off, not rounded: it is never called more than it is.
            Some(ratio) => write!(
                f,
                "это в {} больше обычного ({} в месяц).",
                times(ratio.round_dp_with_strategy(u32::from(ratio < Decimal::TEN), ToZero)),
                self.volume(about(usual_monthly)),
            ),
        }
    }

    /// What to look at: a comma is lost only where there is one.
    fn advice(&self) -> &'static str {
        if self.dial.digits_fraction() == 0 {
            "Проверьте, нет ли лишней цифры."
        } else {
            "Проверьте, не пропущена ли запятая."
        }
    }

    fn volume(&self, value: Decimal) -> String {
        format!("{}{NO_BREAK_SPACE}{}", number(value), self.kind.unit())
    }
}

/// « за 3 месяца»; nothing for one month, which goes without saying.
fn over_months(months: i32) -> String {
    match months {
        1 => String::new(),
        _ => {
            let noun = plural(u64::from(months.unsigned_abs()), "месяц", "месяца", "месяцев");
            format!(" за {months}{NO_BREAK_SPACE}{noun}")
        }
    }
}

/// One decimal is enough to compare with, unless the number is smaller than that.
pub fn about(value: Decimal) -> Decimal {
    let decimals = if value < Decimal::ONE { 3 } else { 1 };
    value.round_dp_with_strategy(decimals, MidpointAwayFromZero)
}

fn capitalized(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
