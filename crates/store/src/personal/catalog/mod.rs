//! The list: which tables hold data of a person, what each field is for, how long it is kept, what erasure does to it.

mod charges;
mod home;
mod level;
mod protection;

/// A table with data of a person.
#[derive(Debug)]
pub struct Part {
    /// The table.
    pub table: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// Why its data are kept.
    pub purpose: &'static str,
    /// How long, where nobody asks for erasure.
    pub kept: &'static str,
    /// What erasure does to it.
    pub fate: Fate,
    /// What is given out of it.
    pub fields: &'static [Field],
    /// What is not given out, and why: the other columns of the table.
    pub withheld: &'static [(&'static str, &'static str)],
    /// The rows of the person `?1`, as they stand behind `from`.
    pub(super) source: &'static str,
}

/// A column.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
}

/// What erasure does to the rows of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// They go.
    Goes,
    /// What tells who it was goes; a row without a name stays.
    LosesName,
    /// They stay, by this law and until then.
    Stays {
        /// Which law asks for it.
        law: &'static str,
        /// Until when.
        until: &'static str,
    },
}

const fn field(name: &'static str, title: &'static str) -> Field {
    Field { name, title }
}

const ID: (&str, &str) = ("person_id", "внутренний номер, он стоит в начале выгрузки");
const ROW_ID: &str = "внутренний номер записи";
const SECRET: &str = "секрет: по нему проверяют, что вошли вы";
const SIGN_IN: &str = "вход на портал и его защита";
const WHILE_LOGIN: &str = "пока есть ваш вход";
const ACCOUNTING: Fate = Fate::Stays {
    law: "показания — основание начислений по помещению: ЖК РФ, ст. 157; ФЗ-402, ст. 29",
    until: "5 лет после года, в котором они переданы",
};
const CHARGES: Fate = Fate::Stays {
    law: "начисления и расчёты по помещению: ЖК РФ, ст. 155; документы учёта: ФЗ-402, ст. 29",
    until: "5 лет после года, к которому относятся",
};
const PROOF: Fate = Fate::Stays {
    law: "подтверждение законности обработки: ФЗ-152, ст. 9 ч. 3; срок исковой давности: ГК РФ, ст. 196",
    until: "3 года после отзыва; сетевой адрес стирается сразу",
};

/// Every table with data of a person.
pub fn parts() -> impl Iterator<Item = &'static Part> {
    PARTS.iter().chain(home::PARTS).chain(charges::PARTS).chain(protection::PARTS).chain(level::PARTS)
}

