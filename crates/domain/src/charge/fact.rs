//! The leaves of a calculation: a number, what it is, its unit and where it comes from.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::tariff::Act;

/// A number that a formula starts from.
#[derive(Debug, Clone, Copy)]
pub struct Fact<'a> {
    /// The number.
    pub value: Decimal,
    /// What it is.
    pub quantity: Quantity,
    /// Its unit.
    pub unit: Unit,
    /// Where it comes from.
    pub source: Source<'a>,
}

/// Where a number comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Source<'a> {
    /// A reading, or another event of a meter that carries values.
    Reading {
        /// Its id.
        id: &'a str,
    },
    /// What was used between two events of a meter.
    Readings {
        /// The id of the first.
        from: &'a str,
        /// The id of the last.
        to: &'a str,
    },
    /// A dated row: a price, a norm, a multiplier, a benefit, a rate.
    Version {
        /// The id of the row.
        id: &'a str,
        /// The act that it comes from.
        act: &'a Act,
    },
    /// What the register says of premises, a house or who lives there.
    Register {
        /// The id of the record.
        id: &'a str,
    },
    /// An entry of the ledger: a charge, a payment, a debt.
    Entry {
        /// Its id.
        id: &'a str,
    },
    /// A dated setting of the portal, or a number that an act puts into the formula itself.
    Setting {
        /// Its name.
        name: &'a str,
    },
    /// The calendar: how many days.
    Calendar,
}

/// What a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// The value of a meter before.
    ReadingBefore,
    /// The value of a meter now.
    ReadingNow,
    /// The number after which a dial begins at zero.
    DialCapacity,
    /// What was used.
    Volume,
    /// What was used over several months, for an average.
    UsedInMonths,
    /// How many months.
    Months,
    /// What was billed by the average before.
    BilledByAverage,
    /// What was billed by the norm before.
    BilledByNorm,
    /// A price.
    Price,
    /// A price above the social norm.
    PriceAboveNorm,
    /// The social norm: so much at the lower price, or with the benefit.
    SocialNorm,
    /// A surcharge on a price, in percent.
    Surcharge,
    /// A consumption norm.
    Norm,
    /// How much heat a cubic metre of hot water takes.
    HeatPerVolume,
    /// Heat.
    Heat,
    /// How many persons.
    Persons,
    /// How many persons have a benefit.
    PersonsWithBenefit,
    /// Dwellings.
    Dwellings,
    /// The area of premises.
    Area,
    /// The area of all premises of a house.
    AreaOfHouse,
    /// The area of what a house has in common.
    AreaInCommon,
    /// What a house used by its own meter.
    HouseVolume,
    /// What was used within the house apart from common needs.
    UsedInside,
    /// Common needs of a house.
    CommonNeeds,
    /// The multiplier of a norm.
    NormMultiplier,
    /// A benefit, in percent.
    BenefitRate,
    /// Days.
    Days,
    /// Days of the month.
    DaysInMonth,
    /// Hours above what is allowed.
    HoursOver,
    /// By how many percent an hour lowers a charge.
    PercentPerHour,
    /// The charge that is lowered.
    Charge,
    /// What was charged through the year.
    Charged,
    /// A debt, or a part of it.
    Debt,
    /// The rate of a penalty, in percent a year.
    PenaltyRate,
    /// The part of the rate per day: 300 stands for 1/300.
    PenaltyFraction,
    /// A hundred percent.
    HundredPercent,
    /// How many persons were away.
    PersonsAway,
}

/// What a number is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Cubic metres, ОКЕИ 113.
    CubicMetre,
    /// Kilowatt hours, ОКЕИ 245.
    KilowattHour,
    /// Gigacalories, ОКЕИ 233.
    Gigacalorie,
    /// Square metres, ОКЕИ 055.
    SquareMetre,
    /// Rubles.
    Ruble,
    /// Persons.
    Person,
    /// Days.
    Day,
    /// Hours.
    Hour,
    /// Months.
    Month,
    /// Percent.
    Percent,
    /// So much for one of something else, as the quantity says, or a mere number.
    One,
}

impl Unit {
    /// Every unit, in the order of declaration. A kept explanation holds the place in it: new ones go to the end.
    pub const ALL: [Self; 11] = [
        Self::CubicMetre,
        Self::KilowattHour,
        Self::Gigacalorie,
        Self::SquareMetre,
        Self::Ruble,
        Self::Person,
        Self::Day,
        Self::Hour,
        Self::Month,
        Self::Percent,
        Self::One,
    ];

