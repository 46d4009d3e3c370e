//! The bytes of an output. The server has a single thread, so files are read by others. Large files (videos) are read
//! piece by piece, so that memory use does not grow with them.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use hyper::body::Bytes;
use tokio::sync::{mpsc, oneshot};
use tokio::task::spawn_blocking;
use xxhash_rust::xxh3::xxh3_128;

use crate::serve::state::Served;
use crate::world::{DiskWorld, OpenFile, Stamp};

/// The largest file that is read as a whole, in bytes; pages always are.
const LARGEST_WHOLE: u64 = 1024 * 1024;
const PIECE: u64 = 64 * 1024;
pub(super) const PIECES_AHEAD: usize = 2;

/// The bytes of an output.
pub(super) enum Content {
    Whole(Vec<u8>),
    Pieces(OpenFile, Stamp),
}

impl Content {
    /// The size in bytes.
    pub(super) fn length(&self) -> u64 {
        match self {
            Content::Whole(bytes) => bytes.len() as u64,
            Content::Pieces(_, stamp) => stamp.size,
        }
    }

    /// A strong validator (RFC 9110, section 8.8.3): from the bytes, or for a large file from its metadata.
    pub(super) fn etag(&self) -> String {
        match self {
            Content::Whole(bytes) => format!("\"{:032x}\"", xxh3_128(bytes)),
            Content::Pieces(_, Stamp { size, modified, changed, number }) => {
                format!("\"{size:x}-{modified:x}-{changed:x}-{number:x}\"")
            }
        }
    }
}

/// The content of an output: from the output folder, or during the first build from the build itself.
pub(super) async fn content(file: &str, served: &Served, out: &Arc<DiskWorld>) -> Option<Content> {
    let Some(priority) = &served.priority else {
        let (out, file) = (Arc::clone(out), file.to_owned());
        return spawn_blocking(move || read(&out, &file).ok()).await.ok().flatten();
    };
    let (sender, receiver) = oneshot::channel();
    let answer = |bytes| {
        // The client may have hung up.
        let _ = sender.send(bytes);
    };
    priority.ask(file.to_owned(), Box::new(answer));
    receiver.await.ok().flatten().map(Content::Whole)
}

fn read(out: &DiskWorld, path: &str) -> io::Result<Content> {
    // Builds replace the output folder.
    let (mut file, stamp) = out.reopened().open_output(path).map_err(|_| io::ErrorKind::NotFound)?;
    if stamp.size > LARGEST_WHOLE && !path.ends_with(".html") {
        return Ok(Content::Pieces(file, stamp));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(stamp.size).unwrap_or_default());
    file.read_to_end(&mut bytes)?;
    Ok(Content::Whole(bytes))
}

/// Sends `length` bytes of `file`, starting at `offset`. If the file turns out to be shorter, the connection ends,
/// because the header has already announced its length.
pub(super) async fn send_pieces(
    mut file: OpenFile,
    mut offset: u64,
    length: u64,
    sender: mpsc::Sender<io::Result<Bytes>>,
) {
    let end = offset + length;
    while offset < end {
        let size = PIECE.min(end - offset);
        let piece = spawn_blocking(move || read_piece(file, offset, size)).await;
        let piece = piece.map_err(io::Error::other).flatten();
        let sent = match piece {
            Ok((same, bytes)) => {
                file = same;
                sender.send(Ok(bytes)).await
            }
            Err(error) => {
                let _ = sender.send(Err(error)).await;
                return;
            }
        };
        // The client has hung up.
        if sent.is_err() {
            return;
        }
        offset += size;
    }
}

fn read_piece(mut file: OpenFile, offset: u64, size: u64) -> io::Result<(OpenFile, Bytes)> {
    let mut bytes = vec![0; usize::try_from(size).unwrap_or_default()];
    file.seek(SeekFrom::Start(offset))?;
    file.read_exact(&mut bytes)?;
    Ok((file, Bytes::from(bytes)))
}
