//! Slow, idle or misbehaving clients do not block others or use unbounded memory.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::live_test::{PATIENCE, Served, news, small_site};
use crate::site_test::SiteTest;

/// Tests that open hundreds of connections take turns: a process may have 1024 files open.
fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Slow clients: 500 connections that send a byte a second do not stall other readers.
#[test]
fn five_hundred_slow_clients_delay_no_other() {
    let _alone = alone();
    let served = Served::start(small_site(), &[]);
    let mut slow: Vec<TcpStream> = (0..500).map(|_| served.send("G")).collect();
    let head = format!("ET / HTTP/1.1\r\nHost: {}\r\nX: ", served.address);
    let mut head = head.bytes().chain(std::iter::repeat(b'x'));
    let end = Instant::now() + Duration::from_secs(4);
    while Instant::now() < end {
        let byte = head.next().unwrap();
        slow.iter_mut().for_each(|client| client.write_all(&[byte]).unwrap());
        let tick = Instant::now();
        for path in ["/", "/news/a.html", "/news/"] {
            assert_eq!(served.get(path).status, 200);
        }
        // Generous: the machine may be busy with other tests.
        assert!(tick.elapsed() < Duration::from_secs(10), "{:?}", tick.elapsed());
        std::thread::sleep(Duration::from_secs(1).saturating_sub(tick.elapsed()));
    }
    // However they go on, they are cut off: the time-out is for the whole head.
    let client = &mut slow[0];
    let cut_off = Instant::now();
    let mut rest = Vec::new();
    while client.write_all(b"x").is_ok() && cut_off.elapsed() < Duration::from_secs(25) {
        std::thread::sleep(Duration::from_millis(250));
    }
    assert!(cut_off.elapsed() < Duration::from_secs(25), "a slow client is waited for without end");
    let _ = client.read_to_end(&mut rest);
}

/// Clients that ask for a recording and do not read it take all places there are: they are cut off in time, others
/// then have their turn, and none of it costs memory.
#[test]
fn idle_or_unread_connections_are_closed() {
    let _alone = alone();
    let mut site = small_site();
    site.write("content/recording.mp4", vec![7; 24 * 1024 * 1024]);
    let served = Served::start(site, &[]);
    let mut idle = TcpStream::connect(&served.address).unwrap();
    idle.set_read_timeout(Some(PATIENCE)).unwrap();
    let ask = format!("GET /recording.mp4 HTTP/1.1\r\nHost: {}\r\n\r\n", served.address);
    let silent: Vec<TcpStream> = (0..530).map(|_| served.send(&ask)).collect();
    let answer = served.get("/news/a.html");
    assert_eq!(answer.status, 200);
    assert_eq!(idle.read(&mut [0]).unwrap(), 0, "an idle connection is kept without end");
    #[cfg(target_os = "linux")]
    {
        let status = fs::read_to_string(format!("/proc/{}/status", served.live.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        let peak: u64 = peak.unwrap().trim().parse().unwrap();
        assert!(peak < 512 * 1024, "{peak} KiB for files that are sent piece by piece");
    }
    drop(silent);
}

/// However many connect, 512 are served at a time: the others wait without a file of the process.
#[cfg(target_os = "linux")]
#[test]
fn connections_are_bounded() {
    let _alone = alone();
    let served = Served::start(small_site(), &[]);
    let clients: Vec<TcpStream> = (0..600).map(|_| served.send("G")).collect();
    std::thread::sleep(Duration::from_secs(1));
    let open = fs::read_dir(format!("/proc/{}/fd", served.live.child.id())).unwrap().count();
    assert!((512..560).contains(&open), "{open} files are open");
    drop(clients);
    assert_eq!(served.get("/news/a.html").status, 200);
}

/// Pages left open in many windows cannot take all connections.
#[test]
fn reload_channels_are_bounded_and_freed() {
    let _alone = alone();
    let served = Served::start(small_site(), &[]);
    let open = || {
        let mut stream =
            served.send(format!("GET /__tribune/events HTTP/1.1\r\nHost: {}\r\n\r\n", served.address));
        let mut head = [0; 12];
        stream.read_exact(&mut head).unwrap();
        (stream, head.ends_with(b"200"))
    };
    let mut channels: Vec<TcpStream> = Vec::new();
    let refused = loop {
        match open() {
            (stream, true) if channels.len() < 400 => channels.push(stream),
            (_, open) => break !open,
        }
    };
    assert!(refused, "there is no bound");
    assert!(channels.len() >= 64, "{}", channels.len());
    assert_eq!(served.get("/news/a.html").status, 200);
    channels.clear();
    let freed = Instant::now();
    while !open().1 {
        assert!(freed.elapsed() < Duration::from_secs(20), "closed channels keep their places");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Bodies of requests are neither waited for nor kept.
#[test]
fn request_bodies_are_ignored() {
    let served = Served::start(small_site(), &[]);
    let host = &served.address;
    for (method, status) in [("GET", "200"), ("POST", "405")] {
        let head = format!("{method} / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999\r\n\r\nabc");
        let mut stream = served.send(head);
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert!(String::from_utf8_lossy(&answer).ends_with(status), "{method}");
    }
    let twice =
        format!("GET / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n");
    let answer = served.raw(format!("{twice}Connection: close\r\n\r\n0\r\n\r\n"));
    assert!(matches!(answer.status, 200 | 400), "{}", answer.status);
    // Whatever is sent, it goes on.
    for junk in [
        b"\0\0\0\0\r\n\r\n".as_slice(),
        b"GET\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01",
        b"PRI * HTTP/2.0\r\n\r\n",
    ] {
        drop(served.send(junk));
    }
    assert_eq!(served.get("/").status, 200);
}

/// A small version of the load test: readers everywhere while a document is edited again and again.
#[test]
fn requests_succeed_while_the_site_is_rebuilt() {
    let mut served = Served::start(SiteTest::sample(), &[]);
    served.live.site.write("content/news/busy.md", news("第0次"));
    served.live.wait_for_text("news/busy.html", "第0次");
    let done = std::sync::atomic::AtomicBool::new(false);
    let address = served.address.clone();
    let total: usize = std::thread::scope(|scope| {
        let readers: Vec<_> = (0..4).map(|_| scope.spawn(|| read_on(&address, &done))).collect();
        for round in 1..=8 {
            served.live.site.write("content/news/busy.md", news(&format!("第{round}次")));
            served.live.wait_for_text("news/busy.html", &format!("第{round}次"));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
        readers.into_iter().map(|reader| reader.join().unwrap()).sum()
    });
    assert!(total > 1000, "only {total} requests");
}

/// Asks for pages on one connection until `done`; gives how many.
fn read_on(address: &str, done: &std::sync::atomic::AtomicBool) -> usize {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut count = 0;
    while !done.load(std::sync::atomic::Ordering::Relaxed) || count < 400 {
        for path in ["/", "/news/busy.html", "/news/", "/feed.xml", "/about.html"] {
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").unwrap();
            let (head, body) = read_answer(&mut stream);
            assert!(head.starts_with("HTTP/1.1 200"), "{path}: {head}");
            assert!(!body.is_empty(), "{path}");
            count += 1;
        }
    }
    count
}

/// One answer on a connection that stays open.
fn read_answer(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the server hung up");
        bytes.extend_from_slice(&buffer[..read]);
        let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") else { continue };
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        let length: usize = length.expect("a length");
        if bytes.len() >= end + 4 + length {
            assert_eq!(bytes.len(), end + 4 + length);
            return (head, bytes.split_off(end + 4));
        }
    }
}
