//! How the portal knows who a person is.

use super::{Fate, ID, Part, ROW_ID, WHILE_LOGIN, field};

const CONFIRMATION: &str = "подтверждение личности для действий, которые его требуют";

/// The tables of it.
pub(super) const PARTS: &[Part] = &[
    Part {
        table: "person_level",
        title: "Подтверждение личности",
        purpose: CONFIRMATION,
        kept: WHILE_LOGIN,
        fate: Fate::Goes,
        fields: &[
            field("confirmed_at", "когда организация подтвердила"),
            field("asked_again_at", "когда попросила подтвердить заново"),
            field("asked_again_reason", "почему"),
        ],
        withheld: &[ID],
        source: "person_level where person_id = ?1",
    },
    Part {
        table: "level_request",
        title: "Заявки на подтверждение личности",
        purpose: CONFIRMATION,
        kept: WHILE_LOGIN,
        fate: Fate::Goes,
        fields: &[
            field("stage", "состояние"),
            field("round", "сколько раз отправлена"),
            field("created_at", "когда начата"),
            field("submitted_at", "когда отправлена"),
            field("due_at", "до какого времени решают"),
            field("decided_at", "когда решена"),
        ],
        withheld: &[
            ID,
            ("level_request_id", ROW_ID),
            ("account_link_id", ROW_ID),
            ("decided_by", "сотрудник организации: он назван в журнале"),
        ],
        source: "level_request where person_id = ?1 order by created_at",
    },
    Part {
        table: "level_round",
        title: "Отправки заявок на подтверждение личности",
        purpose: CONFIRMATION,
        kept: "пока есть ваш вход; пояснения сотрудника — 30 дней после решения, если организация не объявила другого срока",
        fate: Fate::Goes,
        fields: &[
            field("round", "которая по счёту"),
            field("submitted_at", "когда отправлена"),
            field("results", "какие поля совпали с данными организации"),
            field("decided_at", "когда решена"),
            field("verdict", "решение"),
            field("corrections", "что просили исправить"),
        ],
        withheld: &[ID, ("level_request_id", ROW_ID)],
        source: "level_round where person_id = ?1 order by submitted_at",
    },
    Part {
        table: "level_document",
        title: "Документы для подтверждения личности",
        purpose: CONFIRMATION,
        kept: "30 дней после решения, если организация не объявила другого срока",
        fate: Fate::Goes,
        fields: &[
            field("kind", "какой документ"),
            field("file_no", "какой по счёту файл"),
            field("file_count", "из скольких"),
            field("content_type", "вид файла"),
            field("size_bytes", "размер в байтах"),
            field("put_at", "когда получен"),
        ],
        withheld: &[
            ID,
            (
                "file_id",
                "сам файл лежит зашифрованным; по вашей просьбе его выдаст организация, которая принимает решение",
            ),
            ("level_request_id", ROW_ID),
            ("round", "служебная отметка"),
            ("named_at", "служебная отметка"),
            ("doomed_at", "служебная отметка"),
            ("is_asked_for", "служебная отметка"),
        ],
        source: "level_document where person_id = ?1 order by named_at",
    },
];
