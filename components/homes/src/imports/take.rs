//! Staged files checked and taken in.

use axum::extract::State;
use domain::{
    access::{self, Action, Role},
    import::{BadLines, ImportFile},
};
use store::{
    events::{self, Event},
    import::{self, By, Error, Source, Stage, Staged},
};
use web::{Actor, Client, Env, Path, Problem, Reply, sha256};

use super::{demo_state, find, may, not_ready, report::ReportView, views::ImportView};

/// Lines of all files of one import: a slow machine checks so many within the time that a transaction has.
const LINES_MAX: usize = 100_000;

/// Check all files against each other and against what is known, and tell what they would change
#[utoipa::path(
    post, path = "/api/homes/imports/{import_id}/check", operation_id = "check_import", tag = "homes",
    security(("session" = [])), params(("import_id" = String, Path)),
    responses(
        (status = 200, body = ImportView),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, validation, import-not-ready, demo-state"),
    )
)]
pub(crate) async fn check(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(import_id): Path<String>,
) -> Result<Reply<ImportView>, Problem> {
    may(&actor)?;
    let staged = env.db().read(|conn| find(conn, &actor, &import_id))?;
    match staged.stage {
        Stage::Applied => {}
        Stage::Uploading | Stage::Refused | Stage::Checked => {
            Asker { env: &env, actor: &actor, client: &client }.rehearse(&staged)?
        }
    }
    see(&env, &actor, &import_id)
}

/// Take all files in at once; repeated, it gives the same answer
#[utoipa::path(
    post, path = "/api/homes/imports/{import_id}/apply", operation_id = "apply_import", tag = "homes",
    security(("session" = [])), params(("import_id" = String, Path)),
    responses(
        (status = 200, body = ImportView,
         description = "`applied`; or `refused`, where something has changed since the check"),
        (status = "4XX", body = Problem, content_type = "application/problem+json",
         description = "not-found, import-not-ready, demo-state"),
    )
)]
pub(crate) async fn apply(
    State(env): State<Env>,
    actor: Actor,
    client: Client,
    Path(import_id): Path<String>,
) -> Result<Reply<ImportView>, Problem> {
    may(&actor)?;
    let staged = env.db().read(|conn| find(conn, &actor, &import_id))?;
    match staged.stage {
        Stage::Applied => {}
        Stage::Checked => Asker { env: &env, actor: &actor, client: &client }.take(&staged)?,
        Stage::Uploading => return Err(not_ready("Сначала проверьте файлы: покажем, что изменится.")),
        Stage::Refused => return Err(not_ready("В файлах есть ошибки. Исправьте их и загрузите файлы снова.")),
    }
    see(&env, &actor, &import_id)
}

fn see(env: &Env, actor: &Actor, import_id: &str) -> Result<Reply<ImportView>, Problem> {
    ImportView::new(env.db().read(|conn| find(conn, actor, import_id))?).map(Reply::ok)
}

/// Who imports, and from where.
struct Asker<'a> {
    env: &'a Env,
    actor: &'a Actor,
    client: &'a Client,
}

