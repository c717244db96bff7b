//! The certificates that the operator pinned: is one about to end?

use domain::identity::certificate::{self, Step};
use jiff::Timestamp;

use super::Finding;

/// As long before as the portal tells its administrators, unless a setting says otherwise.
const DAYS_WARNED: u16 = 30;

/// What stands in the variable; a public key alone has no end. Nothing where nothing is pinned.
pub(super) fn examine(what: &'static str, value: &str, now: Timestamp) -> Option<Finding> {
    let pinned = certificate::ders(value).ok().filter(|pinned| !pinned.is_empty())?;
    let ends = pinned.iter().filter_map(|der| certificate::not_after(der));
    let Some(first) = ends.min() else { return Some(Finding::good(what, "keys without an end")) };
    let day = first.strftime("%Y-%m-%d");
    Some(match certificate::step(first, now, DAYS_WARNED) {
        None => Finding::good(what, format!("the first to end is good until {day}")),
        Some(Step::Over) => Finding::warning(what, format!("one ended on {day}: remove it, or add the one after it")),
        Some(_) => Finding::warning(what, format!("one ends on {day}: get the one after it and add it beside")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It ends with the year 2035.
    const CERTIFICATE: &str = include_str!("../../../../tests/native/tests/it/esia.pem");

    #[test]
    fn a_certificate_that_is_about_to_end_is_told_and_nothing_where_none_is_pinned() {
        for (now, words) in [
            ("2035-11-01T00:00:00Z", "good until 2036-01-01"),
            ("2035-12-20T00:00:00Z", "ends on 2036-01-01"),
            ("2036-01-02T00:00:00Z", "ended on 2036-01-01"),
        ] {
            let finding = examine("esia_certificates", CERTIFICATE, now.parse().unwrap()).unwrap();
            assert!(finding.words.contains(words), "{finding:?}");
        }
        let now = "2035-11-01T00:00:00Z".parse().unwrap();
        assert!(examine("esia_certificates", "", now).is_none());
        assert!(examine("esia_certificates", "MAA=", now).unwrap().words.contains("without an end"));
    }
}
