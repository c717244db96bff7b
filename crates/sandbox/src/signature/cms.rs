//! A detached signature (CMS, RFC 5652) with the certificate in it: made, and taken apart again.

use cms::{
    cert::{CertificateChoices, IssuerAndSerialNumber},
    content_info::{CmsVersion, ContentInfo},
    signed_data::{CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos},
};
use der::{
    Any, AnyRef, Decode as _, Encode as _,
    asn1::{ObjectIdentifier, OctetString, SetOfVec},
};
use p256::ecdsa::{self, Signature};
use rsa::{RsaPublicKey, pkcs1v15, pkcs8::DecodePublicKey as _};
use sha2::{Digest as _, Sha256};
use signature::{SignatureEncoding as _, Signer as _, Verifier as _};
use spki::AlgorithmIdentifierOwned;
use x509_cert::{
    Certificate,
    attr::{Attribute, Attributes},
};

use super::centre::{ECDSA_WITH_SHA256, Holder, Key, ecdsa_with_sha256, rsa_key};

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// What the service says of a signature.
pub(crate) enum Verdict {
    /// Made by this certificate (DER).
    Valid(Vec<u8>),
    Wrong,
    Untrusted,
    Revoked,
}

/// Signs.
pub(super) fn sign(holder: &Holder, data: &[u8]) -> der::Result<Vec<u8>> {
    let certificate = Certificate::from_der(&holder.certificate)?;
    let signed_attrs = Attributes::try_from(vec![
        attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?,
        attribute(MESSAGE_DIGEST, Any::encode_from(&OctetString::new(Sha256::digest(data).as_slice())?)?)?,
    ])?;
    let message = signed_attrs.to_der()?;
    let (signature_algorithm, signature) = match &holder.key {
        Key::Ecdsa(key) => {
            let signature: Signature = key.sign(&message);
            (ecdsa_with_sha256(), signature.to_der().as_bytes().to_vec())
        }
        Key::Rsa => {
            let algorithm = AlgorithmIdentifierOwned { oid: RSA_ENCRYPTION, parameters: Some(AnyRef::NULL.into()) };
            (algorithm, pkcs1v15::SigningKey::<Sha256>::new(rsa_key().clone()).sign(&message).to_vec())
        }
    };
    let sha256 = AlgorithmIdentifierOwned { oid: SHA256, parameters: None };
    let signer = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(named(&certificate)),
        digest_alg: sha256.clone(),
        signed_attrs: Some(signed_attrs),
        signature_algorithm,
        signature: OctetString::new(signature)?,
        unsigned_attrs: None,
    };
    let signed = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![sha256])?,
        encap_content_info: EncapsulatedContentInfo { econtent_type: DATA, econtent: None },
        certificates: Some(CertificateSet(SetOfVec::try_from(vec![CertificateChoices::Certificate(certificate)])?)),
        crls: None,
        signer_infos: SignerInfos(SetOfVec::try_from(vec![signer])?),
    };
    ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&signed)? }.to_der()
}

fn attribute(oid: ObjectIdentifier, value: Any) -> der::Result<Attribute> {
    Ok(Attribute { oid, values: SetOfVec::try_from(vec![value])? })
}

fn named(certificate: &Certificate) -> IssuerAndSerialNumber {
    let told = &certificate.tbs_certificate;
    IssuerAndSerialNumber { issuer: told.issuer.clone(), serial_number: told.serial_number.clone() }
}

/// The certificate (DER) by which the one signer signed these bytes; none where nobody did.
pub(super) fn signer(data: &[u8], cms: &[u8]) -> Option<Vec<u8>> {
    let outer = ContentInfo::from_der(cms).ok().filter(|outer| outer.content_type == SIGNED_DATA)?;
    let signed: SignedData = outer.content.decode_as().ok()?;
    let [signer] = signed.signer_infos.0.as_slice() else { return None };
    let is_detached = signed.encap_content_info.econtent.is_none();
    let certificates = signed.certificates.as_ref()?.0.iter();
    let certificate = certificates.filter_map(|one| match one {
        CertificateChoices::Certificate(certificate) => Some(certificate),
        CertificateChoices::Other(_) => None,
    });
    let certificate = certificate.into_iter().find(|one| is_of(signer, one)).filter(|_| is_detached)?;
    has_signed(certificate, signer, &message(data, signer)?).then(|| certificate.to_der().ok())?
}

fn is_of(signer: &SignerInfo, certificate: &Certificate) -> bool {
    matches!(&signer.sid, SignerIdentifier::IssuerAndSerialNumber(sid) if *sid == named(certificate))
}

/// What is signed: the bytes themselves, or attributes with their digest.
fn message(data: &[u8], signer: &SignerInfo) -> Option<Vec<u8>> {
    let Some(attributes) = &signer.signed_attrs else { return Some(data.to_vec()) };
    let digest = attributes.iter().find(|attribute| attribute.oid == MESSAGE_DIGEST)?.values.get(0)?;
    let digest: OctetString = digest.decode_as().ok()?;
    let is_of_data = signer.digest_alg.oid == SHA256 && digest.as_bytes() == Sha256::digest(data).as_slice();
    is_of_data.then(|| attributes.to_der().ok())?
}

fn has_signed(certificate: &Certificate, signer: &SignerInfo, message: &[u8]) -> bool {
    let (key, signature) = (&certificate.tbs_certificate.subject_public_key_info, signer.signature.as_bytes());
    match signer.signature_algorithm.oid {
        ECDSA_WITH_SHA256 => ecdsa::VerifyingKey::from_sec1_bytes(key.subject_public_key.raw_bytes())
            .and_then(|key| key.verify(message, &Signature::from_der(signature)?))
            .is_ok(),
        RSA_ENCRYPTION | SHA256_WITH_RSA => {
            let key = key.to_der().ok().and_then(|der| RsaPublicKey::from_public_key_der(&der).ok());
            let signature = pkcs1v15::Signature::try_from(signature).ok();
            let verify = |(key, signature)| pkcs1v15::VerifyingKey::<Sha256>::new(key).verify(message, &signature);
            key.zip(signature).is_some_and(|signed| verify(signed).is_ok())
        }
        _ => false,
    }
}
