//! How sure the portal is who a person is, and what that opens (functions 12 and 16; S0:77).
//!
//! Whoever knows a password is on the basic level. A word of somebody who saw the person's documents raises it: of a
//! provider that the operator trusts so far, or of the company. A word holds for a time, and until it is asked again.

use jiff::{SignedDuration, Timestamp};

use crate::{access::Action, identity::Level};

/// What asks for the confirmed level, and how it is called after «открывает:»; Russian. What is not written here is open
/// on the basic level to everybody whom the table of rights lets.
pub const CONFIRMED: &[(Action, &str)] = &[(Action::Delegate, "доверить лицевой счёт другому человеку")];

/// The level that an action asks for.
pub fn asked(action: Action) -> Level {
    let is_confirmed = CONFIRMED.iter().any(|(known, _)| *known == action);
    if is_confirmed { Level::Confirmed } else { Level::Basic }
}

/// Who says who a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A provider that checks documents.
    Provider,
    /// The company, which saw the documents.
    Company,
}

impl Source {
    /// The name under which it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provider => "provider",
            Self::Company => "company",
        }
    }
}

/// That somebody said who a person is, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Who says it.
    pub source: Source,
    /// When it was said the last time.
    pub said_at: Timestamp,
}

/// What counts, and for how long.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terms {
    /// Words of this moment and before count no more: the person was asked to confirm again.
    pub asked_again_at: Option<Timestamp>,
    /// How long a word holds; without an end where there is none.
    pub valid_for: Option<SignedDuration>,
}

/// On which level a person stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The level.
    pub level: Level,
    /// The word that it stands on; none on the basic level.
    pub word: Option<Word>,
    /// When that word is over; none where it has no end.
    pub until: Option<Timestamp>,
}

/// The level that these words give: the one that holds longest counts.
pub fn standing(words: impl IntoIterator<Item = Word>, terms: Terms, now: Timestamp) -> Standing {
    let is_asked_anew = |word: &Word| terms.asked_again_at.is_some_and(|at| word.said_at <= at);
    let until = |word: &Word| terms.valid_for.map(|time| word.said_at.checked_add(time).unwrap_or(Timestamp::MAX));
    let holds = |word: &Word| !is_asked_anew(word) && until(word).is_none_or(|end| now < end);
    let word = words.into_iter().filter(holds).max_by_key(|word| word.said_at);
    let level = if word.is_some() { Level::Confirmed } else { Level::Basic };
    Standing { level, word, until: word.as_ref().and_then(until) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3600).unwrap()
    }

    fn word(source: Source, hour: i64) -> Word {
        Word { source, said_at: at(hour) }
    }

    #[test]
    fn nobody_s_word_is_the_basic_level_and_anybody_s_the_confirmed_one() {
        let none = standing([], Terms::default(), at(9));
        assert_eq!(none, Standing { level: Level::Basic, word: None, until: None });
        for source in [Source::Provider, Source::Company] {
            let one = standing([word(source, 1)], Terms::default(), at(9));
            assert_eq!(one, Standing { level: Level::Confirmed, word: Some(word(source, 1)), until: None });
        }
    }

    #[test]
    fn a_word_holds_for_its_time_and_the_latest_one_counts() {
        let terms = Terms { valid_for: Some(SignedDuration::from_hours(10)), ..Terms::default() };
        let words = [word(Source::Company, 1), word(Source::Provider, 3)];
        let held = standing(words, terms, at(12));
        assert_eq!((held.word, held.until), (Some(words[1]), Some(at(13))));
        assert_eq!(standing(words, terms, at(13)).level, Level::Basic);
    }

    #[test]
    fn whoever_is_asked_again_is_on_the_basic_level_until_a_later_word() {
        let terms = Terms { asked_again_at: Some(at(5)), ..Terms::default() };
        assert_eq!(standing([word(Source::Company, 5)], terms, at(5)).level, Level::Basic);
        assert_eq!(
            standing([word(Source::Company, 5), word(Source::Provider, 6)], terms, at(6)).level,
            Level::Confirmed
        );
    }

    #[test]
    fn readings_are_given_on_the_basic_level_and_trust_in_others_on_the_confirmed_one() {
        for action in [Action::SeeAccounts, Action::SeeMeters, Action::SubmitReading, Action::ManageProfile] {
            assert_eq!(asked(action), Level::Basic, "{action:?}");
        }
        assert_eq!(asked(Action::Delegate), Level::Confirmed);
        assert_eq!(asked(Action::ManageDelegations), Level::Basic, "what was let can always be taken back");
    }

    #[test]
    fn the_table_says_nothing_twice() {
        for (index, (action, _)) in CONFIRMED.iter().enumerate() {
            assert!(CONFIRMED[index + 1..].iter().all(|(other, _)| other != action), "{action:?}");
        }
    }
}
