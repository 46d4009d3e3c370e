//! Web addresses as people write them.

/// The web address probably meant: `www.npc.gov.cn`, `https：//…`, `https:/…`; of `renda@example.gov.cn`, that for mail.
pub fn web_address(target: &str) -> Option<String> {
    let ascii = target.replace('：', ":").replace('／', "/");
    let scheme = ["https:", "http:"].into_iter().find(|scheme| ascii.starts_with(scheme));
    let rest = scheme.map_or(ascii.as_str(), |scheme| ascii[scheme.len()..].trim_start_matches(['/', '\\']));
    let host = rest.split('/').next().unwrap_or_default();
    if let Some(scheme) = scheme {
        return Some(format!("{scheme}//{rest}"));
    }
    if host.contains('@') {
        return (is_host(host.split_once('@')?.1) && host == rest).then(|| format!("mailto:{rest}"));
    }
    is_host(host).then(|| format!("https://{rest}"))
}

/// Whether `text` is the name of a computer of the Internet, with a port or not. Names of files are not: `a.doc`.
fn is_host(text: &str) -> bool {
    const ENDINGS: &[&str] = &["com", "cn", "net", "org", "gov", "edu"];
    let text = text.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let (name, port) = text.split_once(':').unwrap_or((&text, "80"));
    let is_label = |label: &str| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let is_known =
        name.starts_with("www.") || name.rsplit_once('.').is_some_and(|(_, end)| ENDINGS.contains(&end));
    is_known && name.split('.').all(is_label) && port.bytes().all(|byte| byte.is_ascii_digit())
}
