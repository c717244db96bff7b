//! Step-up: what matters is confirmed once more by its person, at the moment it is done (S0:96, S1:92). A session that
//! somebody left open is not enough for it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What asks to be confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Another phone or e-mail to sign in and be reached by.
    ChangeContact,
    /// The phone or the e-mail is taken off the profile.
    ForgetContact,
    /// The login goes, and all that no law keeps.
    EraseData,
    /// Another person may do something for an account.
    Delegate,
    /// Documents go to the company, so that it confirms who the person is.
    ProveIdentity,
    /// A second factor of sign-in is switched on.
    AddSecondFactor,
    /// A second factor of sign-in is switched off.
    RemoveSecondFactor,
    /// Other recovery codes take the place of the earlier ones.
    RenewRecoveryCodes,
    /// Nobody is to sign in as the person any more.
    BlockSignIn,
    /// Another way in: an identity at a provider.
    LinkIdentity,
    /// An identity at a provider lets in no more.
    UnlinkIdentity,
    /// A certificate of an electronic signature is the person's.
    ConnectCertificate,
    /// It is the person's no more.
    RemoveCertificate,
    /// Somebody works here, or does not any more, or gets another password.
    ManageStaff,
    /// A first password, of somebody who signed in by a provider alone.
    SetPassword,
    /// Somebody else is let in again, who could not come in alone.
    LetIn,
    /// Nobody is to sign in as somebody else, who asked for that.
    StopSignIn,
    /// A program may give readings.
    MakeReadingToken,
    /// The bills of a month of a house go out: none of them changes any more.
    IssueBills,
}

impl Operation {
    /// Every operation.
    pub const ALL: [Self; 19] = [
        Self::ChangeContact,
        Self::ForgetContact,
        Self::EraseData,
        Self::Delegate,
        Self::ProveIdentity,
        Self::AddSecondFactor,
        Self::RemoveSecondFactor,
        Self::RenewRecoveryCodes,
        Self::BlockSignIn,
        Self::LinkIdentity,
        Self::UnlinkIdentity,
        Self::ConnectCertificate,
        Self::RemoveCertificate,
        Self::ManageStaff,
        Self::SetPassword,
        Self::LetIn,
        Self::StopSignIn,
        Self::MakeReadingToken,
        Self::IssueBills,
    ];

    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangeContact => "change-contact",
            Self::ForgetContact => "forget-contact",
            Self::EraseData => "erase-data",
            Self::Delegate => "delegate",
            Self::ProveIdentity => "prove-identity",
            Self::AddSecondFactor => "add-second-factor",
            Self::RemoveSecondFactor => "remove-second-factor",
            Self::RenewRecoveryCodes => "renew-recovery-codes",
            Self::BlockSignIn => "block-sign-in",
            Self::LinkIdentity => "link-identity",
            Self::UnlinkIdentity => "unlink-identity",
            Self::ConnectCertificate => "connect-certificate",
            Self::RemoveCertificate => "remove-certificate",
            Self::ManageStaff => "manage-staff",
            Self::SetPassword => "set-password",
            Self::LetIn => "let-in",
            Self::StopSignIn => "stop-sign-in",
            Self::MakeReadingToken => "make-reading-token",
            Self::IssueBills => "issue-bills",
        }
    }

    /// What the person confirms, after «Подтвердите:»; Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::ChangeContact => "новый телефон или почта для входа",
            Self::ForgetContact => "телефон или почта больше не для входа",
            Self::EraseData => "стереть мой вход и мои данные",
            Self::Delegate => "доверить лицевой счёт другому человеку",
            Self::ProveIdentity => "отправить документы, чтобы подтвердить личность",
            Self::AddSecondFactor => "включить второй шаг входа",
            Self::RemoveSecondFactor => "отключить второй шаг входа",
            Self::RenewRecoveryCodes => "новые коды восстановления вместо прежних",
            Self::BlockSignIn => "остановить вход и завершить все сеансы",
            Self::LinkIdentity => "ещё один способ войти в ваш кабинет",
            Self::UnlinkIdentity => "отвязать вход через другой сервис",
            Self::ConnectCertificate => "подключить электронную подпись",
            Self::RemoveCertificate => "убрать электронную подпись",
            Self::ManageStaff => "изменить, кто здесь работает",
            Self::SetPassword => "задать пароль для входа",
            Self::LetIn => "впустить другого человека заново",
            Self::StopSignIn => "остановить вход другого человека",
            Self::MakeReadingToken => "разрешить программе передавать показания",
            Self::IssueBills => "выставить квитанции дома за месяц",
        }
    }

    /// Whether whoever has an app or a passkey must use it: by these the rest of the sign-in is taken over, so a code to a
    /// phone that was stolen, or to a mailbox that was read, must not be enough where there is something better.
    const fn asks_for_the_best(self) -> bool {
        matches!(
            self,
            Self::ChangeContact
                | Self::ForgetContact
                | Self::AddSecondFactor
                | Self::RemoveSecondFactor
                | Self::RenewRecoveryCodes
                | Self::ManageStaff
                | Self::SetPassword
                | Self::LetIn
        )
    }

    /// The operation of this name, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|operation| operation.as_str() == name)
    }
}

