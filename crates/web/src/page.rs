//! Lists by keyset: a cursor names the last row that was seen, so that new rows never shift a page.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::{IntoParams, ToSchema};

use crate::Problem;

const LIMIT_DEFAULT: u32 = 20;
const LIMIT_MAX: u32 = 100;

/// `?limit=&cursor=` of a list.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many items at most: 1 to 100, 20 where absent.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The items, newest first.
    pub items: Vec<T>,
    /// Give it as `cursor` to see further; null at the end.
    pub next_cursor: Option<String>,
}

/// What a cursor holds: the sort key of the last row that was seen.
pub trait Cursor: Serialize + DeserializeOwned {}
impl<T: Serialize + DeserializeOwned> Cursor for T {}

impl PageQuery {
    /// How many items to give.
    ///
    /// # Errors
    /// A validation problem where the number is out of range.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(LIMIT_DEFAULT) {
            limit @ 1..=LIMIT_MAX => Ok(limit),
            _ => Err(bad("limit", "Укажите число от 1 до 100.")),
        }
    }

    /// Where to go on from.
    ///
    /// # Errors
    /// A validation problem where the cursor is not one of ours.
    pub fn cursor<C: Cursor>(&self) -> Result<Option<C>, Problem> {
        let Some(text) = &self.cursor else { return Ok(None) };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok();
        let cursor = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        cursor.map(Some).ok_or_else(|| bad("cursor", "Возьмите cursor из поля next_cursor предыдущей страницы."))
    }
}

fn bad(parameter: &str, detail: &str) -> Problem {
    Problem::field(format!("?{parameter}"), detail)
}

impl<T> Page<T> {
    /// A page from rows of which one more than `limit` was asked for: its presence tells that there are more.
    pub fn of<C: Cursor>(mut items: Vec<T>, limit: u32, key: impl FnOnce(&T) -> C) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if items.len() <= limit {
            return Self { items, next_cursor: None };
        }
        items.truncate(limit);
        let next_cursor = items.last().map(|last| encode(&key(last)));
        Self { items, next_cursor }
    }
}

fn encode(key: &impl Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_is_given_only_where_there_is_more() {
        assert_eq!(Page::of(vec![3, 2], 2, |last| *last).next_cursor, None);
        let page = Page::of(vec![3, 2, 1], 2, |last| *last);
        assert_eq!(page.items, [3, 2]);
        let next = PageQuery { limit: None, cursor: page.next_cursor };
        assert_eq!(next.cursor::<i32>().unwrap(), Some(2));
    }

    #[test]
    fn a_limit_out_of_range_is_refused() {
        for limit in [0, 101, u32::MAX] {
            assert!(PageQuery { limit: Some(limit), cursor: None }.limit().is_err());
        }
        assert_eq!(PageQuery::default().limit().unwrap(), LIMIT_DEFAULT);
    }

    proptest! {
        #[test]
        fn no_text_makes_reading_a_cursor_panic(text in ".{0,80}") {
            let query = PageQuery { limit: None, cursor: Some(text) };
            prop_assert!(query.cursor::<(String, String)>().is_err() || query.cursor.is_some());
        }

        #[test]
        fn a_cursor_comes_back_as_it_went(at in ".{0,40}", id in ".{0,40}") {
            let query = PageQuery { limit: None, cursor: Some(encode(&(&at, &id))) };
            prop_assert_eq!(query.cursor::<(String, String)>().unwrap(), Some((at, id)));
        }
    }
}
