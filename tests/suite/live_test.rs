//! The harness for `watch` and `serve`: a process on a copied site, real edits and real HTTP. Each step waits for a certain
//! line or response, never for a fixed time.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
#[cfg(target_os = "linux")]
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::site_test::{SiteTest, document, tribune};

/// Long enough for a busy machine; a healthy run needs a small part of it.
pub const PATIENCE: Duration = Duration::from_secs(30);
/// How long nothing must happen for "nothing happens".
pub const SILENCE: Duration = Duration::from_millis(400);

/// A running `watch` or `serve`; it ends with the test.
pub struct Live {
    pub site: SiteTest,
    pub child: Child,
    pub lines: Receiver<String>,
}

impl Drop for Live {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Live {
    pub fn start(site: SiteTest, args: &[&str]) -> Live {
        Live::start_by(tribune(), site, args)
    }

    /// Starts the program by way of another.
    pub fn start_by(mut command: Command, site: SiteTest, args: &[&str]) -> Live {
        command.current_dir(site.root()).args(args).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = read_lines(child.stdout.take().unwrap());
        Live { site, child, lines }
    }

    /// Starts `watch` and waits for the first build.
    pub fn watch(site: SiteTest, args: &[&str]) -> Live {
        let live = Live::start(site, &[&["watch", "--json"], args].concat());
        live.next();
        live
    }

    pub fn next(&self) -> Value {
        let line = self.lines.recv_timeout(PATIENCE).expect("a line of JSON");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// The first build from now on that fits: an edit may be seen in several steps.
    #[track_caller]
    pub fn wait_for(&self, what: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while let Some(left) = deadline.checked_duration_since(Instant::now()) {
            let Ok(line) = self.lines.recv_timeout(left) else { break };
            let build: Value = serde_json::from_str(&line).unwrap();
            if fits(&build) {
                return build;
            }
            seen.push(line);
        }
        panic!("no build with {what}; there were: {seen:#?}");
    }

    /// The first build from now on with so many documents.
    #[track_caller]
    pub fn wait_for_documents(&self, count: u64) -> Value {
        self.wait_for(&format!("{count} documents"), |build| ok(build) && build["documents"] == count)
    }

    /// The first build from now on after which the output at `path` holds `text`.
    #[track_caller]
    pub fn wait_for_text(&self, path: &str, text: &str) -> Value {
        let file = self.site.out().join(path);
        let holds = |_: &Value| fs::read_to_string(&file).is_ok_and(|html| html.contains(text));
        self.wait_for(&format!("{text:?} in {path}"), holds)
    }

    #[track_caller]
    pub fn wait_for_error(&self, code: &str) -> Value {
        self.wait_for(code, |build| !ok(build) && has_code(build, code))
    }

    /// Nothing is built.
    #[track_caller]
    pub fn stays_quiet(&self) {
        self.stays_quiet_for(SILENCE);
    }

    /// Nothing is built, or said again, for so long.
    #[track_caller]
    pub fn stays_quiet_for(&self, time: Duration) {
        match self.lines.recv_timeout(time) {
            Err(RecvTimeoutError::Timeout) => {}
            other => panic!("there was something to do: {other:?}"),
        }
    }

    /// The path of a file or folder of the site as the process sees it, with what it has mounted.
    #[cfg(target_os = "linux")]
    pub fn seen_by_process(&self, path: &str) -> PathBuf {
        let place = self.site.path(path);
        PathBuf::from(format!("/proc/{}/root", self.child.id())).join(place.strip_prefix("/").unwrap())
    }
}

pub fn read_lines(stdout: ChildStdout) -> Receiver<String> {
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The file comes to hold the text.
#[track_caller]
pub fn wait_for_page(page: &Path, text: &str) {
    wait_until(text, || fs::read_to_string(page).is_ok_and(|html| html.contains(text)));
}

/// A shell that runs `script` where it can mount folders without being seen by others; nothing where there is none to be
/// had.
#[cfg(target_os = "linux")]
pub fn shell_with_mounts(script: &str) -> Option<Command> {
    let unshare = |script: &str| {
        let mut command = Command::new("unshare");
        command.args(["-U", "-r", "-m", "sh", "-c", script]).stdin(Stdio::null());
        command
    };
    let probe = unshare("mount -t tmpfs tmpfs /mnt").stderr(Stdio::null()).status();
    if !probe.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: no user namespaces here, nothing can be mounted");
        return None;
    }
    Some(unshare(script))
}

pub fn ok(build: &Value) -> bool {
    build["ok"] == true
}

pub fn has_code(build: &Value, code: &str) -> bool {
    build["diagnostics"].as_array().unwrap().iter().any(|found| found["code"] == code)
}

pub fn news(title: &str) -> String {
    document(&format!("title: {title}\ndate: 2025-01-01\ndistrict: 汉阳区"))
}

/// A site of one document, `content/news/a.md`.
pub fn small_site() -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/news/a.md", news("旧标题"));
    site
}

/// An answer of the server.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    fn parse(answer: &[u8]) -> Answer {
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(answer)));
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let bytes = answer[end + 4..].to_vec();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head, body: String::from_utf8_lossy(&bytes).into_owned(), bytes }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    }
}

