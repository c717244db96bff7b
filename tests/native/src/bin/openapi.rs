//! Prints the OpenAPI document, or the list of its operations where asked for `operations`; `cargo xtask openapi` keeps
//! both in `static/api/`.

fn main() {
    let wants_list = std::env::args().nth(1).is_some_and(|wish| wish == "operations");
    print!("{}", if wants_list { native_suite::operations() } else { native_suite::document() });
}
