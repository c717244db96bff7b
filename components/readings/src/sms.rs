//! Readings by SMS: the gateway brings what people send, and each message is answered by one.
//!
//! The phone of a message can be forged, so the answer goes to the phone and nowhere else, and tells nothing but what
//! its owner may know. Whoever is not known, and whoever names a meter of somebody else, is answered alike.

use axum::extract::State;
use domain::{
    access::{Action, Relation},
    contact::{Contact, Phone},
    reading::{Channel, SMS_EXAMPLE, SmsReading, parse_sms},
};
use http::{HeaderMap, StatusCode};
use jiff::SignedDuration;
use serde::Deserialize;
use store::{
    Tx, grants, incoming_sms,
    persons::{self, Key},
    readings::{self, Meter},
    settings::Settings,
    sign_in_blocks,
};
use utoipa::ToSchema;
use web::{Actor, Body, Client, Confirm, Env, FieldError, Problem, Slug, bearer, consent, gateway, limit, sha256};

use crate::{
    reach,
    submissions::{Desk, Item, NewReadings, Submission},
};

const LIMIT: limit::Rule = limit::Rule { setting: "limit.sms_per_phone", window: SignedDuration::from_hours(24) };
const MESSAGE_ID_CHARS_MAX: usize = 100;

/// A message as the gateway brings it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct IncomingSms {
    /// What the gateway calls it: another one for each message, the same for its repetition; 1 to 100 characters.
    message_id: String,
    #[schema(example = "+79161234567")]
    from: String,
    #[schema(example = "СЧЁТЧИК № 12345678 131,789")]
    text: String,
}

