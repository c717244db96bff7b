//! The archive that `cargo xtask dist` makes: unpacked once, served from there.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha256};
use tar::Archive;

/// The folder at the top of an archive.
const FOLDER: &str = "moydom";

/// The manifest of the application in `app`: a folder, or an archive, which is unpacked under `cache`.
///
/// An archive is known by its digest: unpacked before, it is not unpacked again, and a changed one is another one.
///
/// # Errors
/// When `app` is neither, or the archive holds no manifest.
pub fn manifest(app: &Path, cache: &Path) -> Result<PathBuf> {
    let folder = if app.is_dir() { app.to_owned() } else { unpacked(app, cache)?.join(FOLDER) };
    let manifest = folder.join("spin.toml");
    ensure!(manifest.is_file(), "{} holds no application: there is no spin.toml in it", app.display());
    Ok(manifest)
}

fn unpacked(archive: &Path, cache: &Path) -> Result<PathBuf> {
    let within = || format!("cannot read the archive {}", archive.display());
    let mut digest = Sha256::new();
    io::copy(&mut File::open(archive).with_context(within)?, &mut digest).with_context(within)?;
    let place = cache.join("applications").join(format!("{:x}", digest.finalize()));
    if !place.is_dir() {
        unpack(archive, &place)
            .with_context(|| format!("cannot unpack it to {}", place.display()))
            .with_context(within)?;
    }
    Ok(place)
}

/// Unpacks beside the place and moves there, so that what is there is whole.
fn unpack(archive: &Path, place: &Path) -> Result<()> {
    let part = place.with_extension(format!("part-{}", std::process::id()));
    DirBuilder::new().recursive(true).mode(0o700).create(&part)?;
    Archive::new(GzDecoder::new(File::open(archive)?)).unpack(&part)?;
    // Another host may have been quicker; its folder is as good.
    if fs::rename(&part, place).is_err() {
        fs::remove_dir_all(&part)?;
    }
    ensure!(place.is_dir(), "the folder could not be moved there");
    Ok(())
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use tempfile::TempDir;

    use super::*;

    fn archive(room: &TempDir, name: &str, entries: &[(&str, &str)]) -> PathBuf {
        let path = room.path().join(name);
        let mut builder = tar::Builder::new(GzEncoder::new(File::create(&path).unwrap(), Compression::fast()));
        for (name, text) in entries {
            let mut header = tar::Header::new_gnu();
            header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
            header.set_size(text.len() as u64);
            header.set_mode(0o644);
            header.set_cksum();
            builder.append(&header, text.as_bytes()).unwrap();
        }
        builder.into_inner().unwrap().finish().unwrap();
        path
    }

    #[test]
    fn an_archive_is_unpacked_once_and_a_changed_one_beside_it() {
        let room = tempfile::tempdir().unwrap();
        let cache = room.path().join("cache");
        let one = archive(&room, "one.tar.gz", &[("moydom/spin.toml", "one")]);
        let first = manifest(&one, &cache).unwrap();
        assert_eq!(fs::read_to_string(&first).unwrap(), "one");
        fs::write(&first, "still here").unwrap();
        assert_eq!(fs::read_to_string(manifest(&one, &cache).unwrap()).unwrap(), "still here");
        let two = archive(&room, "two.tar.gz", &[("moydom/spin.toml", "two")]);
        assert_eq!(fs::read_to_string(manifest(&two, &cache).unwrap()).unwrap(), "two");
    }

    #[test]
    fn a_folder_is_served_as_it_is() {
        let room = tempfile::tempdir().unwrap();
        fs::write(room.path().join("spin.toml"), "").unwrap();
        assert_eq!(manifest(room.path(), Path::new("/nowhere")).unwrap(), room.path().join("spin.toml"));
    }

    #[test]
    fn what_is_no_archive_of_an_application_is_named() {
        let room = tempfile::tempdir().unwrap();
        let cache = room.path().join("cache");
        let text = room.path().join("text");
        fs::write(&text, "hello").unwrap();
        for path in [text, room.path().join("absent"), archive(&room, "empty.tar.gz", &[("moydom/other", "")])] {
            let refusal = format!("{:#}", manifest(&path, &cache).unwrap_err());
            assert!(refusal.contains(path.to_str().unwrap()), "{refusal}");
        }
    }

    #[test]
    fn an_archive_writes_nothing_outside_of_its_folder() {
        let room = tempfile::tempdir().unwrap();
        let evil = archive(&room, "evil.tar.gz", &[("../../outside", "evil"), ("moydom/spin.toml", "")]);
        let _ = manifest(&evil, &room.path().join("cache"));
        assert!(!room.path().join("outside").exists() && !room.path().join("cache/outside").exists());
    }
}
