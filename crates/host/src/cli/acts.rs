//! `moydom verify-act` and `moydom rotate-act-key`

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use base64::{Engine, prelude::BASE64_STANDARD};
use clap::Args;
use domain::transfer_act::{Act, key_id};
use jiff::Timestamp;
use store::transfer_acts::{self, Signing};

use super::{
    files::{master_keys, random},
    state::StateArgs,
};

/// Check an act of transfer that a person took from the portal; with --key it needs no portal and no state.
///
/// Prints one JSON object with what the act says and the key that signed it. An act of which one byte was changed is
/// refused.
#[derive(Args)]
pub(super) struct VerifyAct {
    file: PathBuf,
    /// A public key of the portal in base64, or a file with the answer of /api/readings/act-keys; without one, the keys
    /// of the state count.
    #[arg(long, value_name = "KEY")]
    key: Vec<String>,
    #[command(flatten)]
    state: StateArgs,
}

/// Let a new key sign acts of transfer from now on. What the old one signed stays checkable.
#[derive(Args)]
pub(super) struct RotateActKey {
    #[command(flatten)]
    state: StateArgs,
    /// Variables, one SPIN_VARIABLE_NAME=value a line.
    #[arg(long, value_name = "FILE", default_value = ".env")]
    env_file: PathBuf,
}

impl VerifyAct {
    pub(super) fn run(self) -> Result<()> {
        let shown = self.file.display();
        let text = String::from_utf8(super::read(&self.file)?).map_err(|_| anyhow!("{shown} is no act of transfer"))?;
        let act = Act::parse(&text).map_err(|error| anyhow!("{shown}: {error}"))?;
        let keys = self.keys()?;
        let Some(key) = keys.iter().find(|key| key_id(key) == act.key_id) else {
            bail!("{shown}: none of the known keys is the key {} that the act names", act.key_id);
        };
        ensure!(act.is_signed_by(key), "{shown}: the act was changed, its signature does not hold");
        println!("{}", serde_json::json!({ "act": act.content, "key_id": act.key_id, "code": act.code() }));
        Ok(())
    }

    fn keys(&self) -> Result<Vec<[u8; 32]>> {
        if self.key.is_empty() {
            let keys = self.state.open()?.db().read(transfer_acts::public_keys)?;
            return Ok(keys.into_iter().map(|key| key.public_key).collect());
        }
        let keys: Vec<Vec<_>> = self.key.iter().map(|key| keys_of(key)).collect::<Result<_>>()?;
        Ok(keys.concat())
    }
}

fn keys_of(told: &str) -> Result<Vec<[u8; 32]>> {
    if let Ok(key) = public_key(told) {
        return Ok(vec![key]);
    }
    let answer: serde_json::Value = serde_json::from_slice(&super::read(Path::new(told))?)
        .with_context(|| format!("{told} is neither a key nor an answer of /api/readings/act-keys"))?;
    let items = answer["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| public_key(item["public_key"].as_str().unwrap_or_default())).collect()
}

fn public_key(text: &str) -> Result<[u8; 32]> {
    let bytes = BASE64_STANDARD.decode(text).context("a public key is written in base64")?;
    bytes.try_into().map_err(|_| anyhow!("a public key has 32 bytes"))
}

impl RotateActKey {
    pub(super) fn run(self) -> Result<()> {
        let keys = master_keys(&self.env_file)?;
        let signing = Signing { keys: &keys, secret: random()?, nonce: random()? };
        let key_id = key_id(&domain::transfer_act::public_key(&signing.secret));
        self.state.open()?.db().write(|tx| transfer_acts::rotate(tx, Timestamp::now(), &signing))?;
        println!("{}", serde_json::json!({ "key_id": key_id }));
        Ok(())
    }
}
