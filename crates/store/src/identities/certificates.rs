//! The certificates by which a provider and our signer there are known, and until when.

use jiff::{SignedDuration, Timestamp};

use crate::{Conn, Result, Tx, params};

/// A certificate that has an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// Its digest, hex.
    pub certificate_id: String,
    /// Whose it is: the provider's own, or that of our signer.
    pub is_signers: bool,
    /// Its end.
    pub not_after: Timestamp,
}

/// Whether nobody noted this provider's certificates for `time`.
///
/// # Errors
/// A failing database.
pub fn is_due(conn: &Conn<'_>, now: Timestamp, provider: &str, time: SignedDuration) -> Result<bool> {
    let sql = "select 1 from provider_certificate where provider = ?1 and noted_at > ?2";
    Ok(conn.query_first(sql, params![provider, now - time])?.is_none())
}

/// Notes the certificates that a provider has now, in place of those before.
///
/// # Errors
/// A failing database.
pub fn note(tx: &Tx<'_>, now: Timestamp, provider: &str, certificates: &[Certificate]) -> Result<()> {
    tx.execute("delete from provider_certificate where provider = ?1", params![provider])?;
    certificates.iter().try_for_each(|Certificate { certificate_id, is_signers, not_after }| {
        tx.execute(
            "insert into provider_certificate (provider, certificate_id, holder, not_after, noted_at)
             values (?1, ?2, ?3, ?4, ?5) on conflict do nothing",
            params![provider, certificate_id, if *is_signers { "signer" } else { "provider" }, *not_after, now],
        )
    })
}

/// The certificates of all providers that end until `until`, with the providers' names.
///
/// # Errors
/// A failing database.
pub fn ending(conn: &Conn<'_>, until: Timestamp) -> Result<Vec<(String, Certificate)>> {
    let sql = "select provider, certificate_id, holder, not_after from provider_certificate
               where not_after <= ?1 order by not_after";
    let rows = conn.query(sql, params![until])?;
    rows.iter()
        .map(|row| {
            let is_signers = row.get::<String>(2)? == "signer";
            let certificate = Certificate { certificate_id: row.get(1)?, is_signers, not_after: row.get(3)? };
            Ok((row.get(0)?, certificate))
        })
        .collect()
}