/// A running `serve` that has built once, or failed to.
pub struct Served {
    pub live: Live,
    pub address: String,
}

impl Served {
    pub fn start(site: SiteTest, args: &[&str]) -> Served {
        let served = Served::listening(site, args);
        served.live.next();
        served
    }

    /// A `serve` that has only begun.
    pub fn listening(site: SiteTest, args: &[&str]) -> Served {
        let live = Live::start(site, &[&["serve", "--json", "--port", "0"], args].concat());
        let first = live.next();
        let url = first["listening"].as_str().unwrap().to_owned();
        assert_eq!(first.as_object().unwrap().len(), 1, "{first}");
        Served { live, address: url.strip_prefix("http://").unwrap().to_owned() }
    }

    /// Sends these bytes as they are: HTTP clients would tidy them up.
    pub fn send(&self, request: impl AsRef<[u8]>) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(request.as_ref()).unwrap();
        stream
    }

    /// Sends these bytes and reads until the server closes.
    #[track_caller]
    pub fn raw(&self, request: impl AsRef<[u8]>) -> Answer {
        let (mut stream, start) = (self.send(request), Instant::now());
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; 64 * 1024]);
        loop {
            match stream.read(&mut buffer).unwrap() {
                0 => return Answer::parse(&bytes),
                read => bytes.extend_from_slice(&buffer[..read]),
            }
            assert!(start.elapsed() < PATIENCE, "the answer has no end");
        }
    }

    /// A request with these further header lines.
    #[track_caller]
    pub fn ask(&self, method: &str, path: &str, headers: &str) -> Answer {
        let host = &self.address;
        self.raw(format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n"))
    }

    #[track_caller]
    pub fn request(&self, method: &str, path: &str) -> Answer {
        self.ask(method, path, "")
    }

    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.request("GET", path)
    }

    /// Opens the reload channel that the pages' script listens to.
    pub fn events(&self) -> Events {
        let script = self.get("/__tribune/reload.js");
        assert_eq!(script.status, 200);
        let path = script.body.split('\'').find(|part| part.starts_with("/__tribune/")).unwrap();
        let stream = self.send(format!("GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address));
        Events { lines: BufReader::new(stream) }
    }
}

/// The reload channel.
pub struct Events {
    pub lines: BufReader<TcpStream>,
}

impl Events {
    /// The next build number that is sent.
    pub fn next(&mut self) -> String {
        let start = Instant::now();
        loop {
            // The comments that keep the channel alive go on for ever.
            assert!(start.elapsed() < PATIENCE, "no event");
            let mut line = String::new();
            assert!(self.lines.read_line(&mut line).unwrap() > 0, "the reload channel was closed");
            if let Some(id) = line.strip_prefix("data: ") {
                return id.trim().to_owned();
            }
        }
    }
}
