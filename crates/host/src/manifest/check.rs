//! From keys as they are written to an application that makes sense.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::Value;

use super::names::{is_kebab, is_label, is_snake};
use super::{
    Component, CronTrigger, Error, Handler, HttpRoute, HttpTrigger, Manifest, Mount, StaticResponse, Variable, raw,
};
use crate::route::Route;
use crate::variables;

type Result<T> = std::result::Result<T, Error>;

fn refuse<T>(sentence: impl Into<String>) -> Result<T> {
    Err(Error(sentence.into()))
}

/// Checks the whole manifest.
pub(super) fn manifest(raw: raw::Manifest) -> Result<Manifest> {
    if raw.spin_manifest_version != Value::Integer(2) {
        return refuse("spin_manifest_version is not 2; this host reads version 2 only");
    }
    let manifest = Manifest {
        name: raw.application.name,
        version: raw.application.version,
        variables: each(raw.variables, variable)?,
        http: raw.trigger.http.into_iter().map(http_trigger).collect::<Result<_>>()?,
        cron: raw.trigger.cron.into_iter().map(cron_trigger).collect::<Result<_>>()?,
        components: each(raw.component, component)?,
    };
    references(&manifest)?;
    templates(&manifest)?;
    duplicate_routes(&manifest.http)?;
    Ok(manifest)
}

fn each<R, T>(raw: BTreeMap<String, R>, check: impl Fn(&str, R) -> Result<T>) -> Result<BTreeMap<String, T>> {
    raw.into_iter()
        .map(|(name, value)| {
            let value = check(&name, value)?;
            Ok((name, value))
        })
        .collect()
}

fn variable(name: &str, raw: raw::Variable) -> Result<Variable> {
    variable_name(name, "[variables]")?;
    match (&raw.default, raw.required) {
        (Some(_), true) => {
            refuse(format!("the variable `{name}` is required and has a default; remove one of the two"))
        }
        (None, false) => {
            refuse(format!("the variable `{name}` has no default and is not required; give it one of the two"))
        }
        _ => Ok(Variable { default: raw.default, secret: raw.secret }),
    }
}

fn variable_name(name: &str, place: &str) -> Result<()> {
    if is_snake(name) {
        return Ok(());
    }
    refuse(format!("the variable `{name}` in {place} is not lower_snake_case; rename it"))
}

fn http_trigger(raw: raw::HttpTrigger) -> Result<HttpTrigger> {
    let route = http_route(&raw.route)?;
    let place = match &route {
        Some(route) => format!("the HTTP trigger `{}`", route.pattern),
        None => "a private HTTP trigger".to_owned(),
    };
    let handler = match (raw.component, raw.static_response) {
        (Some(component), None) => Handler::Component(component_name(&component, &place)?),
        (None, Some(response)) => Handler::Static(static_response(response, &place)?),
        (None, None) => {
            return refuse(format!("{place} has neither a component nor a static_response; give it one"));
        }
        (Some(_), Some(_)) => {
            return refuse(format!("{place} has a component and a static_response; remove one of the two"));
        }
    };
    Ok(HttpTrigger { route, handler })
}

fn http_route(raw: &Value) -> Result<Option<HttpRoute>> {
    if let Some(pattern) = raw.as_str() {
        let route = Route::parse(pattern).map_err(Error)?;
        let pattern = pattern.to_owned();
        return Ok(Some(HttpRoute { pattern, route }));
    }
    let private = toml::Table::from_iter([("private".to_owned(), Value::Boolean(true))]);
    if raw.as_table() == Some(&private) {
        return Ok(None);
    }
    refuse(format!(
        "the route {raw} of an HTTP trigger is neither text nor {{ private = true }}; write one \
         of these"
    ))
}

fn component_name(raw: &Value, place: &str) -> Result<String> {
    match raw.as_str() {
        Some(name) => Ok(name.to_owned()),
        None => refuse(format!(
            "{place} does not name its component; declare it as [component.NAME] and write NAME \
             here"
        )),
    }
}

