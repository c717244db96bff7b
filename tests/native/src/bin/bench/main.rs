//! What WebAssembly costs, from one run and as ratios: absolute numbers belong to the machine, ratios to the code.
//!
//! `cargo xtask bench` builds what this needs and runs it. Three servers take turns over copies of one demo state:
//! the suite on `moydom`, the same routers compiled natively, and a component that does nothing on `moydom` (and on
//! `wasmtime serve` where that program is installed).

mod calls;
mod load;
mod report;
mod scene;
mod server;

use std::{path::PathBuf, time::Duration};

use anyhow::Result;
use clap::Parser;

use crate::{load::Measured, scene::Scene};

/// Measure the suite. Run it through `cargo xtask bench`, which builds everything first.
#[derive(Parser)]
struct Arguments {
    /// How long each measurement runs, in seconds.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
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

/// Keep-alive connections of a measurement.
const CONNECTIONS: [usize; 3] = [1, 16, 64];

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> Result<()> {
    let time = Duration::from_secs(arguments.seconds);
    let scene = Scene::prepare(&arguments.programs)?;
    report::calls(&calls::count(&scene).await?);

    let empty = {
        let server = server::empty(&arguments.programs, &arguments.empty)?;
        load::run_all(&server.address, &[load::Request::get("/", None)], time, "empty component on moydom").await?
    };
    let bare = match server::wasmtime(&arguments.empty)? {
        Some(server) => Some(
            load::run_all(&server.address, &[load::Request::get("/", None)], time, "empty component on wasmtime serve")
                .await?,
        ),
        None => None,
    };
    let wasm = {
        let server = server::suite(&arguments.programs, scene.copy()?)?;
        Pair::measure(&server.address, &scene, time, "moydom").await?
    };
    let native = {
        let server = server::native(&arguments.programs, scene.copy()?)?;
        Pair::measure(&server.address, &scene, time, "native").await?
    };

    report::ratios("empty component: moydom / wasmtime serve", &empty, bare.as_deref());
    report::ratios("GET meters: moydom / empty component", &wasm.get, Some(&empty));
    report::ratios("POST reading: moydom / empty component", &wasm.post, Some(&empty));
    report::ratios("GET meters: moydom / native", &wasm.get, Some(&native.get));
    report::ratios("POST reading: moydom / native", &wasm.post, Some(&native.post));

    let server = server::without_reuse(&arguments.programs, scene.copy()?)?;
    report::components(&server.address, &arguments.components, time).await
}

/// A reading of the meters and a submission, on one server.
struct Pair {
    get: Vec<Measured>,
    post: Vec<Measured>,
}

impl Pair {
    async fn measure(address: &str, scene: &Scene, time: Duration, name: &str) -> Result<Self> {
        let visitors = scene.sign_in(address).await?;
        Ok(Self {
            get: load::run_all(address, &visitors.gets(), time, &format!("GET meters on {name}")).await?,
            post: load::run_all(address, &visitors.posts(), time, &format!("POST reading on {name}")).await?,
        })
    }
}
