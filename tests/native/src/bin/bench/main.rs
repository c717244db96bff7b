//! What WebAssembly costs, from one run and as ratios: absolute numbers belong to the machine, ratios to the code.
//!
//! `cargo xtask bench` builds what this needs and runs it. Over copies of one demo state the suite on `moydom` and the
//! same routers compiled natively take turns, and so does a component that does nothing on `moydom` with `wasmtime
//! serve`, where that program is installed.

mod auth;
mod bill;
mod billing;
mod calls;
mod load;
mod report;
mod scene;
mod server;

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use clap::{Parser, ValueEnum};

use crate::{
    load::{Contestant, Measured, Request},
    scene::Scene,
};

/// Measure the suite. Run it through `cargo xtask bench`, which builds everything first.
#[derive(Parser)]
struct Arguments {
    /// How long each measurement runs, in seconds.
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// What to measure.
    #[arg(long, value_enum, default_value_t)]
    what: What,
    /// What a password's hash costs beside the cost that a portal begins with, in KiB.
    #[arg(long, default_value_t = 65_536)]
    memory_kib: u32,
    /// The same in passes.
    #[arg(long, default_value_t = 3)]
    passes: u32,
    /// How many accounts a city has, one measurement each.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 10_000, 100_000])]
    accounts: Vec<u32>,
    /// Where the programs lie that were built for this run.
    #[arg(long, default_value = "target/release")]
    programs: PathBuf,
    /// Where the components lie.
    #[arg(long, default_value = "target/wasm32-wasip2/component")]
    components: PathBuf,
    /// The component that does nothing.
    #[arg(long, default_value = "target/wasm32-wasip2/release/guest_empty.wasm")]
    empty: PathBuf,
}

/// What is measured.
#[derive(Clone, Copy, Default, ValueEnum)]
enum What {
    /// What WebAssembly costs.
    #[default]
    Suite,
    /// What sessions, passwords and guessing cost.
    Auth,
    /// What a month of a city costs.
    Billing,
    /// What a resident waits for who looks at a bill.
    Bill,
}

/// Keep-alive connections of a measurement.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let time = Duration::from_secs(arguments.seconds);
    match arguments.what {
        What::Suite => suite(arguments, time).await,
        What::Auth => auth::measure(arguments, time).await,
        What::Bill => bill::measure(arguments, time).await,
        What::Billing => billing::measure(arguments).await,
    }
}

async fn suite(arguments: &Arguments, time: Duration) -> Result<()> {
    let scene = Scene::prepare(&arguments.programs)?;
    report::calls(&calls::count(&scene).await?);

    let empty = against_wasmtime(arguments, time).await?;
    let (get, post) = against_native(arguments, &scene, time).await?;
    report::ratios("GET meters: moydom / empty component", &get[0], &empty);
    report::ratios("POST reading: moydom / empty component", &post[0], &empty);
    report::ratios("GET meters: moydom / native", &get[0], &get[1]);
    report::ratios("POST reading: moydom / native", &post[0], &post[1]);

    let server = server::without_reuse(&arguments.programs, scene.copy()?)?;
    report::components(&server.address, &arguments.components, time).await
}

/// The component that does nothing on our host, and on `wasmtime serve` where that is installed; what ours did.
async fn against_wasmtime(arguments: &Arguments, time: Duration) -> Result<Vec<Measured>> {
    let ours = server::empty(&arguments.programs, &arguments.empty)?;
    let theirs = server::wasmtime(&arguments.empty)?;
    let requests = vec![Request::get("/", None)];
    let mut contestants = vec![Contestant::new("empty component on moydom", &ours.address, requests.clone())];
    let theirs = theirs.as_ref();
    contestants
        .extend(theirs.map(|theirs| Contestant::new("empty component on wasmtime serve", &theirs.address, requests)));
    let mut measured = load::in_turns(&contestants, time).await?;
    if let [ours, theirs] = measured.as_slice() {
        report::ratios("empty component: moydom / wasmtime serve", ours, theirs);
    }
    Ok(measured.swap_remove(0))
}

/// A reading of the meters and a submission, of the suite and of the same routers compiled natively.
async fn against_native(
    arguments: &Arguments,
    scene: &Scene,
    time: Duration,
) -> Result<(Vec<Vec<Measured>>, Vec<Vec<Measured>>)> {
    let wasm = server::suite(&arguments.programs, scene.copy()?)?;
    let native = server::native(&arguments.programs, scene.copy()?)?;
    let (at_wasm, at_native) = (scene.sign_in(&wasm.address).await?, scene.sign_in(&native.address).await?);
    let gets = [
        Contestant::new("GET meters on moydom", &wasm.address, at_wasm.gets()),
        Contestant::new("GET meters on native", &native.address, at_native.gets()),
    ];
    let posts = [
        Contestant::new("POST reading on moydom", &wasm.address, at_wasm.posts()),
        Contestant::new("POST reading on native", &native.address, at_native.posts()),
    ];
    Ok((load::in_turns(&gets, time).await?, load::in_turns(&posts, time).await?))
}
