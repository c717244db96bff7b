//! What a guesser lives on: answers that say «no». They wait a little, while others are served. Whoever mistypes hardly
//! notices; whoever tries one after another gets one answer a second out of each connection, and leaves the machine to
//! everybody else.

use std::time::Duration;

use crate::{Problem, Slug};

/// How long such an answer waits. It holds for right and wrong guesses at a name alike, so it tells nothing.
pub(crate) const WAIT: Duration = Duration::from_secs(1);

/// Whether this answers a guess: at a password, a code, an account's number, or, where the request `names_a_secret` (a
/// session, a token), at that.
pub(crate) fn answers(problem: &Problem, names_a_secret: bool) -> bool {
    const SLUGS: [Slug; 9] = [
        Slug::WrongCredentials,
        Slug::WrongCode,
        Slug::CodeExpired,
        Slug::CodeSpent,
        Slug::PasskeyRefused,
        Slug::SignInStale,
        Slug::SignInLocked,
        Slug::AccountNotFound,
        Slug::RateLimited,
    ];
    SLUGS.iter().any(|slug| problem.is(*slug)) || names_a_secret && problem.is(Slug::Unauthenticated)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_without_a_session_is_told_so_at_once() {
        assert!(!answers(&Problem::unauthenticated(), false));
        assert!(answers(&Problem::unauthenticated(), true));
    }

    #[test]
    fn a_field_that_breaks_its_rule_is_no_guess() {
        assert!(!answers(&Problem::field("/code", "Введите код."), true));
        assert!(answers(&Problem::new(Slug::WrongCode, "Не тот код."), false));
    }
}
