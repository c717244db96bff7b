//! What an event becomes in a feed.

use domain::{
    meter_life::Deed,
    money::Kopecks,
    period::Period,
    russian::{full_date, month_and_year, plural},
};
use store::{
    events::{Event, Waiting},
    notices::NewNotice,
};
use web::{Env, fresh_id};

struct Words {
    kind: &'static str,
    title: &'static str,
    body: String,
    link: &'static str,
}

/// The notice of an event; none where the event is of a kind that this version does not know.
pub(crate) fn notice(env: &Env, waiting: &Waiting) -> Option<NewNotice> {
    let words = words(waiting.event.as_ref()?);
    Some(NewNotice {
        notice_id: fresh_id(env),
        person_id: waiting.person_id.clone(),
        subject: format!("event:{}", waiting.event_id),
        kind: words.kind,
        title: words.title.to_owned(),
        body: words.body,
        link: Some(words.link),
        created_at: waiting.created_at,
    })
}

fn words(event: &Event) -> Words {
    match event {
        Event::AccountLinked { number, address } => Words {
            kind: "account-linked",
            title: "Счёт привязан",
            body: format!(
                "{address}: лицевой счёт {number} теперь в вашем кабинете. \
                 Передавайте показания и смотрите их историю, когда удобно."
            ),
            link: "/readings",
        },
        Event::AccountShared { number, address } => Words {
            kind: "account-shared",
            title: "К вашему счёту привязался ещё один человек",
            body: format!(
                "{address}: лицевой счёт {number} теперь есть и в чужом кабинете, там видны показания и их история. \
                 Если это не кто-то из ваших близких, позвоните в управляющую организацию: пусть проверит, чей телефон \
                 или почта записаны к счёту."
            ),
            link: "/accounts",
        },
        Event::PersonRegistered => Words {
            kind: "person-registered",
            title: "Добро пожаловать",
            body: "Ваш вход создан. Привяжите лицевой счёт: понадобится только его номер из квитанции.".to_owned(),
            link: "/link",
        },
        Event::ConsentWithdrawn { due_at } => Words {
            kind: "consent-withdrawn",
            title: "Согласие отозвано",
            body: format!(
                "Новых данных от вас портал больше не принимает. Посмотреть прежние можно как раньше.{} Передумали — \
                 дайте согласие снова.",
                due_at.as_deref().map(|at| format!(" Ваш вход и данные мы сотрём {}.", day(at))).unwrap_or_default()
            ),
            link: "/my-data",
        },
        Event::DelegationGranted { name, until } => Words {
            kind: "delegation-granted",
            title: "Вы доверили лицевой счёт",
            body: format!(
                "«{name}», последний день — {}. Отозвать можно в любую минуту. Если доверяли не вы, отзовите и \
                 смените пароль.",
                until.parse().map_or_else(|_| until.clone(), domain::russian::full_date)
            ),
            link: "/delegates",
        },
        Event::DelegationTaken { name } => Words {
            kind: "delegation-taken",
            title: "Ваш счёт приняли по ссылке",
            body: format!("Ссылку для «{name}» приняли. Что делают по счёту, видно в вашем журнале."),
            link: "/delegates",
        },
        Event::DelegationEnded => Words {
            kind: "delegation-ended",
            title: "Доверие закончено",
            body: "Другая сторона закончила его: по этому счёту доверенное лицо больше ничего не может.".to_owned(),
            link: "/delegates",
        },
        Event::ErasureRequested { due_at } => Words {
            kind: "erasure-requested",
            title: "Мы сотрём ваш вход и данные",
            body: format!(
                "По вашей просьбе: {}. До этого дня можно передумать. Если просили не вы, отмените и смените пароль.",
                day(due_at)
            ),
            link: "/my-data",
        },
        Event::ErasureCancelled => Words {
            kind: "erasure-cancelled",
            title: "Ваши данные остаются",
            body: "Просьба стереть вход и данные отменена.".to_owned(),
            link: "/my-data",
        },
        Event::AccountUnlinked { number, address } => Words {
            kind: "account-unlinked",
            title: "Счёт отвязан",
            body: format!(
                "{address}: счёта {number} больше нет в вашем кабинете, напоминаний по нему не будет. \
                 То, что вы по нему передали, осталось в архиве. Если счёт отвязали не вы, смените пароль."
            ),
            link: "/accounts",
        },
        Event::AccountSuspended { address } => Words {
            kind: "account-suspended",
            title: "Напоминания приостановлены",
            body: format!("{address}: напоминать не будем, пока вы не включите их снова. Показания передать можно."),
            link: "/accounts",
        },
        Event::AccountResumed { address } => Words {
            kind: "account-resumed",
            title: "Напоминания снова включены",
            body: format!("{address}: напомним, когда придёт время передать показания."),
            link: "/accounts",
        },
        Event::AccountContactConfirmed { address, masked_contact } => Words {
            kind: "account-contact-confirmed",
            title: "Контакт подтверждён",
            body: format!(
                "{address}: к счёту записан {masked_contact}. Если это не ваш контакт, уберите его в настройках счёта."
            ),
            link: "/accounts",
        },
        Event::AccountContactReplaced { number, address } => Words {
            kind: "account-contact-replaced",
            title: "У лицевого счёта другой телефон или почта",
            body: format!(
                "{address}: управляющая организация изменила телефон или почту, записанные к лицевому счёту {number}. \
                 Туда приходит код, которым счёт привязывают к кабинету. Что было и что стало, видно в профиле: \
                 «Что происходило с вашими данными». Если вы об этом не просили, позвоните в управляющую организацию."
            ),
            link: "/profile",
        },
        Event::ImportApplied { files, added, changed } => Words {
            kind: "import-applied",
            title: "Данные загружены",
            body: format!(
                "Загружено файлов: {files}. Новых записей: {added}, изменённых: {changed}. \
                 Если загружали не вы, смените пароль и сообщите в поддержку."
            ),
            link: "/import",
        },
        Event::ReadingSubmitted { confirmation_code, address, meters, names } => Words {
            kind: "reading-submitted",
            title: "Показания приняты",
            body: format!(
                "{address}: приняли показания {meters} {}{}. Код подтверждения — {confirmation_code}. \
                 Заметили ошибку? Передайте показания ещё раз, пока идёт приём.",
                plural(*meters as u64, "счётчика", "счётчиков", "счётчиков"),
                if names.is_empty() { String::new() } else { format!(": {}", names.join(", ")) },
            ),
            link: "/history",
        },
        Event::ReadingByDelegate { name, address, names } => Words {
            kind: "reading-by-delegate",
            title: "Показания передали за вас",
            body: format!(
                "{address}: по вашему доверию показания передаёт {name}. Приняли по счётчикам: {}. Заметили ошибку? \
                 Передайте показания ещё раз, пока идёт приём. Закончить доверие можно в любой день.",
                names.join(", "),
            ),
            link: "/delegates",
        },
        Event::PasswordChanged => Words {
            kind: "password-changed",
            title: "Пароль изменён",
            body: "Прежний пароль больше не подходит; на других устройствах мы вышли из кабинета. \
                   Если пароль меняли не вы, восстановите вход по коду."
                .to_owned(),
            link: "/profile",
        },
        Event::ContactChanged => Words {
            kind: "contact-changed",
            title: "Телефон или почта для входа изменены",
            body: "Входить и получать коды теперь можно по новому контакту. Если меняли не вы, смените пароль и \
                   посмотрите, где вы вошли."
                .to_owned(),
            link: "/profile",
        },
        Event::ElectronicAddressChanged { masked_email: Some(masked_email) } => Words {
            kind: "electronic-address-changed",
            title: "У вас есть электронный адрес",
            body: format!(
                "Юридически значимые сообщения управляющая организация может присылать на {masked_email}. Если решали не вы, \
                 отмените это в профиле и смените пароль."
            ),
            link: "/profile",
        },
        Event::ElectronicAddressChanged { masked_email: None } => Words {
            kind: "electronic-address-changed",
            title: "Электронного адреса больше нет",
            body: "Юридически значимые сообщения по почте больше не придут: только на бумаге или так, как сказано в договоре. \
                   Назначить адрес снова можно в профиле; если почта ждёт подтверждения, подтвердите её."
                .to_owned(),
            link: "/profile",
        },
        Event::MeterEvent { deed, meter, address, happened_on } => Words {
            kind: "meter-event",
            title: "Событие счётчика",
            body: format!(
                "{meter}, {address}. {what} {day}. Это записала управляющая организация; если что-то не так, позвоните ей.",
                what = Deed::parse(deed).map_or("Состояние изменилось", Deed::words),
                day = happened_on.parse().map_or_else(|_| happened_on.clone(), full_date),
            ),
            link: "/history",
        },
        Event::BillIssued { period, address, payable, due_on, .. } => Words {
            kind: "bill-issued",
            title: "Новая квитанция",
            body: bill(period, address, Kopecks(*payable), due_on),
            link: "/bills",
        },
        Event::AbsenceDecided { address, left_on, returned_on, is_accepted, reason } => Words {
            kind: "absence-decided",
            title: if *is_accepted { "Перерасчёт за отсутствие будет" } else { "Перерасчёта за отсутствие не будет" },
            body: format!(
                "{address}, отсутствие с {} по {}. Управляющая организация ответила: {reason}.{}",
                date(left_on),
                date(returned_on),
                if *is_accepted { " Сумма войдёт в следующую квитанцию." } else { "" },
            ),
            link: "/absence",
        },
        Event::ReadingRefused { address, meter, serial, period, supplier, reason } => Words {
            kind: "reading-refused",
            title: "Поставщик не принял показание",
            body: format!(
                "{address}, {meter} № {serial}, {}. Ответ поставщика «{supplier}»: {reason}. Проверьте счётчик и позвоните в управляющую организацию.",
                Period::parse(period).map_or_else(|_| period.clone(), month_and_year),
            ),
            link: "/history",
        },
        Event::ChargeRequestDecided { number, address, wish, is_accepted, answer } => Words {
            kind: "charge-request-decided",
            title: if *is_accepted { "Заявление принято" } else { "По заявлению отказано" },
            body: format!("{address}, заявление № {number} «{wish}»: {answer}"),
            link: "/requests",
        },
        Event::BillQuestionAnswered { number, address, bill_number, service, answer } => Words {
            kind: "bill-question-answered",
            title: "Ответ о начислениях",
            body: format!("{address}, вопрос № {number} о строке «{service}» квитанции {bill_number}: {answer}"),
            link: "/bills",
        },
        Event::CertificateConnected { owner } => Words {
            kind: "certificate-connected",
            title: "Электронная подпись подключена",
            body: format!("Владелец сертификата: {owner}. Если подключали не вы, уберите его и смените пароль."),
            link: "/security",
        },
        Event::CertificateRemoved { owner } => Words {
            kind: "certificate-removed",
            title: "Электронная подпись убрана",
            body: format!("Владелец сертификата: {owner}. Если убирали не вы, смените пароль и подключите его снова."),
            link: "/security",
        },
        Event::NewDevice { device, address } => Words {
            kind: "new-device",
            title: "Вход с нового устройства",
            body: format!("{device}, адрес {address}. Если это были не вы, откройте «Защиту входа» и нажмите «Заблокировать вход»."),
            link: "/security",
        },
        Event::SignInBlocked => Words {
            kind: "sign-in-blocked",
            title: "Вход останавливали",
            body: "Все сеансы завершили, доверие к устройствам сняли. Проверьте, на каких устройствах вы вошли теперь."
                .to_owned(),
            link: "/sessions",
        },
        Event::LetInLink => Words {
            kind: "let-in-link",
            title: "Сотрудники сделали ссылку, чтобы впустить вас",
            body: "По ней задают новый пароль, один раз. Кто её сделал и как убедился, что это вы, написано в журнале. Если \
                   вы об этом не просили, сразу позвоните в управляющую организацию."
                .to_owned(),
            link: "/profile",
        },
        Event::SecondFactorAdded => Words {
            kind: "second-factor-added",
            title: "Второй шаг входа включён",
            body: "Теперь кроме пароля мы спросим код. Распечатайте коды восстановления: с ними вы войдёте без телефона. \
                   Если включали не вы, смените пароль и отключите второй шаг."
                .to_owned(),
            link: "/security",
        },
        Event::SecondFactorRemoved => Words {
            kind: "second-factor-removed",
            title: "Второй шаг входа отключён",
            body: "Один из способов подтвердить вход убран, доверенных устройств больше нет. Если это были не вы, смените \
                   пароль и включите второй шаг снова."
                .to_owned(),
            link: "/security",
        },
        Event::SecondFactorRefused => Words {
            kind: "second-factor-refused",
            title: "Кто-то знает ваш пароль",
            body: "Ваш пароль ввели верно, а код нет, и попытки кончились. Если это были не вы, смените пароль сейчас."
                .to_owned(),
            link: "/profile",
        },
        Event::PasskeyCopied { name } => Words {
            kind: "passkey-copied",
            title: "Похоже, ваш ключ входа скопировали",
            body: format!("Ключом «{name}» пытались войти с копии, мы не впустили. Уберите этот ключ и добавьте новый."),
            link: "/security",
        },
        Event::RecoveryCodesRenewed => Words {
            kind: "recovery-codes-renewed",
            title: "Новые коды восстановления",
            body: "Прежние коды больше не действуют: уберите старый листок. Если коды меняли не вы, смените пароль."
                .to_owned(),
            link: "/security",
        },
        Event::RecoveryCodeUsed { left } => Words {
            kind: "recovery-code-used",
            title: "Использован код восстановления",
            body: format!(
                "{} {left} {}. Если это были не вы, смените пароль и выпустите новые коды.",
                plural(u64::from(*left), "Остался", "Осталось", "Осталось"),
                plural(u64::from(*left), "код", "кода", "кодов"),
            ),
            link: "/security",
        },
        Event::SessionsEnded => Words {
            kind: "sessions-ended",
            title: "Сотрудник завершил ваши входы",
            body: "Вы вышли из кабинета на всех устройствах, доверия к ним больше нет. Кто это сделал и почему, написано в \
                   журнале. Если вы об этом не просили, позвоните в управляющую организацию."
                .to_owned(),
            link: "/profile",
        },
        Event::LevelConfirmed => Words {
            kind: "level-confirmed",
            title: "Ваша личность подтверждена",
            body: "Теперь вам открыто всё, что требует подтверждённой личности. Документы мы скоро удалим.".to_owned(),
            link: "/level",
        },
        Event::LevelReturned { items } => Words {
            kind: "level-returned",
            title: "Исправьте заявку на подтверждение личности",
            body: format!("Нужно исправить: {items}. Остальное отправлять заново не надо."),
            link: "/level",
        },
        Event::LevelFell => Words {
            kind: "level-fell",
            title: "Личность больше не подтверждена",
            body: "Сервис, который подтверждал, кто вы, больше этого не подтверждает или отвязан. Закрыто то, что этого \
                   требует: войдите через него снова или отправьте заявку. Показания передавать можно."
                .to_owned(),
            link: "/level",
        },
        Event::LevelAskedAgain { reason } => Words {
            kind: "level-asked-again",
            title: "Подтвердите личность заново",
            body: format!(
                "Управляющая организация просит подтвердить личность ещё раз: {reason} До этого закрыто то, что требует \
                 подтверждения. Показания передавать можно."
            ),
            link: "/level",
        },
        Event::SignInUnlocked => Words {
            kind: "sign-in-unlocked",
            title: "Вход снова открыт",
            body: "Поддержка открыла вход после нескольких неверных паролей. Если вы об этом не просили, \
                   смените пароль."
                .to_owned(),
            link: "/profile",
        },
    }
}

/// «27 июля»; a moment that cannot be read is told as it is.
fn day(moment: &str) -> String {
    let at = moment.parse::<jiff::Timestamp>().map(|at| web::capital_time(at).date());
    at.map_or_else(|_| moment.to_owned(), domain::russian::day_and_month)
}

/// A bill in a sentence; a month or a day that cannot be read is told as it is.
/// A day as people read it.
fn date(day: &str) -> String {
    day.parse().map_or_else(|_| day.to_owned(), full_date)
}

fn bill(period: &str, address: &str, payable: Kopecks, due_on: &str) -> String {
    let of = Period::parse(period).map_or_else(|_| period.to_owned(), month_and_year);
    let until = due_on.parse().map_or_else(|_| due_on.to_owned(), full_date);
    if payable > Kopecks::ZERO {
        return format!("{address}, {of}: к оплате {payable} до {until}.");
    }
    format!("{address}, {of}: платить ничего не нужно, на счёте {}.", Kopecks(-payable.0))
}
