//! The archive of a commit, read as a stream: nothing is written to disk, no link is followed.

use std::collections::HashSet;
use std::io::{self, Read};

use bytes::Bytes;
use tokio::sync::mpsc;

use super::{Repository, segment};
use crate::github::client::{Client, Error, Failure, Request};
use crate::tree::MAX_FILE_BYTES;

/// Bytes of an unpacked archive that are read; an archive can be a bomb.
pub const MAX_ARCHIVE: u64 = 4 * 1024 * 1024 * 1024;

/// Pieces that wait to be unpacked.
const PIECES: usize = 16;

/// Unpacked files that wait to be taken; each may be of the largest size that is read.
const FILES: usize = 2;

impl Client {
    /// Reads the archive of a commit, and hands over the bytes of the files in `wanted` as they come.
    ///
    /// # Errors
    /// When the request fails, the connection is cut or the archive is broken; some files may have been handed over.
    pub async fn archive(
        &self,
        repository: &Repository,
        sha: &str,
        wanted: HashSet<String>,
        mut take: impl FnMut(&str, Vec<u8>),
    ) -> Result<(), Error> {
        let request = Request::get(repository.path(&format!("tarball/{}", segment(sha))));
        let mut stream = self.open(&request).await?;
        let (pieces, waiting_pieces) = mpsc::channel(PIECES);
        let (files, mut waiting_files) = mpsc::channel(FILES);
        let unpacking = tokio::task::spawn_blocking(move || unpack(Pieces::new(waiting_pieces), wanted, &files));
        let feeding = async move {
            while let Some(piece) = stream.next().await? {
                if pieces.send(piece).await.is_err() {
                    // All files were found: the rest of the archive is of no interest.
                    break;
                }
            }
            Ok::<(), Error>(())
        };
        let draining = async {
            while let Some((path, bytes)) = waiting_files.recv().await {
                take(&path, bytes);
            }
        };
        let (fed, ()) = tokio::join!(feeding, draining);
        let unpacked = unpacking.await;
        fed?;
        let broken = |reason: String| Error::new("reading the archive", Failure::Unreadable(reason));
        unpacked.map_err(|error| broken(error.to_string()))?.map_err(|error| broken(error.to_string()))
    }
}

fn unpack(pieces: Pieces, mut wanted: HashSet<String>, files: &mpsc::Sender<(String, Vec<u8>)>) -> io::Result<()> {
    let plain = flate2::read::MultiGzDecoder::new(pieces).take(MAX_ARCHIVE);
    let mut archive = tar::Archive::new(plain);
    for entry in archive.entries()? {
        let mut entry = entry?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path_bytes().into_owned();
        // The first folder is named by the server after repository and commit.
        let Some((_, path)) = std::str::from_utf8(&name).ok().and_then(|name| name.split_once('/')) else { continue };
        if !wanted.remove(path) {
            continue;
        }
        let mut bytes = Vec::new();
        entry.by_ref().take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        if files.blocking_send((path.to_owned(), bytes)).is_err() || wanted.is_empty() {
            break;
        }
    }
    Ok(())
}

/// The pieces of a stream as a reader for a blocking thread.
struct Pieces {
    source: mpsc::Receiver<Bytes>,
    rest: Bytes,
}

impl Pieces {
    fn new(source: mpsc::Receiver<Bytes>) -> Self {
        Self { source, rest: Bytes::new() }
    }
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() {
            match self.source.blocking_recv() {
                Some(piece) => self.rest = piece,
                None => return Ok(0),
            }
        }
        let piece = self.rest.split_to(buffer.len().min(self.rest.len()));
        buffer.get_mut(..piece.len()).ok_or(io::ErrorKind::InvalidInput)?.copy_from_slice(&piece);
        Ok(piece.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut builder = tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
        for (path, bytes) in files {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, path, *bytes).expect("fits");
        }
        builder.into_inner().expect("ends").finish().expect("packs")
    }

    fn read(bytes: &[u8], wanted: &[&str]) -> (io::Result<()>, Vec<(String, Vec<u8>)>) {
        let (pieces, waiting) = mpsc::channel(1024);
        for piece in bytes.chunks(7) {
            pieces.try_send(Bytes::copy_from_slice(piece)).expect("room");
        }
        drop(pieces);
        let (files, mut found) = mpsc::channel(64);
        let result = unpack(Pieces::new(waiting), wanted.iter().map(|path| (*path).to_owned()).collect(), &files);
        drop(files);
        (result, std::iter::from_fn(|| found.try_recv().ok()).collect())
    }

    #[test]
    fn wanted_files_come_without_the_first_folder() {
        let bytes = archive(&[("o-r-1/a.cs", b"A"), ("o-r-1/src/b.cs", b"B"), ("o-r-1/c.txt", b"C")]);
        let (result, found) = read(&bytes, &["a.cs", "src/b.cs", "gone.cs"]);
        result.expect("unpacks");
        assert_eq!(found, [("a.cs".to_owned(), b"A".to_vec()), ("src/b.cs".to_owned(), b"B".to_vec())]);
    }

    #[test]
    fn what_was_cut_or_is_no_archive_is_an_error() {
        let bytes = archive(&[("o-r-1/a.cs", &[7; 3000])]);
        assert!(read(bytes.get(..bytes.len() / 2).expect("half"), &["a.cs"]).0.is_err());
        assert!(read(b"<html>no</html>", &["a.cs"]).0.is_err());
    }
}
