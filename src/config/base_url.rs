//! The base URL of the site (`base_url` in site.yaml), and URLs of the site below it.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// Addresses must be shorter than this, in bytes, percent-encoded (sitemaps.org protocol, `<loc>`).
pub const ADDRESS_LIMIT: usize = 2048;

/// The URL of the site's home page, without the slash at its end.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct BaseUrl {
    /// Scheme and host: `https://www.example.gov.cn`.
    pub origin: String,
    /// The path, without a slash at its end: empty, or `/renda`.
    pub path: String,
}

/// The ASCII characters that are percent-encoded in paths (RFC 3986, section 3.3).
pub const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

impl BaseUrl {
    /// Parses `https://host[:port][/path]`; `None` if it is something else, or too long to add paths.
    pub fn parse(url: &str) -> Option<BaseUrl> {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let scheme = &url[..url.len() - rest.len()];
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host_char = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
        let good_host = !host.is_empty() && host.chars().all(host_char) && !host.starts_with(['.', ':', '-']);
        let port = host.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.ends_with(']'));
        let good_host = good_host && port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0));
        let good_path = !path.contains(['?', '#', '\\', '<', '>', '"', ' ', '\'']) && is_normalized(path);
        let base = BaseUrl {
            origin: format!("{scheme}{host}"),
            path: utf8_percent_encode(path.trim_end_matches('/'), NOT_IN_PATH)
                .to_string()
                .replace("%25", "%"),
        };
        (good_host && good_path && base.length() <= ADDRESS_LIMIT / 2).then_some(base)
    }

    /// The length in bytes.
    pub fn length(&self) -> usize {
        self.origin.len() + self.path.len()
    }

    /// The host without its port: `www.example.gov.cn`.
    pub fn host(&self) -> &str {
        let host = self.origin.split_once("://").map_or("", |(_, host)| host);
        let port = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
        port.map_or(host, |(host, _)| host)
    }

    /// The link to a path of the site (`/a/汉阳.html`): percent-encoded, below the base path.
    pub fn link(&self, path: &str) -> String {
        format!("{}{}", self.path, utf8_percent_encode(path, NOT_IN_PATH))
    }

    /// The whole URL of a path of the site.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{}", self.origin, self.link(path))
    }
}

/// Whether a path has no `.`, `..` or empty segments, percent-encoded ones included (URL Standard, "double-dot URL path
/// segment").
fn is_normalized(path: &str) -> bool {
    let bytes: Vec<u8> = percent_decode_str(path.trim_end_matches('/')).collect();
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    let is_dot = |segment: &[u8]| segment == b".";
    // `//a` in a link is another host.
    let has_bad_segment = has(b"..") || has(b"//") || bytes.split(|byte| *byte == b'/').any(is_dot);
    !has_bad_segment && !bytes.iter().any(|byte| *byte == b'\\' || byte.is_ascii_control())
}

/// Whether `url` is an HTTP URL or an absolute path of this site.
pub fn is_link(url: &str) -> bool {
    let web = url.starts_with("http://") || url.starts_with("https://");
    let own = url.starts_with('/') && !url.starts_with("//");
    (web || own) && !url.contains([' ', '"', '<', '>', '\\'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_of_a_base_url_has_no_port() {
        for (url, host) in [
            ("https://www.example.gov.cn", "www.example.gov.cn"),
            ("http://localhost:1111/renda", "localhost"),
            ("http://[::1]:80", "[::1]"),
            ("http://[::1]", "[::1]"),
        ] {
            assert_eq!(BaseUrl::parse(url).unwrap().host(), host);
        }
    }

    #[test]
    fn base_urls_have_a_scheme_a_host_and_perhaps_a_path() {
        let base = BaseUrl::parse("https://example.gov.cn/renda/").unwrap();
        assert_eq!(base.link("/news/"), "/renda/news/");
        assert_eq!(base.absolute("/"), "https://example.gov.cn/renda/");
        for good in ["https://a/%E4%BA%BA", "https://a/v1.0", "https://a/b%20c"] {
            assert!(BaseUrl::parse(good).is_some(), "{good}");
        }
        for bad in [
            "example.gov.cn",
            "ftp://a",
            "https://",
            "https:///a",
            "https://a b/",
            "https://a/?q",
            "https://a//b",
            "https://a/../b",
            "https://a/%2e%2e/b",
            "https://a/.%2E/b",
            "https://a/b/%2e",
            "https://a/b/%2F/c",
            "https://a/%5cb",
            "https://a/%0d%0ab",
        ] {
            assert!(BaseUrl::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn hanzi_in_links_are_percent_encoded() {
        let base = BaseUrl::parse("https://example.gov.cn").unwrap();
        assert_eq!(base.link("/汉.html"), "/%E6%B1%89.html");
        assert_eq!(base.link("/a b%.html"), "/a%20b%25.html");
    }
}
