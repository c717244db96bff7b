//! Accounts whose holder or contact a line replaces: what was before and after stands in the audit log, and whoever is
//! linked hears that the contact is another, since a code that links the account goes there.

use std::collections::HashMap;

use super::Taking;
use crate::{
    Result, audit,
    events::{self, Event},
    homes::{
        known::KnownAccount,
        linked_persons,
        register::{Changed, Changes, NewAccount},
    },
    levels,
};

/// The accounts that were known before, by their numbers.
pub(super) type Accounts = HashMap<String, KnownAccount>;

/// Names and values for the audit log.
type Fields<'a> = Vec<(&'a str, &'a str)>;

impl Taking<'_> {
    pub(super) fn tell_of_replaced(
        &mut self,
        changes: &Changes,
        known: &Accounts,
        new: &[NewAccount<'_>],
    ) -> Result<()> {
        let pairs = changes.changed.iter().filter_map(|changed| {
            let new = &new[changed.at];
            Some((changed, known.get(new.number)?, new))
        });
        let replaced: Vec<_> = pairs
            .map(|(changed, before, new)| (changed, before, replaced_fields(changed, before, new)))
            .filter(|(_, _, fields)| !fields.is_empty())
            .collect();
        if replaced.is_empty() {
            return Ok(());
        }
        self.note_replaced(&replaced)?;
        let has_other_contact = |changed: &Changed| {
            changed.columns.iter().any(|column| matches!(*column, "contact_phone" | "contact_email"))
        };
        let has_other_holder = |changed: &Changed, before: &KnownAccount, new: &NewAccount<'_>| {
            changed.columns.contains(&"holder") && surname(&before.holder) != surname(new.holder)
        };
        let of_other_holder = replaced
            .iter()
            .filter(|(changed, before, _)| has_other_holder(changed, before, &new[changed.at]))
            .map(|(_, before, _)| before.account_id.as_str());
        self.ask_again(&of_other_holder.collect::<Vec<_>>())?;
        let of_other_contact = replaced.iter().filter(|(changed, _, _)| has_other_contact(changed));
        self.tell_linked(&of_other_contact.map(|(_, before, _)| before.account_id.as_str()).collect::<Vec<_>>())
    }

    fn note_replaced(&mut self, replaced: &[(&Changed, &KnownAccount, Fields<'_>)]) -> Result<()> {
        let entries: Vec<_> = replaced
            .iter()
            .map(|(_, before, fields)| {
                (self.ids.draw_bytes(), format!("account:{}", before.account_id), [self.by.fields, fields].concat())
            })
            .collect();
        let records: Vec<_> = entries
            .iter()
            .map(|(seed, object, fields)| {
                (*seed, audit::Record { actor: self.by.actor, action: "account.import", object, fields })
            })
            .collect();
        audit::record_all(self.tx, self.now, &records)
    }

    /// The company compared the documents of these people with a holder who is none any more (function 16): they confirm
    /// who they are again. What a provider said of them is of no account and stays.
    fn ask_again(&self, accounts: &[&str]) -> Result<()> {
        for linked in linked_persons(self.tx, accounts)? {
            if levels::known(self.tx, &linked.person_id)?.confirmed_at.is_some() {
                let reason = format!("В реестре сменился владелец лицевого счёта {}", linked.number);
                levels::ask_again(self.tx, self.now, &linked.person_id, &reason)?;
                events::emit(self.tx, self.now, &linked.person_id, &Event::LevelAskedAgain { reason })?;
            }
        }
        Ok(())
    }

    fn tell_linked(&self, accounts: &[&str]) -> Result<()> {
        linked_persons(self.tx, accounts)?.into_iter().try_for_each(|linked| {
            let event = Event::AccountContactReplaced { number: linked.number, address: linked.address };
            events::emit(self.tx, self.now, &linked.person_id, &event)
        })
    }
}

/// A first name that is written out, or ё for е, makes nobody another.
fn surname(holder: &str) -> String {
    holder.split_whitespace().next().unwrap_or_default().to_lowercase().replace('ё', "е")
}

/// What was and what is, of what is somebody's; nothing where only the rest changed.
fn replaced_fields<'a>(changed: &Changed, before: &'a KnownAccount, new: &NewAccount<'a>) -> Fields<'a> {
    let of = |column: &'static str| match column {
        "holder" => vec![("holder_from", before.holder.as_str()), ("holder_to", new.holder)],
        "contact_phone" => from_to(["phone_from", "phone_to"], before.contact_phone.as_deref(), new.contact_phone),
        "contact_email" => from_to(["email_from", "email_to"], before.contact_email.as_deref(), new.contact_email),
        _ => Vec::new(),
    };
    changed.columns.iter().copied().flat_map(of).collect()
}

fn from_to<'a>(names: [&'static str; 2], from: Option<&'a str>, to: Option<&'a str>) -> Fields<'a> {
    names.into_iter().zip([from, to].map(Option::unwrap_or_default)).collect()
}
