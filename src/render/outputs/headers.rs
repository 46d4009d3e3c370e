//! The HTTP headers that the site should be served with, in two forms: `/_headers` for static hosts, and
//! `/_headers.nginx.conf` for a `server` block of nginx.

use std::fmt::Write;

use percent_encoding::percent_decode_str;

use crate::config::{BaseUrl, Config, HtmlPolicy};

/// Only the site's own files, and no inline scripts or styles (Content Security Policy Level 3).
const POLICY: &str = "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'; \
                      object-src 'none'";
/// For `html: trust`, which allows scripts, styles and frames from anywhere.
const POLICY_OF_TRUST: &str = "base-uri 'self'; frame-ancestors 'self'";

/// Headers of every response, beside the policy.
const SECURITY: &[(&str, &str)] = &[
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ("X-Frame-Options", "SAMEORIGIN"),
    (
        "Permissions-Policy",
        "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), \
         payment=(), usb=()",
    ),
    ("Cross-Origin-Opener-Policy", "same-origin"),
];
/// RFC 6797, for a year; without `includeSubDomains`, as other hosts of the domain may lack HTTPS.
const TRANSPORT: (&str, &str) = ("Strict-Transport-Security", "max-age=31536000");

const CACHE: &str = "Cache-Control";
/// For files whose names change with their content.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// For pages: cached, but revalidated every time.
const ASK_FIRST: &str = "no-cache";

/// The headers of every response, in order.
fn of_all(config: &Config) -> Vec<(&'static str, &'static str)> {
    let policy = if config.html == HtmlPolicy::Trust { POLICY_OF_TRUST } else { POLICY };
    let mut headers = vec![("Content-Security-Policy", policy)];
    headers.extend(SECURITY);
    if config.base_url.origin.starts_with("https://") {
        headers.push(TRANSPORT);
    }
    headers
}

/// `/_headers`: a line with a path, where `*` matches anything, then an indented line for each header. No address
/// matches two paths with the same header: some hosts would join the values.
pub fn plain(config: &Config) -> String {
    let mut text = String::new();
    let mut block = |path: &str, headers: &[(&str, &str)]| {
        let _ = writeln!(text, "{}", config.base_url.link(path));
        for (name, value) in headers {
            let _ = writeln!(text, "  {name}: {value}");
        }
    };
    block("/*", &of_all(config));
    block("/static/*", &[(CACHE, FOR_EVER)]);
    for pages in ["/", "/*/", "/*.html"] {
        block(pages, &[(CACHE, ASK_FIRST)]);
    }
    text
}

/// `/_headers.nginx.conf`. A `location` with an `add_header` of its own inherits none of these, so all of them are set
/// in `server`, and a variable selects the cache policy. Without `always`, error responses are not cached.
pub fn nginx(config: &Config) -> String {
    let mut text = String::from(
        "# include this in server { }. A location that has an add_header of its own inherits none of these.\n",
    );
    for (name, value) in of_all(config) {
        let _ = writeln!(text, "add_header {name} \"{value}\" always;");
    }
    let folder = pattern(&config.base_url);
    let _ = writeln!(text, "set $tribune_cache \"{ASK_FIRST}\";");
    let _ =
        writeln!(text, "if ($uri ~ \"^{folder}/static/\") {{\n    set $tribune_cache \"{FOR_EVER}\";\n}}");
    let _ = writeln!(text, "add_header {CACHE} $tribune_cache;");
    text
}

/// The base path as a quoted PCRE pattern; nginx compares decoded paths.
fn pattern(base: &BaseUrl) -> String {
    let mut pattern = String::new();
    for byte in percent_decode_str(&base.path) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_') {
            pattern.push(char::from(byte));
        } else {
            let _ = write!(pattern, "\\x{byte:02x}");
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str, html: HtmlPolicy) -> Config {
        Config { base_url: BaseUrl::parse(url).unwrap(), html, ..Config::default() }
    }

    #[test]
    fn paths_stand_below_the_base_path() {
        let text = plain(&config("https://a.cn/人大", HtmlPolicy::Sanitize));
        let paths: Vec<&str> = text.lines().filter(|line| !line.starts_with(' ')).collect();
        let base = "/%E4%BA%BA%E5%A4%A7";
        assert_eq!(paths, ["/*", "/static/*", "/", "/*/", "/*.html"].map(|path| format!("{base}{path}")));
        let snippet = nginx(&config("https://a.cn/人.a", HtmlPolicy::Sanitize));
        assert!(snippet.contains("\"^/\\xe4\\xba\\xba\\x2ea/static/\""), "{snippet}");
    }

    #[test]
    fn header_policies_follow_the_scheme_and_the_html_policy() {
        let text = plain(&config("http://a.cn", HtmlPolicy::Trust));
        assert!(!text.contains("Strict-Transport-Security") && !text.contains("default-src"), "{text}");
        let text = plain(&config("https://a.cn", HtmlPolicy::Sanitize));
        assert!(text.contains("Strict-Transport-Security") && text.contains("default-src 'self'"), "{text}");
        assert!(!text.contains("unsafe"), "{text}");
    }
}
