//! XML as a workbook uses it: elements, attributes, text. Entities are the five of XML itself, so none can grow.

use std::io::BufRead;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

/// Longer text is no cell's: Excel takes 32 767 characters.
const TEXT_BYTES_MAX: usize = 256 << 10;

/// What comes next in a document.
#[derive(Debug)]
pub(super) enum Piece {
    /// An element begins.
    Start(Element),
    /// The element of this name ends.
    End(String),
    /// Text between them.
    Text(String),
    /// The document is over: whatever began in it has ended.
    Over,
}

/// The beginning of an element.
#[derive(Debug)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub(super) name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute, by its name without a prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The document cannot be read to its end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Broken;

/// A document that is read piece by piece.
pub(super) struct Document<R> {
    reader: Reader<R>,
    buffer: Vec<u8>,
    /// How many elements have begun and not ended; nothing before the first.
    open: Option<usize>,
}

impl<R: BufRead> Document<R> {
    pub(super) fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), open: None }
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Result<Piece, Broken> {
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer).map_err(|_| Broken)?;
            let text = match event {
                Event::Start(start) => {
                    self.open = Some(self.open.unwrap_or(0) + 1);
                    return Ok(Piece::Start(element(&start)?));
                }
                Event::End(end) => {
                    self.open = self.open.and_then(|open| open.checked_sub(1));
                    return Ok(Piece::End(end.local_name().as_ref().to_owned()));
                }
                // A file that was cut between two rows looks like any other until its last tag is missed.
                Event::Eof => return if self.open == Some(0) { Ok(Piece::Over) } else { Err(Broken) },
                Event::Text(text) => text.xml10_content().into_owned(),
                Event::CData(text) => text.xml10_content().into_owned(),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().map_err(|_| Broken)? {
                    Some(letter) => letter.to_string(),
                    None => resolve_predefined_entity(&reference).ok_or(Broken)?.to_owned(),
                },
                Event::DocType(_) => return Err(Broken),
                _ => continue,
            };
            return if text.len() > TEXT_BYTES_MAX { Err(Broken) } else { Ok(Piece::Text(text)) };
        }
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Broken> {
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false) {
        let attribute = attribute.map_err(|_| Broken)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|_| Broken)?.into_owned();
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value));
    }
    Ok(Element { name: start.local_name().as_ref().to_owned(), attributes })
}
