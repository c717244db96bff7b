// Asks for what a resident's page will show while its modules are still on the way: over a slow network that is a
// third of the wait. `get` in lib/api.js finds these answers. A classic script on purpose: modules come later.
{
  let known = "";
  try {
    // The roles, kept by lib/session.js until somebody signs out: nobody else is asked what would be refused.
    known = localStorage.getItem("signed-in") ?? "";
  } catch {
    // Storage may be forbidden: then the page asks when it is ready.
  }
  const paths = known.split(" ").includes("resident") ? (document.currentScript?.dataset.paths ?? "").split(" ") : [];
  for (const href of paths) document.head.append(Object.assign(document.createElement("link"), { rel: "preload", as: "fetch", crossOrigin: "anonymous", href }));
}
