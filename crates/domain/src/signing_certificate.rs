//! The certificate of a person's electronic signature (ФЗ-63): what is asked to be signed by it, what it says of its
//! owner, and when it is not taken.

use jiff::{Timestamp, Zoned};
use sha2::{Digest as _, Sha256};
use x509_parser::{
    asn1_rs::{Oid, oid},
    certificate::X509Certificate,
    prelude::FromDer as _,
    x509::X509Name,
};

use crate::{
    hex::hex,
    identifier::Snils,
    identity::certificate::{self, Step},
    person_name, russian,
};

/// How long before its end a certificate is said to end soon.
const ENDING_DAYS: u16 = 30;

/// What a person signs to show that a certificate is the own one: it says what it is for, so that nobody signs it in the
/// belief that it is something else.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// Where the portal is.
    pub origin: &'a str,
    /// Whose profile the certificate goes to: the login, or the name of who has none.
    pub person: &'a str,
    /// Random, of this question alone.
    pub nonce: &'a str,
    /// When it is asked, by the capital's clock: the page that shows the text tells the time so too.
    pub at: Zoned,
}

impl Question<'_> {
    /// The text, Russian; its bytes (UTF-8, a line feed behind each line) are what is signed.
    pub fn text(&self) -> String {
        let Self { origin, person, nonce, at } = self;
        let day = russian::full_date(at.date()).replace(russian::NO_BREAK_SPACE, " ");
        let time = at.strftime("%H:%M");
        format!(
            "Портал «Мой дом», {origin}\n\
             Я подключаю сертификат своей электронной подписи к личному кабинету.\n\
             Кабинет: {person}\n\
             Когда: {day}, {time} МСК\n\
             Одноразовый код: {nonce}\n"
        )
    }
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningCertificate {
    /// SHA-256 of it, hex.
    pub fingerprint: String,
    /// Surname, name and patronymic.
    pub owner: String,
    /// Qualified ones of people have it.
    pub snils: Option<Snils>,
    /// Who made it.
    pub issuer: String,
    /// Its number there, hex.
    pub serial: String,
    /// From when on it holds.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
}

impl SigningCertificate {
    /// Reads a certificate in DER; none where it is no certificate or names no owner.
    pub fn read(der: &[u8]) -> Option<Self> {
        let (_, certificate) = X509Certificate::from_der(der).ok().filter(|(rest, _)| rest.is_empty())?;
        let moment = |seconds| Timestamp::from_second(seconds).ok();
        let subject = certificate.subject();
        Some(Self {
            fingerprint: hex(&Sha256::digest(der)),
            owner: owner(subject)?,
            snils: text(subject, &SNILS).and_then(|text| Snils::parse(text).ok()),
            issuer: text(certificate.issuer(), &COMMON_NAME)?.to_owned(),
            serial: hex(certificate.raw_serial()),
            not_before: moment(certificate.validity().not_before.timestamp())?,
            not_after: moment(certificate.validity().not_after.timestamp())?,
        })
    }

    /// Whether it may be connected to the profile of somebody of whom this is known, at the moment `now`.
    ///
    /// # Errors
    /// Why not.
    pub fn judge(&self, known: &Known<'_>, now: Timestamp) -> Result<(), Refusal> {
        if now < self.not_before {
            return Err(Refusal::Early);
        }
        if self.not_after <= now {
            return Err(Refusal::Over);
        }
        let mut names = known.names.iter().filter(|name| person_name::is_full(name)).peekable();
        match known.is_snils {
            Some(false) => return Err(Refusal::OtherSnils),
            None if known.has_snils && names.peek().is_none() => return Err(Refusal::NoSnils),
            _ => {}
        }
        if names.all(|name| person_name::is_same(name, &self.owner)) { Ok(()) } else { Err(Refusal::OtherName) }
    }
}

/// What the portal knows for sure of who a person is.
#[derive(Debug, Default)]
pub struct Known<'a> {
    /// Whether it knows the СНИЛС.
    pub has_snils: bool,
    /// Whether that is the certificate's; none where either lacks it.
    pub is_snils: Option<bool>,
    /// By which names providers know the person who checked documents.
    pub names: Vec<&'a str>,
}

