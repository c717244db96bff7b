//! The contract tests: what others rely on is what is there. The API against its OpenAPI document (schemathesis), the
//! Kubernetes manifests against Kubernetes' own schemas.

use anyhow::Result;

use crate::{
    process::command,
    python,
    run::Count,
    terminal::{failure, step},
    workspace::{files, root},
};

/// A resident, who has a home and may do what people do, and those who may do the rest.
const LOGINS: [&str; 3] = ["anna", "admin", "support"];

/// Enough for every rule of the document to be broken in turn, and a minute for each login.
const CASES_PER_OPERATION: &str = "10";

/// What would end the session that the rest is asked in: the document's own example changes the demo's password.
const ENDS_SESSION: [&str; 3] = ["/api/auth/sign-out", "/api/auth/password", "/api/auth/consents/{purpose}/withdraw"];

/// What is checked of every answer: no failure inside, and nothing that the document does not promise.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,unsupported_method,\
                      allow_header_conformance,ignored_auth";

/// Kubernetes' own kinds; the schemas of SpinKube's are in no package, tests of `cargo xtask kube` stand for them.
const KUBERNETES: [&str; 3] = ["jobs.yaml", "namespace.yaml", "secret.example.yaml"];

/// Checks the manifests of deploy/spinkube.
pub(crate) fn manifests() -> Result<Count> {
    step("manifests of Kubernetes");
    let folder = root().join("deploy/spinkube");
    let checked = files(&folder, &["yaml"])?;
    let checked =
        checked.iter().filter(|path| path.file_name().is_some_and(|name| KUBERNETES.iter().any(|one| name == *one)));
    let mut validate = command(python::program("kubernetes-validate"), ["--strict"]);
    Ok(outcome("a manifest is not valid", validate.args(checked).status()?.success()))
}

/// Asks the suite at `portal` whatever its document allows, and what it does not allow.
pub(crate) fn api(portal: &str) -> Result<Count> {
    let mut count = Count::default();
    for login in LOGINS {
        step(&format!("the API against its document, as {login}"));
        let arguments =
            ["run", "--checks", CHECKS, "--max-examples", CASES_PER_OPERATION, "--generation-deterministic"];
        let mut schemathesis = command(python::program("schemathesis"), arguments);
        schemathesis.args(["--phases", "examples,coverage,fuzzing", "--no-color"]);
        schemathesis.args(ENDS_SESSION.iter().flat_map(|path| ["--exclude-path", path]));
        schemathesis.args(["--workers", "2", "--url", portal, &format!("{portal}/api/openapi.json")]);
        schemathesis.env("SCHEMATHESIS_HOOKS", "hooks").env("BASE_URL", portal).env("LOGIN", login);
        let status = schemathesis.env("PYTHONPATH", ".").current_dir(python::folder()).status()?;
        count += outcome("the API and its document differ", status.success());
    }
    Ok(count)
}

fn outcome(what: &str, is_good: bool) -> Count {
    if !is_good {
        failure(what);
    }
    Count { passed: u64::from(is_good), failed: u64::from(!is_good) }
}
