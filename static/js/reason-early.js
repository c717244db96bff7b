// Says why the sign-in page appeared before the first paint, so that the form does not jump. A classic script on purpose.
document.documentElement.dataset.reason = new URLSearchParams(location.search).get("reason") ?? "";
