//! A page names its styles one by one, so that each is a file of one job. They go out as one file: over a slow network
//! every file costs a way there and back. `/css/base.css` and `/css/feed.css` are also `/css/base+feed.css`.

const START: &str = "<link rel=\"stylesheet\" href=\"/css/";
const END: &str = ".css\">";

/// The page with one link in the place of the first, none in the places of the others.
pub(crate) fn join(page: &str) -> String {
    let Some(name) = joined(page) else { return page.to_owned() };
    let mut link = Some(format!("  <link rel=\"stylesheet\" href=\"/{name}\">"));
    let lines = page.lines().filter_map(|line| match style(line) {
        Some(_) => link.take(),
        None => Some(line.to_owned()),
    });
    lines.flat_map(|line| [line, "\n".to_owned()]).collect()
}

/// The name of the one file, where a page has several styles.
pub(crate) fn joined(page: &str) -> Option<String> {
    let styles: Vec<_> = page.lines().filter_map(style).collect();
    (styles.len() > 1).then(|| format!("css/{}.css", styles.join("+")))
}

/// Whether a file's name is one of several styles.
pub(crate) fn is_joined(name: &str) -> bool {
    name.contains('+')
}

/// The names of the files that such a file is made of, in their order.
pub(crate) fn parts(name: &str) -> impl Iterator<Item = String> {
    let styles = name.trim_start_matches("css/").trim_end_matches(".css").split('+');
    styles.map(|style| format!("css/{style}.css"))
}

fn style(line: &str) -> Option<&str> {
    line.trim().strip_prefix(START)?.strip_suffix(END)
}
