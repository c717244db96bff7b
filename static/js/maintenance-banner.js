// @ts-check
/**
 * Tells on every page of works that are near. The banner follows the footer, so that nothing moves and nothing is
 * covered for good; once closed, it stays closed for these works.
 */
import { el } from "./lib/dom.js";

/** @typedef {import("portal-types").MaintenanceList} MaintenanceList */

const CLOSED_KEY = "maintenance-closed";

export async function tellOfMaintenance() {
  const list = await announced().catch(() => null);
  if (!list?.items.length) return;
  // Works are rare: what puts them into words is fetched for them alone.
  const { goesOn, isNear, span } = await import("./lib/maintenance.js");
  const works = list.items.find((works) => isNear(works, list.told_hours_before));
  if (!works || sessionStorage.getItem(CLOSED_KEY) === works.maintenance_id) return;
  const close = () => {
    sessionStorage.setItem(CLOSED_KEY, works.maintenance_id);
    banner.remove();
  };
  const banner = el("aside", { class: "banner", "aria-label": "Плановые работы" },
    el("p", {},
      el("a", { href: "/status" }, goesOn(works) ? "Идут плановые работы" : "Плановые работы"), ` ${span(works)}`,
      el("span", { class: "banner-words" }, `. ${works.words}`)),
    el("button", { class: "link-button", type: "button", onclick: close }, "Понятно"));
  document.body.append(banner);
}

/**
 * Asked without the session: being told of works is no sign of a person at the screen.
 * @returns {Promise<MaintenanceList>}
 */
async function announced() {
  const response = await fetch("/api/notices/maintenance", { credentials: "omit" });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}
