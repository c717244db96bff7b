//! Certificates by which a provider and our signer there are known: whoever administers the portal is told in time, for
//! without them nobody signs in there. The signer's are noted at sign-ins, and nobody is asked from here; those that the
//! operator pinned are read where they are pinned, so that they are told of even when nobody signs in.

use domain::{
    access::Role,
    identity::{
        ESIA,
        certificate::{self, Step},
    },
    russian::plural,
};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use store::{
    Result, grants,
    identities::certificates::{self, Certificate},
    notices::{self, NewNotice},
    settings::Settings,
};
use web::{Env, fresh_id};

/// Tells every administrator of the portal of each certificate that is about to end, once for each step; answers how many notices
/// that took.
pub(crate) fn warn(env: &Env, now: Timestamp) -> Result<usize> {
    let (days, ending) = env.db().read(|conn| {
        let days: u16 = Settings::at(conn, now)?.get("provider.certificate_days")?;
        let until = now.checked_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX);
        let noted = certificates::ending(conn, until)?.into_iter().filter(|(_, noted)| noted.is_signers);
        let pinned = pinned(env)?.into_iter().filter(|(_, pinned)| pinned.not_after <= until);
        Ok::<_, store::Error>((days, noted.chain(pinned).collect::<Vec<_>>()))
    })?;
    if ending.is_empty() {
        return Ok(0);
    }
    env.db().write(|tx| {
        let admins = grants::everywhere(tx, Role::Admin)?;
        let told = |(provider, certificate): &(String, Certificate)| {
            let step = certificate::step(certificate.not_after, now, days)?;
            Some(admins.iter().map(|admin| notice(env, now, admin, provider, certificate, step)).collect::<Vec<_>>())
        };
        let notices: Vec<_> = ending.iter().filter_map(told).flatten().collect();
        notices::add(tx, &notices)
    })
}

/// What the operator pinned and has an end. What is wrong with the variable is told at the start of the host.
fn pinned(env: &Env) -> Result<Vec<(String, Certificate)>> {
    let ders = certificate::ders(&env.variable("esia_certificates")?).unwrap_or_default();
    let read = |der: Vec<u8>| {
        let (certificate_id, not_after) = (web::hex(&Sha256::digest(&der)), certificate::not_after(&der)?);
        Some((ESIA.to_owned(), Certificate { certificate_id, is_signers: false, not_after }))
    };
    Ok(ders.into_iter().filter_map(read).collect())
}

fn notice(
    env: &Env,
    now: Timestamp,
    person_id: &str,
    provider: &str,
    certificate: &Certificate,
    step: Step,
) -> NewNotice {
    NewNotice {
        notice_id: fresh_id(env),
        person_id: person_id.to_owned(),
        subject: format!("provider-certificate:{provider}:{}:{}", certificate.certificate_id, step.as_str()),
        kind: "provider-certificate",
        title: title(step).to_owned(),
        body: body(now, certificate),
        link: None,
        created_at: now,
    }
}

fn title(step: Step) -> &'static str {
    match step {
        Step::Soon => "Скоро закончится сертификат входа через другой сервис",
        Step::Urgent => "Срочно: заканчивается сертификат входа через другой сервис",
        Step::Over => "Сертификат закончился: вход через другой сервис закрыт",
    }
}

fn body(now: Timestamp, certificate: &Certificate) -> String {
    let Certificate { certificate_id, is_signers, not_after } = certificate;
    let whose = if *is_signers {
        "Сертификат службы подписи портала"
    } else {
        "Сертификат самого сервиса"
    };
    let what = if *is_signers {
        "Выпустите новый, зарегистрируйте его у сервиса и поставьте в службу подписи"
    } else {
        "Получите новый у сервиса и добавьте его в переменную esia_certificates рядом с прежним"
    };
    let days = not_after.duration_since(now).as_hours().div_euclid(24).max(0).unsigned_abs();
    let left = match days {
        0 => "меньше суток".to_owned(),
        _ => format!("{days} {}", plural(days, "день", "дня", "дней")),
    };
    let end = not_after.strftime("%d.%m.%Y");
    let name = certificate_id.get(..12).unwrap_or(certificate_id);
    format!("{whose} {name}… действует до {end}, осталось {left}. {what}: иначе никто не войдёт через этот сервис.")
}