    /// How it is written after a number; nothing for a mere number.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::CubicMetre => "м³",
            Self::KilowattHour => "кВт·ч",
            Self::Gigacalorie => "Гкал",
            Self::SquareMetre => "м²",
            Self::Ruble => "₽",
            Self::Person => "чел.",
            Self::Day => "дн.",
            Self::Hour => "ч",
            Self::Month => "мес.",
            Self::Percent => "%",
            Self::One => "",
        }
    }
}

impl Quantity {
    /// Every quantity, in the order of declaration. A kept explanation holds the place in it: new ones go to the end.
    pub const ALL: [Self; 37] = [
        Self::ReadingBefore,
        Self::ReadingNow,
        Self::DialCapacity,
        Self::Volume,
        Self::UsedInMonths,
        Self::Months,
        Self::BilledByAverage,
        Self::BilledByNorm,
        Self::Price,
        Self::PriceAboveNorm,
        Self::SocialNorm,
        Self::Surcharge,
        Self::Norm,
        Self::HeatPerVolume,
        Self::Heat,
        Self::Persons,
        Self::PersonsWithBenefit,
        Self::Dwellings,
        Self::Area,
        Self::AreaOfHouse,
        Self::AreaInCommon,
        Self::HouseVolume,
        Self::UsedInside,
        Self::CommonNeeds,
        Self::NormMultiplier,
        Self::BenefitRate,
        Self::Days,
        Self::DaysInMonth,
        Self::HoursOver,
        Self::PercentPerHour,
        Self::Charge,
        Self::Charged,
        Self::Debt,
        Self::PenaltyRate,
        Self::PenaltyFraction,
        Self::HundredPercent,
        Self::PersonsAway,
    ];

    /// What a resident calls it.
    pub const fn title(self) -> &'static str {
        match self {
            Self::ReadingBefore => "было",
            Self::ReadingNow => "стало",
            Self::DialCapacity => "счётчик прошёл через ноль",
            Self::Volume => "объём",
            Self::UsedInMonths => "израсходовано",
            Self::Months => "месяцев",
            Self::BilledByAverage => "уже начислено по среднему",
            Self::BilledByNorm => "уже начислено по нормативу",
            Self::Price => "цена",
            Self::PriceAboveNorm => "цена сверх социальной нормы",
            Self::SocialNorm => "социальная норма",
            Self::Surcharge => "надбавка",
            Self::Norm => "норматив",
            Self::HeatPerVolume => "тепло на 1 м³ горячей воды",
            Self::Heat => "тепло",
            Self::Persons => "проживает",
            Self::PersonsWithBenefit => "имеет льготу",
            Self::Dwellings => "помещений",
            Self::Area => "площадь помещения",
            Self::AreaOfHouse => "площадь всех помещений дома",
            Self::AreaInCommon => "площадь общего имущества",
            Self::HouseVolume => "по общедомовому счётчику",
            Self::UsedInside => "израсходовано в помещениях",
            Self::CommonNeeds => "на общедомовые нужды",
            Self::NormMultiplier => "повышающий коэффициент",
            Self::BenefitRate => "льгота",
            Self::Days => "дней",
            Self::DaysInMonth => "дней в месяце",
            Self::HoursOver => "часов сверх допустимого",
            Self::PercentPerHour => "снижение за час",
            Self::Charge => "плата за месяц",
            Self::Charged => "начислено за год",
            Self::Debt => "долг",
            Self::PenaltyRate => "ставка",
            Self::PenaltyFraction => "доля ставки за день",
            Self::HundredPercent => "сто процентов",
            Self::PersonsAway => "отсутствовало",
        }
    }
}

impl Fact<'_> {
    /// A number of days, or of other whole things, from the calendar.
    pub fn count(value: u32, quantity: Quantity, unit: Unit) -> Fact<'static> {
        Fact { value: value.into(), quantity, unit, source: Source::Calendar }
    }

    /// A hundred: what percents are divided by.
    pub const fn hundred() -> Fact<'static> {
        Fact {
            value: Decimal::ONE_HUNDRED,
            quantity: Quantity::HundredPercent,
            unit: Unit::Percent,
            source: Source::Calendar,
        }
    }
}
