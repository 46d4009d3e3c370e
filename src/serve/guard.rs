//! Which requests are answered: a `Host` allow list against DNS rebinding, and an origin check for the server's own
//! paths. No response has `Access-Control-Allow-Origin`, so pages of other sites cannot read it.

use std::net::{IpAddr, Ipv6Addr};

use hyper::header::{HOST, HeaderMap, ORIGIN};
use hyper::http::uri::Authority;
use hyper::{StatusCode, Uri};

use crate::diagnostics::Lang;

/// The prefix of the server's own paths.
const OWN_PATHS: &str = "/__tribune/";

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refused {
    /// It has no valid `Host` (RFC 9112, section 3.2).
    NoHost,
    /// Its `Host` is not allowed.
    ForeignHost(String),
    /// It was sent by a page of another origin.
    ForeignOrigin,
}

impl Refused {
    pub(super) fn status(&self) -> StatusCode {
        match self {
            Refused::NoHost => StatusCode::BAD_REQUEST,
            Refused::ForeignHost(_) | Refused::ForeignOrigin => StatusCode::FORBIDDEN,
        }
    }

    /// The message. The name in it has been validated.
    pub(super) fn message(&self, lang: Lang) -> String {
        match (self, lang) {
            (Refused::NoHost, Lang::Zh) => "请求里缺少 Host，或者它写得不对。\n".to_owned(),
            (Refused::NoHost, Lang::En) => "the request has no valid Host header\n".to_owned(),
            (Refused::ForeignHost(name), Lang::Zh) => format!(
                "为防止别的网站借域名读取预览内容，这里不应答用“{name}”访问的请求。\
                 如果这确实是本机的名字，请这样启动：tribune serve --allow-host {name}\n"
            ),
            (Refused::ForeignHost(name), Lang::En) => format!(
                "requests for the host {name} are refused, so that other sites cannot read the preview by DNS \
                 rebinding; if that is a name of this machine, start with: tribune serve --allow-host {name}\n"
            ),
            (Refused::ForeignOrigin, Lang::Zh) => "这个地址只供预览页面自己使用。\n".to_owned(),
            (Refused::ForeignOrigin, Lang::En) => {
                "this address is for the preview's own pages only\n".to_owned()
            }
        }
    }
}

/// The host in a request.
#[derive(Debug, Clone, PartialEq, Eq)]
enum HostName {
    Address(IpAddr),
    /// In lower case, without a final dot.
    Name(String),
}

/// The allowed hosts.
#[derive(Debug, Clone, Default)]
pub(super) struct Guard {
    /// Names besides `localhost` and its subdomains.
    names: Vec<String>,
    /// The address listened on; the unspecified one means all addresses of the machine.
    address: Option<IpAddr>,
}

impl Guard {
    /// The guard of a server that listens on `host`, which resolved to `address`; `allowed` are further names.
    pub(super) fn new(host: &str, address: IpAddr, allowed: &[String]) -> Guard {
        let named = std::iter::once(host).chain(allowed.iter().map(String::as_str));
        let names = named.filter_map(|name| match host_name(name)? {
            HostName::Name(name) => Some(name),
            HostName::Address(_) => None,
        });
        Guard { names: names.collect(), address: Some(address.to_canonical()) }
    }