const PARTS: &[Part] = &[
    Part {
        table: "person",
        title: "Вход",
        purpose: "вход на портал, обращение по имени, коды и восстановление входа",
        kept: WHILE_LOGIN,
        fate: Fate::LosesName,
        fields: &[
            field("name", "как к вам обращаться"),
            field("login", "логин"),
            field("phone", "телефон"),
            field("email", "почта"),
            field("phone_unproved_since", "с какого времени телефон ждёт нового подтверждения"),
            field("email_unproved_since", "с какого времени почта ждёт нового подтверждения"),
            field("created_at", "когда создан вход"),
        ],
        withheld: &[
            ID,
            ("password_hash", SECRET),
            ("password_no", "служебный номер"),
            ("is_demo", "признак учебного входа"),
        ],
        source: "person where person_id = ?1",
    },
    Part {
        table: "person_snils",
        title: "СНИЛС",
        purpose: "вход по СНИЛС вместо телефона, почты или логина",
        kept: WHILE_LOGIN,
        fate: Fate::Goes,
        fields: &[field("source", "кто подтвердил"), field("confirmed_at", "когда подтверждён")],
        withheld: &[
            ID,
            ("snils_hash", SECRET),
            (
                "sealed_snils",
                "сам номер: хранится запечатанным, чтобы его не прочёл никто; он в вашем свидетельстве СНИЛС",
            ),
            ("master_key_id", "служебный номер"),
        ],
        source: "person_snils where person_id = ?1",
    },
    Part {
        table: "role_grant",
        title: "Роли",
        purpose: "права на портале",
        kept: WHILE_LOGIN,
        fate: Fate::Goes,
        fields: &[
            field("role", "роль"),
            field("place", "где"),
            field("granted_at", "когда дана"),
            field("taken_at", "когда забрана"),
        ],
        withheld: &[
            ID,
            ("role_grant_id", ROW_ID),
            ("company_id", "вместо него — название"),
            ("house_id", "вместо него — адрес"),
            ("granted_by", "внутренний номер того, кто дал роль"),
        ],
        source: "(select g.*, coalesce(c.name, h.address, 'весь портал') as place
                  from role_grant g left join company c using (company_id) left join house h using (house_id)
                  where g.person_id = ?1) order by role_grant_id",
    },
    Part {
        table: "identity",
        title: "Вход через другие сервисы",
        purpose: SIGN_IN,
        kept: "пока вход не отвязан",
        fate: Fate::Goes,
        fields: &[
            field("provider", "сервис"),
            field("issuer", "кто выдал"),
            field("subject", "ваш номер у сервиса"),
            field("name", "имя у сервиса"),
            field("level", "подтверждена ли личность"),
            field("level_at", "когда сервис это сказал"),
            field("linked_at", "когда привязан"),
            field("signed_in_at", "последний вход"),
            field("is_own_name", "берётся ли отсюда имя в профиле"),
        ],
        withheld: &[ID],
        source: "identity where person_id = ?1 order by linked_at",
    },
    Part {
        table: "session",
        title: "Сеансы",
        purpose: "вход на портал; ответ на вопрос, кто входил",
        kept: "180 дней после окончания, если организация не объявила другого срока",
        fate: Fate::LosesName,
        fields: &[
            field("created_at", "начало"),
            field("expires_at", "самое позднее окончание"),
            field("ended_at", "окончание"),
            field("user_agent", "браузер"),
            field("address", "сетевой адрес"),
            field("provider", "через какой сервис"),
            field("provider_subject", "ваш номер у сервиса"),
            field("provider_authenticated_at", "когда вы подтвердили сервису, что это вы"),
        ],
        withheld: &[ID, ("session_id", SECRET), ("swept_at", "служебная отметка"), ("provider_sid", SECRET)],
        source: "session where person_id = ?1 order by created_at",
    },
    Part {
        table: "known_device",
        title: "Знакомые устройства",
        purpose: SIGN_IN,
        kept: "400 дней после последнего входа",
        fate: Fate::Goes,
        fields: &[field("signed_in_at", "последний вход")],
        withheld: &[ID, ("device", SECRET)],
        source: "known_device where person_id = ?1 order by signed_in_at",
    },
    Part {
        table: "sign_in_failure",
        title: "Неудачные входы",
        purpose: "защита от подбора пароля",
        kept: "до удачного входа, не дольше 90 дней, если организация не объявила другого срока",
        fate: Fate::Goes,
        fields: &[field("failures", "сколько подряд"), field("last_failed_at", "последняя попытка")],
        withheld: &[("subject", "внутренний номер"), ("device", SECRET)],
        source: "sign_in_failure where subject = ?1 order by last_failed_at",
    },
    Part {
        table: "consent_act",
        title: "Согласия",
        purpose: "подтверждение того, на что и когда вы согласились",
        kept: "пока есть ваш вход и 3 года после отзыва",
        fate: PROOF,
        fields: &[
            field("purpose", "цель"),
            field("version", "редакция текста"),
            field("sha256", "отпечаток текста"),
            field("act", "дано или отозвано"),
            field("at", "когда"),
            field("address", "сетевой адрес"),
        ],
        withheld: &[ID, ("consent_seq", ROW_ID)],
        source: "consent_act where person_id = ?1 order by consent_seq",
    },
    Part {
        table: "electronic_address",
        title: "Электронный адрес",
        purpose: "юридически значимые сообщения управляющей организации",
        kept: "пока вы не отозвали согласие и почта есть в профиле",
        fate: Fate::Goes,
        fields: &[field("since", "с какого времени")],
        withheld: &[ID],
        source: "electronic_address where person_id = ?1",
    },
    Part {
        table: "contact_code",
        title: "Коды восстановления входа и смены контакта",
        purpose: "восстановление входа, смена телефона и почты",
        kept: "сутки, если организация не объявила другого срока",
        fate: Fate::Goes,
        fields: &[
            field("purpose", "для чего"),
            field("contact", "новый телефон или почта"),
            field("created_at", "когда"),
            field("used_at", "когда код принят"),
        ],
        withheld: &[
            ("gives_up", "служебная отметка"),
            ID,
            ("contact_code_id", ROW_ID),
            ("subject", "отпечаток того, что набрали"),
            ("device", SECRET),
            ("code_hash", SECRET),
            ("attempts_left", "служебная отметка"),
            ("expires_at", "служебная отметка"),
        ],
        source: "contact_code where person_id = ?1 order by created_at",
    },
    Part {
        table: "confirmation",
        title: "Подтверждения важных действий",
        purpose: SIGN_IN,
        kept: "сутки, если организация не объявила другого срока",
        fate: Fate::Goes,
        fields: &[
            field("operation", "что подтверждали"),
            field("created_at", "когда спросили"),
            field("confirmed_at", "когда подтвердили"),
            field("used_at", "когда выполнено"),
        ],
        withheld: &[
            ("proved", "служебная отметка"),
            ID,
            ("confirmation_id", ROW_ID),
            ("session_id", SECRET),
            ("request_hash", "отпечаток запроса"),
            ("code_hash", SECRET),
            ("code_expires_at", "служебная отметка"),
            ("attempts_left", "служебная отметка"),
            ("expires_at", "служебная отметка"),
        ],
        source: "confirmation where person_id = ?1 order by created_at",
    },
    Part {
        table: "submission",
        title: "Переданные показания",
        purpose: "расчёт платы за помещение и подтверждение передачи",
        kept: "5 лет после года, в котором они переданы",
        fate: ACCOUNTING,
        fields: &[
            field("number", "номер счёта"),
            field("confirmation_code", "код подтверждения"),
            field("submitted_at", "когда"),
            field("serial", "номер счётчика"),
            field("period", "месяц"),
            field("value_1", "показание"),
            field("value_2", "второй тариф"),
            field("value_3", "третий тариф"),
            field("channel", "каким путём"),
        ],
        withheld: &[ID, ("submission_id", ROW_ID), ("account_id", "вместо него — номер счёта")],
        source: "(select s.*, a.number, m.serial, r.period, r.value_1, r.value_2, r.value_3, r.channel
                  from submission s join account a using (account_id)
                       left join reading r using (submission_id) left join meter m using (meter_id)
                  where s.person_id = ?1) order by submitted_at, serial",
    },
    Part {
        table: "notice",
        title: "Уведомления",
        purpose: "сообщить вам о том, что произошло или предстоит",
        kept: WHILE_LOGIN,
        fate: Fate::Goes,
        fields: &[
            field("title", "заголовок"),
            field("body", "текст"),
            field("created_at", "когда"),
            field("read_at", "когда прочитано"),
        ],
        withheld: &[
            ID,
            ("notice_id", ROW_ID),
            ("subject", "служебная отметка"),
            ("kind", "служебная отметка"),
            ("link", "страница портала"),
        ],
        source: "notice where person_id = ?1 order by created_at",
    },
    Part {
        table: "event",
        title: "События, из которых получаются уведомления",
        purpose: "сообщить вам о том, что произошло",
        kept: WHILE_LOGIN,
        fate: Fate::Goes,
        fields: &[
            field("kind", "что произошло"),
            field("payload", "подробности"),
            field("created_at", "когда"),
            field("handled_at", "когда об этом сообщено"),
        ],
        withheld: &[ID, ("event_id", ROW_ID)],
        source: "event where person_id = ?1 order by event_id",
    },
    Part {
        table: "import",
        title: "Загрузки данных (у сотрудников)",
        purpose: "учёт того, кто загрузил данные домов и счетов",
        kept: "пока ведётся учёт домов",
        fate: Fate::Stays {
            law: "учётные документы организации: ФЗ-402, ст. 29", until: "5 лет; без вашего имени"
        },
        fields: &[
            field("stage", "состояние"),
            field("created_at", "когда начата"),
            field("applied_at", "когда принята"),
        ],
        withheld: &[
            ID,
            ("import_id", ROW_ID),
            ("is_for_demo", "служебная отметка"),
            ("report", "о данных домов, а не о вас"),
            ("revision", "служебная отметка"),
        ],
        source: "import where person_id = ?1 order by created_at",
    },
    Part {
        table: "invitation",
        title: "Приглашения (у сотрудников)",
        purpose: SIGN_IN,
        kept: WHILE_LOGIN,
        fate: Fate::LosesName,
        fields: &[
            field("login", "логин"),
            field("name", "имя"),
            field("roles", "роли"),
            field("created_at", "когда сделано"),
            field("used_at", "когда принято"),
            field("denied_at", "когда ответили «это не я»"),
            field("denied_by", "с какого контакта так ответили"),
        ],
        withheld: &[
            ID,
            ("invitation_id", ROW_ID),
            ("token_hash", SECRET),
            ("resets", "внутренний номер"),
            ("company_id", "где работать: это видно в ролях"),
            ("house_id", "где работать: это видно в ролях"),
            ("invited_by", "внутренний номер того, кто пригласил"),
            ("expires_at", "служебная отметка"),
        ],
        source: "invitation where person_id = ?1 or resets = ?1 order by created_at",
    },
    Part {
        table: "erasure",
        title: "Просьбы стереть данные",
        purpose: "исполнить вашу просьбу и доказать, что она исполнена",
        kept: "3 года, если организация не объявила другого срока",
        fate: Fate::Stays {
            law: "акт об уничтожении: приказ Роскомнадзора № 179, п. 8",
            until: "3 года; в нём нет ваших имени и контактов",
        },
        fields: &[
            field("reason", "почему"),
            field("requested_at", "когда попросили"),
            field("due_at", "когда стираем"),
            field("cancelled_at", "когда передумали"),
        ],
        withheld: &[
            ID,
            ("erasure_id", ROW_ID),
            ("begun_at", "у того, кого стирают, выгрузки уже нет"),
            ("done_at", "у того, кого стёрли, выгрузки уже нет"),
            ("counts", "у того, кого стёрли, выгрузки уже нет"),
        ],
        source: "erasure where person_id = ?1 order by requested_at",
    },
    Part {
        table: "idempotency",
        title: "Ответы на повторённые запросы",
        purpose: "передать показания ровно один раз, даже если связь пропала",
        kept: "7 дней",
        fate: Fate::Goes,
        fields: &[field("body", "ответ портала"), field("created_at", "когда")],
        withheld: &[
            ("scope", "внутренний номер"),
            ("key", "служебная отметка"),
            ("request_hash", "отпечаток запроса"),
            ("status", "служебная отметка"),
        ],
        source: "idempotency where scope = ?1 order by created_at",
    },
];

/// Tables that name a person and are not in [`parts`], with the reason.
pub const ELSEWHERE: &[(&str, &str)] = &[
    ("recalculation", "перерасчёты стоят строками в счетах"),
    ("audit_entry", "журнал: он отдаётся целиком рядом, в разделе journal"),
    ("audit_detail", "журнал: он отдаётся целиком рядом, в разделе journal"),
];
