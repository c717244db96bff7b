//! The suite's own variables: whether their values can work. What no value would mend is told before people come.

use std::num::NonZeroU32;

use anyhow::{Result, bail};
use domain::{
    identity::{Level, certificate, esia::Form},
    network,
};
use http::Uri;
use store::MasterKeys;

use crate::suite::APPLICATION;
use crate::variables::{Variables, environment_name};

/// A value that cannot work.
pub(crate) struct Fault {
    /// The variable.
    pub(crate) name: &'static str,
    /// Why, with the way out; never a secret.
    pub(crate) words: String,
}

type Check = fn(&str) -> Result<(), String>;

const CHECKS: [(&str, Check); 17] = [
    ("public_origin", public_origin),
    ("trusted_proxies", proxies),
    ("session_idle_seconds", seconds),
    ("sms_gateway_origin", |value| gateway_origin(value, "sms_gateway_path")),
    ("sms_gateway_path", path),
    ("email_gateway_origin", |value| gateway_origin(value, "email_gateway_path")),
    ("email_gateway_path", path),
    ("oidc_origin", |value| gateway_origin(value, "oidc_path")),
    ("oidc_level", level),
    ("oidc2_origin", |value| gateway_origin(value, "oidc2_path")),
    ("oidc2_level", level),
    ("esia_origin", |value| gateway_origin(value, "esia_path")),
    ("esia_form", form),
    ("esia_level", level),
    ("esia_certificates", certificates),
    ("esia_signer_origin", |value| gateway_origin(value, "esia_signer_path")),
    ("files_key", |value| MasterKeys::parse(value).map(drop).map_err(|error| error.to_string())),
];

/// Every variable whose value cannot work; one that the manifest does not declare has none.
pub(crate) fn faults(variables: &Variables) -> Vec<Fault> {
    let fault = |&(name, check): &(&'static str, Check)| {
        let words = check(variables.get(name)?).err()?;
        Some(Fault { name, words })
    };
    CHECKS.iter().filter_map(fault).collect()
}

/// Refuses to serve the suite with a value that cannot work; another application's variables are its own matter.
pub(crate) fn refuse_faults(application: &str, variables: &Variables) -> Result<()> {
    match faults(variables).first() {
        Some(Fault { name, words }) if application == APPLICATION => bail!("{}: {words}", environment_name(name)),
        _ => Ok(()),
    }
}

/// Browsers tell their origin in one form alone, and what they send is compared with this letter by letter.
fn public_origin(value: &str) -> Result<(), String> {
    let origin = Origin::parse(value)?;
    if !matches!(origin.rest, "" | "/") {
        let origin = origin.as_browsers_say();
        return Err(format!("{value} has a path; people are sent to the root, so write {origin} alone"));
    }
    let said = origin.as_browsers_say();
    if value.trim_end_matches('/') == said {
        Ok(())
    } else {
        Err(format!("browsers know {value} as {said}; write that"))
    }
}

fn gateway_origin(value: &str, path: &str) -> Result<(), String> {
    match Origin::parse(value)?.rest {
        "" => Ok(()),
        "/" => Err(format!("{value} ends in a slash, and the path begins with one; leave it out here")),
        rest => Err(format!("{value} has a path; write {rest} into {} instead", environment_name(path))),
    }
}

fn path(value: &str) -> Result<(), String> {
    let is_path = value.starts_with('/') && value.parse::<Uri>().is_ok();
    if is_path { Ok(()) } else { Err(format!("{value} is no path; write one that begins with /, such as /send")) }
}

/// An entry that is no address makes every request fail: the limits by address would count all people as one.
fn proxies(value: &str) -> Result<(), String> {
    let words = "is no IP address; write addresses alone, without a port or a mask, parted by commas";
    network::proxies(value).map(drop).map_err(|entry| format!("{entry} {words}"))
}

fn level(value: &str) -> Result<(), String> {
    let words = format!("{value} is no level; write basic, or confirmed where the provider checks documents");
    Level::parse(value).map(drop).ok_or(words)
}

fn form(value: &str) -> Result<(), String> {
    Form::parse(value).map(drop).ok_or_else(|| format!("{value} is no form of ESIA's dialect; write current, or v1"))
}

/// Whether each is a certificate or a public key is told by the first sign-in; a text that is torn is told here.
fn certificates(value: &str) -> Result<(), String> {
    let words = "is neither PEM nor base64 of DER; paste the whole certificate, or base64 of it without line breaks";
    certificate::ders(value).map(drop).map_err(|number| format!("no. {number} {words}"))
}

