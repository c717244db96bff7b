//! A link of two that was denied: whoever was told of it says that it is for another person. What that ends, and how those
//! who help read of it.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use store::{
    Conn, Tx, homes,
    invitations::{
        self,
        denials::{self, Denial},
    },
    persons::{self, Profile},
    settings::Settings,
    sign_in_blocks::Cause,
    sign_in_helps,
};
use utoipa::ToSchema;
use web::{Client, Env, Problem};

use crate::{
    audits,
    blocks::{self, SignInStopped},
    letting_in::doubt_contacts,
    new_devices::{self, Letter},
};

/// How long after somebody came in by a link the message about it puts that one out. It went to contacts of before, which
/// may be in other hands: within a day their owner still notices that a stranger came in; later the one who came in, and
/// has contacts of the own by then, must not be put out by whoever got the old number.
const PUTS_OUT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// What a word against a link came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nobody had come in by it, and nobody will.
    Ended,
    /// Who had come in is out.
    PutOut,
    /// Who had come in is in: that was too long ago.
    Late,
}

impl Outcome {
    fn of(first_use: Option<Timestamp>, denied_at: Timestamp) -> Self {
        match first_use {
            None => Self::Ended,
            Some(used_at) if denied_at <= used_at + PUTS_OUT_FOR => Self::PutOut,
            Some(_) => Self::Late,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::PutOut => "put-out",
            Self::Late => "late",
        }
    }
}

/// Somebody whom the message about a link reached says that it is for another.
pub(crate) struct Word<'a> {
    pub(crate) person_id: &'a str,
    pub(crate) invitation_id: &'a str,
    /// The contact that the message went to, masked; none where that is not known.
    pub(crate) told: Option<&'a str>,
}

impl Word<'_> {
    /// The link ends, with all that was asked, and so do those that were made after it while nobody had denied one. Whoever
    /// came in by one is put out, and what that one proved since gets no code but hears of it.
    pub(crate) fn deny(
        &self,
        tx: &Tx<'_>,
        env: &Env,
        client: &Client,
    ) -> Result<(SignInStopped, Vec<Letter>), Problem> {
        let outcome = Outcome::of(denials::first_use(tx, self.invitation_id)?, env.now());
        match outcome {
            // Links that were made since are another help's.
            Outcome::Late => denials::deny(tx, env.now(), self.invitation_id, self.told)?,
            Outcome::Ended | Outcome::PutOut => {
                denials::deny_since(tx, env.now(), self.invitation_id, self.told)?;
            }
        }
        if outcome == Outcome::PutOut {
            return self.put_out(tx, env, client);
        }
        let action = match outcome {
            Outcome::Late => "sign-in.let-in-deny",
            _ => {
                sign_in_helps::end(tx, self.person_id)?;
                invitations::end_resets(tx, env.now(), self.person_id)?;
                "sign-in.unblock-deny"
            }
        };
        self.note(tx, env, client, action)?;
        let stopped = SignInStopped {
            is_link_only: outcome == Outcome::Ended,
            is_late: outcome == Outcome::Late,
            is_recoverable: false,
            phone: homes::phone_of(tx, self.person_id)?,
        };
        Ok((stopped, Vec::new()))
    }

    fn put_out(&self, tx: &Tx<'_>, env: &Env, client: &Client) -> Result<(SignInStopped, Vec<Letter>), Problem> {
        let person = persons::profile(tx, self.person_id)?.ok_or_else(Problem::not_found)?;
        let letters = new_devices::of_denial(tx, &person)?;
        doubt_contacts(tx, env, &person)?;
        Ok((blocks::block(tx, env, client, "visitor", self.person_id, Cause::NotMe)?, letters))
    }

    fn note(&self, tx: &Tx<'_>, env: &Env, client: &Client, action: &str) -> store::Result<()> {
        let fields = [("told", self.told.unwrap_or_default())];
        audits::by(tx, env, client, "visitor", self.person_id, action, &fields)
    }
}

/// A word against the link that two of the staff had made for the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct LinkDenial {
    /// By whose word: the contact that the message about the link had gone to, all but its ends hidden; null where that is
    /// not known.
    #[schema(example = "+7********15")]
    masked_contact: Option<String>,
    #[schema(format = DateTime)]
    denied_at: String,
    /// `ended`: nobody had come in by the link; `put-out`: who had is out, and the sign-in is stopped; `late`: who had came
    /// in more than a day before, and nothing was stopped.
    #[schema(example = "ended")]
    outcome: &'static str,
}

impl LinkDenial {
    fn of(Denial { denied_by, denied_at, used_at }: Denial) -> Self {
        let outcome = Outcome::of(used_at, denied_at).as_str();
        Self { masked_contact: denied_by, denied_at: format!("{denied_at:.3}"), outcome }
    }
}

/// The last word against a link for this person, as long as messages about such links work.
pub(crate) fn last(conn: &Conn<'_>, env: &Env, person: &Profile) -> store::Result<Option<LinkDenial>> {
    let days: i64 = Settings::at(conn, env.now())?.get("sign_in_notice.days")?;
    let over = env.now() - SignedDuration::from_hours(24 * days);
    Ok(denials::last(conn, over, &person.person_id)?.map(LinkDenial::of))
}
