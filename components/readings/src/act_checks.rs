//! Whether an act of transfer is what the portal signed: for everybody, since whoever holds an act knows what it says.

use axum::extract::State;
use base64::{Engine, prelude::BASE64_STANDARD};
use domain::{
    confirmation_code::ConfirmationCode,
    meter::{MeterKind, rate_names},
    transfer_act::{Act, Content, NotAct},
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use store::{
    Conn,
    settings::Settings,
    transfer_acts::{self, Kept},
};
use utoipa::ToSchema;
use web::{Body, Client, Env, Problem, Reply, limit};

const LIMIT: limit::Rule = limit::Rule { setting: "limit.act_check_per_address", window: SignedDuration::from_mins(1) };

#[derive(Serialize, ToSchema)]
pub(crate) struct ActKeys {
    /// The newest first; the retired ones still prove what they signed.
    items: Vec<ActKey>,
}

/// A key that signs acts of transfer, or did.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActKey {
    /// The first eight bytes of the SHA-256 of the key, hex.
    key_id: String,
    /// Ed25519.
    algorithm: &'static str,
    /// 32 bytes in base64.
    public_key: String,
    #[schema(format = DateTime)]
    made_at: String,
    #[schema(format = DateTime)]
    retired_at: Option<String>,
}

/// The public keys of acts of transfer
#[utoipa::path(
    get, path = "/api/readings/act-keys", operation_id = "list_act_keys", tag = "readings",
    responses((status = 200, body = ActKeys))
)]
pub(crate) async fn keys(State(env): State<Env>) -> Result<Reply<ActKeys>, Problem> {
    let keys = env.db().read(transfer_acts::public_keys)?;
    let items = keys.into_iter().map(|key| ActKey {
        key_id: key.key_id,
        algorithm: "Ed25519",
        public_key: BASE64_STANDARD.encode(key.public_key),
        made_at: key.made_at,
        retired_at: key.retired_at,
    });
    Ok(Reply::ok(ActKeys { items: items.collect() }))
}

/// Either the number with the code, or the act itself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ActQuestion {
    /// As it stands on paper.
    number: Option<u32>,
    #[schema(example = "7K3M-Q2XA")]
    code: Option<String>,
    /// The text of an act's file, unchanged.
    act: Option<String>,
}

#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ActVerdict {
    /// The portal signed this very act.
    Valid,
    /// It says something else than what the portal signed.
    Changed,
    /// The portal knows no such act.
    Unknown,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct ActCheck {
    verdict: ActVerdict,
    /// What the portal signed; null unless the act is valid.
    act: Option<ActSaid>,
    /// The number of the act that stands in its place now: the reading was corrected.
    replaced_by: Option<u32>,
}

/// What an act says.
#[derive(Serialize, ToSchema)]
pub(crate) struct ActSaid {
    number: u32,
    /// The number of the act that it stands in the place of.
    replaces: Option<u32>,
    #[schema(format = DateTime)]
    made_at: String,
    #[schema(format = DateTime)]
    accepted_at: String,
    #[schema(format = Date)]
    taken_on: String,
    #[schema(example = "2026-07")]
    period: String,
    channel: String,
    source: String,
    /// What it measures, with the number on its face.
    meter: String,
    unit: &'static str,
    /// What each value is of; an empty name where there is one rate.
    rate_names: &'static [&'static str],
    values: Vec<String>,
    rolled_over: bool,
    /// Without the flat.
    house: String,
    /// The end of the account's number.
    account: Option<String>,
}

/// Check an act of transfer
#[utoipa::path(
    post, path = "/api/readings/act-checks", operation_id = "check_transfer_act", tag = "readings",
    request_body = ActQuestion,
    responses(
        (status = 200, body = ActCheck),
        (status = "4XX", body = Problem, content_type = "application/problem+json", description = "validation, rate-limited, …"),
    )
)]
pub(crate) async fn check(
    State(env): State<Env>,
    client: Client,
    Body { value: question, .. }: Body<ActQuestion>,
) -> Result<Reply<ActCheck>, Problem> {
    // Codes are short: nobody may try them all.
    env.db().write(|tx| limit::count(tx, &env, &Settings::at(tx, env.now())?, LIMIT, &client.household()))?;
    env.db().read(|conn| match question {
        ActQuestion { act: Some(text), number: None, code: None } => Ok(Reply::ok(of_file(conn, &text)?)),
        ActQuestion { act: None, number: Some(number), code: Some(code) } => {
            let code = ConfirmationCode::parse(&code).map_err(|_| {
                Problem::field("/code", "Код — восемь букв и цифр, как 7K3M-Q2XA. Он напечатан на акте под номером.")
            })?;
            Ok(Reply::ok(of_number(conn, number, &code)?))
        }
        ActQuestion { act: None, number: None, .. } => Err(Problem::field("/number", "Впишите номер акта.")),
        ActQuestion { act: None, code: None, .. } => Err(Problem::field("/code", "Впишите код с акта.")),
        ActQuestion { act: Some(_), .. } => {
            Err(Problem::field("/act", "Проверьте либо номер с кодом, либо файл: сразу и то и другое нельзя."))
        }
    })
}

fn of_number(conn: &Conn<'_>, number: u32, code: &ConfirmationCode) -> Result<ActCheck, Problem> {
    match transfer_acts::numbered(conn, number)? {
        Some(Kept { act, replaced_by }) if act.code() == *code => judged(conn, act, replaced_by),
        _ => Ok(ActCheck::without(ActVerdict::Unknown)),
    }
}

fn of_file(conn: &Conn<'_>, text: &str) -> Result<ActCheck, Problem> {
    match Act::parse(text) {
        Ok(act) => {
            let kept = transfer_acts::numbered(conn, act.content.number)?;
            judged(conn, act, kept.and_then(|kept| kept.replaced_by))
        }
        Err(NotAct::Rewritten) => Ok(ActCheck::without(ActVerdict::Changed)),
        Err(NotAct::Other) => Ok(ActCheck::without(ActVerdict::Unknown)),
    }
}

/// The signature decides: an act that was taken before the portal was restored from a backup stays proven.
fn judged(conn: &Conn<'_>, act: Act, replaced_by: Option<u32>) -> Result<ActCheck, Problem> {
    let keys = transfer_acts::public_keys(conn)?;
    let Some(key) = keys.iter().find(|key| key.key_id == act.key_id) else {
        return Ok(ActCheck::without(ActVerdict::Unknown));
    };
    if !act.is_signed_by(&key.public_key) {
        return Ok(ActCheck::without(ActVerdict::Changed));
    }
    Ok(ActCheck { verdict: ActVerdict::Valid, act: Some(said(act.content)?), replaced_by })
}

impl ActCheck {
    const fn without(verdict: ActVerdict) -> Self {
        Self { verdict, act: None, replaced_by: None }
    }
}

fn said(content: Content) -> Result<ActSaid, Problem> {
    let kind = MeterKind::parse(&content.meter_kind).ok_or_else(|| Problem::internal("kind of a meter"))?;
    Ok(ActSaid {
        number: content.number,
        replaces: content.replaces,
        made_at: content.made_at,
        accepted_at: content.accepted_at,
        taken_on: content.taken_on,
        period: content.period,
        channel: content.channel,
        source: content.source,
        meter: kind.name_with(&content.meter_serial),
        unit: kind.unit(),
        rate_names: rate_names(u8::try_from(content.values.len()).unwrap_or(1)),
        values: content.values,
        rolled_over: content.rolled_over,
        house: content.house,
        account: content.account,
    })
}
