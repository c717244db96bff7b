//! Known numbers, and what one mistyped digit does to them.

use proptest::prelude::*;

use super::*;

fn bik(text: &str) -> Bik {
    Bik::parse(text).unwrap()
}

#[test]
fn inn_of_companies_and_people_are_checked() {
    for text in ["7707083893", "7830002293", "500100732259", " 7707083893 "] {
        assert_eq!(Inn::parse(text).unwrap().as_str(), text.trim());
    }
    for text in ["7707083894", "500100732258", "0000000000", "000000000000", "6200098765"] {
        assert_eq!(Inn::parse(text), Err(IdentifierError::CheckDigits), "{text}");
    }
    for text in ["", "770708389", "77070838931", "770708389x", "٧٧٠٧٠٨٣٨٩٣", "77070 83893"] {
        assert!(matches!(Inn::parse(text), Err(IdentifierError::Form(_))), "{text}");
    }
}

#[test]
fn state_registration_numbers_are_checked() {
    assert!(Ogrn::parse("1027700132195").is_ok());
    assert!(Ogrn::parse("1037739010891").is_ok());
    assert!(Ogrnip::parse("304500116000157").is_ok());
    assert_eq!(Ogrn::parse("1027700132196"), Err(IdentifierError::CheckDigits));
    assert_eq!(Ogrn::parse("0000000000000"), Err(IdentifierError::CheckDigits));
    assert_eq!(Ogrnip::parse("304500116000158"), Err(IdentifierError::CheckDigits));
    assert!(matches!(Ogrn::parse("304500116000157"), Err(IdentifierError::Form(_))));
}

#[test]
fn snils_is_checked_above_the_last_old_number() {
    for text in ["112-233-445 95", "087-654-303 00", "123-456-789 64", "001-001-998 00", "001-001-998 17"] {
        assert_eq!(Snils::parse(text).unwrap().formatted(), text);
    }
    for text in ["112-233-445 96", "123-456-789 65", "001-001-999 00"] {
        assert_eq!(Snils::parse(text), Err(IdentifierError::CheckDigits), "{text}");
    }
    assert_eq!(Snils::parse("11223344595").unwrap().as_str(), "11223344595");
    assert!(matches!(Snils::parse("112-233-445"), Err(IdentifierError::Form(_))));
}

#[test]
fn account_keys_fit_their_bank() {
    let (sberbank, ryazan) = (bik("044525225"), bik("042202603"));
    assert!(BankAccount::parse("40702810138250123017", &sberbank).is_ok());
    assert!(BankAccount::parse("40821810738000012345", &sberbank).is_ok());
    assert!(CorrespondentAccount::parse("30101810400000000225", &sberbank).is_ok());
    assert!(BankAccount::parse("40705810442000001234", &ryazan).is_ok());
    assert!(CorrespondentAccount::parse("30101810900000000603", &ryazan).is_ok());
    assert_eq!(BankAccount::parse("40702810138250123018", &sberbank), Err(IdentifierError::CheckDigits));
    assert_eq!(BankAccount::parse("40702810138250123017", &bik("044525226")), Err(IdentifierError::CheckDigits));
    assert_eq!(CorrespondentAccount::parse("30101810400000000226", &sberbank), Err(IdentifierError::CheckDigits));
    assert!(matches!(BankAccount::parse("4070281013825012301", &sberbank), Err(IdentifierError::Form(_))));
}

#[test]
fn plain_numbers_have_their_lengths() {
    assert!(Kpp::parse("783001001").is_ok() && Kpp::parse("78300100").is_err());
    assert!(Bik::parse("044525225").is_ok() && Bik::parse("04452522x").is_err());
    assert!(Oktmo::parse("61701000").is_ok() && Oktmo::parse("61701000001").is_ok());
    assert!(Oktmo::parse("617010000").is_err() && Oktmo::parse("").is_err());
}

#[test]
fn a_unified_account_number_counts_characters_and_not_bytes() {
    assert_eq!(UnifiedAccountNumber::parse("75да533315").unwrap().as_str().len(), 12);
    assert!(UnifiedAccountNumber::parse("75AB533315").is_ok());
    for text in ["75да53331", "75да5333155", "75да-53315", "75да 53315", ""] {
        assert!(UnifiedAccountNumber::parse(text).is_err(), "{text}");
    }
}

#[test]
fn ids_of_services_and_bills_are_built_upon_the_account() {
    let service = ServiceId::parse("75да533315-01").unwrap();
    assert_eq!(service.unified_account_number(), "75да533315");
    let document = PaymentDocumentId::parse("75да533315-01-6071").unwrap();
    assert_eq!(document.service_id(), service.as_str());
    for text in ["75да533315", "75да533315-1", "75да533315-001", "75да53331-01", "75да533315-01-"] {
        assert!(ServiceId::parse(text).is_err(), "{text}");
    }
    for text in ["75да533315-01", "75да533315-01-607", "75да533315-01-60711", "75да533315-0-16071"] {
        assert!(PaymentDocumentId::parse(text).is_err(), "{text}");
    }
}

