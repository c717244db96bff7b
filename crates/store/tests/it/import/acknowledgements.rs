//! What suppliers answered to readings: held against the reading that holds, told to who has the account when refused.

use store::import::{Error, Taken};

use super::{MADE_UP, bad_line, counts, take_at, take_by};
use crate::import_examples::filled;
use crate::state::State;

const LATER: &str = "2026-07-21T09:00:00Z";
const LATEST: &str = "2026-07-22T09:00:00Z";

fn answers(state: &State, moment: &str, line: &str) -> Result<Vec<Taken>, Error> {
    let header = "meter_kind;meter_serial;period;value_1;value_2;supplier_inn;on;is_accepted;reason";
    let text = format!("{header}\n{line}\n");
    take_at(state, moment, &[("answers.csv", &text)])
}

fn kept(state: &State) -> Vec<String> {
    state.rows(
        "select m.serial, k.answered_on, k.is_accepted, coalesce(k.reason, '-')
         from reading_acknowledgement k join reading using (reading_seq) join meter m using (meter_id) order by 1",
    )
}

#[test]
fn an_answer_is_of_the_reading_that_holds_and_a_later_one_takes_its_place() {
    let state = filled();
    assert_eq!(kept(&state), ["4500123|2026-06-28|1|-", "4500888|2026-06-28|0|счётчик не опломбирован"]);
    let same = answers(&state, LATER, "cold_water;4500123;2026-06;3,25;;7707083893;2026-06-28;да;").unwrap();
    assert_eq!(counts(&same), [("acknowledgements", 0, 0, 1)]);
    let other =
        answers(&state, LATEST, "cold_water;4500123;2026-06;3,250;;7707083893;2026-07-02;нет;не то фото").unwrap();
    assert_eq!(counts(&other), [("acknowledgements", 0, 1, 0)]);
    assert_eq!(kept(&state)[0], "4500123|2026-07-02|0|не то фото");
}

#[test]
fn an_answer_of_an_earlier_day_changes_nothing() {
    let state = filled();
    let line = |day: &str, rest: &str| format!("cold_water;4500123;2026-06;3,25;;7707083893;{day};{rest}");
    answers(&state, LATER, &line("2026-07-02", "нет;не то фото")).unwrap();
    let late = answers(&state, LATEST, &line("2026-07-01", "да;")).unwrap();
    assert_eq!(counts(&late), [("acknowledgements", 0, 0, 1)]);
    assert_eq!(kept(&state)[0], "4500123|2026-07-02|0|не то фото");
    let same_day = answers(&state, LATEST, &line("2026-07-02", "да;")).unwrap();
    assert_eq!(counts(&same_day), [("acknowledgements", 0, 1, 0)], "of one day the one that came last");
}

#[test]
fn what_is_answered_to_nothing_is_refused_with_the_column() {
    let state = filled();
    for (line, column, reason) in [
        ("cold_water;1;2026-06;3,25;;7707083893;2026-06-28;да;", "meter_serial", "с номером 1 ещё нет"),
        ("cold_water;4500123;2026-07;3,25;;7707083893;2026-06-28;да;", "period", "за 2026-07 нет"),
        ("cold_water;4500123;2026-06;3,2;;7707083893;2026-06-28;да;", "value_1", "показание теперь"),
        ("cold_water;4500123;2026-06;3,25;;7736050003;2026-06-28;да;", "supplier_inn", "поставщика с таким ИНН нет"),
        ("electricity;4500888;2026-06;1500;;7707083893;2026-06-28;да;", "value_2", "не заполнено, а в показании 700"),
        ("electricity;4500888;2026-06;1500;701;7707083893;2026-06-28;да;", "value_2", "показание теперь 700"),
        ("cold_water;4500123;2026-06;3,25;1;7707083893;2026-06-28;да;", "value_2", "тарифов 1: оставьте пустым"),
        ("cold_water;4500123;2026-06;3,25;;7707083893;2026-07-22;да;", "on", "ещё не наступил"),
    ] {
        let (number, at, said) = bad_line(answers(&state, LATER, line));
        assert_eq!((number, at.as_str()), (2, column));
        assert!(said.contains(reason), "{said}");
    }
}

#[test]
fn who_has_the_account_hears_of_a_refusal_once() {
    let state = State::seeded("2026-07-20T06:00:00Z");
    let reading = "select m.kind || ';' || m.serial || ';' || r.period || ';' || r.value_1 || ';' || (select min(inn) from supplier)
                   from person p join account_link l using (person_id) join account a using (account_id)
                   join meter m using (premises_id) join reading r using (meter_id)
                   where p.login = 'anna' and m.kind = 'cold_water' order by r.reading_seq desc limit 1";
    let reading = state.rows(reading).concat();
    let answer = |moment, rest: &str| {
        let text =
            format!("meter_kind;meter_serial;period;value_1;supplier_inn;on;is_accepted;reason\n{reading};{rest}\n");
        take_by(&state, &MADE_UP, moment, &[("answers.csv", &text)]).unwrap();
        let told =
            state.rows("select payload ->> 'reason' from event where kind = 'reading.refused' order by event_id");
        told.join(", ")
    };
    assert_eq!(answer("2026-07-21T09:00:00Z", "2026-07-20;да;"), "");
    assert_eq!(answer("2026-07-22T09:00:00Z", "2026-07-21;нет;нет пломбы"), "нет пломбы");
    assert_eq!(answer("2026-07-22T10:00:00Z", "2026-07-20;да;"), "нет пломбы");
    assert_eq!(answer("2026-07-23T09:00:00Z", "2026-07-22;нет;нет и пломбы"), "нет пломбы", "it was refused before");
}
