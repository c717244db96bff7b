//! Names of people who do not exist, put together by chance.

use super::chance::Chance;

const MEN: &[&str] = &[
    "Александр",
    "Алексей",
    "Андрей",
    "Вадим",
    "Виктор",
    "Геннадий",
    "Глеб",
    "Денис",
    "Егор",
    "Кирилл",
    "Леонид",
    "Максим",
    "Михаил",
    "Николай",
    "Олег",
    "Павел",
    "Роман",
    "Сергей",
    "Тимофей",
    "Юрий",
];
const WOMEN: &[&str] = &[
    "Алина",
    "Валентина",
    "Вера",
    "Галина",
    "Дарья",
    "Екатерина",
    "Елена",
    "Зоя",
    "Ирина",
    "Ксения",
    "Лариса",
    "Людмила",
    "Марина",
    "Надежда",
    "Нина",
    "Ольга",
    "Полина",
    "Светлана",
    "Тамара",
    "Юлия",
];
/// A father's name without its ending: «-ич» for a son, «-на» for a daughter.
const FATHERS: &[&str] = &[
    "Александров",
    "Алексеев",
    "Андреев",
    "Борисов",
    "Викторов",
    "Владимиров",
    "Дмитриев",
    "Егоров",
    "Иванов",
    "Михайлов",
    "Николаев",
    "Олегов",
    "Павлов",
    "Петров",
    "Романов",
    "Сергеев",
    "Фёдоров",
    "Юрьев",
];
/// A man's; a woman's ends with «-а».
const FAMILIES: &[&str] = &[
    "Бережков",
    "Боровиков",
    "Васильков",
    "Верескин",
    "Горностаев",
    "Дубравин",
    "Журавкин",
    "Заречнов",
    "Зимородков",
    "Иволгин",
    "Калинкин",
    "Камышин",
    "Кедрин",
    "Клёнов",
    "Ковылин",
    "Лесников",
    "Липатников",
    "Малинкин",
    "Мятлин",
    "Облепихин",
    "Ольхин",
    "Осокин",
    "Перелескин",
    "Полянкин",
    "Просекин",
    "Ракитин",
    "Родничков",
    "Росинкин",
    "Рощин",
    "Рябинкин",
    "Синичкин",
    "Снегирёв",
    "Стрижов",
    "Тальников",
    "Тополев",
    "Туманкин",
    "Чабрецов",
    "Черёмухин",
    "Шиповников",
    "Ясенев",
];

/// A person's name in its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    family: String,
    first: String,
    father: String,
}

impl Name {
    pub(super) fn new(family: &str, first: &str, father: &str) -> Self {
        Self { family: family.to_owned(), first: first.to_owned(), father: father.to_owned() }
    }

    /// Anybody.
    pub(super) fn any(chance: &mut Chance) -> Self {
        let family = chance.one_of(FAMILIES);
        Self::of_family(chance, family)
    }

    /// Anybody of the family, which is named as its men are.
    pub(super) fn of_family(chance: &mut Chance, family: &str) -> Self {
        let father = chance.one_of(FATHERS);
        if chance.between(0, 1) == 0 {
            return Self::new(family, chance.one_of(MEN), &format!("{father}ич"));
        }
        Self::new(&format!("{family}а"), chance.one_of(WOMEN), &format!("{father}на"))
    }

    /// The family name as its men bear it.
    pub(super) fn family_of_men(&self) -> &str {
        self.family.strip_suffix('а').unwrap_or(&self.family)
    }

    /// As documents have it.
    pub(super) fn full(&self) -> String {
        format!("{} {} {}", self.family, self.first, self.father)
    }

    /// As one is greeted.
    pub(super) fn greeting(&self) -> String {
        format!("{} {}", self.first, self.father)
    }
}
