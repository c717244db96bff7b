//! A company's files through the portal.

use api_tests::Suite;
use serde_json::json;

const FILE: &str = "inn;name\n7707083893;УК Двор\n";

#[test]
fn an_administrator_imports_a_file_after_its_check() {
    let suite = Suite::start();
    let admin = suite.signed_in("admin");
    let wish = json!({ "files": [{ "name": "companies.csv", "size_bytes": FILE.len() }], "is_for_demo": true });
    suite.signed_in("anna").post_with("/api/homes/imports", &[("idempotency-key", "i")], &wish).problem("forbidden");
    let begun = admin.post_with("/api/homes/imports", &[("idempotency-key", "import-1")], &wish).expect(201);
    let import_id = begun["import_id"].as_str().expect("an id");
    let path = format!("/api/homes/imports/{import_id}");
    let headers = [("content-type", "application/octet-stream")];
    admin.send("PUT", &format!("{path}/files/0/parts/0"), &headers, Some(FILE)).expect(200);
    assert_eq!(
        admin.send("POST", &format!("/api/homes/imports/{import_id}/check"), &[], None).expect(200)["stage"],
        "checked"
    );
    let applied = admin.send("POST", &format!("/api/homes/imports/{import_id}/apply"), &[], None).expect(200);
    assert_eq!(applied["stage"], "applied");
    assert_eq!(admin.get(&path).expect(200)["report"], applied["report"]);
    suite.signed_in("anna").get(&path).problem("forbidden");
}
