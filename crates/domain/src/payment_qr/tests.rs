//! The vectors of the rules byte for byte, and what must hold for any payment.

use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::*;
use crate::bill::tests::c18;
use crate::hex::hex;
use crate::identifier::IdentifierError;

/// The example of the standard.
const EXAMPLE: &str = "ST00012|Name=ООО «Три кита»|PersonalAcc=40702810138250123017|BankName=ОАО \"БАНК\"|BIC=044525225\
                       |CorrespAcc=30101810400000000225|PayeeINN=6200098765|LastName=Иванов|FirstName=Иван\
                       |MiddleName=Иванович|Purpose=Оплата членского взноса\
                       |PayerAddress=г.Рязань ул.Ленина д.10 кв.15|Sum=100000";
const BILL: &str = "ST00012|Name=ООО «УК Мой дом»|PersonalAcc=40702810138250123017|BankName=ПАО СБЕРБАНК|BIC=044525225\
                    |CorrespAcc=30101810400000000225|PayeeINN=7830002293|KPP=783001001|Purpose=Оплата ЖКУ\
                    |LastName=Иванов|FirstName=Иван|MiddleName=Иванович\
                    |PayerAddress=г. Рязань, ул. Ленина, д. 10, кв. 15|PersAcc=75да533315|PaymPeriod=032026\
                    |Sum=1140583|TechCode=02";

/// The five with which every payment begins.
const PAYEE: [(Field, &str); 5] = [
    (Field::Name, "ООО «УК Мой дом»"),
    (Field::PersonalAcc, "40702810138250123017"),
    (Field::BankName, "ПАО СБЕРБАНК"),
    (Field::Bic, "044525225"),
    (Field::CorrespAcc, "30101810400000000225"),
];

fn with(more: &[(Field, &str)]) -> Result<Payment, FieldError> {
    Payment::issue(&[&PAYEE, more].concat())
}

/// The fields of a text that are the standard's, as they would be issued.
fn issued(parsed: &Parsed) -> Result<Payment, FieldError> {
    let fields: Vec<_> =
        parsed.fields.iter().map(|(name, value)| (Field::parse(name).unwrap(), value.as_str())).collect();
    Payment::issue(&fields)
}

#[test]
fn the_example_of_the_standard_is_read_though_its_inn_is_wrong() {
    assert_eq!((EXAMPLE.chars().count(), EXAMPLE.len()), (283, 359));
    let digest = hex(&Sha256::digest(EXAMPLE));
    assert_eq!(digest, "3c979eb9ec2858d0ccdbfdd23b0d7438a65cee85607f7aba1656ac9b411e1468");
    let parsed = Parsed::parse(EXAMPLE.as_bytes()).unwrap();
    assert_eq!((parsed.encoding, parsed.fields.len()), (Encoding::Utf8, 12));
    assert_eq!(parsed.get(Field::PayeeInn), Some("6200098765"));
    let refused = issued(&parsed).unwrap_err();
    assert_eq!(refused, FieldError { field: Field::PayeeInn, reason: Wrong::Identifier(IdentifierError::CheckDigits) });
}

#[test]
fn the_example_with_a_right_inn_is_written_byte_for_byte() {
    let right = EXAMPLE.replace("6200098765", "7830002293");
    let payment = issued(&Parsed::parse(right.as_bytes()).unwrap()).unwrap();
    assert_eq!(payment.write(Encoding::Utf8).unwrap(), right.as_bytes());
    assert_eq!(payment.write(Encoding::Windows1251).unwrap().len(), 283);
}

#[test]
fn c18_the_payment_of_a_bill_is_the_vector_byte_for_byte() {
    let bill = c18();
    let payment = Payment::of_bill(&bill, &bill.totals().unwrap()).unwrap().unwrap();
    let bytes = payment.write(Encoding::Utf8).unwrap();
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), BILL);
    assert_eq!((BILL.chars().count(), bytes.len()), (345, 416));
    assert_eq!(payment.write(Encoding::Windows1251).unwrap().len(), 345);
}

#[test]
fn c18_fits_into_a_code_without_the_address() {
    let bill = c18();
    let payment = Payment::of_bill(&bill, &bill.totals().unwrap()).unwrap().unwrap();
    let code = payment.code().unwrap();
    assert_eq!((code.encoding, code.left_out.as_slice()), (Encoding::Windows1251, &[Field::PayerAddress][..]));
    assert!(code.bytes.len() <= BYTES_MAX);
    let parsed = Parsed::parse(&code.bytes).unwrap();
    for field in [Field::Name, Field::PersAcc, Field::PaymPeriod, Field::Sum, Field::LastName] {
        assert_eq!(parsed.get(field), payment.get(field), "{field:?}");
    }
}

#[test]
fn a_bill_with_nothing_to_pay_or_without_a_bank_has_no_code() {
    let mut bill = c18();
    bill.balance.paid = Kopecks(10_000_000);
    assert_eq!(Payment::of_bill(&bill, &bill.totals().unwrap()), Ok(None));
    let mut bill = c18();
    bill.payee.bank = None;
    assert_eq!(Payment::of_bill(&bill, &bill.totals().unwrap()), Ok(None));
}

