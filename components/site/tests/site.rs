//! What the site answers, over the real `static/` and over a small folder of its own.

use std::{fs, path::Path};

use axum::{Router, body::Body};
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tower_service::Service;

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

fn portal() -> Router {
    site::router(&root(), false)
}

async fn ask(method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    ask_of(portal(), method, path, headers).await
}

async fn ask_of(mut router: Router, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.call(request.body(Body::empty()).unwrap()).await.unwrap();
    let (head, body) = response.into_parts();
    Answer { status: head.status, headers: head.headers, body: body.collect().await.unwrap().to_bytes() }
}

#[tokio::test]
async fn pages_answer_at_their_short_addresses() {
    for path in
        ["/", "/sign-in", "/link", "/readings", "/history", "/api", "/problems", "/readings/", "/readings?from=feed"]
    {
        let answer = ask("GET", path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8", "{path}");
    }
}

#[tokio::test]
async fn every_type_of_problem_is_explained_at_its_address() {
    let page = String::from_utf8(ask("GET", "/problems", &[]).await.body.to_vec()).unwrap();
    for slug in web::Slug::ALL {
        let slug = slug.as_str();
        assert_eq!(ask("GET", &format!("/problems/{slug}"), &[]).await.status, StatusCode::OK, "{slug}");
        assert!(page.contains(&format!("id=\"{slug}\"")), "{slug} is not on the page");
    }
    assert_eq!(page.matches("<article").count(), web::Slug::ALL.len());
    assert_eq!(ask("GET", "/problems/unheard-of", &[]).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_unknown_address_gets_the_page_for_it_and_404() {
    let answer = ask("GET", "/nowhere", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(String::from_utf8_lossy(&answer.body).contains("Такой страницы нет"));
    assert_eq!(answer.header("etag"), "");
}

#[tokio::test]
async fn nothing_outside_the_folder_is_ever_served() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    let root = folder.path().join("static");
    fs::create_dir(&root).unwrap();
    fs::write(root.join("a.txt"), "public").unwrap();
    for path in [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/.%2e/secret.txt",
        "/..\\secret.txt",
        "/%5c..%5csecret.txt",
        "/a.txt/../../secret.txt",
        "/a.txt%00",
        "//secret.txt",
        "/./a.txt",
        "/%61.txt",
    ] {
        let Ok(uri) = path.parse::<http::Uri>() else { continue };
        let answer = ask_of(site::router(&root, false), "GET", &uri.to_string(), &[]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(ask_of(site::router(&root, false), "GET", "/a.txt", &[]).await.body, "public");
}

#[tokio::test]
async fn what_the_browser_has_is_not_sent_again() {
    let first = ask("GET", "/css/base.css", &[]).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with('"'));
    let weakened = format!("\"other\", W/{tag}");
    for known in [tag.as_str(), weakened.as_str(), "*"] {
        let again = ask("GET", "/css/base.css", &[("if-none-match", known)]).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{known}");
        assert!(again.body.is_empty());
        assert_eq!(again.header("etag"), tag);
    }
    let other = ask("GET", "/css/base.css", &[("if-none-match", "\"other\"")]).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[tokio::test]
async fn what_a_page_names_by_its_fingerprint_is_kept_for_good_and_no_longer_than_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("index.html", r#"<script src="/js/main.js"></script> <a href="/jsonly">"#);
    write("404.html", "not here");
    write("js/main.js", "import './lib/one.js'");
    write("js/lib/one.js", "1");
    let portal = || site::router(folder.path(), false);
    let script = async || {
        let page = ask_of(portal(), "GET", "/", &[]).await;
        assert_eq!(page.header("cache-control"), "no-cache");
        let page = String::from_utf8(page.body.to_vec()).unwrap();
        assert!(page.ends_with(r#"<a href="/jsonly">"#), "{page}");
        page.split('"').nth(1).unwrap().to_owned()
    };

    let before = script().await;
    let kept = ask_of(portal(), "GET", &before, &[]).await;
    assert_eq!(kept.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(kept.body, "import './lib/one.js'");
    let missing = ask_of(portal(), "GET", &before.replace("main", "none"), &[]).await;
    assert_eq!((missing.status, missing.header("cache-control")), (StatusCode::NOT_FOUND, "no-cache"));

    write("js/lib/one.js", "2");
    let after = script().await;
    assert_ne!(before, after);
    let imported = ask_of(portal(), "GET", &before.replace("main", "lib/one"), &[]).await;
    assert_eq!((imported.body.as_ref(), imported.header("cache-control")), (&b"2"[..], "no-cache"));
}

#[tokio::test]
async fn the_styles_of_a_page_go_out_as_one_file_in_their_order() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("css")).unwrap();
    let link = |name: &str| format!("  <link rel=\"stylesheet\" href=\"/css/{name}.css\">\n");
    let page = format!("<head>\n{}{}</head>\n", link("b"), link("a"));
    fs::write(folder.path().join("index.html"), page).unwrap();
    fs::write(folder.path().join("css/a.css"), "a{}\n").unwrap();
    fs::write(folder.path().join("css/b.css"), "b{}\n").unwrap();
    let portal = || site::router(folder.path(), false);
    let page = String::from_utf8(ask_of(portal(), "GET", "/", &[]).await.body.to_vec()).unwrap();
    assert_eq!(page.matches("stylesheet").count(), 1, "{page}");
    let styles = ask_of(portal(), "GET", page.split('"').nth(3).unwrap(), &[]).await;
    assert_eq!((styles.body.as_ref(), styles.header("content-type")), (&b"b{}\na{}\n"[..], "text/css; charset=utf-8"));
    assert_eq!(ask_of(portal(), "GET", "/css/a+b.css", &[]).await.status, StatusCode::NOT_FOUND, "no page asks for it");
}

#[tokio::test]
async fn text_is_compressed_for_those_who_accept_it() {
    let plain = ask("GET", "/css/tokens.css", &[]).await;
    let short = ask("GET", "/css/tokens.css", &[("accept-encoding", "br, gzip;q=0.8")]).await;
    assert_eq!(short.header("content-encoding"), "gzip");
    assert!(short.body.len() < plain.body.len() / 2);
    assert_ne!(short.header("etag"), plain.header("etag"), "two forms, two tags");
    for refused in ["gzip;q=0", "br", "identity", "gzip;q=0.000, *"] {
        let answer = ask("GET", "/css/tokens.css", &[("accept-encoding", refused)]).await;
        assert_eq!(answer.header("content-encoding"), "", "{refused}");
        assert_eq!(answer.header("vary"), "accept-encoding");
        assert_eq!(answer.body, plain.body);
    }
}

#[tokio::test]
async fn a_head_request_gets_the_same_headers_and_no_body() {
    let mut get = ask("GET", "/", &[]).await;
    let mut head = ask("HEAD", "/", &[]).await;
    assert_ne!(get.headers.remove("x-request-id"), head.headers.remove("x-request-id"));
    assert_eq!((head.status, head.headers), (get.status, get.headers));
    assert!(head.body.is_empty() && !get.body.is_empty());
}

#[tokio::test]
async fn other_methods_are_refused_with_the_list_of_allowed_ones() {
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let answer = ask(method, "/sign-in", &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(answer.header("allow"), "GET, HEAD");
    }
}

#[tokio::test]
async fn under_api_a_refused_method_is_a_problem() {
    for path in ["/api", "/api/openapi.json"] {
        let answer = ask("POST", path, &[]).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header("allow"), "GET, HEAD");
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(problem["type"], "/problems/method-not-allowed");
        assert_eq!(problem["request_id"], answer.header("x-request-id"));
    }
}

#[tokio::test]
async fn every_answer_names_its_request() {
    let mut seen = std::collections::HashSet::new();
    for (method, path) in [("GET", "/"), ("GET", "/"), ("GET", "/nowhere"), ("POST", "/"), ("GET", "/css/base.css")] {
        let answer = ask(method, path, &[]).await;
        assert_eq!(answer.header("x-request-id").len(), 36, "{method} {path}");
        assert!(seen.insert(answer.header("x-request-id").to_owned()), "{method} {path}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_security_headers() {
    for (method, path) in
        [("GET", "/"), ("GET", "/nowhere"), ("POST", "/"), ("GET", "/service-worker.js"), ("GET", "/icons.svg")]
    {
        let answer = ask(method, path, &[]).await;
        assert!(answer.header("content-security-policy").contains("script-src 'self'"), "{method} {path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{method} {path}");
        assert_eq!(answer.header("strict-transport-security"), "", "{method} {path}");
    }
    for path in ["/js/main.js", "/css/base.css"] {
        let answer = ask("GET", path, &[]).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(answer.header("content-security-policy"), "", "{path}: a policy of documents");
    }
    let folder = tempfile::tempdir().unwrap();
    let secure = ask_of(site::router(folder.path(), true), "GET", "/", &[]).await;
    assert!(secure.header("strict-transport-security").contains("max-age="));
}

#[tokio::test]
async fn no_page_carries_inline_code_or_names_another_site() {
    for name in pages() {
        let page = fs::read_to_string(root().join(&name)).unwrap();
        for forbidden in [" style=", " onclick=", "javascript:", "<style", "src=\"http", "href=\"http", "src=\"//"] {
            assert!(!page.contains(forbidden), "{name}: {forbidden}");
        }
        assert!(!page.contains("<script>"), "{name}");
    }
}

#[test]
fn every_page_has_a_title_of_its_own_and_a_way_past_its_menu() {
    let mut titles = std::collections::HashSet::new();
    for name in pages() {
        let page = fs::read_to_string(root().join(&name)).unwrap();
        let title = between(&page, "<title>", "</title>").next().unwrap().to_owned();
        assert!(title.ends_with("Мой дом") && titles.insert(title.clone()), "{name}: {title}");
        assert!(page.contains("class=\"skip-link\" href=\"#main\"") && page.contains("<main id=\"main\""), "{name}");
        assert!(page.contains("<html lang=\"ru\">") && page.contains("name=\"viewport\""), "{name}");
    }
}

/// What a browser fetches for the first view of a page, as the site sends it: the page, what it links, and every script
/// that its modules import.
#[tokio::test]
async fn the_first_view_of_every_page_is_below_60_kb() {
    let mut heaviest = (0, String::new());
    for name in pages() {
        let (mut bytes, mut known, mut wanted) = (0, std::collections::BTreeSet::new(), vec![format!("/{name}")]);
        while let Some(path) = wanted.pop() {
            if !known.insert(path.clone()) {
                continue;
            }
            let answer = ask("GET", &path, &[("accept-encoding", "gzip")]).await;
            assert_eq!(answer.status, StatusCode::OK, "{name} wants {path}");
            bytes += answer.body.len();
            let text = fs::read_to_string(root().join(path.trim_start_matches('/'))).unwrap();
            wanted.extend(wants(&path, &text));
        }
        assert!(bytes < FIRST_VIEW_BYTES_MAX, "{name} weighs {bytes} bytes");
        heaviest = heaviest.max((bytes, name));
    }
    println!("the heaviest page: {} with {} bytes", heaviest.1, heaviest.0);
}

const FIRST_VIEW_BYTES_MAX: usize = 60_000;

/// The addresses that a file makes the browser fetch.
fn wants(path: &str, text: &str) -> Vec<String> {
    if path.ends_with(".html") {
        let links = text
            .lines()
            .filter(|line| line.contains("<link") || line.contains("<use "))
            .flat_map(|line| between(line, "href=\"", "\""));
        let scripts = between(text, "src=\"", "\"");
        let modules = between(text, "data-module=\"", "\"").map(|name| format!("/js/{name}.js"));
        let linked = links.chain(scripts).map(|link| link.split('#').next().unwrap_or_default().to_owned());
        return linked.chain(modules).filter(|link| link.starts_with('/')).collect();
    }
    if !path.ends_with(".js") {
        return vec![];
    }
    let folder = &path[..=path.rfind('/').unwrap()];
    let imports = text.lines().filter(|line| line.starts_with("import ") || line.starts_with("} from "));
    imports.flat_map(|line| between(line, "\"./", "\"")).map(|name| format!("{folder}{name}")).collect()
}

fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../static")
}

/// Every page there is.
fn pages() -> Vec<String> {
    let in_folder = |folder: &str| {
        let files =
            fs::read_dir(root().join(folder)).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
        files.map(|name| format!("{folder}{name}")).filter(|name| name.ends_with(".html")).collect::<Vec<_>>()
    };
    ["", "api/", "problems/"].iter().flat_map(|folder| in_folder(folder)).collect()
}

#[tokio::test]
async fn json_says_the_same_without_its_indentation() {
    let answer = ask("GET", "/api/openapi.json", &[]).await;
    let file = fs::read(root().join("api/openapi.json")).unwrap();
    let [served, kept]: [serde_json::Value; 2] =
        [serde_json::from_slice(&answer.body).unwrap(), serde_json::from_slice(&file).unwrap()];
    assert_eq!(served, kept);
    assert!(answer.body.split(|byte| *byte == b'\n').all(|line| !line.starts_with(b" ")));
}