/// By what a person confirms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// A code of the app on the person's phone.
    Totp,
    /// A key of one of the person's devices.
    Passkey,
    /// One of the codes that the person keeps on paper.
    RecoveryCode,
    /// A code to the phone of the profile.
    Sms,
    /// A code to the e-mail of the profile.
    Email,
    /// The password.
    Password,
    /// Having proved at the provider, a moment ago, who that is.
    SignIn,
}

impl Method {
    /// The name under which it is stored and sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Passkey => "passkey",
            Self::RecoveryCode => "recovery-code",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Password => "password",
            Self::SignIn => "sign-in",
        }
    }
}

/// What a person has to confirm with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Means {
    /// An app of one-time codes.
    pub has_totp: bool,
    /// A device that signs in by a key of its own.
    pub has_passkeys: bool,
    /// Codes on paper that were not used.
    pub has_recovery_codes: bool,
    /// A phone in the profile.
    pub has_phone: bool,
    /// An e-mail in the profile.
    pub has_email: bool,
    /// A password of the portal's own.
    pub has_password: bool,
}

/// By what this person may confirm, the one to offer first before the others. A code is of something that only its
/// owner holds, so a password is asked for where there is nowhere to send one; who has neither signs in at the provider
/// anew. What takes the sign-in over is confirmed by an app, a passkey or the codes on paper, where the person has the first
/// or the second.
pub fn methods(means: Means, operation: Operation) -> Vec<Method> {
    let needs_best = operation.asks_for_the_best() && (means.has_totp || means.has_passkeys);
    let codes = [
        (means.has_totp, Method::Totp),
        (means.has_passkeys, Method::Passkey),
        (means.has_phone && !needs_best, Method::Sms),
        (means.has_email && !needs_best, Method::Email),
        (means.has_recovery_codes, Method::RecoveryCode),
    ];
    let mut codes: Vec<_> = codes.into_iter().filter_map(|(has, method)| has.then_some(method)).collect();
    if !codes.is_empty() {
        // Whoever lost the phone must be able to say so without it; and it takes rights away, it gives none.
        if operation == Operation::BlockSignIn && means.has_password {
            codes.push(Method::Password);
        }
        return codes;
    }
    vec![if means.has_password { Method::Password } else { Method::SignIn }]
}

/// How long a sign-in at a provider counts as one of a moment ago.
pub const RECENT: SignedDuration = SignedDuration::from_mins(5);

/// Whether the person signed in at the provider a moment ago. Where the provider does not tell when that was, it was not;
/// one from the future is that of a clock which was set back.
pub fn is_recent(authenticated_at: Option<Timestamp>, now: Timestamp) -> bool {
    authenticated_at.is_some_and(|at| at <= now && now.duration_since(at) <= RECENT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_goes_before_a_password_and_who_has_neither_signs_in_anew() {
        let methods = |means| methods(means, Operation::Delegate);
        let both = Means { has_phone: true, has_email: true, has_password: true, ..Means::default() };
        assert_eq!(methods(both), [Method::Sms, Method::Email]);
        assert_eq!(methods(Means { has_email: true, ..Means::default() }), [Method::Email]);
        assert_eq!(methods(Means { has_password: true, ..Means::default() }), [Method::Password]);
        assert_eq!(methods(Means::default()), [Method::SignIn]);
        let equipped = Means { has_totp: true, has_passkeys: true, has_recovery_codes: true, ..both };
        let all = [Method::Totp, Method::Passkey, Method::Sms, Method::Email, Method::RecoveryCode];
        assert_eq!(methods(equipped), all);
    }

    #[test]
    fn what_takes_the_sign_in_over_is_confirmed_by_the_best_that_there_is() {
        let contacts = Means { has_phone: true, has_email: true, has_recovery_codes: true, ..Means::default() };
        for operation in Operation::ALL {
            let with_an_app = methods(Means { has_totp: true, ..contacts }, operation);
            let with_a_passkey = methods(Means { has_passkeys: true, ..contacts }, operation);
            let weak = [Method::Sms, Method::Email];
            let is_best_alone = ![with_an_app, with_a_passkey].concat().iter().any(|method| weak.contains(method));
            assert_eq!(is_best_alone, operation.asks_for_the_best(), "{operation:?}");
            assert_eq!(methods(contacts, operation)[..2], weak, "{operation:?}");
        }
    }

    #[test]
    fn who_lost_the_phone_says_so_by_the_password_and_does_nothing_else_by_it() {
        let means = Means { has_phone: true, has_password: true, ..Means::default() };
        for operation in Operation::ALL {
            let has_password = methods(means, operation).contains(&Method::Password);
            assert_eq!(has_password, operation == Operation::BlockSignIn, "{operation:?}");
        }
    }

    #[test]
    fn a_sign_in_is_recent_for_five_minutes_never_before_it_was_and_never_where_nobody_tells() {
        let at = |second| Timestamp::from_second(second).unwrap();
        for (now, is) in [(1000, true), (1300, true), (1301, false), (999, false)] {
            assert_eq!(is_recent(Some(at(1000)), at(now)), is, "{now}");
        }
        assert!(!is_recent(None, at(1000)));
    }

    #[test]
    fn an_operation_is_read_back_from_its_name() {
        for operation in Operation::ALL {
            assert_eq!(Operation::parse(operation.as_str()), Some(operation));
        }
        assert_eq!(Operation::parse("anything"), None);
    }
}
