//! What a signature proves: whose certificate made it, by the word of the service that checks signatures, and whether
//! that may be the person who sent it.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::{
    identity::{Level, certificate::ders},
    signing_certificate::{Known, Refusal, SigningCertificate},
};
use store::{
    Conn, identities,
    snils::{self, Hashes},
};
use web::{Actor, Env, Problem, Slug};

use crate::{
    provider::{CmsVerdict, Fault, Signer},
    second_factor,
};

/// A signature with a chain of certificates has some ten thousand bytes.
const DER_BYTES_MAX: usize = 64 * 1024;

/// The DER of what was sent.
///
/// # Errors
/// `validation` where it is no PEM and no base64 of one value, or is too long.
pub(super) fn signature(text: &str) -> Result<Vec<u8>, Problem> {
    let refused = |detail| Problem::field("/signature", detail);
    // Base64 of a file is often broken into lines.
    let whole: String = text.split_whitespace().collect();
    let der = STANDARD.decode(&whole).ok().or_else(|| ders(text).ok()?.into_iter().next());
    let der = der.filter(|der| der.first() == Some(&SEQUENCE)).ok_or_else(|| {
        refused("Это не файл подписи. Выберите файл с отсоединённой подписью: обычно он кончается на .sig или .p7s.")
    })?;
    if der.len() > DER_BYTES_MAX {
        return Err(refused("Файл подписи больше 64 КБ. Сделайте отсоединённую подпись: без самого текста внутри."));
    }
    Ok(der)
}

/// What a CMS begins with (X.690, tag 30).
const SEQUENCE: u8 = 0x30;

/// Whose certificate signed the text.
///
/// # Errors
/// `signatures-unavailable` where the service does not say.
pub(super) async fn prove(
    env: &Env,
    signer: &Signer,
    text: &str,
    signature: &[u8],
) -> Result<Result<SigningCertificate, Refusal>, Problem> {
    let verdict = signer.verify_cms(env, text.as_bytes(), signature).await.map_err(unavailable)?;
    Ok(match verdict {
        CmsVerdict::Valid { certificate } => read(&certificate).ok_or(Refusal::Nameless),
        CmsVerdict::Wrong => Err(Refusal::Wrong),
        CmsVerdict::Untrusted => Err(Refusal::Untrusted),
        CmsVerdict::Revoked => Err(Refusal::Revoked),
    })
}

fn read(certificate: &str) -> Option<SigningCertificate> {
    SigningCertificate::read(&URL_SAFE_NO_PAD.decode(certificate).ok()?)
}

fn unavailable(fault: Fault) -> Problem {
    let detail = "Служба, которая проверяет подписи, не отвечает. Отправьте ту же подпись через минуту: подписывать текст \
                  заново не нужно.";
    Problem::new(Slug::SignaturesUnavailable, detail).because(fault)
}

/// Whether it may be the person's own: beside the confirmed СНИЛС and the names that providers vouch for.
///
/// # Errors
/// A failing database, or a variable that is absent.
pub(super) fn judge(
    conn: &Conn<'_>,
    env: &Env,
    actor: &Actor,
    certificate: &SigningCertificate,
) -> Result<Result<(), Refusal>, Problem> {
    let keys = second_factor::keys(env)?;
    let kept = snils::hashes(conn, &keys, &actor.person_id)?;
    let linked = identities::of_person(conn, &actor.person_id)?;
    let sure = linked.iter().filter(|identity| identity.level == Level::Confirmed);
    let is_snils = |snils| kept.iter().any(|kept| Hashes::of(&keys, snils).is(kept));
    let is_snils = certificate.snils.as_ref().filter(|_| !kept.is_empty()).map(is_snils);
    let names = sure.map(|identity| identity.name.as_str()).collect();
    Ok(certificate.judge(&Known { has_snils: !kept.is_empty(), is_snils, names }, env.now()))
}
