//! Prints the OpenAPI document; `cargo xtask openapi` keeps it in `static/api/openapi.json`.

fn main() {
    print!("{}", native_suite::document());
}