/// Take a message that somebody sent to the portal's number; the answer goes back as one, by the gateway
#[utoipa::path(
    post, path = "/api/readings/sms", operation_id = "receive_sms", tag = "readings", security(("gateway" = [])),
    request_body = IncomingSms,
    responses(
        (status = 204, description = "Taken; once, however often it is brought"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "unauthenticated, validation"),
    )
)]
pub(crate) async fn receive(
    State(env): State<Env>,
    headers: HeaderMap,
    Body { value: message, .. }: Body<IncomingSms>,
) -> Result<StatusCode, Problem> {
    let words = "Нужен токен шлюза: заголовок Authorization со значением «Bearer …».";
    bearer::require(&env, &headers, "gateway_token", words)?;
    if !(1..=MESSAGE_ID_CHARS_MAX).contains(&message.message_id.chars().count()) {
        return Err(Problem::field("/message_id", "Назовите сообщение: от 1 до 100 знаков."));
    }
    // A name in the place of a number is a mailing: nobody reads an answer there.
    let Ok(phone) = Phone::parse(&message.from) else { return Ok(StatusCode::NO_CONTENT) };
    let answer = env.db().write(|tx| Post { env: &env, tx, phone: &phone, message: &message }.answer())?;
    if let Some(text) = answer {
        gateway::send_unseen(&env, &Contact::Phone(phone), "", &format!("Мой дом: {text}")).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// One message, inside the transaction that takes it.
struct Post<'a> {
    env: &'a Env,
    tx: &'a Tx<'a>,
    phone: &'a Phone,
    message: &'a IncomingSms,
}

impl Post<'_> {
    /// What it is answered; nothing where it was taken before, or too many came from the phone.
    fn answer(&self) -> Result<Option<String>, Problem> {
        let (tx, now) = (self.tx, self.env.now());
        if !incoming_sms::take(tx, now, &self.message_hash())? {
            return Ok(None);
        }
        let settings = Settings::at(tx, now)?;
        match limit::count(tx, self.env, &settings, LIMIT, self.phone.as_str()) {
            Err(problem) if problem.is(Slug::RateLimited) => return Ok(None),
            counted => counted?,
        }
        let given = match parse_sms(&self.message.text) {
            Ok(given) => given,
            Err(error) => return Ok(Some(format!("не разобрали сообщение: {error}. Пришлите так: {SMS_EXAMPLE}"))),
        };
        let Some(actor) = self.sender()? else { return Ok(Some(self.unknown()?)) };
        match consent::require(tx, &actor) {
            Err(problem) if problem.is(Slug::ConsentWithdrawn) => return Ok(Some(problem.detail().to_owned())),
            required => required?,
        }
        let places = readings::places(tx, reach::of(self.env, &actor, Action::SubmitReading), None)?;
        let own_first = places.iter().filter(|place| place.delegation_id.is_none());
        let ordered = own_first.chain(places.iter().filter(|place| place.delegation_id.is_some()));
        let of_serial = |meter: &&Meter| meter.serial.to_lowercase() == given.serial.to_lowercase();
        let mut found: Vec<_> =
            ordered.flat_map(|place| place.meters.iter().filter(of_serial).map(move |meter| (place, meter))).collect();
        // Of one meter that two accounts pay for, the first account takes the reading.
        let mut seen = Vec::new();
        found.retain(|(_, meter)| {
            let is_new = !seen.contains(&meter.meter_id);
            seen.push(meter.meter_id.clone());
            is_new
        });
        Ok(Some(match found[..] {
            [] => self.unknown()?,
            [(place, meter)] => self.give(&actor, &settings, &place.account_id, meter, &given)?,
            _ => format!("счётчиков с этим номером у вас несколько. Передайте показание здесь: {}", self.page()?),
        }))
    }

    fn message_hash(&self) -> String {
        sha256(&self.message.message_id)
    }

    /// Whose phone it is, proved to be: as a resident, and nothing more. Nobody where the sign-in is stopped.
    fn sender(&self) -> Result<Option<Actor>, Problem> {
        let Some(found) = persons::credentials(self.tx, Key::Phone(self.phone.as_str()))? else { return Ok(None) };
        let profile = persons::profile(self.tx, &found.person_id)?;
        let is_proved = profile.and_then(|profile| profile.proved_phone()).is_some_and(|phone| phone == *self.phone);
        if !is_proved || sign_in_blocks::of_person(self.tx, &found.person_id)?.is_some() {
            return Ok(None);
        }
        let grants = grants::of_person(self.tx, &found.person_id)?;
        let actor = Actor::of_program(found.person_id, grants, "sms".to_owned(), self.env.now());
        Ok(actor.may(Action::SubmitReading, Relation::Own).is_ok().then_some(actor))
    }

    fn give(
        &self,
        actor: &Actor,
        settings: &Settings,
        account_id: &str,
        meter: &Meter,
        given: &SmsReading,
    ) -> Result<String, Problem> {
        let objection = match self.submit(actor, settings, account_id, meter, given, Vec::new())? {
            Ok(submission) => return Ok(accepted(meter, &submission)),
            Err(problem) => problem,
        };
        if !objection.is(Slug::ReadingQuestioned) {
            return self.refused(&objection);
        }
        let doubts: Vec<Confirm> = objection.errors().iter().filter_map(|error| error.confirm.clone()).collect();
        let asked = asked_hash(&actor.person_id, meter, given, &doubts);
        let since = self.env.now() - SignedDuration::from_hours(settings.get("sms.question_hours")?);
        if given.is_confirmed && incoming_sms::was_asked(self.tx, &asked, since)? {
            return match self.submit(actor, settings, account_id, meter, given, doubts)? {
                Ok(submission) => Ok(accepted(meter, &submission)),
                Err(problem) => self.refused(&problem),
            };
        }
        incoming_sms::ask(self.tx, &self.message_hash(), &asked)?;
        let (serial, value) = (&meter.serial, decimal(&given.value.to_string()));
        Ok(format!("{} Если всё верно, пришлите: СЧЁТЧИК № {serial} {value} ДА", details(objection.errors())))
    }

    fn submit(
        &self,
        actor: &Actor,
        settings: &Settings,
        account_id: &str,
        meter: &Meter,
        given: &SmsReading,
        confirmed: Vec<Confirm>,
    ) -> Result<Result<Submission, Problem>, Problem> {
        let values = vec![given.value.to_string()];
        let item = Item { meter_id: meter.meter_id.clone(), values, taken_on: None, confirmed, is_by_sticker: false };
        let new = NewReadings { account_id: account_id.to_owned(), items: vec![item] };
        let client = Client { address: String::new(), device: None, user_agent: "SMS gateway".to_owned() };
        let (env, tx, channel) = (self.env, self.tx, Channel::Sms);
        Desk { env, tx, actor, client: &client, channel, program: None }.take(&new, settings)
    }

    fn refused(&self, problem: &Problem) -> Result<String, Problem> {
        let why = if problem.errors().is_empty() { problem.detail().to_owned() } else { details(problem.errors()) };
        Ok(format!("показание не принято. {why} Портал: {}", self.page()?))
    }

    /// The same for a stranger and for a meter of others.
    fn unknown(&self) -> Result<String, Problem> {
        Ok(format!(
            "счётчика с таким номером у вас не нашли. Проверьте номер на корпусе и подтверждён ли этот телефон в вашем \
             профиле. Портал: {}",
            self.page()?
        ))
    }

    fn page(&self) -> Result<String, Problem> {
        Ok(format!("{}/readings", self.env.public_origin()?))
    }
}

fn accepted(meter: &Meter, submission: &Submission) -> String {
    let values: Vec<_> = submission.items.iter().flat_map(|item| &item.values).map(|value| decimal(value)).collect();
    let name = meter.kind.name_with(&meter.serial);
    format!("принято: {name}: {}. Код подтверждения: {}", values.join(" / "), submission.confirmation_code)
}

fn details(errors: &[FieldError]) -> String {
    errors.iter().map(|error| error.detail.as_str()).collect::<Vec<_>>().join(" ")
}

/// As people write it.
fn decimal(value: &str) -> String {
    value.replace('.', ",")
}

fn asked_hash(person_id: &str, meter: &Meter, given: &SmsReading, doubts: &[Confirm]) -> String {
    let doubts: Vec<_> = doubts.iter().map(|doubt| format!("{} {}", doubt.rate, doubt.code)).collect();
    sha256([person_id, &meter.meter_id, &given.value.normalize().to_string(), &doubts.join(" ")].join("\n"))
}