impl Asker<'_> {
    fn rehearse(&self, staged: &Staged) -> Result<(), Problem> {
        let sources = match read(self.env, staged)? {
            Ok(sources) => sources,
            Err(bad_lines) => return self.keep(staged, Stage::Refused, &ReportView::of_form(bad_lines)),
        };
        let rehearsal =
            self.by(staged, |by| import::rehearse(self.env.db(), self.env.now(), self.env.random(), by, sources));
        let (stage, report) = match rehearsal {
            Ok(taken) => (Stage::Checked, ReportView::from(taken)),
            Err(error) => (Stage::Refused, refusal(error)?),
        };
        self.keep(staged, stage, &report)
    }

    fn take(&self, staged: &Staged) -> Result<(), Problem> {
        let sources = match read(self.env, staged)? {
            Ok(sources) => sources,
            Err(bad_lines) => return self.keep(staged, Stage::Refused, &ReportView::of_form(bad_lines)),
        };
        match self.take_sources(staged, sources) {
            Ok(()) => Ok(()),
            Err(Stop::Problem(problem)) => Err(problem),
            Err(Stop::Import(error)) => self.keep(staged, Stage::Refused, &refusal(error)?),
        }
    }

    /// The rows, their audit entries, the event and the word that it is done come in one transaction.
    fn take_sources(&self, staged: &Staged, sources: Vec<Source>) -> Result<(), Stop> {
        let (now, import_id) = (self.env.now(), &staged.import_id);
        self.env.db().write(|tx| {
            let current = find(tx, self.actor, import_id)?;
            if current.stage == Stage::Applied {
                return Ok(());
            }
            if (current.stage, current.revision) != (Stage::Checked, staged.revision) {
                return Err(changed_meanwhile().into());
            }
            let taken = self.by(staged, |by| import::take(tx, now, self.env.random(), by, sources))?;
            let report = ReportView::from(taken);
            let (added, changed) = report.changes();
            let event = Event::ImportApplied { files: staged.files.len(), added, changed };
            events::emit(tx, now, &self.actor.person_id, &event)?;
            import::keep_report(tx, now, staged, Stage::Applied, &report.json()?)?;
            Ok(())
        })
    }

    fn by<T>(&self, staged: &Staged, work: impl FnOnce(&By<'_>) -> T) -> T {
        let (address, role) = (self.client.address.as_str(), Role::Admin.as_str());
        let fields = [("address", address), ("session", self.actor.session_id.as_str()), ("role", role)];
        let reach = access::scopes(&self.actor.grants, Action::ImportRegister);
        work(&By { actor: &self.actor.person_id, fields: &fields, reach: &reach, is_for_demo: staged.is_for_demo })
    }

    /// Files that changed while they were read are not those of which this is said.
    fn keep(&self, staged: &Staged, stage: Stage, report: &ReportView) -> Result<(), Problem> {
        let (now, report) = (self.env.now(), report.json()?);
        let is_kept = self.env.db().write(|tx| import::keep_report(tx, now, staged, stage, &report))?;
        if is_kept { Ok(()) } else { Err(changed_meanwhile()) }
    }
}

/// Why nothing is taken in.
enum Stop {
    Import(Error),
    Problem(Problem),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Import(error)
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<store::Error> for Stop {
    fn from(error: store::Error) -> Self {
        Self::Problem(error.into())
    }
}

/// What a refusal says; an answer of its own where it is not about lines.
fn refusal(error: Error) -> Result<ReportView, Problem> {
    match error {
        Error::BadLines(bad_lines) => Ok(bad_lines.into()),
        Error::DemoState => Err(demo_state()),
        Error::Store(error) => Err(error.into()),
    }
}

fn changed_meanwhile() -> Problem {
    not_ready("Пока мы читали файлы, пришла другая их часть. Проверьте файлы ещё раз.")
}

fn too_many_lines() -> Problem {
    let detail = "В файлах вместе больше 100 000 строк, столько за один раз портал не проверит: загрузите их по одному \
                  или разделите. Всё сразу загрузит тот, кто обслуживает сервер, командой moydom import.";
    Problem::field("/files", detail)
}

/// Reads the files one after the other, so that the bytes of only one are in memory.
fn read(env: &Env, staged: &Staged) -> Result<Result<Vec<Source>, BadLines>, Problem> {
    if staged.files.iter().any(|file| file.received_bytes != file.size_bytes) {
        return Err(not_ready("Файлы пришли не целиком. Отправьте недостающие части."));
    }
    let (mut sources, mut bad_lines, mut lines_left) = (Vec::new(), BadLines::default(), LINES_MAX);
    for (file_no, file) in (0..).zip(&staged.files) {
        let bytes = env.db().read(|conn| import::file_bytes(conn, &staged.import_id, file_no, &file.parts))?;
        match ImportFile::parse_up_to(&file.name, &bytes, lines_left) {
            Ok(parsed) => {
                lines_left = lines_left.checked_sub(parsed.len()).ok_or_else(too_many_lines)?;
                sources.push(Source { name: file.name.clone(), sha256: sha256(&bytes), file: parsed });
            }
            Err(bad) => bad_lines.append(bad),
        }
    }
    Ok(if bad_lines.is_empty() { Ok(sources) } else { Err(bad_lines) })
}
