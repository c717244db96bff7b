// Says why the page appeared before the first paint, so that nothing jumps. A classic script on purpose.
document.documentElement.dataset.reason = new URLSearchParams(location.search).get("reason") ?? "";
