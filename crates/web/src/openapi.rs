//! The OpenAPI document: the routes' own declarations under one head.

use utoipa::{
    OpenApi,
    openapi::{
        Components, PathItem, RefOr,
        path::Operation,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use crate::{Env, Problem};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Мой дом",
        version = "0.1.0",
        description = "Открытый API портала жильцов. Ошибки — RFC 9457 (application/problem+json), время — RFC 3339 UTC, \
                       списки — limit и cursor, повтор без последствий — Idempotency-Key, свежесть — ETag.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(Problem))
)]
struct Head;

/// The document of these components' routes.
pub fn document(routes: impl IntoIterator<Item = OpenApiRouter<Env>>) -> utoipa::openapi::OpenApi {
    let mut document =
        routes.into_iter().fold(Head::openapi(), |document, routes| document.merge_from(routes.into_openapi()));
    let components = document.components.get_or_insert_with(Components::new);
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("__Host-session")));
    components.add_security_scheme("session", cookie);
    components.add_security_scheme("job", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme("gateway", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme("reading_token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    document.paths.paths.values_mut().flat_map(operations).for_each(complete);
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let all = [&mut item.get, &mut item.put, &mut item.post, &mut item.patch, &mut item.delete];
    all.into_iter().flatten()
}

/// What OpenAPI asks for and a declaration may leave out: words for each answer, and that nobody has to sign in.
fn complete(operation: &mut Operation) {
    operation.security.get_or_insert_default();
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = words(status).to_owned();
        }
    }
}

fn words(status: &str) -> &'static str {
    match status {
        "201" => "Принято и записано",
        "204" => "Сделано, тела нет",
        _ => "Сделано",
    }
}
