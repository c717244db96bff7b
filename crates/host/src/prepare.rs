//! From a manifest to an application that is ready to serve.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use wasmtime::component::Linker;

use crate::component::{Component, Grants, Mount, State};
use crate::cron::{Cron, Job, LastTick};
use crate::engine::{self, from_wasmtime};
use crate::guest::Guest;
use crate::host::Builder;
use crate::http::app::{App, AppLink, Destination, Endpoint, Target};
use crate::http::counts::{RouteCounts, ServerCounts};
use crate::http::headers::RouteHeaders;
use crate::http::instances::Instances;
use crate::http::own::Own;
use crate::http::share::Shares;
use crate::http::static_response::StaticResponse;
use crate::interfaces::outbound;
use crate::limits::Limits;
use crate::linker;
use crate::manifest::{self, Handler, Manifest};
use crate::outbound_policy::OutboundPolicy;
use crate::route::{Route, Router};
use crate::running::Running;
use crate::runtime_config::RuntimeConfig;
use crate::schedule::Schedule;
use crate::settings;
use crate::state_lock::StateLock;
use crate::suite::{self, Granted};
use crate::variables::{EnvFile, Variables};

/// An application that only needs a listener.
pub(crate) struct Prepared {
    pub(crate) app: Arc<App>,
    pub(crate) cron: Cron,
    pub(crate) lock: StateLock,
}

type Components = BTreeMap<String, Arc<Component>>;

/// Reads, checks, compiles and links everything that the manifest names.
pub(crate) fn prepare(builder: &Builder, running: &Running) -> Result<Prepared> {
    let manifest = Manifest::load(&builder.manifest)?;
    let variables = variables(builder, &manifest)?;
    settings::refuse_faults(&manifest.name, &variables)?;
    let databases = suite::granted(&manifest);
    let state = Arc::new(state(builder, &manifest, &databases)?);
    let lock = StateLock::take(&builder.state())?;
    suite::refuse_damaged(state.files())?;
    Handle::current().block_on(suite::refuse_misfits(&state.databases, &databases))?;
    let components = load(builder, &manifest, &variables, &state)?;
    let limits = Arc::new(builder.limits.clone());
    let cron = cron(builder, &manifest, &components, &limits)?;
    let own = own(builder, &manifest, state, databases, cron.clone(), running)?;
    let app = app(builder, &manifest, &components, &limits, running, own)?;
    Ok(Prepared { app, cron, lock })
}

fn own(
    builder: &Builder,
    manifest: &Manifest,
    state: Arc<State>,
    databases: Granted,
    cron: Cron,
    running: &Running,
) -> Result<Own> {
    let token = builder.metrics_token_file.as_ref().map(|file| {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read the token of --metrics-token-file {}", file.display()))?;
        let token = text.trim().to_owned();
        ensure!(token.len() >= 16, "the token in {} is shorter than 16 characters", file.display());
        Ok(token)
    });
    Ok(Own {
        state,
        databases,
        stores: manifest.components.values().flat_map(|component| component.key_value_stores.clone()).collect(),
        free_bytes: builder.limits.free_bytes,
        cron,
        stopping: running.stopping().clone(),
        token: token.transpose()?,
    })
}

fn load(builder: &Builder, manifest: &Manifest, variables: &Variables, state: &Arc<State>) -> Result<Components> {
    let engine = engine::build(&builder.limits, &builder.cache())?;
    let linker = linker::linker(&engine).map_err(from_wasmtime)?;
    let load = |(name, entry): (&String, &manifest::Component)| {
        let component = load_one(builder, &linker, name, entry, variables, state)?;
        Ok((name.clone(), Arc::new(component)))
    };
    manifest.components.iter().map(load).collect()
}

fn load_one(
    builder: &Builder,
    linker: &Linker<Guest>,
    name: &str,
    entry: &manifest::Component,
    variables: &Variables,
    state: &Arc<State>,
) -> Result<Component> {
    let named = || format!("component {name}");
    let hosts = entry.allowed_outbound_hosts.iter().map(|host| variables.fill(host)).collect::<Result<Vec<_>, _>>();
    let hosts = hosts.with_context(named)?;
    let mount = |files: &manifest::Mount| Mount {
        source: builder.beside_manifest(&files.source),
        destination: files.destination.clone(),
    };
    let files: Vec<Mount> = entry.files.iter().map(mount).collect();
    if let Some(missing) = files.iter().find(|mount| !mount.source.is_dir()) {
        bail!("component {name}: {} is no directory; create it or remove it from `files`", missing.source.display());
    }
    let grants = Grants {
        component: name.into(),
        databases: entry.sqlite_databases.iter().cloned().collect(),
        stores: entry.key_value_stores.iter().cloned().collect(),
        variables: variables.of_component(&entry.variables).with_context(named)?,
        environment: entry.environment.clone().into_iter().collect(),
        files,
        outbound: OutboundPolicy::parse(&hosts).map_err(anyhow::Error::msg).with_context(named)?,
        clock: builder.clock.clone(),
        log: builder.log.clone(),
        state: Arc::clone(state),
    };
    Component::load(linker, &builder.beside_manifest(&entry.source), grants)
}

fn variables(builder: &Builder, manifest: &Manifest) -> Result<Variables> {
    let path = builder.env_file.clone().unwrap_or_else(|| builder.beside_manifest(".env"));
    let file = EnvFile::read(&path)?;
    let given: HashMap<&str, &str> = builder.variables.iter().map(|(name, value)| (&**name, &**value)).collect();
    let of = |name: &str| given.get(name).map(ToString::to_string).or_else(|| file.variable(name));
    Variables::resolve(&manifest.variables, of).with_context(|| path.display().to_string())
}

