//! When a person with a missing reading is reminded, and in what words (S1:200: some days before the deadline).
//!
//! A window gives at most two notices: when it opens and again before it closes. The first is due on any day of
//! the open window, so that a tick that was missed is caught up on; once the second is due, the first no longer
//! is: whoever joins late hears one thing, not two.

use jiff::civil::Date;

use crate::reading::WindowState;
use crate::russian::{NO_BREAK_SPACE, day_and_month, month, plural};

/// Which of a window's two reminders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Phase {
    /// The window has opened.
    Opened,
    /// The window closes soon.
    Closing,
}

/// The meters of a home whose readings of the month are awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Awaited {
    /// What they are called.
    pub names: Vec<String>,
    /// Whether the readings of the home's other meters were given.
    pub is_rest: bool,
}

/// A reminder as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub title: String,
    /// What to do and until when.
    pub body: String,
}

impl Phase {
    /// The kind of the notice that it makes.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opened => "window-open",
            Self::Closing => "window-closing",
        }
    }

    /// The reminder for a home at this address. Who gave some of the readings is reminded of the rest alone.
    pub fn words(self, window: &WindowState, address: &str, awaited: &Awaited) -> Words {
        let closes_on = day_and_month(window.closes_on);
        let (title, body) = match self {
            Self::Opened => ("Передайте", opened(window, awaited)),
            // Of a day, not «осталось 3 дня»: a notice is read on other days than it was written.
            Self::Closing => ("Успейте передать", closing(window, awaited)),
        };
        Words {
            title: format!("{title} показания до{NO_BREAK_SPACE}{closes_on}"), body: format!("{address}: {body}")
        }
    }
}

/// What residents read whom the company asks for readings, beside the reminders of the schedule.
pub fn asked(window: &WindowState, address: &str, awaited: &Awaited) -> Words {
    let closes_on = day_and_month(window.closes_on);
    Words {
        title: format!("Управляющая организация ждёт показания до{NO_BREAK_SPACE}{closes_on}"),
        body: format!("{address}: {}", closing(window, awaited)),
    }
}

fn opened(window: &WindowState, awaited: &Awaited) -> String {
    let (opens_on, closes_on) = (day_and_month(window.opens_on), day_and_month(window.closes_on));
    let then = match awaited.is_rest {
        false => "Это займёт пару минут.".to_owned(),
        true => format!("Осталось передать {}.", rest(awaited)),
    };
    format!("принимаем показания счётчиков с{NO_BREAK_SPACE}{opens_on} по{NO_BREAK_SPACE}{closes_on}. {then}")
}

fn closing(window: &WindowState, awaited: &Awaited) -> String {
    let (month, closes_on) = (month(window.period), day_and_month(window.closes_on));
    let (what, otherwise) = match awaited.is_rest {
        false => (format!("показаний за{NO_BREAK_SPACE}{month} ещё нет"), "начислим по среднему расходу"),
        true => (
            format!("за{NO_BREAK_SPACE}{month} осталось передать {}", rest(awaited)),
            "вместо них возьмём средний расход",
        ),
    };
    format!("{what}. Передайте их до{NO_BREAK_SPACE}{closes_on} включительно, иначе {otherwise}.")
}

/// «показания 1 счётчика: Газ № 17».
fn rest(awaited: &Awaited) -> String {
    let number = awaited.names.len();
    let meters = plural(number as u64, "счётчика", "счётчиков", "счётчиков");
    format!("показания {number}{NO_BREAK_SPACE}{meters}: {}", awaited.names.join(", "))
}

/// The reminder that is due on this day, if one is.
pub fn due(window: &WindowState, today: Date, days_before_close: i32) -> Option<Phase> {
    if !window.is_open {
        return None;
    }
    if days_left(window, today) <= days_before_close {
        return Some(Phase::Closing);
    }
    Some(Phase::Opened)
}

fn days_left(window: &WindowState, today: Date) -> i32 {
    (window.closes_on - today).get_days()
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::reading::Window;

    fn due_on(day: i8) -> Option<Phase> {
        let today = date(2026, 7, day);
        due(&Window::new(15, 25).unwrap().state(today), today, 3)
    }

    fn words(phase: Phase, day: i8, awaited: &Awaited) -> (String, String) {
        let today = date(2026, 7, day);
        let window = Window::new(15, 25).unwrap().state(today);
        let words = phase.words(&window, "г. Рязань, ул. Ленина, д. 10, кв. 15", awaited);
        (words.title.replace('\u{a0}', " "), words.body.replace('\u{a0}', " "))
    }

    fn awaited(names: &[&str], is_rest: bool) -> Awaited {
        Awaited { names: names.iter().map(|name| (*name).to_owned()).collect(), is_rest }
    }

    #[test]
    fn the_opening_is_due_until_the_closing_is() {
        assert_eq!(due_on(14), None);
        assert_eq!(due_on(15), Some(Phase::Opened));
        assert_eq!(due_on(21), Some(Phase::Opened));
        assert_eq!(due_on(22), Some(Phase::Closing));
        assert_eq!(due_on(25), Some(Phase::Closing));
        assert_eq!(due_on(26), None);
    }

    #[test]
    fn a_reminder_names_the_home_and_the_days() {
        let (title, body) = words(Phase::Opened, 15, &awaited(&["Газ № 17"], false));
        assert_eq!(title, "Передайте показания до 25 июля");
        assert_eq!(
            body,
            "г. Рязань, ул. Ленина, д. 10, кв. 15: принимаем показания счётчиков с 15 июля по 25 июля. \
             Это займёт пару минут."
        );
    }

    #[test]
    fn a_reminder_of_the_end_is_true_on_whatever_day_it_is_read() {
        for day in [22, 24, 25] {
            let (title, body) = words(Phase::Closing, day, &awaited(&["Газ № 17"], false));
            assert_eq!(title, "Успейте передать показания до 25 июля");
            assert_eq!(
                body,
                "г. Рязань, ул. Ленина, д. 10, кв. 15: показаний за июль ещё нет. Передайте их до 25 июля включительно, \
                 иначе начислим по среднему расходу."
            );
        }
    }

    #[test]
    fn who_gave_some_readings_is_reminded_of_the_others_by_their_names() {
        let home = "г. Рязань, ул. Ленина, д. 10, кв. 15";
        let (_, body) = words(Phase::Closing, 24, &awaited(&["Газ № 17"], true));
        assert_eq!(
            body,
            format!(
                "{home}: за июль осталось передать показания 1 счётчика: Газ № 17. Передайте их до 25 июля \
                 включительно, иначе вместо них возьмём средний расход."
            )
        );
        let (_, body) = words(Phase::Opened, 15, &awaited(&["Холодная вода № 3", "Газ № 17"], true));
        assert_eq!(
            body,
            format!(
                "{home}: принимаем показания счётчиков с 15 июля по 25 июля. \
                 Осталось передать показания 2 счётчиков: Холодная вода № 3, Газ № 17."
            )
        );
    }

    proptest! {
        #[test]
        fn a_reminder_is_due_exactly_while_the_window_is_open(
            from_day in 1_i8..=31, to_day in 1_i8..=31, days in 0_i64..4_000, days_before in 0_i32..40,
        ) {
            let today = date(2020, 1, 1).saturating_add(days.days());
            let window = Window::new(from_day, to_day).unwrap().state(today);
            let phase = due(&window, today, days_before);
            prop_assert_eq!(phase.is_some(), window.is_open);
            if phase == Some(Phase::Closing) {
                prop_assert_eq!(due(&window, window.closes_on, days_before), phase);
            }
        }
    }
}
