//! The certificate: does it go with its key, and for how long.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use super::Finding;
use crate::tls::Identity;

/// Certificates of today's authorities live for 90 days and are renewed 30 days before their end.
const DAYS_WARNED: i64 = 20;

const DAY_SECONDS: i64 = 24 * 60 * 60;

pub(super) fn examine(certificate: &Path, key: &Path, now: Timestamp) -> Finding {
    let what = "certificate";
    if let Err(error) = Identity::read(certificate, key) {
        return Finding::fault(what, error.to_string());
    }
    let (from, until) = match validity(certificate) {
        Ok(validity) => validity,
        Err(error) => return Finding::fault(what, format!("{error:#}")),
    };
    let (now, days) = (now.as_second(), (until - now.as_second()).div_euclid(DAY_SECONDS));
    if now < from {
        return Finding::fault(what, "it is not valid yet; is this machine's clock right?");
    }
    if now >= until {
        return Finding::fault(what, "it has expired: browsers refuse the portal; renew it and reload (SIGHUP)");
    }
    let words = format!("{days} days are left");
    if days < DAYS_WARNED {
        Finding::warning(what, format!("{words}; renew it and reload (SIGHUP)"))
    } else {
        Finding::good(what, words)
    }
}

/// From when until when, in seconds since 1970.
fn validity(path: &Path) -> Result<(i64, i64)> {
    let der = CertificateDer::from_pem_file(path).map_err(|error| anyhow!("{}: {error}", path.display()))?;
    let (_, certificate) = X509Certificate::from_der(&der).with_context(|| format!("{}", path.display()))?;
    let validity = certificate.validity();
    Ok((validity.not_before.timestamp(), validity.not_after.timestamp()))
}
