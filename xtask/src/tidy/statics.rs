//! No request's data outlives the request: one instance serves many people at once, so what is `static` in a
//! component is wiring, made once and the same for everybody.

use super::tree::{Tree, is_test, numbered};

const CHANGING: [&str; 8] = ["Mutex", "RwLock", "RefCell", "Cell<", "OnceLock", "OnceCell", "Atomic", "thread_local!"];

pub(super) fn findings(tree: &Tree) -> Vec<String> {
    let mut findings = Vec::new();
    let ours = ["components/", "crates/domain/src/", "crates/web/src/"];
    for (path, text) in tree.below("", ".rs").filter(|(path, _)| !is_test(path)) {
        if !ours.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        for (number, line) in numbered(text).filter(|(_, line)| is_changing_static(line)) {
            findings.push(format!("{path}:{number}: what a static keeps is seen by everybody: {}", line.trim()));
        }
    }
    findings
}

fn is_changing_static(line: &str) -> bool {
    let line = line.trim_start();
    let is_static = ["static ", "pub static ", "pub(crate) static ", "thread_local!"];
    let lazily_made = line.contains("LazyLock<Router>");
    is_static.iter().any(|start| line.starts_with(start))
        && !lazily_made
        && CHANGING.iter().any(|word| line.contains(word))
        || line.starts_with("static mut ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_static_that_can_change_is_found() {
        let text = "static ROUTER: LazyLock<Router> = make();\nstatic WORDS: [&str; 1] = [\"a\"];\n\
                    static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());\nthread_local! {";
        let tree = Tree::of(&[("components/auth/src/entry.rs", text), ("crates/store/src/db.rs", text)]);
        let found = findings(&tree);
        assert_eq!(found.len(), 2);
        assert!(found[0].starts_with("components/auth/src/entry.rs:3: "), "{}", found[0]);
    }
}