const COMMON_NAME: Oid<'static> = oid!(2.5.4.3);
const SURNAME: Oid<'static> = oid!(2.5.4.4);
const GIVEN_NAME: Oid<'static> = oid!(2.5.4.42);
/// Order of the ФСБ 795, 20: what a qualified certificate says of its owner.
const SNILS: Oid<'static> = oid!(1.2.643.100.3);

/// The person: a certificate of somebody who signs for an organisation has the organisation's name as the common one.
fn owner(subject: &X509Name<'_>) -> Option<String> {
    let person = text(subject, &SURNAME).zip(text(subject, &GIVEN_NAME));
    let name = person.map(|(surname, given)| format!("{surname} {given}"));
    name.or_else(|| text(subject, &COMMON_NAME).map(str::to_owned))
}

fn text<'a>(name: &'a X509Name<'_>, oid: &Oid<'static>) -> Option<&'a str> {
    name.iter_by_oid(oid).find_map(|attribute| attribute.as_str().ok()).filter(|text| !text.trim().is_empty())
}

/// How far a certificate is from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It holds.
    Live,
    /// It holds, for thirty days at most.
    Ending,
    /// It is over: nothing can be signed by it.
    Over,
}

impl State {
    /// Of a certificate that holds until `not_after`.
    pub fn at(not_after: Timestamp, now: Timestamp) -> Self {
        match certificate::step(not_after, now, ENDING_DAYS) {
            None => Self::Live,
            Some(Step::Soon | Step::Urgent) => Self::Ending,
            Some(Step::Over) => Self::Over,
        }
    }

    /// The name under which it is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Ending => "ending",
            Self::Over => "over",
        }
    }
}

/// Why a certificate is not connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The question is over, used, or of another session.
    Stale,
    /// What was sent is no signature, or of another text.
    Wrong,
    /// It holds a certificate that names nobody.
    Nameless,
    /// Nobody whom the service trusts made the certificate.
    Untrusted,
    /// Its maker took it back.
    Revoked,
    /// It does not hold yet.
    Early,
    /// It holds no more.
    Over,
    /// Its СНИЛС is not the person's.
    OtherSnils,
    /// The portal knows the person by the СНИЛС alone, and it has none.
    NoSnils,
    /// Its owner has another name.
    OtherName,
    /// It is connected to this profile.
    Known,
    /// It is connected to somebody else's profile.
    Elsewhere,
}