#[test]
fn an_account_number_is_up_to_thirty_characters_with_something_to_read() {
    assert_eq!(AccountNumber::parse(" 12-а/5 ").unwrap().as_str(), "12-А/5");
    assert!(AccountNumber::parse("7").is_ok());
    assert!(AccountNumber::parse(&"я".repeat(30)).is_ok());
    for text in ["", "   ", "-/-", "12\n34", &"я".repeat(31)] {
        assert!(AccountNumber::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn cadastral_numbers_have_four_parts() {
    assert!(CadastralNumber::parse("77:01:0001001:1234").is_ok());
    assert!(CadastralNumber::parse("16:50:011801:567").is_ok());
    for text in [
        "77:01:00010:1",
        "77:1:0001001:12",
        "77:01:0001001",
        "77:01:0001001:",
        "77:01:0001001:12/3",
        "AB:01:0001001:12",
        "77:01:0001001:1:2",
        "",
        &format!("77:01:0001001:{}", "1".repeat(250)),
    ] {
        assert!(CadastralNumber::parse(text).is_err(), "{text}");
    }
}

#[test]
fn houses_and_flats_are_numbered_as_in_life() {
    for text in ["12А", "5/2", "10", "10 к. 2", "7-9"] {
        assert_eq!(HouseNumber::parse(text).unwrap().as_str(), text);
        assert!(PremisesNumber::parse(text).is_ok(), "{text}");
    }
    assert_eq!(PremisesNumber::parse("12а").unwrap().as_str(), "12А");
    assert_eq!(PremisesNumber::parse("н-3").unwrap().as_str(), "Н-3");
    assert!(HouseNumber::parse("А12").is_err());
    for text in ["", "А", "12;", "1\n2", &"1".repeat(21)] {
        assert!(PremisesNumber::parse(text).is_err(), "{text:?}");
    }
}

#[test]
fn json_is_checked_like_any_text() {
    let inn = Inn::parse("7707083893").unwrap();
    assert_eq!(serde_json::to_string(&inn).unwrap(), "\"7707083893\"");
    assert_eq!(serde_json::from_str::<Inn>("\"7707083893\"").unwrap(), inn);
    assert!(serde_json::from_str::<Inn>("\"7707083894\"").is_err());
}

/// The text with another digit at one place.
fn with_slip(text: &str, at: usize, shift: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    bytes[at] = (bytes[at] - b'0' + shift) % 10 + b'0';
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #[test]
    fn one_mistyped_digit_of_a_snils_is_noticed(at in 0_usize..11, shift in 1_u8..10) {
        prop_assert!(Snils::parse(&with_slip("11223344595", at, shift)).is_err());
    }

    #[test]
    fn of_a_hundred_check_numbers_of_a_snils_exactly_one_is_right(number in 1_001_999_u32..1_000_000_000) {
        let is_right = |check: &u32| Snils::parse(&format!("{number:09}{check:02}")).is_ok();
        prop_assert_eq!((0..100).filter(is_right).count(), 1);
    }

    #[test]
    fn a_masked_snils_shows_its_last_five_digits_only(number in 1_u32..=1_001_998, check in 0_u32..100) {
        let masked = Snils::parse(&format!("{number:09}{check:02}")).unwrap().masked();
        prop_assert_eq!(masked, format!("***-***-{:03} {check:02}", number % 1000));
    }

    #[test]
    fn one_mistyped_digit_of_an_account_is_noticed(at in 0_usize..20, shift in 1_u8..10) {
        let text = with_slip("40702810138250123017", at, shift);
        prop_assert!(BankAccount::parse(&text, &bik("044525225")).is_err());
    }

    #[test]
    fn of_ten_last_digits_of_an_inn_exactly_one_is_right(before in "[1-9][0-9]{8}") {
        let right = (0..10).filter(|last| Inn::parse(&format!("{before}{last}")).is_ok()).count();
        prop_assert_eq!(right, 1);
    }

    #[test]
    fn of_ten_last_digits_of_a_registration_number_exactly_one_is_right(before in "[1-9][0-9]{11}") {
        let right = (0..10).filter(|last| Ogrn::parse(&format!("{before}{last}")).is_ok()).count();
        prop_assert_eq!(right, 1);
    }

    #[test]
    fn any_text_is_kept_or_refused_by_every_parser(text in "\\PC{0,40}") {
        let bik = bik("044525225");
        let _ = (Inn::parse(&text), Kpp::parse(&text), Ogrn::parse(&text), Ogrnip::parse(&text), Oktmo::parse(&text));
        let _ = (Bik::parse(&text), BankAccount::parse(&text, &bik), CorrespondentAccount::parse(&text, &bik));
        let _ = (Snils::parse(&text), CadastralNumber::parse(&text), HouseNumber::parse(&text));
        let _ = (ServiceId::parse(&text), PaymentDocumentId::parse(&text), UnifiedAccountNumber::parse(&text));
        let _ = PremisesNumber::parse(&text);
    }

    #[test]
    fn what_is_kept_is_kept_again(text in "[0-9A-Za-zА-Яа-яß:/. -]{0,40}") {
        if let Ok(number) = AccountNumber::parse(&text) {
            prop_assert_eq!(AccountNumber::parse(number.as_str()).unwrap(), number);
        }
        if let Ok(number) = PremisesNumber::parse(&text) {
            prop_assert_eq!(PremisesNumber::parse(number.as_str()).unwrap(), number);
        }
    }
}
