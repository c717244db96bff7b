//! Passwords that whoever guesses tries first: common ones, and those made of what everybody knows here.
//!
//! The list holds the [`COUNT`] passwords of [`CHARACTERS_MIN`](crate::password_policy::CHARACTERS_MIN) characters or more
//! that are neither digits nor letters alone among the 30 000 most frequent ones of public breaches, in small letters. It
//! is taken from the crate `zxcvbn` 3.1.1 (MIT, © 2016 Joshua Holmer), which has it from Dropbox's zxcvbn (MIT) and the
//! ten million passwords that Mark Burnett published.

const LIST: &str = include_str!("common_passwords.txt");
/// How many passwords the list holds: OWASP ASVS 5.0 asks for 3000 (6.2.4).
pub const COUNT: usize = 4309;

/// What everybody knows here: the portal's name, what it is about, and words for a password itself; letters and digits
/// alone, small ones.
pub const KNOWN_WORDS: [&str; 15] = [
    "мойдом",
    "moydom",
    "moidom",
    "портал",
    "portal",
    "жкх",
    "zhkh",
    "квартира",
    "kvartira",
    "пароль",
    "parol",
    "password",
    "йцукен",
    "qwerty",
    "admin",
];
/// So many characters beside known words make a password that is not made of them.
const BESIDE_MIN: usize = 6;

/// Whether this is one of the most frequent passwords, in small or capital letters.
pub fn is_common(password: &str) -> bool {
    let password = password.to_lowercase();
    LIST.lines().any(|common| common == password)
}

/// Whether there is next to nothing in the password beside [`KNOWN_WORDS`] and `names`, by which its owner signs in: a
/// login, a phone, or an e-mail, of which the part before `@` counts.
pub fn is_of_known_words(password: &str, names: &[&str]) -> bool {
    let whole = signs(password);
    let names = names.iter().map(|name| signs(name.split('@').next().unwrap_or_default()));
    let mut words: Vec<_> =
        names.chain(KNOWN_WORDS.map(str::to_owned)).filter(|word| word.chars().count() > 2).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = words.iter().fold(whole.clone(), |rest, word| rest.replace(word.as_str(), ""));
    rest != whole && rest.chars().count() < BESIDE_MIN
}

/// Letters and digits, small ones.
fn signs(text: &str) -> String {
    text.to_lowercase().chars().filter(|sign| sign.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::password_policy::{PasswordDemands, PasswordPolicy};

    #[test]
    fn the_list_is_whole_and_holds_what_the_policy_would_take() {
        let demands = PasswordDemands { policy: PasswordPolicy::Basic, refuses_common: false };
        assert_eq!(LIST.lines().count(), COUNT);
        assert!(LIST.lines().all(|common| demands.broken(common, &[]).is_empty() && common == common.to_lowercase()));
    }

    #[test]
    fn a_common_password_is_one_in_any_case() {
        for password in ["password1", "Password1", "QWERTY123", "abc12345", "Abc12345"] {
            assert!(is_common(password), "{password}");
        }
        for password in ["", "password1 ", "сосна-72-ели", "moydom-demo-2026"] {
            assert!(!is_common(password), "{password}");
        }
    }

    #[test]
    fn known_words_and_a_few_digits_are_no_password() {
        let names = ["anna.petrova", "+79161234567", "petrova.a@mail.ru"];
        for password in ["МойДом2026", "moy-dom-1!", "Пароль!123", "AnnaPetrova1985", "petrova.a-72", "79161234567!"]
        {
            assert!(is_of_known_words(password, &names), "{password}");
        }
        for password in ["сосна-72-ели", "moydom-demo-2026", "anna-сосна-72", "12345-67890", ""] {
            assert!(!is_of_known_words(password, &names), "{password}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_check_panic(password in "\\PC{0,80}", name in "\\PC{0,20}") {
            let _ = (is_common(&password), is_of_known_words(&password, &[&name]));
        }
    }
}
