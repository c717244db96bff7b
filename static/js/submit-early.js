// A form that is sent before its script runs waits for it instead of leaving the page. A classic script on purpose:
// modules come later. `onSubmit` in lib/dom.js takes over.
addEventListener("submit", (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!form.dataset.early) form.dataset.early = "sent";
}, true);