    /// Checks the host of a request and, for the server's own paths, its origin.
    ///
    /// # Errors
    /// Why it is refused.
    pub(super) fn check(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refused> {
        let mut hosts = headers.get_all(HOST).iter();
        let (Some(host), None) = (hosts.next(), hosts.next()) else { return Err(Refused::NoHost) };
        let host = host.to_str().map_err(|_| Refused::NoHost)?;
        self.check_host(host)?;
        // A request target in absolute form overrides the header (RFC 9112, section 3.2.2): both must be allowed.
        if let Some(authority) = uri.authority().map(Authority::as_str) {
            self.check_host(authority)?;
        }
        if uri.path().starts_with(OWN_PATHS) { check_origin(host, headers) } else { Ok(()) }
    }

    fn check_host(&self, authority: &str) -> Result<(), Refused> {
        let host = host_of(authority).and_then(host_name).ok_or(Refused::NoHost)?;
        let allowed = match &host {
            // DNS rebinding needs a name: addresses are safe.
            HostName::Address(address) => {
                let own = self.address.is_some_and(|own| own.is_unspecified() || own == *address);
                own || address.is_loopback()
            }
            // RFC 6761, section 6.3.
            HostName::Name(name) => {
                name == "localhost" || name.ends_with(".localhost") || self.names.contains(name)
            }
        };
        match (allowed, host) {
            (true, _) => Ok(()),
            (false, HostName::Name(name)) => Err(Refused::ForeignHost(name)),
            (false, HostName::Address(address)) => Err(Refused::ForeignHost(address.to_string())),
        }
    }
}

/// The host of `host[:port]`; `None` if it is anything else.
fn host_of(authority: &str) -> Option<&str> {
    let end = authority.rfind(']').map_or(0, |end| end + 1);
    let (host, port) = match authority.get(end..)?.find(':') {
        Some(colon) => (authority.get(..end + colon)?, authority.get(end + colon + 1..)?),
        None => (authority, ""),
    };
    let digits = port.bytes().all(|byte| byte.is_ascii_digit());
    (digits && (port.is_empty() || port.parse::<u16>().is_ok())).then_some(host)
}

fn host_name(host: &str) -> Option<HostName> {
    if let Some(inner) = host.strip_prefix('[') {
        let address: Ipv6Addr = inner.strip_suffix(']')?.parse().ok()?;
        return Some(HostName::Address(IpAddr::V6(address).to_canonical()));
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        return Some(HostName::Address(address.to_canonical()));
    }
    let name = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
    is_name(&name).then_some(HostName::Name(name))
}

/// Whether this is a host name (RFC 1123, section 2.1, and underscores, which are in use).
fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    name.len() <= 253 && name.split('.').all(part)
}

/// Parses a name for the allow list.
///
/// # Errors
/// It is not a host name in ASCII: it has a scheme or a port, for example.
pub fn allowed_name(name: &str) -> Result<String, String> {
    match host_name(name) {
        Some(HostName::Name(name)) => Ok(name),
        Some(HostName::Address(_)) => Err("use --host for addresses · 数字地址请用 --host".into()),
        None => Err("not a host name such as preview.example.lan · 请只写主机名，不带 http:// 和端口".into()),
    }
}

/// The reload channel is for the preview's own pages, which have the same `host`. Browsers send `Origin` or
/// `Sec-Fetch-Site`; a request without either is not from a page.
fn check_origin(host: &str, headers: &HeaderMap) -> Result<(), Refused> {
    let own = |origin: &str| {
        let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
    };
    let origins_fit = headers.get_all(ORIGIN).iter().all(|origin| origin.to_str().is_ok_and(own));
    let mut sites = headers.get_all("sec-fetch-site").iter();
    let sites_fit = sites.all(|site| site == "same-origin" || site == "none");
    if origins_fit && sites_fit { Ok(()) } else { Err(Refused::ForeignOrigin) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_what_is_allowed_are_known_by_name() {
        let guard = Guard::new("127.0.0.1", IpAddr::from([127, 0, 0, 1]), &["preview.example.lan".into()]);
        for host in [
            "localhost",
            "LOCALHOST:1111",
            "localhost.",
            "site.localhost:80",
            "127.0.0.1:1111",
            "127.9.9.9",
            "[::1]:1111",
            "[::ffff:127.0.0.1]",
            "Preview.Example.LAN:1111",
        ] {
            assert_eq!(guard.check_host(host), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example",
            "notlocalhost",
            "127.0.0.1.evil.example",
            "192.168.1.2",
            "a.preview.example.lan",
        ] {
            assert!(matches!(guard.check_host(host), Err(Refused::ForeignHost(_))), "{host}");
        }
    }

    #[test]
    fn odd_hosts_are_none() {
        let guard = Guard::new("0.0.0.0", IpAddr::from([0, 0, 0, 0]), &[]);
        for host in [
            "",
            ":80",
            "a b",
            "localhost:port",
            "localhost:99999",
            "user@localhost",
            "localhost/x",
            "::1",
            "[::1",
            "[::1]x",
            "local%68ost",
            "localhost,evil",
            "localhost\\x",
            "..",
            "人大",
        ] {
            assert_eq!(guard.check_host(host), Err(Refused::NoHost), "{host}");
        }
        assert_eq!(guard.check_host("192.168.1.2:1111"), Ok(()));
        assert!(guard.check_host("evil.example").is_err());
    }
}
