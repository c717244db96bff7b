//! Why one of the staff looks at a person's data. The person reads it in the journal (function 159: staff actions are
//! audited; ФЗ-152, ст. 5 ч. 2: data are used for a purpose that was named before).

/// The longest explanation, in characters.
pub const WORDS_CHARACTERS_MAX: usize = 500;

/// What a look at somebody's data is for: a closed list, so that looks can be counted by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The person can't sign in and asks for help.
    SignInHelp,
    /// The person asked about something else.
    Enquiry,
    /// The person asked to have the own identity confirmed.
    IdentityCheck,
    /// The addresses go to the company's register.
    Register,
    /// Charges of a month are checked before its bills go out.
    Charges,
    /// What happened to a meter is recorded.
    Metering,
    /// Something looks like an attempt on the person's data.
    Security,
    /// A court, the police or a supervising body asks by right.
    Authority,
    /// Another reason, which the words then tell.
    Other,
}

impl Purpose {
    /// Every purpose, the usual first.
    pub const ALL: [Self; 9] = [
        Self::SignInHelp,
        Self::Enquiry,
        Self::IdentityCheck,
        Self::Register,
        Self::Charges,
        Self::Metering,
        Self::Security,
        Self::Authority,
        Self::Other,
    ];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignInHelp => "sign-in-help",
            Self::Enquiry => "enquiry",
            Self::IdentityCheck => "identity-check",
            Self::Register => "register",
            Self::Charges => "charges",
            Self::Metering => "metering",
            Self::Security => "security",
            Self::Authority => "authority",
            Self::Other => "other",
        }
    }

    /// The purpose of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }

    /// What the person reads, Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::SignInHelp => "помощь со входом",
            Self::Enquiry => "ответ на обращение человека",
            Self::IdentityCheck => "подтверждение личности",
            Self::Register => "реестр электронных адресов",
            Self::Charges => "проверка начислений перед квитанциями",
            Self::Metering => "учёт событий счётчика",
            Self::Security => "проверка безопасности",
            Self::Authority => "запрос государственного органа",
            Self::Other => "другая причина",
        }
    }
}

/// Why an explanation is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordsError {
    /// Fewer than 3 characters, where some are needed.
    Missing,
    /// More than [`WORDS_CHARACTERS_MAX`].
    Long,
}

/// Reads an explanation in one's own words, without the spaces around it; where none is needed it may be short or empty.
///
/// # Errors
/// [`WordsError`].
pub fn words(text: &str, are_needed: bool) -> Result<&str, WordsError> {
    let words = text.trim();
    match words.chars().count() {
        0..=2 if are_needed => Err(WordsError::Missing),
        0..=WORDS_CHARACTERS_MAX => Ok(words),
        _ => Err(WordsError::Long),
    }
}

/// A reason that may be given: a purpose, and words where it needs them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// From the closed list.
    pub purpose: Purpose,
    /// In one's own words; empty where the purpose says it all.
    pub words: String,
}

/// Why a reason is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReasonError {
    /// The purpose is not of the list.
    UnknownPurpose,
    /// The words are too long, or «другая причина» has none of what it is.
    Words(WordsError),
}

impl Reason {
    /// Reads a reason as it was given.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(purpose: &str, words: &str) -> Result<Self, ReasonError> {
        let purpose = Purpose::parse(purpose).ok_or(ReasonError::UnknownPurpose)?;
        let words = self::words(words, purpose == Purpose::Other).map_err(ReasonError::Words)?;
        Ok(Self { purpose, words: words.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_purpose_of_the_list_says_it_all_and_any_other_needs_words() {
        for purpose in Purpose::ALL {
            let is_enough = Reason::parse(purpose.as_str(), " ").is_ok();
            assert_eq!(is_enough, purpose != Purpose::Other, "{purpose:?}");
        }
        assert_eq!(Reason::parse("other", "да"), Err(ReasonError::Words(WordsError::Missing)));
        assert_eq!(Reason::parse("other", " сверка ").unwrap().words, "сверка");
        assert_eq!(Reason::parse("curiosity", "так"), Err(ReasonError::UnknownPurpose));
        assert_eq!(Reason::parse("security", &"я".repeat(501)), Err(ReasonError::Words(WordsError::Long)));
    }
}
