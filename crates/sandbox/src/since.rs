//! Since when the person at a provider's page is signed in there, as the page lets one choose.

use jiff::Timestamp;
use serde::Deserialize;

/// Each with its name in the form.
pub(crate) const NAMES: [&str; 2] = ["just-now", "an-hour-ago"];

/// Since when a person is signed in at the provider.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Since {
    /// The provider has just asked who that is.
    #[default]
    JustNow,
    /// The provider knows the person by a session that is open there.
    AnHourAgo,
}

impl Since {
    /// `auth_time`, in seconds of Unix time.
    pub(crate) fn auth_time(self) -> i64 {
        let now = Timestamp::now().as_second();
        match self {
            Self::JustNow => now,
            Self::AnHourAgo => now - 3_600,
        }
    }
}