impl Refusal {
    /// What is wrong and what to do; Russian.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Stale => {
                "Этот текст больше не ждёт подписи: вышло время, он уже использован или получен в другом сеансе. Получите \
                 новый текст и подпишите его."
            }
            Self::Wrong => {
                "Это не подпись под нашим текстом. Подпишите скачанный файл, ничего в нём не меняя: нужна отсоединённая \
                 подпись (CMS), в которую вложен ваш сертификат."
            }
            Self::Nameless => "В сертификате не сказано, кто его владелец. Возьмите сертификат, выданный на ваше имя.",
            Self::Untrusted => {
                "Сертификат выдал центр, которому портал не доверяет. Нужен сертификат аккредитованного удостоверяющего \
                 центра."
            }
            Self::Revoked => "Сертификат отозван. Получите новый в удостоверяющем центре и подключите его.",
            Self::Early => {
                "Сертификат ещё не действует. Подождите его первого дня или проверьте дату в самом сертификате."
            }
            Self::Over => "Срок сертификата истёк. Получите новый в удостоверяющем центре и подключите его.",
            Self::OtherSnils => {
                "СНИЛС в сертификате не тот, который подтверждён у вас на портале. Подключите свой сертификат. Если ошибка в \
                 нашем СНИЛС, подтвердите личность заново."
            }
            Self::NoSnils => {
                "В сертификате нет СНИЛС, и понять, ваш ли он, нельзя. Возьмите квалифицированный сертификат: в нём СНИЛС есть."
            }
            Self::OtherName => {
                "Имя в сертификате не то, которое подтвердил сервис входа. Подключите свой сертификат. Если имя сменилось, \
                 войдите через этот сервис ещё раз: мы узнаем новое."
            }
            Self::Known => "Этот сертификат уже подключён к вашему кабинету. Больше ничего делать не нужно.",
            Self::Elsewhere => {
                "Этот сертификат подключён к другому кабинету. Если он тоже ваш, войдите туда и уберите сертификат."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn certificate() -> SigningCertificate {
        SigningCertificate {
            fingerprint: "00".to_owned(),
            owner: "Лугова Анна Сергеевна".to_owned(),
            snils: Snils::parse("112-233-445 95").ok(),
            issuer: "УЦ".to_owned(),
            serial: "01".to_owned(),
            not_before: at("2026-01-01T00:00:00Z"),
            not_after: at("2027-01-01T00:00:00Z"),
        }
    }

    fn judged(known: &Known<'_>) -> Result<(), Refusal> {
        certificate().judge(known, at("2026-07-20T09:00:00Z"))
    }

    #[test]
    fn the_text_says_what_is_signed_and_where_and_who_signs() {
        let question = Question {
            origin: "https://dom.example",
            person: "anna",
            nonce: "q8",
            at: "2026-07-20T09:05[Europe/Moscow]".parse().unwrap(),
        };
        let expected = "Портал «Мой дом», https://dom.example\n\
                        Я подключаю сертификат своей электронной подписи к личному кабинету.\n\
                        Кабинет: anna\n\
                        Когда: 20 июля 2026 года, 09:05 МСК\n\
                        Одноразовый код: q8\n";
        assert_eq!(question.text(), expected);
    }

    #[test]
    fn a_certificate_holds_from_its_first_moment_and_not_at_its_last() {
        for (now, expected) in [
            ("2025-12-31T23:59:59Z", Err(Refusal::Early)),
            ("2026-01-01T00:00:00Z", Ok(())),
            ("2026-12-31T23:59:59Z", Ok(())),
            ("2027-01-01T00:00:00Z", Err(Refusal::Over)),
        ] {
            assert_eq!(certificate().judge(&Known::default(), at(now)), expected, "{now}");
        }
    }

    #[test]
    fn whatever_the_portal_knows_must_be_the_same() {
        let snils = |is_snils| Known { has_snils: true, is_snils, names: Vec::new() };
        assert_eq!(judged(&snils(Some(true))), Ok(()));
        assert_eq!(judged(&snils(Some(false))), Err(Refusal::OtherSnils));
        assert_eq!(judged(&snils(None)), Err(Refusal::NoSnils));
        assert_eq!(judged(&Known { names: vec!["Лугова Анна"], ..snils(None) }), Ok(()));
        assert_eq!(judged(&Known { names: vec!["Лугова Мария"], ..snils(Some(true)) }), Err(Refusal::OtherName));
        let names = |names: &[&'static str]| judged(&Known { names: names.to_vec(), ..Known::default() });
        assert_eq!(names(&[]), Ok(()), "nobody knows who it is");
        assert_eq!(names(&["Анна"]), Ok(()), "one word is nobody's whole name");
        assert_eq!(names(&["Лугова Анна", "Лугов Антон"]), Err(Refusal::OtherName));
    }

    #[test]
    fn an_end_within_thirty_days_is_told_of() {
        let now = at("2026-07-20T09:00:00Z");
        for (not_after, expected) in [
            ("2026-08-19T09:00:01Z", State::Live),
            ("2026-08-19T09:00:00Z", State::Ending),
            ("2026-07-20T09:00:01Z", State::Ending),
            ("2026-07-20T09:00:00Z", State::Over),
        ] {
            assert_eq!(State::at(at(not_after), now), expected, "{not_after}");
        }
    }

    #[test]
    fn what_is_no_certificate_is_not_read() {
        for bytes in [&b""[..], b"\x30\x00", b"certificate"] {
            assert_eq!(SigningCertificate::read(bytes), None);
        }
    }
}
