//! The files that may be served, found once; the bytes of each are read when first asked for and then kept.
//!
//! A request never becomes a path: it is looked up among the names found at the start. `..`, encoded slashes and
//! the like are thus nothing but names that are not there.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::OnceLock,
};

use bytes::Bytes;
use flate2::{Compression, write::GzEncoder};
use http::HeaderValue;

use crate::{
    fingerprint::{self, Fingerprint},
    media::media_type,
    styles,
};

/// What may be served.
pub(crate) struct Files {
    /// By its name under the root, such as `css/base.css`.
    by_name: BTreeMap<String, File>,
    /// The styles of the pages, those of each as one file.
    joined: OnceLock<BTreeMap<String, File>>,
    fingerprint: OnceLock<Fingerprint>,
}

/// One file, or several that go out as one; the bytes come when they are first wanted.
pub(crate) struct File {
    paths: Vec<PathBuf>,
    content: OnceLock<Content>,
}

/// A file as it goes out.
pub(crate) struct Content {
    pub(crate) media_type: HeaderValue,
    pub(crate) plain: Form,
    /// Absent where gzip would gain nothing.
    pub(crate) gzip: Option<Form>,
}

/// Bytes with the strong tag that names exactly them.
pub(crate) struct Form {
    pub(crate) bytes: Bytes,
    pub(crate) etag: HeaderValue,
}

impl Files {
    /// What lies under `root` now. A folder that can't be read holds nothing.
    pub(crate) fn under(root: &Path) -> Self {
        let mut found = BTreeMap::new();
        collect(root, "", &mut found);
        Self { by_name: found, joined: OnceLock::new(), fingerprint: OnceLock::new() }
    }

    /// The file for a request's path: a file itself, or a page under its short address.
    pub(crate) fn find(&self, path: &str) -> Option<&File> {
        let name = fingerprint::plain(path).strip_prefix('/')?;
        let name = name.strip_suffix('/').unwrap_or(name);
        if name.is_empty() {
            return self.named("index.html");
        }
        let page = || self.named(&format!("{name}.html"));
        let folder = || self.named(&format!("{name}/index.html"));
        let problem = || is_problem(name).then(|| self.named("problems/index.html")).flatten();
        self.named(name).or_else(page).or_else(folder).or_else(problem)
    }

    pub(crate) fn named(&self, name: &str) -> Option<&File> {
        if styles::is_joined(name) { self.joined().get(name) } else { self.by_name.get(name) }
    }

    /// Found when one is first asked for: browsers keep them, so few instances are. Only what a page names is there.
    fn joined(&self) -> &BTreeMap<String, File> {
        self.joined.get_or_init(|| {
            let pages = self.by_name.values().filter(|file| file.is_page());
            let names = pages.filter_map(|page| styles::joined(&String::from_utf8_lossy(&page.read().ok()?)));
            names.filter_map(|name| Some((name.clone(), self.join(&name)?))).collect()
        })
    }

    fn join(&self, name: &str) -> Option<File> {
        let parts = styles::parts(name).map(|part| self.by_name.get(&part)?.paths.first().cloned());
        parts.collect::<Option<_>>().map(File::of)
    }

    /// The bytes of a file, read on the first call; a page names its styles and scripts by their fingerprint.
    pub(crate) fn content<'f>(&self, file: &'f File) -> io::Result<&'f Content> {
        if let Some(content) = file.content.get() {
            return Ok(content);
        }
        let mut bytes = file.read()?;
        if file.is_page() {
            let page = styles::join(&String::from_utf8_lossy(&bytes));
            bytes = self.fingerprint()?.stamp(&page).into_bytes();
        } else if file.ends_in("json") {
            bytes = without_indentation(&bytes);
        }
        let content = Content::of(&file.paths[0], bytes)?;
        Ok(file.content.get_or_init(|| content))
    }

    /// Whether a request's path has the fingerprint of what is served now.
    pub(crate) fn is_present(&self, path: &str) -> bool {
        fingerprint::named_in(path).is_some_and(|named| self.fingerprint().is_ok_and(|present| present.0 == named))
    }

    /// Of the styles and scripts, which are read for it on the first call.
    fn fingerprint(&self) -> io::Result<&Fingerprint> {
        if let Some(fingerprint) = self.fingerprint.get() {
            return Ok(fingerprint);
        }
        let covered = self.by_name.iter().filter(|(name, _)| fingerprint::covers(name));
        let fingerprint = Fingerprint::of(covered.map(|(name, file)| Ok((name, file.read()?))))?;
        Ok(self.fingerprint.get_or_init(|| fingerprint))
    }
}

impl File {
    fn of(paths: Vec<PathBuf>) -> Self {
        Self { paths, content: OnceLock::new() }
    }

    fn read(&self) -> io::Result<Vec<u8>> {
        self.paths.iter().map(fs::read).collect::<io::Result<Vec<_>>>().map(|parts| parts.concat())
    }

    fn is_page(&self) -> bool {
        self.ends_in("html")
    }

    fn ends_in(&self, ending: &str) -> bool {
        self.paths[0].extension().is_some_and(|end| end == ending)
    }
}

impl Content {
    fn of(path: &Path, bytes: Vec<u8>) -> io::Result<Self> {
        let (media_type, is_text) = media_type(&path.to_string_lossy());
        let hash = &web::sha256(&bytes)[..32];
        let gzip = if is_text { Some(compress(&bytes)?) } else { None };
        Ok(Self {
            media_type: HeaderValue::from_static(media_type),
            gzip: gzip.filter(|short| short.len() < bytes.len()).map(|short| Form::new(short, &format!("{hash}-gzip"))),
            plain: Form::new(bytes, hash),
        })
    }
}

impl Form {
    fn new(bytes: Vec<u8>, tag: &str) -> Self {
        let etag = HeaderValue::from_str(&format!("\"{tag}\"")).expect("a hexadecimal tag is a valid header");
        Self { bytes: Bytes::from(bytes), etag }
    }
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, File>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(kind) = entry.file_type() else { continue };
        let (path, name) = (entry.path(), format!("{prefix}{name}"));
        if kind.is_dir() {
            collect(&path, &format!("{name}/"), found);
        } else if kind.is_file() {
            found.insert(name, File::of(vec![path]));
        }
    }
}

/// `problems/wrong-code`: each type of problem is explained at its own address, all on one page.
fn is_problem(name: &str) -> bool {
    name.strip_prefix("problems/").is_some_and(|slug| web::Slug::ALL.iter().any(|known| known.as_str() == slug))
}

/// Lines of JSON begin with spaces for those who read the file; of the API's description they are an eighth even when
/// compressed. No text within it is broken into lines.
fn without_indentation(json: &[u8]) -> Vec<u8> {
    let lines: Vec<_> = json.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_start).collect();
    lines.join(&b'\n')
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}