#[test]
fn a_wrong_field_is_refused_by_its_name() {
    let refused = |more: &[(Field, &str)]| with(more).unwrap_err();
    let error = |field, reason| FieldError { field, reason };
    assert_eq!(refused(&[(Field::Sum, "114,05")]), error(Field::Sum, Wrong::NotKopecks));
    assert_eq!(refused(&[(Field::Sum, "1"), (Field::Sum, "1")]), error(Field::Sum, Wrong::Twice));
    assert_eq!(refused(&[(Field::Purpose, "раз|два")]), error(Field::Purpose, Wrong::Character('|')));
    assert_eq!(refused(&[(Field::Purpose, "раз\nдва")]), error(Field::Purpose, Wrong::Character('\n')));
    assert_eq!(refused(&[(Field::LastName, "")]), error(Field::LastName, Wrong::Missing));
    let long = "ж".repeat(211);
    assert_eq!(refused(&[(Field::Purpose, &long)]), error(Field::Purpose, Wrong::TooLong(210)));
    assert!(with(&[(Field::Purpose, &long[2..])]).is_ok(), "a limit counts characters");
    assert_eq!(refused(&[(Field::Kpp, "1")]).field, Field::Kpp);
    assert_eq!(refused(&[(Field::Kpp, "1")]).to_string().split(':').next(), Some("KPP"));
    let mut payee = PAYEE;
    payee[1].1 = "40702810138250123018";
    let digits = Wrong::Identifier(IdentifierError::CheckDigits);
    assert_eq!(Payment::issue(&payee), Err(error(Field::PersonalAcc, digits)));
    assert_eq!(Payment::issue(&PAYEE[..4]), Err(error(Field::CorrespAcc, Wrong::Missing)));
    payee = PAYEE;
    payee[4].1 = "0";
    assert!(Payment::issue(&payee).is_ok(), "a bank may have no correspondent account");
}

#[test]
fn what_is_no_payment_is_not_read() {
    let error = |text: &str| Parsed::parse(text.as_bytes()).unwrap_err();
    assert_eq!([error(""), error("ST0001"), error("ST00022|Name=x"), error("ЖЖЖЖЖЖ")], [ParseError::Header; 4]);
    assert_eq!(error("ST00014|Name=x"), ParseError::Encoding);
    assert_eq!(error("ST00012|Name"), ParseError::Pair(1));
    assert_eq!(error("ST00012|Name=x|BIC=1"), ParseError::Required(Field::PersonalAcc));
    assert_eq!(Parsed::parse(b"ST00012|Name=\xff"), Err(ParseError::Letters));
}

#[test]
fn another_character_may_part_the_fields_of_others() {
    let text = "ST00012~Name=a|b~PersonalAcc=1~BankName=x~BIC=1~CorrespAcc=0~Purpose=a=b";
    let parsed = Parsed::parse(text.as_bytes()).unwrap();
    assert_eq!([parsed.get(Field::Name), parsed.get(Field::Purpose)], [Some("a|b"), Some("a=b")]);
}

#[test]
fn a_letter_that_an_encoding_has_not_is_named_with_its_field() {
    let payment = with(&[(Field::Purpose, "₽")]).unwrap();
    let error = WriteError::NoLetter { field: Field::Purpose, letter: '₽' };
    assert_eq!(payment.write(Encoding::Windows1251), Err(error));
    assert_eq!(payment.code().unwrap().encoding, Encoding::Utf8);
}

#[test]
fn names_are_read_back_and_what_goes_first_is_never_required() {
    assert!(Field::ALL.iter().all(|field| Field::parse(field.as_str()) == Some(*field)));
    assert_eq!(Field::parse("name"), None);
    assert!(LEFT_OUT_FIRST.iter().all(|field| !Field::ALL[..Field::REQUIRED].contains(field)));
}

proptest! {
    #[test]
    fn what_is_issued_is_read_back_in_every_encoding(
        purpose in "[А-яЁё0-9 .,/=-]{1,210}", name in "[А-я]{1,30}", sum in 0_u64..10_u64.pow(17),
    ) {
        let sum = sum.to_string();
        let payment = with(&[(Field::Purpose, &purpose), (Field::LastName, &name), (Field::Sum, &sum)]).unwrap();
        for encoding in Encoding::ALL {
            let Ok(bytes) = payment.write(encoding) else {
                // The quotes of the payee's name.
                prop_assert_eq!(encoding, Encoding::Koi8R);
                continue;
            };
            let parsed = Parsed::parse(&bytes).unwrap();
            prop_assert_eq!(parsed.encoding, encoding);
            prop_assert_eq!(&issued(&parsed).unwrap(), &payment);
        }
    }

    #[test]
    fn a_code_is_never_too_long_and_never_lacks_who_is_paid_how_much(
        address in "[А-яЁё ₽]{1,400}", purpose in "[А-я ]{1,200}", name in "[А-я]{1,60}",
    ) {
        let more = [
            (Field::Purpose, purpose.as_str()), (Field::LastName, &name), (Field::PayerAddress, &address),
            (Field::PersAcc, "75да533315"), (Field::Sum, "1140583"),
        ];
        let payment = with(&more).unwrap();
        let code = payment.code().unwrap();
        prop_assert!(code.bytes.len() <= BYTES_MAX);
        let parsed = Parsed::parse(&code.bytes).unwrap();
        for (field, _) in PAYEE.iter().chain(&more[3..]) {
            prop_assert_eq!(parsed.get(*field), payment.get(*field));
        }
        let order: Vec<_> = LEFT_OUT_FIRST.into_iter().filter(|field| payment.get(*field).is_some()).collect();
        prop_assert_eq!(&code.left_out[..], &order[..code.left_out.len()]);
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..60), is_headed in any::<bool>()) {
        let head: &[u8] = if is_headed { b"ST00012|" } else { b"" };
        let _ = Parsed::parse(&[head, &bytes].concat());
    }
}
