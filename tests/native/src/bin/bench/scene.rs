//! What the servers work on: a demo state with residents who have linked their accounts, and no limits in the way.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::load::{Connection, Request};

const RESIDENTS: usize = 16;
pub(crate) const PASSWORD: &str = "moydom-demo-2026";

pub(crate) struct Scene {
    folder: TempDir,
}

impl Scene {
    pub(crate) fn prepare(programs: &Path) -> Result<Self> {
        let scene = Self { folder: tempfile::tempdir()? };
        for arguments in [&["migrate", "--demo"][..], &["seed-demo"]] {
            let status =
                Command::new(programs.join("moydom")).args(arguments).arg("--state").arg(scene.folder.path()).status();
            ensure!(status.context("moydom does not run")?.success(), "moydom {arguments:?} failed");
        }
        let database = rusqlite::Connection::open(scene.folder.path().join("sqlite_db.db"))?;
        database.execute_batch(
            "update setting set value = '1000000000' where name like 'limit.%';
             insert into account_link (account_link_id, person_id, account_id, right, linked_at)
             select 'bench-' || p.login, p.person_id, a.account_id, 'owner', p.created_at
             from person p
             join account a on a.number = printf('%010d', substr(p.login, 9) + 30)
             where p.login glob 'resident[0-9][0-9]';",
        )?;
        Ok(scene)
    }

    /// A copy of the state, so that one server's writes are not another's reads.
    pub(crate) fn copy(&self) -> Result<TempDir> {
        let copy = tempfile::tempdir()?;
        for entry in fs::read_dir(self.folder.path())? {
            let entry = entry?;
            if entry.file_type()?.is_file() {
                fs::copy(entry.path(), copy.path().join(entry.file_name()))?;
            }
        }
        Ok(copy)
    }

    /// Signs the residents in at a server, and looks at their meters.
    pub(crate) async fn sign_in(&self, address: &str) -> Result<Visitors> {
        let mut connection = Connection::open(address).await?;
        let mut visitors = Visitors(Vec::new());
        for number in 1..=RESIDENTS {
            let body = json!({ "identifier": format!("resident{number:02}"), "password": PASSWORD });
            let answer = connection.exchange(&Request::post("/api/auth/sign-in", None, &body)).await?;
            ensure!(answer.status == 200, "sign-in answered {}", answer.status);
            visitors.0.push(Visitor::new(&mut connection, cookie(&answer.head, "__Host-session")?).await?);
        }
        Ok(visitors)
    }
}

/// Other numbers for some settings of a state.
pub(crate) fn set(state: &Path, settings: &[(&str, u32)]) -> Result<()> {
    let database = rusqlite::Connection::open(state.join("sqlite_db.db"))?;
    settings.iter().try_for_each(|(name, value)| {
        let changed = database.execute("update setting set value = ?2 where name = ?1", (name, value.to_string()))?;
        ensure!(changed > 0, "there is no setting {name}");
        Ok(())
    })
}

/// The pair of a cookie that an answer sets.
pub(crate) fn cookie(head: &str, name: &str) -> Result<String> {
    let cookies = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let mut pairs = cookies.filter_map(|(_, cookie)| cookie.split(';').next());
    let pair = pairs.find(|pair| pair.trim().starts_with(&format!("{name}=")));
    Ok(pair.with_context(|| format!("no cookie {name}"))?.trim().to_owned())
}

pub(crate) struct Visitors(Vec<Visitor>);

struct Visitor {
    session: String,
    submission: Value,
}

impl Visitor {
    async fn new(connection: &mut Connection, session: String) -> Result<Self> {
        let answer = connection.exchange(&Request::get("/api/readings/meters", Some(&session))).await?;
        let meters: Value = serde_json::from_slice(&answer.body)?;
        let account = &meters["accounts"][0];
        let meter = &account["meters"][0];
        let values: Vec<_> = meter["last"]["values"].as_array().context("no last reading")?.clone();
        let codes = ["above-usual", "far-above-usual", "unchanged-for-months"];
        let confirmed = codes.map(|code| json!({ "rate": 0, "code": code }));
        let item = json!({ "meter_id": meter["meter_id"], "values": values, "confirmed": confirmed });
        Ok(Self { session, submission: json!({ "account_id": account["account_id"], "items": [item] }) })
    }
}

impl Visitors {
    pub(crate) fn gets(&self) -> Vec<Request> {
        self.0.iter().map(|visitor| Request::get("/api/readings/meters", Some(&visitor.session))).collect()
    }

    pub(crate) fn posts(&self) -> Vec<Request> {
        let path = "/api/readings/submissions";
        self.0.iter().map(|visitor| Request::post(path, Some(&visitor.session), &visitor.submission)).collect()
    }
}
