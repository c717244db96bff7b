// @ts-check
/** For staff: the electronic addresses of the people of their houses, as a table for the company's register. */
import { getFile } from "./api.js";
import { el, onSubmit } from "./dom.js";
import { attempt } from "./form.js";
import { saveFile } from "./save.js";

/** What it is for; the people read it in their journals. */
const PURPOSES = {
  register: "Внести в реестр электронных адресов",
  authority: "Ответить государственному органу",
  security: "Проверить безопасность",
};

export function addressExport() {
  const done = el("p", { role: "status" });
  const form = el("form", { class: "card stack", method: "post", novalidate: true, "aria-labelledby": "addresses-title" },
    el("h2", { id: "addresses-title" }, "Электронные адреса жителей"),
    el("p", { class: "soft" }, "Таблица с теми, кто согласился получать юридически значимые сообщения на почту: лицевой счёт, помещение, имя, адрес почты и день, с которого он действует. Каждый, кто в ней есть, увидит это в своём журнале."),
    el("div", { "data-error-summary": true }),
    el("div", { class: "field" },
      el("label", { for: "addresses-purpose" }, "Зачем она вам"),
      el("p", { class: "field-error", id: "addresses-purpose-error", "data-error-for": "?purpose" }),
      el("select", { class: "input", id: "addresses-purpose", name: "purpose", "aria-describedby": "addresses-purpose-error" },
        Object.entries(PURPOSES).map(([value, words]) => el("option", { value }, words)))),
    el("p", {}, el("button", { class: "button button--quiet", type: "submit" }, "Скачать таблицу")),
    done);
  onSubmit(form, () => attempt(form, async () => {
    done.textContent = "";
    saveFile("moydom-electronic-addresses.csv", await table(String(new FormData(form).get("purpose"))));
    done.textContent = "Таблица скачана.";
  }));
  return form;
}

/**
 * All parts of the table, one after another.
 * @param {string} purpose
 */
async function table(purpose) {
  const parts = [];
  /** @type {string | null} */
  let path = `/api/auth/electronic-addresses?purpose=${purpose}`;
  while (path) {
    const { file, next } = await getFile(path);
    parts.push(file);
    path = next;
  }
  return new Blob(parts, { type: "text/csv" });
}
