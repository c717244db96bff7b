// Says why the page appeared before the first paint, so that nothing jumps. A classic script on purpose.
{
  let reason = new URLSearchParams(location.search).get("reason") ?? "";
  try {
    // Kept by lib/session.js until somebody signs out.
    reason ||= localStorage.getItem("signed-in") ? "known" : "";
  } catch {
    // Storage may be forbidden: then nobody is known here.
  }
  document.documentElement.dataset.reason = reason;
}
