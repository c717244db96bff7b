//! The home that a person looked after here, and who was let in to it.

use super::{Fate, ID, Part, ROW_ID, SECRET, field};

/// The tables of it.
pub(super) const PARTS: &[Part] = &[
    Part {
        table: "account_link",
        title: "Лицевые счета",
        purpose: "показания, история и напоминания по вашему жилью",
        kept: "пока есть ваш вход; настройки — пока счёт привязан",
        fate: Fate::LosesName,
        fields: &[
            field("number", "номер счёта"),
            field("address", "адрес дома"),
            field("flat", "помещение"),
            field("right", "по какому праву"),
            field("linked_at", "когда привязан"),
            field("ended_at", "когда отвязан"),
            field("label", "как вы его назвали"),
            field("suspended_at", "с какого времени без напоминаний"),
            field("notice_phone", "телефон для уведомлений"),
            field("notice_email", "почта для уведомлений"),
            field("by_sms", "нужны ли СМС"),
            field("by_email", "нужны ли письма"),
        ],
        withheld: &[ID, ("account_link_id", ROW_ID), ("account_id", "вместо него — номер счёта и адрес")],
        source: "(select l.*, a.number, h.address, p.number as flat
                  from account_link l join account a using (account_id) join premises p using (premises_id)
                       join house h using (house_id)
                  where l.person_id = ?1) order by linked_at",
    },
    Part {
        table: "delegation",
        title: "Доверенные лица",
        purpose: "передать показания и посмотреть их за вас или вам за другого",
        kept: "пока есть ваш вход",
        fate: Fate::LosesName,
        fields: &[
            field("side", "кто кому доверил"),
            field("name", "как назван доверенный"),
            field("powers", "что доверено"),
            field("until", "последний день"),
            field("created_at", "когда"),
            field("taken_at", "когда принято"),
            field("looked_on", "когда смотрел в последний раз"),
            field("ended_at", "когда закончено"),
        ],
        withheld: &[
            ID,
            ("delegation_id", ROW_ID),
            ("granted_by", "внутренний номер"),
            ("token_hash", SECRET),
            ("take_by", "служебная отметка"),
        ],
        source: "(select *, case when granted_by = ?1 then 'вы доверили' else 'вам доверили' end as side
                  from delegation where granted_by = ?1 or person_id = ?1) order by created_at",
    },
    Part {
        table: "delegation_account",
        title: "Счета доверенных лиц",
        purpose: "знать, за какие счета доверено",
        kept: "пока есть ваш вход",
        fate: Fate::LosesName,
        fields: &[field("number", "номер счёта"), field("until", "последний день")],
        withheld: &[("delegation_id", ROW_ID), ("account_link_id", ROW_ID)],
        source: "(select a.number, d.until, d.created_at
                  from delegation d join delegation_account x using (delegation_id)
                       join account_link l using (account_link_id) join account a using (account_id)
                  where d.granted_by = ?1) order by created_at",
    },
    Part {
        table: "reading_token",
        title: "Программы, которые передают показания",
        purpose: "показания с ваших счётчиков без вас: из умного дома, с модуля на счётчике",
        kept: "пока есть ваш вход",
        fate: Fate::Goes,
        fields: &[
            field("name", "как вы назвали программу"),
            field("meters", "номера счётчиков"),
            field("number", "номер счёта"),
            field("created_at", "когда разрешено"),
            field("until", "последний день"),
            field("last_used_at", "когда программа приходила"),
            field("ended_at", "когда запрещено"),
        ],
        withheld: &[
            ("reading_token_id", ROW_ID),
            ("account_link_id", ROW_ID),
            ("token_hash", "секрет: по нему узнают вашу программу"),
        ],
        source: "(select t.*, a.number,
                         (select group_concat(m.serial, ', ') from reading_token_meter x join meter m using (meter_id)
                          where x.reading_token_id = t.reading_token_id) as meters
                  from reading_token t join account_link l using (account_link_id) join account a using (account_id)
                  where l.person_id = ?1) order by created_at",
    },
    Part {
        table: "link_request",
        title: "Запросы на привязку счёта",
        purpose: "привязка лицевого счёта по коду",
        kept: "30 дней, если организация не объявила другого срока",
        fate: Fate::Goes,
        fields: &[
            field("number", "номер счёта"),
            field("channel", "куда ушёл код"),
            field("created_at", "когда"),
            field("expires_at", "до какого времени код действовал"),
            field("used_at", "когда код принят"),
        ],
        withheld: &[
            ID,
            ("link_request_id", ROW_ID),
            ("account_id", "вместо него — номер счёта"),
            ("code_hash", SECRET),
            ("attempts_left", "служебная отметка"),
        ],
        source: "(select r.*, a.number from link_request r join account a using (account_id) where r.person_id = ?1)
                 order by created_at",
    },
    Part {
        table: "account_code",
        title: "Коды по привязанным счетам",
        purpose: "подтверждение телефона и почты для уведомлений, отвязка счёта",
        kept: "30 дней, если организация не объявила другого срока",
        fate: Fate::Goes,
        fields: &[
            field("purpose", "для чего"),
            field("contact", "телефон или почта"),
            field("channel", "куда ушёл код"),
            field("created_at", "когда"),
            field("used_at", "когда код принят"),
        ],
        withheld: &[
            ("account_code_id", ROW_ID),
            ("account_link_id", ROW_ID),
            ("code_hash", SECRET),
            ("attempts_left", "служебная отметка"),
            ("expires_at", "служебная отметка"),
        ],
        source: "(select c.* from account_code c join account_link l using (account_link_id) where l.person_id = ?1)
                 order by created_at",
    },
];
