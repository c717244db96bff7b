//! What is charged for the homes of a person, and what the person asked for about it.

use super::{CHARGES, Part, ROW_ID, field};

const PURPOSE: &str = "плата за ваше жильё";
const KEPT: &str = "5 лет после года, к которому относится";
const ACCOUNT: (&str, &str) = ("account_id", "вместо него — номер счёта");
const SERVICE: &str = "служебная отметка";

macro_rules! of_own_accounts {
    ($columns:literal, $table:literal) => {
        concat!(
            "(select a.number as account, ",
            $columns,
            " from account_link l join account a using (account_id) join ",
            $table,
            " x using (account_id) where l.person_id = ?1 and l.ended_at is null and l.right = 'owner')"
        )
    };
}

macro_rules! rubles {
    ($column:literal) => {
        concat!("printf('%.2f', x.", $column, " / 100.0) as ", $column)
    };
}

pub(super) const PARTS: &[Part] = &[
    Part {
        table: "bill",
        title: "Счета за жильё",
        purpose: PURPOSE,
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("account", "лицевой счёт"),
            field("number", "номер"),
            field("period", "месяц"),
            field("charged", "начислено за месяц, ₽"),
            field("corrected", "перерасчёт прошлых месяцев, ₽"),
            field("balance_before", "было должно, ₽"),
            field("paid", "оплачено, ₽"),
            field("penalty", "пени, ₽"),
            field("balance", "к оплате, ₽"),
            field("due_on", "оплатить до"),
            field("issued_at", "когда выставлен"),
        ],
        withheld: &[("bill_id", ROW_ID), ("billing_run_id", ROW_ID), ACCOUNT, ("problem", SERVICE)],
        source: concat!(
            "(select a.number as account, x.number, x.period, ",
            rubles!("charged"),
            ", ",
            rubles!("corrected"),
            ", ",
            rubles!("balance_before"),
            ", ",
            rubles!("paid"),
            ", ",
            rubles!("penalty"),
            ", ",
            rubles!("balance"),
            ", x.due_on, x.issued_at
             from account_link l join account a using (account_id) join bill x using (account_id)
             where l.person_id = ?1 and l.ended_at is null and x.issued_at is not null)
             order by account, period"
        ),
    },
    Part {
        table: "ledger_entry",
        title: "Начисления и оплаты по счёту",
        purpose: PURPOSE,
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("account", "лицевой счёт"),
            field("on_day", "день"),
            field("kind", "что это"),
            field("amount", "сумма, ₽"),
            field("balance", "стало должно, ₽"),
            field("recorded_at", "когда записано"),
        ],
        withheld: &[ACCOUNT, ("no", ROW_ID), ("subject", "внутренний номер того, откуда запись")],
        source: concat!(
            "(select a.number as account, x.no, x.on_day, x.kind, ",
            rubles!("amount"),
            ", ",
            rubles!("balance"),
            ", x.recorded_at
             from account_link l join account a using (account_id) join ledger_entry x using (account_id)
             where l.person_id = ?1 and l.ended_at is null)
             order by account, no"
        ),
    },
    Part {
        table: "debt",
        title: "Долги по месяцам",
        purpose: PURPOSE,
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("account", "лицевой счёт"),
            field("period", "месяц"),
            field("fund", "за что"),
            field("amount", "начислено, ₽"),
            field("paid", "оплачено, ₽"),
            field("penalty", "пени, ₽"),
            field("penalty_paid", "оплачено пеней, ₽"),
            field("due_on", "оплатить до"),
        ],
        withheld: &[
            ACCOUNT,
            ("is_open", SERVICE),
            ("opened_penalty", "стоит в пенях"),
            ("counted_until", "до какого дня пени считали до портала"),
        ],
        source: concat!(
            "(select a.number as account, x.period, x.fund, ",
            rubles!("amount"),
            ", ",
            rubles!("paid"),
            ", ",
            rubles!("penalty"),
            ", ",
            rubles!("penalty_paid"),
            ", x.due_on
             from account_link l join account a using (account_id) join debt x using (account_id)
             where l.person_id = ?1 and l.ended_at is null)
             order by account, period, fund"
        ),
    },
    Part {
        table: "debt_dispute",
        title: "Споры о долгах",
        purpose: PURPOSE,
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("account", "лицевой счёт"),
            field("period", "месяц"),
            field("fund", "за что"),
            field("amount", "сколько оспаривается, ₽"),
            field("reason", "о чём спор"),
            field("opened_at", "с какого времени"),
            field("settled_at", "когда закончен"),
            field("outcome", "чем закончен"),
        ],
        withheld: &[("debt_dispute_seq", ROW_ID), ("debt_dispute_id", ROW_ID), ACCOUNT],
        source: concat!(
            of_own_accounts!(
                "x.period, x.fund, printf('%.2f', x.amount / 100.0) as amount, x.reason, x.opened_at, x.settled_at, x.outcome",
                "debt_dispute"
            ),
            " order by opened_at"
        ),
    },
    Part {
        table: "absence",
        title: "Заявления о временном отсутствии",
        purpose: "перерасчёт за дни, когда дома никого не было",
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("account", "лицевой счёт"),
            field("persons", "сколько человек отсутствовало"),
            field("left_on", "день отъезда"),
            field("returned_on", "день возвращения"),
            field("document", "чем подтверждено"),
            field("asked_on", "когда подано"),
            field("state", "состояние"),
            field("reason", "почему так решено"),
            field("decided_at", "когда решено"),
        ],
        withheld: &[
            ("absence_seq", ROW_ID),
            ("absence_id", ROW_ID),
            ACCOUNT,
            ("meter_is_impossible", SERVICE),
            ("recorded_at", SERVICE),
        ],
        source: concat!(
            of_own_accounts!(
                "x.persons, x.left_on, x.returned_on, x.document, x.asked_on, x.state, x.reason, x.decided_at",
                "absence"
            ),
            " order by asked_on"
        ),
    },
    Part {
        table: "account_benefit",
        title: "Льготы по счёту",
        purpose: "скидка в начислениях",
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("account", "лицевой счёт"),
            field("benefit", "льгота"),
            field("persons", "у скольких человек"),
            field("norm_area", "социальная норма, м²"),
            field("document", "документ"),
            field("since", "первый день"),
            field("until", "последний день"),
            field("recorded_at", "когда записана"),
            field("withdrawn_at", "когда отозвана"),
        ],
        withheld: &[
            ("account_benefit_seq", ROW_ID),
            ("account_benefit_id", ROW_ID),
            ACCOUNT,
            ("norm_area_hundredths", "та же норма в сотых долях"),
        ],
        source: concat!(
            of_own_accounts!(
                "x.benefit, x.persons, x.norm_area_hundredths / 100.0 as norm_area, x.document, x.since, x.until,
                 x.recorded_at, x.withdrawn_at",
                "account_benefit"
            ),
            " order by recorded_at"
        ),
    },
    Part {
        table: "bill_question",
        title: "Вопросы о начислениях",
        purpose: "ответить на вопрос о строке квитанции",
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("number", "номер"),
            field("account", "лицевой счёт"),
            field("service", "о какой услуге"),
            field("of_period", "месяц"),
            field("payable", "сумма строки, ₽"),
            field("words", "вопрос"),
            field("asked_at", "когда"),
            field("due_on", "ответить до"),
            field("answer", "ответ"),
            field("answered_at", "когда ответили"),
        ],
        withheld: &[
            ("bill_question_seq", "тот же номер"),
            ("bill_question_id", ROW_ID),
            ACCOUNT,
            ("bill_id", ROW_ID),
            ("line_no", "место строки в квитанции"),
        ],
        source: concat!(
            of_own_accounts!(
                "x.bill_question_seq as number, x.service, x.of_period, printf('%.2f', x.payable / 100.0) as payable,
                 x.words, x.asked_at, x.due_on, x.answer, x.answered_at",
                "bill_question"
            ),
            " order by asked_at"
        ),
    },
    Part {
        table: "charge_request",
        title: "Заявления о начислениях",
        purpose: "сменить тариф, добавить услугу, пересчитать прошлые месяцы",
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("number", "номер"),
            field("account", "лицевой счёт"),
            field("kind", "о чём"),
            field("service", "об услуге"),
            field("from_period", "с какого месяца"),
            field("words", "слова заявления"),
            field("asked_at", "когда"),
            field("due_on", "ответить до"),
            field("state", "состояние"),
            field("answer", "ответ"),
            field("decided_at", "когда решено"),
        ],
        withheld: &[
            ("charge_request_seq", "тот же номер"),
            ("charge_request_id", ROW_ID),
            ACCOUNT,
            ("tariff_id", "предложение поставщика, оно видно на странице тарифов"),
        ],
        source: concat!(
            of_own_accounts!(
                "x.charge_request_seq as number, x.kind, x.service, x.from_period, x.words, x.asked_at, x.due_on, x.state,
                 x.answer, x.decided_at",
                "charge_request"
            ),
            " order by asked_at"
        ),
    },
    Part {
        table: "interruption",
        title: "Перерывы в услугах по счёту",
        purpose: "снижение платы за время без услуги",
        kept: KEPT,
        fate: CHARGES,
        fields: &[
            field("account", "лицевой счёт"),
            field("service", "услуга"),
            field("since", "с какого времени"),
            field("until", "до какого времени"),
            field("act", "акт"),
            field("recorded_at", "когда записан"),
            field("withdrawn_at", "когда отозван"),
        ],
        withheld: &[("interruption_seq", ROW_ID), ("interruption_id", ROW_ID), ACCOUNT, ("house_id", ROW_ID)],
        source: concat!(
            of_own_accounts!("x.service, x.since, x.until, x.act, x.recorded_at, x.withdrawn_at", "interruption"),
            " order by recorded_at"
        ),
    },
];
