//! A centre that makes certificates, and whoever holds one.

use std::{sync::OnceLock, time::Duration};

use der::{
    Any, Decode as _, Encode as _, Tag,
    asn1::{BitString, ObjectIdentifier, SetOfVec, UtcTime},
};
use jiff::{civil::Date, tz::TimeZone};
use p256::ecdsa::{Signature, SigningKey};
use rsa::{
    RsaPrivateKey,
    pkcs8::EncodePublicKey as _,
    rand_core::{OsRng, RngCore as _},
};
use signature::{Signer as _, Verifier as _};
use spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::{
    Certificate, TbsCertificate, Version,
    attr::AttributeTypeAndValue,
    name::{Name, RelativeDistinguishedName},
    serial_number::SerialNumber,
    time::Validity,
};

use super::{Algorithm, Wish};

pub(super) const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SURNAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.4");
const GIVEN_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.42");
const SNILS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.643.100.3");
const MODULUS_BITS: usize = 2048;

/// A centre: its name and its key.
pub(super) struct Centre {
    name: &'static str,
    key: SigningKey,
}

/// Whoever has a certificate, and its key.
pub(super) struct Holder {
    /// DER.
    pub(super) certificate: Vec<u8>,
    pub(super) key: Key,
}

pub(super) enum Key {
    Ecdsa(SigningKey),
    Rsa,
}

/// One for everybody: it takes a second to make.
pub(super) fn rsa_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut OsRng, MODULUS_BITS).expect("a size that holds"))
}

impl Centre {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, key: SigningKey::random(&mut OsRng) }
    }

    /// Makes a certificate.
    pub(super) fn issue(&self, wish: &Wish) -> der::Result<Holder> {
        let (key, public_key) = match wish.algorithm {
            Algorithm::Ecdsa => {
                let key = SigningKey::random(&mut OsRng);
                let public_key = p256_public_key(&key)?;
                (Key::Ecdsa(key), public_key)
            }
            Algorithm::Rsa => {
                let public_key = rsa_key().to_public_key().to_public_key_der().expect("a public key is encoded");
                (Key::Rsa, SubjectPublicKeyInfoOwned::from_der(public_key.as_bytes())?)
            }
        };
        let tbs_certificate = TbsCertificate {
            version: Version::V3,
            serial_number: SerialNumber::from(OsRng.next_u64()),
            signature: ecdsa_with_sha256(),
            issuer: name(&[(COMMON_NAME, Tag::Utf8String, self.name.to_owned())])?,
            validity: Validity { not_before: moment(wish.from)?.into(), not_after: moment(wish.until)?.into() },
            subject: subject(wish)?,
            subject_public_key_info: public_key,
            issuer_unique_id: None,
            subject_unique_id: None,
            extensions: None,
        };
        let signature: Signature = self.key.sign(&tbs_certificate.to_der()?);
        let certificate = Certificate {
            tbs_certificate,
            signature_algorithm: ecdsa_with_sha256(),
            signature: BitString::from_bytes(signature.to_der().as_bytes())?,
        };
        Ok(Holder { certificate: certificate.to_der()?, key })
    }

    /// Whether this centre made the certificate.
    pub(super) fn has_made(&self, certificate: &[u8]) -> bool {
        let is_by = || {
            let certificate = Certificate::from_der(certificate).ok()?;
            let signature = Signature::from_der(certificate.signature.as_bytes()?).ok()?;
            let message = certificate.tbs_certificate.to_der().ok()?;
            Some(self.key.verifying_key().verify(&message, &signature).is_ok())
        };
        is_by().unwrap_or(false)
    }
}

pub(super) const fn ecdsa_with_sha256() -> AlgorithmIdentifierOwned {
    AlgorithmIdentifierOwned { oid: ECDSA_WITH_SHA256, parameters: None }
}

fn p256_public_key(key: &SigningKey) -> der::Result<SubjectPublicKeyInfoOwned> {
    let point = key.verifying_key().to_encoded_point(false);
    Ok(SubjectPublicKeyInfoOwned {
        algorithm: AlgorithmIdentifierOwned { oid: EC_PUBLIC_KEY, parameters: Some(Any::encode_from(&P256)?) },
        subject_public_key: BitString::from_bytes(point.as_bytes())?,
    })
}

fn moment(day: Date) -> der::Result<UtcTime> {
    let seconds = day.to_zoned(TimeZone::UTC).map_or(0, |midnight| midnight.timestamp().as_second());
    UtcTime::from_unix_duration(Duration::from_secs(seconds.try_into().unwrap_or_default()))
}

fn subject(wish: &Wish) -> der::Result<Name> {
    let snils: String = wish.snils.chars().filter(char::is_ascii_digit).collect();
    let mut parts = vec![
        (COMMON_NAME, Tag::Utf8String, format!("{} {}", wish.surname, wish.given_name)),
        (SURNAME, Tag::Utf8String, wish.surname.clone()),
        (GIVEN_NAME, Tag::Utf8String, wish.given_name.clone()),
        (SNILS, Tag::NumericString, snils),
    ];
    parts.retain(|(_, _, text)| !text.trim().is_empty());
    name(&parts)
}

fn name(parts: &[(ObjectIdentifier, Tag, String)]) -> der::Result<Name> {
    let part = |(oid, tag, text): &(ObjectIdentifier, Tag, String)| {
        let value = Any::new(*tag, text.as_bytes())?;
        let one = AttributeTypeAndValue { oid: *oid, value };
        Ok(RelativeDistinguishedName(SetOfVec::try_from(vec![one])?))
    };
    Ok(Name::from(parts.iter().map(part).collect::<der::Result<Vec<_>>>()?))
}