fn seconds(value: &str) -> Result<(), String> {
    let words = format!("{value} is no number of seconds; write one from 1 on, such as 900");
    value.parse::<NonZeroU32>().map(drop).map_err(|_| words)
}

/// `https://dom.example:8443`, and what stands after it.
struct Origin<'a> {
    scheme: &'a str,
    authority: &'a str,
    rest: &'a str,
}

impl<'a> Origin<'a> {
    fn parse(value: &'a str) -> Result<Self, String> {
        let no_scheme = || format!("{value} has no scheme; write https://, or http://, before it");
        let (scheme, after) = value.split_once("://").ok_or_else(no_scheme)?;
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        let (authority, rest) = after.split_at(end);
        let uri = format!("{scheme}://{authority}/").parse::<Uri>();
        let is_address = uri.is_ok_and(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
        if is_address && is_web && !authority.contains('@') && !authority.ends_with(':') {
            return Ok(Self { scheme, authority, rest });
        }
        Err(format!("{value} is no address; write one like https://dom.example, a Cyrillic name in its xn-- form"))
    }

    /// In small letters and without the scheme's own port.
    fn as_browsers_say(&self) -> String {
        let (scheme, authority) = (self.scheme.to_ascii_lowercase(), self.authority.to_ascii_lowercase());
        let own_port = if scheme == "https" { ":443" } else { ":80" };
        format!("{scheme}://{}", authority.strip_suffix(own_port).unwrap_or(&authority))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn assert_refused(check: Check, value: &str, word: &str) {
        let words = check(value).unwrap_err();
        assert!(words.contains(word), "{value}: {words}");
    }

    #[test]
    fn a_provider_is_trusted_by_one_of_two_levels() {
        assert_eq!((level("basic"), level("confirmed")), (Ok(()), Ok(())));
        assert_refused(level, "AL20", "basic, or confirmed");
    }

    #[test]
    fn a_torn_certificate_is_told_by_its_number() {
        assert_eq!((certificates(""), certificates("MAA=, MAA=")), (Ok(()), Ok(())));
        assert_refused(certificates, "MAA=,MA", "no. 2 is neither PEM nor base64");
        assert_eq!((form("current"), form("v1")), (Ok(()), Ok(())));
        assert_refused(form, "v2", "current, or v1");
    }

    #[test]
    fn a_public_origin_is_what_browsers_send() {
        for value in ["https://dom.example", "https://dom.example/", "http://127.0.0.1:3000", "http://[::1]:3000"] {
            assert_eq!(public_origin(value), Ok(()));
        }
        assert_refused(public_origin, "dom.example", "no scheme");
        assert_refused(public_origin, "https://dom.example/portal", "write https://dom.example alone");
        assert_refused(public_origin, "https://Dom.example", "https://dom.example;");
        assert_refused(public_origin, "https://dom.example:443", "https://dom.example;");
        for value in ["https://", "ftp://dom.example", "https://a@b", "https://мой-дом.рф", "https://a:", "https://a b"]
        {
            assert_refused(public_origin, value, "is no address");
        }
    }

    #[test]
    fn a_gateways_path_stands_in_its_own_variable() {
        let sms = |value: &str| gateway_origin(value, "sms_gateway_path");
        assert_eq!(sms("https://sms.example:8443"), Ok(()));
        assert_refused(sms, "sms.example", "no scheme");
        assert_refused(sms, "https://sms.example/", "leave it out");
        assert_refused(sms, "https://sms.example:8443/send?a", "write /send?a into SPIN_VARIABLE_SMS_GATEWAY_PATH");
        assert_eq!(path("/send?key=1"), Ok(()));
        assert_refused(path, "send", "begins with /");
    }

    #[test]
    fn a_session_idles_for_a_whole_number_of_seconds() {
        assert_eq!(seconds("900"), Ok(()));
        for value in ["", "0", "15m", "1.5"] {
            assert_refused(seconds, value, "no number of seconds");
        }
    }

    #[test]
    fn a_key_that_is_none_is_refused_and_not_shown() {
        let check = CHECKS.iter().find(|(name, _)| *name == "files_key").unwrap().1;
        assert_eq!(check(&"0f".repeat(32)), Ok(()));
        assert_refused(check, "hidden", "64 hex digits");
        assert!(!check("hidden").unwrap_err().contains("hidden"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in any::<String>()) {
            for (_, check) in CHECKS {
                let _ = check(&text);
            }
        }
    }
}
