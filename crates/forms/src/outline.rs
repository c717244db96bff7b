//! What a bill says, in the order in which it says it: the five sections of the form 43/пр.

use domain::bill::{Bill, BillLine, Totals, Zone};
use domain::charge::Method;
use domain::exact::ArithmeticError;
use domain::money::Kopecks;
use domain::payment_qr::{Code, Field, Payment};
use domain::russian::{full_date, month, number};
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::FormError;

/// What a form is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Outline {
    /// What it is.
    pub title: String,
    /// What follows, from the top.
    pub blocks: Vec<Block>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// The beginning of a section.
    Section(&'static str),
    /// Names with what they are.
    Facts(Vec<(&'static str, String)>),
    /// Text.
    Paragraph(String),
    /// A table: names of columns with how wide each is beside the others, and rows.
    Table(Vec<(&'static str, i32)>, Vec<Vec<String>>),
    /// A payment for a bank's application, and how to pay where no camera sees it.
    Payment(Code, String),
}

/// What a code is for those who do not see it.
pub(crate) const CODE_SAID: &str = "Код для оплаты в приложении банка: наведите камеру";
const NO_DATA: &str = "—";

/// The outline of a bill. What is not known is left out, with its section if nothing else is in it: a paper that denies
/// what nobody knows is wrong.
///
/// # Errors
/// A sum that no account can owe, or details of the payee that no bank would take.
pub fn outline(bill: &Bill) -> Result<Outline, FormError> {
    let totals = bill.totals()?;
    let mut blocks = vec![Block::Facts(opening(bill, &totals))];
    if let Some(payment) = Payment::of_bill(bill, &totals)? {
        blocks.push(Block::Payment(payment.code()?, by_details(bill, &payment)));
    }
    blocks.extend([Block::Section("1. Плательщик и исполнитель"), Block::Facts(parties(bill))]);
    if !bill.meters.is_empty() {
        blocks.extend([Block::Section("2. Показания индивидуальных счётчиков"), meters(bill)]);
    }
    blocks.extend([Block::Section("3. Расчёт платы"), lines(bill.lines_of_month(), false)?]);
    if bill.corrections().next().is_some() {
        blocks.push(Block::Paragraph("Перерасчёт за прошлые месяцы:".to_owned()));
        blocks.push(lines(bill.corrections(), true)?);
    }
    blocks.push(Block::Facts(sums(bill, &totals)));
    let behind: Vec<_> = reference(bill).into_iter().chain(explanations(bill)).collect();
    if !behind.is_empty() {
        blocks.push(Block::Section("4. Справочная информация"));
        blocks.extend(behind);
    }
    if !bill.instalments.is_empty() {
        blocks.extend([Block::Section("5. Рассрочка"), instalments(bill)?]);
    }
    let title = format!("Квитанция за {} {} года № {}", month(bill.period), bill.period.year(), bill.number);
    Ok(Outline { title, blocks })
}

fn opening(bill: &Bill, totals: &Totals) -> Vec<(&'static str, String)> {
    let what = if totals.payable < Kopecks::ZERO { "Оплачено вперёд" } else { "К оплате" };
    let amount = Kopecks(totals.payable.0.saturating_abs()).to_string();
    let mut facts = vec![(what, amount), ("Оплатить до", full_date(bill.due_on))];
    facts.extend(bill.payment_document_id.as_ref().map(|id| ("Документ в ГИС ЖКХ", id.to_string())));
    facts.push(("Выставлена", full_date(bill.issued_on)));
    facts
}

/// How to pay by the details of the first section.
fn by_details(bill: &Bill, payment: &Payment) -> String {
    let purpose = payment.get(Field::Purpose).unwrap_or_default();
    let (account, of_month) = (&bill.payer.account, month(bill.period));
    format!(
        "Как оплатить: переведите сумму по реквизитам из раздела 1. Назначение платежа: {purpose}, лицевой счёт \
         {account}, {of_month} {} года. Код для приложения банка — в этой же квитанции в формате PDF.",
        bill.period.year()
    )
}

fn parties(bill: &Bill) -> Vec<(&'static str, String)> {
    let (payer, payee) = (&bill.payer, &bill.payee);
    let mut facts: Vec<_> = payer.name.clone().map(|name| ("Плательщик", name)).into_iter().collect();
    facts.extend([("Лицевой счёт", payer.account.clone()), ("Адрес", payer.address.clone())]);
    facts.extend(payer.unified_account.as_ref().map(|number| ("Единый лицевой счёт", number.to_string())));
    facts.extend(payer.area.map(|area| ("Площадь", format!("{} м²", number(area)))));
    facts.extend(payer.residents.map(|count| ("Проживает", format!("{count} чел."))));
    facts.push(("Исполнитель", payee.name.clone()));
    facts.extend(payee.contacts.clone().map(|contacts| ("Как связаться", contacts)));
    facts.extend(payee.inn.clone().map(|inn| ("ИНН", inn)));
    facts.extend(payee.kpp.clone().map(|kpp| ("КПП", kpp)));
    if let Some(bank) = &payee.bank {
        facts.extend([
            ("Расчётный счёт", bank.account.clone()),
            ("Банк", bank.bank.clone()),
            ("БИК", bank.bik.clone()),
        ]);
        facts.extend(bank.correspondent.clone().map(|account| ("Корреспондентский счёт", account)));
    }
    facts
}

fn meters(bill: &Bill) -> Block {
    let columns = vec![("Услуга", 4), ("Счётчик №", 4), ("Поверен до", 3), ("Было", 3), ("Стало", 3)];
    let rows = bill.meters.iter().map(|meter| {
        let shown = |value: Decimal| dial(value, meter.places);
        let rate = meter.rate.as_ref().map(|rate| format!(", {rate}")).unwrap_or_default();
        vec![
            format!("{}{rate}", meter.service.title()),
            meter.serial.clone(),
            meter.verified_until.map_or_else(|| NO_DATA.to_owned(), short_date),
            meter.before.map_or_else(|| NO_DATA.to_owned(), shown),
            meter.now.map_or_else(|| "посчитано по среднему".to_owned(), shown),
        ]
    });
    Block::Table(columns, rows.collect())
}

fn lines<'b>(lines: impl Iterator<Item = &'b BillLine>, is_of_past: bool) -> Result<Block, ArithmeticError> {
    let columns = vec![
        ("Услуга", 5),
        ("Объём", 3),
        ("Цена, ₽", 3),
        ("Начислено, ₽", 3),
        ("Пересчёт, ₽", 3),
        ("Льгота, ₽", 3),
        ("Всего, ₽", 3),
    ];
    let row = |line: &BillLine| -> Result<Vec<String>, ArithmeticError> {
        let title = line.service.title();
        Ok(vec![
            if is_of_past {
                format!("{title}, {} {}", month(line.of_period), line.of_period.year())
            } else {
                title.to_owned()
            },
            if is_of_past {
                NO_DATA.to_owned()
            } else {
                format!("{} {}, {}", number(line.volume), line.service.unit().symbol(), method(line.method))
            },
            line.price.map_or_else(|| several(line, is_of_past).to_owned(), price),
            charged(line),
            rubles(line.recalculated),
            rubles(line.discount),
            rubles(line.payable()?),
        ])
    };
    let mut rows = Vec::new();
    for line in lines {
        rows.push(row(line)?);
        rows.extend(line.zones.iter().map(|zone| zone_row(line, zone)));
    }
    Ok(Block::Table(columns, rows))
}

/// What stands for a price where there is no single one.
const fn several(line: &BillLine, is_of_past: bool) -> &'static str {
    match (is_of_past, line.zones.is_empty()) {
        (true, _) => NO_DATA,
        (false, true) => "разные",
        (false, false) => "по зонам",
    }
}

/// A zone below its line: its charge is a part of the line's.
fn zone_row(line: &BillLine, zone: &Zone) -> Vec<String> {
    let mut row = vec![
        format!("в том числе {}", zone.name),
        format!("{} {}", number(zone.volume), line.service.unit().symbol()),
        zone.price.map_or_else(|| "разные".to_owned(), price),
        rubles(zone.charged),
    ];
    row.resize(7, String::new());
    row
}

/// What a dial shows: all of its places, and more where a reading has more.
fn dial(value: Decimal, places: u8) -> String {
    let value = value.normalize();
    let places = usize::try_from(value.scale()).unwrap_or(0).max(usize::from(places));
    format!("{value:.places$}").replace('.', ",")
}

/// The charge, and apart from it what a multiplier adds.
fn charged(line: &BillLine) -> String {
    let multiplier = line.multiplier.map(|times| format!(" (коэффициент {})", number(times))).unwrap_or_default();
    match line.excess {
        Kopecks::ZERO => rubles(line.charged),
        excess => format!("{} + {}{multiplier}", rubles(line.charged), rubles(excess)),
    }
}

/// «50,93», «2894,565»: kopecks are two digits, more where a price has more.
fn price(rubles: Decimal) -> String {
    let padded = if rubles.normalize().scale() < 2 { format!("{rubles:.2}") } else { rubles.normalize().to_string() };
    padded.replace('.', ",")
}

/// «424,40»: the column says that these are rubles.
fn rubles(amount: Kopecks) -> String {
    amount.to_string().trim_end_matches(['₽', '\u{a0}']).to_owned()
}

const fn method(method: Method) -> &'static str {
    match method {
        Method::Norm => "норматив",
        Method::Meter => "счётчик",
        Method::Other => "иное",
    }
}

fn sums(bill: &Bill, totals: &Totals) -> Vec<(&'static str, String)> {
    let balance = &bill.balance;
    let mut facts = vec![("Начислено за месяц", totals.of_month.to_string())];
    if bill.corrections().next().is_some() {
        facts.push(("Перерасчёт за прошлые месяцы", totals.corrected.to_string()));
    }
    let before = if balance.before < Kopecks::ZERO {
        "Было оплачено вперёд"
    } else {
        "Долг на начало месяца"
    };
    facts.push((before, Kopecks(balance.before.0.saturating_abs()).to_string()));
    facts.push(("Оплачено", format!("{}, учтено по {}", balance.paid, full_date(balance.paid_through))));
    facts.extend(balance.last_paid_on.map(|day| ("Последняя оплата", full_date(day))));
    let cause = balance.penalty_cause.as_ref().map(|cause| format!(": {cause}")).unwrap_or_default();
    facts.push(("Пени", format!("{}{cause}", totals.penalty)));
    facts.push(("Итого к оплате", totals.payable.to_string()));
    facts
}

fn reference(bill: &Bill) -> Option<Block> {
    if bill.reference.is_empty() {
        return None;
    }
    let columns = vec![("Услуга", 4), ("Что это", 5), ("Значение", 3), ("Основание", 6)];
    let rows = bill.reference.iter().map(|row| {
        let service = row.service.map_or("Весь дом", domain::service::Service::title);
        let act = row.act.clone().unwrap_or_else(|| NO_DATA.to_owned());
        vec![service.to_owned(), row.title.clone(), row.value.clone(), act]
    });
    Some(Block::Table(columns, rows.collect()))
}

/// How each line comes about, in a sentence.
fn explanations(bill: &Bill) -> Option<Block> {
    let told = bill.lines.iter().flat_map(|line| {
        let reason = line.reason.iter().map(|reason| format!("{}: {reason}.", line.service.title()));
        let sentences = line.explanation.iter().map(|one| format!("{}: {one}", line.service.title()));
        reason.chain(sentences)
    });
    let told: Vec<_> = told.collect();
    (!told.is_empty()).then(|| Block::Paragraph(format!("Как посчитано:\n{}", told.join("\n"))))
}

fn instalments(bill: &Bill) -> Result<Block, ArithmeticError> {
    let columns =
        vec![("Услуга", 5), ("За месяц, ₽", 3), ("Раньше, ₽", 3), ("Процент", 3), ("Проценты, ₽", 3), ("Всего, ₽", 3)];
    let rows = bill.instalments.iter().map(|row| {
        Ok(vec![
            row.service.title().to_owned(),
            rubles(row.amount),
            rubles(row.past),
            format!("{} %", number(row.percent)),
            rubles(row.percent_amount),
            rubles(Kopecks::total([row.amount, row.past, row.percent_amount])?),
        ])
    });
    Ok(Block::Table(columns, rows.collect::<Result<_, ArithmeticError>>()?))
}

fn short_date(date: Date) -> String {
    format!("{:02}.{:02}.{:04}", date.day(), date.month(), date.year())
}
