//! The words of the ГИС ЖКХ form of meters, as its lists offer them.

use super::rows::MeterAt;
use crate::identifier::{AccountNumber, IdentifierError, UnifiedAccountNumber};
use crate::meter::MeterKind;

/// Whose the meter is. One of a whole house belongs to no account, and the portal has nowhere to put it.
pub(super) fn scope(cell: &str) -> Result<(), &'static str> {
    if lower(cell).starts_with("коллективный") {
        return Err("общедомовых приборов портал не ведёт: удалите эту строку");
    }
    Ok(())
}

/// «Номер лицевого счета/Единый лицевой счет».
pub(super) fn account(cell: &str) -> Result<MeterAt, IdentifierError> {
    let number = AccountNumber::parse(cell)?;
    Ok(MeterAt::Account { number, unified_number: UnifiedAccountNumber::parse(cell).ok() })
}

/// «Вид коммунального ресурса».
pub(super) fn resource(cell: &str) -> Result<MeterKind, &'static str> {
    match lower(cell).as_str() {
        "холодная вода" => Ok(MeterKind::ColdWater),
        "горячая вода" => Ok(MeterKind::HotWater),
        "электрическая энергия" => Ok(MeterKind::Electricity),
        "газ" => Ok(MeterKind::Gas),
        "тепловая энергия" => Ok(MeterKind::Heat),
        _ => Err("нужно одно из: Холодная вода, Горячая вода, Электрическая энергия, Газ, Тепловая энергия"),
    }
}

/// «Вид ПУ по количеству тарифов».
pub(super) fn rates(cell: &str) -> Result<u8, &'static str> {
    match lower(cell).as_str() {
        "однотарифный" => Ok(1),
        "двухтарифный" => Ok(2),
        "трехтарифный" => Ok(3),
        _ => Err("нужно одно из: Однотарифный, Двухтарифный, Трехтарифный"),
    }
}

/// «Межповерочный интервал»: «6 лет».
pub(super) fn years(cell: &str) -> Result<u8, &'static str> {
    let (number, unit) = cell.split_once(' ').unwrap_or((cell, "лет"));
    let is_years = matches!(lower(unit).as_str(), "год" | "года" | "лет");
    let years = number.parse().ok().filter(|years| is_years && (1..=20).contains(years));
    years.ok_or("нужно от «1 год» до «20 лет»")
}

fn lower(cell: &str) -> String {
    cell.trim().to_lowercase().replace('ё', "е")
}
