//! What the host calls: by HTTP, and by the schedule.
// The bindings of the schedule's world are generated code.
#![allow(unsafe_code)]

use std::sync::LazyLock;

use axum::Router;
use spin_sdk::http::{IntoResponse, Request};
use spin_sdk::http_service;
use tower_service::Service;
use web::Env;

wit_bindgen::generate!({
    world: "moydom:suite/scheduled",
    path: "../../wit",
    generate_all,
});

static ROUTER: LazyLock<Router> = LazyLock::new(|| crate::router(Env::granted()));

#[http_service]
async fn handle(request: Request) -> impl IntoResponse {
    ROUTER.clone().call(request).await
}

struct Schedule;

export!(Schedule);

impl Guest for Schedule {
    /// The tick's own moment is not asked for: what is right to tell people depends on the present one.
    fn handle_cron_event(_: Metadata) -> Result<(), Error> {
        let env = Env::granted();
        crate::run(&env, env.now()).map(drop).map_err(|error| Error::Other(error.to_string()))
    }
}
