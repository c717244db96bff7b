//! What the commands say about themselves: short lines on stderr, coloured when somebody watches.

use std::io::{IsTerminal, stderr};

/// What is being done now.
pub(crate) fn step(text: &str) {
    line("1;32", "==>", text);
}

/// Something to know that stops nothing.
pub(crate) fn note(text: &str) {
    line("1;33", "note:", text);
}

/// Why the command ends.
pub(crate) fn failure(text: &str) {
    line("1;31", "error:", text);
}

fn line(color: &str, mark: &str, text: &str) {
    if stderr().is_terminal() {
        eprintln!("\x1b[{color}m{mark}\x1b[0m {text}");
    } else {
        eprintln!("{mark} {text}");
    }
}