/// The databases and stores that the runtime configuration and Spin's defaults give; every granted label must have one.
fn state(builder: &Builder, manifest: &Manifest, granted: &Granted) -> Result<State> {
    let directory = builder.state();
    let config = match &builder.runtime_config {
        Some(file) => RuntimeConfig::read(file)?,
        None => RuntimeConfig::default(),
    };
    let databases = config.databases_with(&directory, &builder.sqlite);
    suite::refuse_absent(&databases, granted, &directory)?;
    std::fs::create_dir_all(&directory).with_context(|| {
        format!("cannot make the state directory {}; name another with --state", directory.display())
    })?;
    let state = State { databases, stores: config.stores(&directory)?, client: outbound::client() };
    for (name, component) in &manifest.components {
        if let Some(label) = component.sqlite_databases.iter().find(|label| !state.databases.contains(label)) {
            bail!(
                "component {name}: no database {label:?}; add [sqlite_database.{label}] to the runtime configuration"
            );
        }
        if let Some(label) = component.key_value_stores.iter().find(|label| !state.stores.contains(label)) {
            bail!("component {name}: no store {label:?}; add [key_value_store.{label}] to the runtime configuration");
        }
    }
    Ok(state)
}

fn cron(builder: &Builder, manifest: &Manifest, components: &Components, limits: &Arc<Limits>) -> Result<Cron> {
    let mut schedules: BTreeMap<&str, Vec<Schedule>> = BTreeMap::new();
    for trigger in &manifest.cron {
        let name = &trigger.component;
        let schedule = Schedule::parse(&trigger.expression).map_err(anyhow::Error::msg);
        schedules.entry(name).or_default().push(schedule.with_context(|| format!("component {name}"))?);
    }
    let job = |(name, schedules): (&str, Vec<Schedule>)| {
        let component = &components[name];
        if let Some(host) = component.grants.outbound.chained() {
            bail!(
                "component {name}: a cron component cannot call {host}; only HTTP components can, remove it from allowed_outbound_hosts"
            );
        }
        let last = LastTick::read(builder.state().join(format!("cron_{name}.last")));
        Job::new(name, schedules, Arc::clone(component), limits, last)
    };
    Ok(Cron::new(schedules.into_iter().map(job).collect::<Result<Vec<_>>>()?))
}

fn app(
    builder: &Builder,
    manifest: &Manifest,
    components: &Components,
    limits: &Arc<Limits>,
    running: &Running,
    own: Own,
) -> Result<Arc<App>> {
    let link = AppLink::default();
    let mut parts = Parts { link: &link, components, limits, running, endpoints: HashMap::new() };
    let routes = parts.routes(manifest)?;
    let app = Arc::new(App {
        routes: Router::new(routes),
        endpoints: parts.endpoints,
        own,
        limits: Arc::clone(limits),
        permits: Arc::new(Semaphore::new(limits.concurrent_requests)),
        shares: Shares::new(limits.bodies_per_address),
        counts: ServerCounts::default(),
        log: builder.log.clone(),
        log_requests: builder.log_requests,
        chained: RouteHeaders::chained(),
    });
    link.set(&app);
    Ok(app)
}

/// What routes are made from.
struct Parts<'a> {
    link: &'a AppLink,
    components: &'a Components,
    limits: &'a Arc<Limits>,
    running: &'a Running,
    endpoints: HashMap<String, Arc<Endpoint>>,
}

impl Parts<'_> {
    fn routes(&mut self, manifest: &Manifest) -> Result<Vec<(Route, Destination)>> {
        let mut routes = Vec::new();
        for trigger in &manifest.http {
            let pattern = trigger.route.as_ref().map_or("", |route| &route.pattern);
            let target = match &trigger.handler {
                Handler::Component(name) => Target::Component(self.endpoint(name)?, RouteHeaders::new(pattern)),
                Handler::Static(answer) => {
                    Target::Static(static_response(answer).with_context(|| format!("route {pattern}"))?)
                }
            };
            // A private component has no route: it is there to be called by its name.
            if let Some(route) = &trigger.route {
                let counts = RouteCounts::new(pattern);
                routes.push((route.route.clone(), Destination { target, counts }));
            }
        }
        Ok(routes)
    }

    /// A component has one set of instances, however many routes lead to it.
    fn endpoint(&mut self, name: &str) -> Result<Arc<Endpoint>> {
        if let Some(endpoint) = self.endpoints.get(name) {
            return Ok(Arc::clone(endpoint));
        }
        let component = Arc::clone(&self.components[name]);
        let instances = Instances::new(component, self.link.clone(), self.limits, self.running)
            .map_err(from_wasmtime)
            .with_context(|| {
                format!("component {name} exports no HTTP handler; remove its HTTP trigger or add the export")
            })?;
        let counts = instances.counts();
        let endpoint = Arc::new(Endpoint { name: name.into(), handler: instances.into_handler(), counts });
        self.endpoints.insert(name.to_owned(), Arc::clone(&endpoint));
        Ok(endpoint)
    }
}

fn static_response(answer: &manifest::StaticResponse) -> Result<StaticResponse> {
    let headers = answer.headers.iter().map(|(name, value)| (&**name, &**value));
    StaticResponse::new(answer.status, headers, &answer.body)
}

impl Builder {
    fn cache(&self) -> PathBuf {
        self.cache.clone().or_else(user_cache).unwrap_or_else(|| self.state().join("cache"))
    }
}

/// The user's cache directory, so that every host of the machine finds what another one has compiled.
pub(crate) fn user_cache() -> Option<PathBuf> {
    let named = |name| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))?;
    Some(cache.join("moydom"))
}