fn static_response(raw: raw::StaticResponse, place: &str) -> Result<StaticResponse> {
    let status = raw.status_code.unwrap_or(200);
    if !(200..=599).contains(&status) {
        return refuse(format!("{place} answers with the status {status}; choose one from 200 to 599"));
    }
    Ok(StaticResponse { status, headers: raw.headers, body: raw.body })
}

fn cron_trigger(raw: raw::CronTrigger) -> Result<CronTrigger> {
    let place = format!("the cron trigger `{}`", raw.cron_expression);
    Ok(CronTrigger { component: component_name(&raw.component, &place)?, expression: raw.cron_expression })
}

fn component(name: &str, raw: raw::Component) -> Result<Component> {
    if !is_kebab(name) {
        return refuse(format!("the component name `{name}` is not kebab-case; rename it"));
    }
    let place = format!("[component.{name}]");
    for name in raw.variables.keys() {
        variable_name(name, &place)?;
    }
    for label in raw.key_value_stores.iter().chain(&raw.sqlite_databases) {
        if !is_label(label) {
            return refuse(format!("the label `{label}` in {place} is neither kebab-case nor snake_case; rename it"));
        }
    }
    Ok(Component {
        source: source(&raw.source, &place)?,
        files: raw.files.iter().map(|file| mount(file, &place)).collect::<Result<_>>()?,
        allowed_outbound_hosts: raw.allowed_outbound_hosts,
        key_value_stores: raw.key_value_stores,
        sqlite_databases: raw.sqlite_databases,
        variables: raw.variables,
        environment: raw.environment,
    })
}

fn source(raw: &Value, place: &str) -> Result<PathBuf> {
    match raw.as_str() {
        Some(path) if !path.is_empty() => Ok(path.into()),
        _ => refuse(format!(
            "the source of {place} is no path; this host runs local files only, so download the \
             component and write its path"
        )),
    }
}

fn mount(raw: &Value, place: &str) -> Result<Mount> {
    let unsupported = || {
        Error(format!(
            "{raw} in the files of {place} is not of the form {{ source = \"…\", destination = \
             \"/…\" }}; this host mounts whole directories or single files, no patterns"
        ))
    };
    let table = raw.as_table().ok_or_else(unsupported)?;
    let text = |key| table.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    match (text("source"), text("destination"), table.len()) {
        (Some(source), Some(destination), 2) if destination.starts_with('/') => {
            Ok(Mount { source: source.into(), destination: destination.to_owned() })
        }
        _ => Err(unsupported()),
    }
}

/// Every trigger leads to a component that exists.
fn references(manifest: &Manifest) -> Result<()> {
    let http = manifest.http.iter().filter_map(|trigger| match &trigger.handler {
        Handler::Component(name) => Some(name),
        Handler::Static(_) => None,
    });
    let cron = manifest.cron.iter().map(|trigger| &trigger.component);
    for name in http.chain(cron) {
        if !manifest.components.contains_key(name) {
            return refuse(format!(
                "a trigger names the component `{name}`, which does not exist; add \
                 [component.{name}] or correct the name"
            ));
        }
    }
    Ok(())
}

/// Every template uses variables that are declared.
fn templates(manifest: &Manifest) -> Result<()> {
    for (component, grants) in &manifest.components {
        let place = |error| Error(format!("[component.{component}]: {error}"));
        for template in grants.variables.values().chain(&grants.allowed_outbound_hosts) {
            for name in variables::names_in(template).map_err(place)? {
                if !manifest.variables.contains_key(name) {
                    return refuse(format!(
                        "[component.{component}]: `{template}` uses the variable `{name}`, which \
                         is not declared; add it to [variables]"
                    ));
                }
            }
        }
    }
    Ok(())
}

fn duplicate_routes(triggers: &[HttpTrigger]) -> Result<()> {
    let routes: Vec<_> = triggers.iter().filter_map(|trigger| trigger.route.as_ref()).collect();
    for (index, one) in routes.iter().enumerate() {
        let twin = routes[..index].iter().find(|other| one.route.matches_the_same_as(&other.route));
        if let Some(other) = twin {
            return refuse(format!(
                "the routes `{}` and `{}` match the same paths; remove one of the triggers",
                other.pattern, one.pattern
            ));
        }
    }
    Ok(())
}
