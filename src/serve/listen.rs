//! Where the server listens; why it cannot, and what to do about it.

use std::fmt::Write;
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};

use crate::diagnostics::Lang;

/// Why the server did not start.
#[derive(Debug)]
pub enum ListenError {
    /// The host could not be resolved.
    UnknownHost(io::Error),
    /// The address could not be bound.
    BindFailed(io::Error),
    /// A thread, or another resource of the system, is not available.
    NoResources(io::Error),
}

/// The addresses of `host`.
pub(super) fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, ListenError> {
    (host, port).to_socket_addrs().map(Iterator::collect).map_err(ListenError::UnknownHost)
}

impl ListenError {
    /// The message, with what to do about it.
    pub fn message(&self, host: &str, port: u16, lang: Lang) -> String {
        let (ListenError::UnknownHost(error)
        | ListenError::BindFailed(error)
        | ListenError::NoResources(error)) = self;
        let (zh, en) = self.remedy(port);
        let mut text = match lang {
            Lang::Zh => format!("不能在 {host}:{port} 上提供预览：{error}。"),
            Lang::En => format!("cannot listen on {host}:{port}: {error}; "),
        };
        let _ = write!(text, "{}", if lang == Lang::Zh { zh } else { en });
        text
    }

    fn remedy(&self, port: u16) -> (&'static str, &'static str) {
        const HOST: (&str, &str) = (
            "请检查 --host：要写本机的地址，例如 127.0.0.1",
            "check --host: it takes an address of this machine, such as 127.0.0.1",
        );
        match self {
            ListenError::UnknownHost(_) => HOST,
            ListenError::BindFailed(error) => match error.kind() {
                ErrorKind::AddrInUse => ("请用 --port 换一个端口", "choose another port with --port"),
                ErrorKind::PermissionDenied if port < 1024 => (
                    "1024 以下的端口要管理员才能用，请用 --port 换一个",
                    "ports below 1024 are for administrators: choose another port with --port",
                ),
                ErrorKind::PermissionDenied => (
                    "请检查防火墙和安全软件，或用 --port 换一个端口",
                    "check firewalls and security software, or choose another port with --port",
                ),
                _ => HOST,
            },
            ListenError::NoResources(_) => (
                "请关掉一些程序，或请管理员提高允许的进程数和打开的文件数（ulimit -u、ulimit -n）",
                "close some programs, or have the limits on processes and open files raised (ulimit -u, ulimit -n)",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_remedy() {
        let taken = |kind: ErrorKind| ListenError::BindFailed(kind.into());
        for (why, port, remedy) in [
            (ListenError::UnknownHost(io::Error::other("lookup")), 1111, "--host"),
            (taken(ErrorKind::AddrNotAvailable), 1111, "--host"),
            (taken(ErrorKind::AddrInUse), 1111, "another port"),
            (taken(ErrorKind::PermissionDenied), 80, "below 1024"),
            (taken(ErrorKind::PermissionDenied), 1111, "firewalls"),
            (ListenError::NoResources(ErrorKind::WouldBlock.into()), 1111, "ulimit -u"),
        ] {
            let message = why.message("127.0.0.1", port, Lang::En);
            assert!(message.contains(remedy), "{message}");
        }
    }
}
