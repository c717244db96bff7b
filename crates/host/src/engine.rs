//! The wasmtime engine: pooled instances, copy-on-write images, a compilation cache on disk, an epoch that ticks.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};
use wasmtime::{Cache, CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::limits::Limits;

/// How often a running guest gives way and its time is looked at.
pub(crate) const EPOCH: Duration = Duration::from_millis(10);

/// Where compiled components lie in the cache. Whatever else lies in a folder that wasmtime has, it clears away.
const COMPILED: &str = "compiled";

/// Builds the engine; compiled components are kept in `cache`, so that only the first start compiles.
pub(crate) fn build(limits: &Limits, cache: &Path) -> Result<Engine> {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .epoch_interruption(true)
        .memory_init_cow(true)
        .cranelift_debug_verifier(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool(limits)))
        .cache(Some(open_cache(cache)?));
    let engine = Engine::new(&config).map_err(from_wasmtime)?;
    tick(&engine)?;
    Ok(engine)
}

fn open_cache(directory: &Path) -> Result<Cache> {
    let shown = directory.display();
    let directory = std::path::absolute(directory)
        .with_context(|| format!("the cache directory {shown} is no valid path; name another with --cache"))?;
    let mut config = CacheConfig::new();
    config.with_directory(directory.join(COMPILED));
    Cache::new(config)
        .map_err(from_wasmtime)
        .with_context(|| format!("cannot use the cache directory {shown}; name another with --cache"))
}

/// Twice as many instances as requests: idle ones linger for a second.
fn pool(limits: &Limits) -> PoolingAllocationConfig {
    let instances = u32::try_from(limits.concurrent_requests * 2).unwrap_or(u32::MAX).clamp(64, 4096);
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_memories(instances)
        .total_tables(instances * 2)
        .total_stacks(instances)
        .total_core_instances(instances * 4)
        .table_elements(100_000)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .max_memory_size(limits.memory_bytes)
        .linear_memory_keep_resident(1 << 20)
        .table_keep_resident(256 << 10);
    pool
}

/// wasmtime has an error type of its own.
pub(crate) fn from_wasmtime(error: wasmtime::Error) -> anyhow::Error {
    anyhow::Error::from_boxed(error.into_boxed_dyn_error())
}

/// A thread advances the epoch until the engine is gone.
fn tick(engine: &Engine) -> Result<()> {
    let engine = engine.weak();
    std::thread::Builder::new()
        .name("epoch".into())
        .spawn(move || {
            while let Some(engine) = engine.upgrade() {
                engine.increment_epoch();
                drop(engine);
                std::thread::sleep(EPOCH);
            }
        })
        .context("cannot start the thread that advances the epoch")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_else_lies_in_the_cache_is_not_in_the_folder_that_wasmtime_clears() {
        let cache = tempfile::tempdir().unwrap();
        std::fs::create_dir(cache.path().join("applications")).unwrap();
        build(&Limits::default(), cache.path()).unwrap();
        let entries = std::fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut entries: Vec<_> = entries.collect();
        entries.sort();
        assert_eq!(entries, ["applications", COMPILED]);
    }
}
