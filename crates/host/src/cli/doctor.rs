//! `moydom doctor`

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use jiff::Timestamp;

use super::app::AppArgs;
use crate::doctor::{self, Application, Finding, Grade, Questions};
use crate::prepare;

/// Look at everything that the suite needs and tell what is wrong, with the way out.
///
/// Give it the flags that `serve` gets. It changes nothing; it fails if something will not work.
#[derive(Args)]
pub(super) struct Doctor {
    #[command(flatten)]
    app: AppArgs,
    /// Directory of databases and stores [default: .spin beside the manifest, with --app in this folder]
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Backends of databases and stores, in Spin's form.
    #[arg(long, value_name = "FILE")]
    runtime_config_file: Option<PathBuf>,
    /// Where the suite listens.
    #[arg(long, default_value = "127.0.0.1:3000")]
    listen: SocketAddr,
    /// Where archives are unpacked [default: the user's cache directory]
    #[arg(long, value_name = "DIR")]
    cache: Option<PathBuf>,
    /// Certificate chain (PEM).
    #[arg(long, requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate (PEM).
    #[arg(long, requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl Doctor {
    pub(super) fn run(self) -> Result<()> {
        let findings = doctor::examine(&self.questions()?);
        findings.iter().for_each(print);
        let faults = findings.iter().filter(|finding| finding.grade == Grade::Fault).count();
        if faults > 0 {
            bail!("{faults} of these must be mended first");
        }
        Ok(())
    }

    fn questions(self) -> Result<Questions> {
        let state = self.state.unwrap_or_else(|| self.app.usual_state());
        let cache = self.cache.or_else(prepare::user_cache).unwrap_or_else(|| state.join("cache"));
        Ok(Questions {
            application: Application { manifest: self.app.manifest(&cache)?, env_file: self.app.env_file()? },
            state,
            runtime_config: self.runtime_config_file,
            listen: self.listen,
            tls: self.tls_cert.zip(self.tls_key),
            now: Timestamp::now(),
        })
    }
}

fn print(finding: &Finding) {
    let grade = match finding.grade {
        Grade::Good => "ok   ",
        Grade::Warning => "warn ",
        Grade::Fault => "FAULT",
    };
    println!("{grade}  {}: {}", finding.what, finding.words);
}
