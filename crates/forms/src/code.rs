//! The picture of a payment for a camera.

use domain::payment_qr::Code;
use fast_qr::{ECL, QRBuilder};

use crate::FormError;

/// Squares, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How many stand in a row, and how many rows there are.
    pub across: usize,
    /// Whether each is dark.
    pub is_dark: Vec<bool>,
}

impl Picture {
    /// The picture of a payment.
    ///
    /// # Errors
    /// A text longer than a picture holds.
    pub fn of(code: &Code) -> Result<Self, FormError> {
        Self::of_bytes(&code.bytes)
    }

    /// The picture of an address, which a telephone opens.
    ///
    /// # Errors
    /// A text longer than a picture holds.
    pub fn of_link(link: &str) -> Result<Self, FormError> {
        Self::of_bytes(link.as_bytes())
    }

    fn of_bytes(bytes: &[u8]) -> Result<Self, FormError> {
        let drawn =
            QRBuilder::new(bytes).ecl(ECL::M).build().map_err(|error| FormError::Drawing(format!("{error:?}")))?;
        let rows = (0..drawn.size).flat_map(|row| drawn[row].iter().take(drawn.size).map(|module| module.value()));
        Ok(Self { across: drawn.size, is_dark: rows.collect() })
    }
}

#[cfg(test)]
mod tests {
    use domain::payment_qr::{Encoding, Field, Payment};
    use rqrr::PreparedImage;

    use super::*;

    /// How many dots of a screen a square is wide, and how many white ones are around.
    const DOTS: usize = 6;
    const QUIET: usize = 4 * DOTS;

    /// What a foreign decoder sees.
    fn seen(picture: &Picture) -> Vec<u8> {
        let side = picture.across * DOTS + 2 * QUIET;
        let shade = |x: usize, y: usize| {
            let at = |dot: usize| dot.checked_sub(QUIET).map(|dot| dot / DOTS).filter(|at| *at < picture.across);
            let is_dark = at(x).zip(at(y)).is_some_and(|(x, y)| picture.is_dark[y * picture.across + x]);
            if is_dark { 0 } else { 255 }
        };
        let mut image = PreparedImage::prepare_from_greyscale(side, side, shade);
        let mut bytes = Vec::new();
        image.detect_grids()[0].decode_to(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn a_foreign_decoder_reads_the_address() {
        let link = "https://portal.example.ru/verify#15-7K3M-Q2XA";
        assert_eq!(seen(&Picture::of_link(link).unwrap()), link.as_bytes());
    }

    #[test]
    fn a_foreign_decoder_reads_the_very_bytes_in_both_encodings() {
        for (purpose, encoding) in [("Оплата ЖКУ", Encoding::Windows1251), ("Оплата 100 ₽", Encoding::Utf8)]
        {
            let payment = Payment::issue(&[
                (Field::Name, "ООО «УК Мой дом»"),
                (Field::PersonalAcc, "40702810138250123017"),
                (Field::BankName, "ПАО СБЕРБАНК"),
                (Field::Bic, "044525225"),
                (Field::CorrespAcc, "30101810400000000225"),
                (Field::Purpose, purpose),
                (Field::Sum, "1140583"),
            ]);
            let code = payment.unwrap().code().unwrap();
            assert_eq!(code.encoding, encoding);
            assert_eq!(seen(&Picture::of(&code).unwrap()), code.bytes);
        }
    }
}
