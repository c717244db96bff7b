//! The variables of the manifest. Native programs hand their own values to `web::Env` instead.

#[cfg(target_arch = "wasm32")]
use crate::Result;

/// The value of a variable.
///
/// # Errors
/// Where the manifest does not grant it to the component.
#[cfg(target_arch = "wasm32")]
pub fn get(name: &str) -> Result<String> {
    crate::backend::variable(name)
}
