// @ts-check
/**
 * A field that suggests while one types (ARIA APG: editable combobox with a list). The focus stays in the field; the
 * arrows move along the list, Enter takes, Escape closes, and a tap takes too. Nothing is taken that was not chosen.
 */
import { announce, el } from "./dom.js";

const PAUSE_MS = 250;

/**
 * @template Item
 * @typedef {object} Suggestions
 * @property {(text: string) => Promise<Item[]>} find
 * @property {(item: Item) => import("./dom.js").Child[]} show
 * @property {(item: Item) => void} choose
 * @property {(items: Item[]) => string} tell called with every answer: how many there are, for those who do not see them
 * @property {(error: unknown) => void} fail
 */

/**
 * @template Item
 * @param {HTMLInputElement} input with `role="combobox"` and `aria-controls`
 * @param {HTMLElement} list with `role="listbox"`
 * @param {Suggestions<Item>} suggestions
 * @returns {{ search: () => void }} to search again for what is typed
 */
export function startCombobox(input, list, suggestions) {
  /** @type {Item[]} */
  let items = [];
  let active = -1;
  let asked = 0;
  let timer = 0;

  function close() {
    asked += 1;
    clearTimeout(timer);
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    activate(-1);
  }

  /** @param {number} index */
  function activate(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const option = list.children[index];
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", option.id);
  }

  /** @param {Item | undefined} item */
  function choose(item) {
    if (item === undefined) return;
    close();
    suggestions.choose(item);
  }

  async function search() {
    const text = input.value.trim();
    if (!text) return close();
    const number = (asked += 1);
    try {
      const found = await suggestions.find(text);
      // A later letter has asked again, or the list was closed: this answer is of no use any more.
      if (number === asked) draw(found);
    } catch (error) {
      if (number !== asked) return;
      close();
      suggestions.fail(error);
    }
  }

  /** @param {Item[]} found */
  function draw(found) {
    items = found;
    activate(-1);
    list.replaceChildren(...items.map((item, index) => {
      const option = el("li", { id: `${list.id}-${index}`, role: "option", "aria-selected": "false" }, suggestions.show(item));
      option.addEventListener("click", () => choose(item));
      return option;
    }));
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(items.length > 0));
    announce(suggestions.tell(items));
  }

  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => (list.hidden ? search() : activate((active + 1) % items.length)),
    ArrowUp: () => !list.hidden && activate((active <= 0 ? items.length : active) - 1),
    Enter: () => choose(items[active]),
    Escape: close,
  };
  input.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || (event.key === "Enter" && (list.hidden || active < 0))) return;
    event.preventDefault();
    act();
  });
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = window.setTimeout(search, PAUSE_MS);
  });
  input.addEventListener("blur", close);
  // Pressing an option must not take the focus from the field: the list would close before the click.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  return { search };
}
