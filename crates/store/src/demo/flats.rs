//! The 60 flats: their owners and personal accounts.

use domain::share::Share;
use jiff::{ToSpan, civil::Date};

use super::{Making, house::IN_THE_BOOKS, names::Name};
use crate::{
    Error, Result,
    homes::register::{NewAccount, NewOwner, NewPremises, put_accounts, put_owners, put_premises},
};

const COUNT: u8 = 60;
/// Four flats on a landing: m² × 100. The last has three rooms and two sets of pipes.
const AREAS: [i64; 4] = [4_470, 3_120, 5_290, 6_180];

/// A flat, as the other parts need it.
pub(super) struct Flat {
    pub(super) number: u8,
    pub(super) premises_id: String,
    pub(super) account_id: String,
    pub(super) holder: Name,
    pub(super) area_hundredths: i64,
}

impl Flat {
    /// The phone that the company knows, and that the demo login of this flat has.
    pub(super) fn phone(number: u8) -> String {
        format!("+790000000{number:02}")
    }

    pub(super) fn has_two_sets_of_pipes(&self) -> bool {
        self.number.is_multiple_of(4)
    }
}

pub(super) fn add(making: &mut Making<'_>, house_id: &str) -> Result<Vec<Flat>> {
    (1..=COUNT).map(|number| add_one(making, house_id, number)).collect()
}

fn add_one(making: &mut Making<'_>, house_id: &str, number: u8) -> Result<Flat> {
    let area = AREAS[usize::from(number - 1) % AREAS.len()] + 10 * making.chance.between(-4, 4);
    let premises_id = making.ids.draw();
    let premises = NewPremises {
        premises_id: &premises_id,
        house_id,
        number: &number.to_string(),
        kind: "residential",
        area_hundredths: area,
        area_since: None,
        cadastral_number: Some(&format!("62:29:0000000:{}", 100 + u32::from(number))),
    };
    put_premises(making.tx, making.at - IN_THE_BOOKS, &[premises], &[])?;
    let since = years_ago(making, 3, 18);
    let holder = holder(making, number);
    add_owners(making, &premises_id, number, &holder, since)?;
    let account_id = add_account(making, &premises_id, number, &holder, since)?;
    Ok(Flat { number, premises_id, account_id, holder, area_hundredths: area })
}

fn years_ago(making: &mut Making<'_>, least: i64, most: i64) -> Date {
    let days = making.chance.between(least * 365, most * 365);
    making.today.saturating_sub(days.days())
}

fn holder(making: &mut Making<'_>, number: u8) -> Name {
    match number {
        15 => Name::new("Лугова", "Анна", "Сергеевна"),
        27 => Name::new("Рябинин", "Борис", "Иванович"),
        _ => Name::any(&mut making.chance),
    }
}

/// How a flat is divided: one owner, a couple, or parents with a child.
fn shares(making: &mut Making<'_>, number: u8) -> &'static [(u32, u32)] {
    match (number, making.chance.between(1, 100)) {
        (15, _) => &[(1, 2), (1, 2)],
        (_, ..=45) => &[(1, 1)],
        (_, ..=75) => &[(1, 2), (1, 2)],
        (_, ..=90) => &[(1, 3), (1, 3), (1, 3)],
        _ => &[(1, 2), (1, 4), (1, 4)],
    }
}

fn add_owners(making: &mut Making<'_>, premises_id: &str, number: u8, holder: &Name, since: Date) -> Result<()> {
    if number.is_multiple_of(7) {
        let seller = Name::any(&mut making.chance);
        let bought = since.saturating_sub(making.chance.between(2_000, 4_000).days());
        add_owner(making, premises_id, &seller, (1, 1), bought, Some(since))?;
    }
    let shares = shares(making, number);
    let mut family = vec![holder.clone()];
    while family.len() < shares.len() {
        let relative = Name::of_family(&mut making.chance, holder.family_of_men());
        if !family.contains(&relative) {
            family.push(relative);
        }
    }
    for (owner, share) in family.iter().zip(shares) {
        add_owner(making, premises_id, owner, *share, since, None)?;
    }
    Ok(())
}

fn add_owner(
    making: &mut Making<'_>,
    premises_id: &str,
    name: &Name,
    (numerator, denominator): (u32, u32),
    since: Date,
    until: Option<Date>,
) -> Result<()> {
    let (owner_id, name) = (&making.ids.draw(), &name.full());
    let share = Share::new(numerator, denominator).map_err(|error| Error::BadData(error.to_string()))?;
    let new = NewOwner { owner_id, premises_id, name, share, since, until };
    put_owners(making.tx, &[new], &[]).map(drop)
}

/// The company has a phone of nearly everybody, only an e-mail of flat 59, and nothing of flat 60.
fn add_account(
    making: &mut Making<'_>,
    premises_id: &str,
    number: u8,
    holder: &Name,
    opened_on: Date,
) -> Result<String> {
    let account_id = making.ids.draw();
    let phone = (number <= 58).then(|| Flat::phone(number));
    let account = NewAccount {
        account_id: &account_id,
        number: &format!("{number:010}"),
        unified_number: Some(&format!("62тд{:06}", 410_000 + 137 * u32::from(number))),
        premises_id,
        holder: &holder.full(),
        contact_phone: phone.as_deref(),
        contact_email: (number == 59).then_some("kvartira59@pochta.example"),
        opened_on,
        closed_on: None,
    };
    put_accounts(making.tx, making.at - IN_THE_BOOKS, &[account], &[])?;
    Ok(account_id)
}
