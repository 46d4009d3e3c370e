//! Themes are trusted but may have bugs: every failure is an error that names the template, within limits on time and
//! memory. Builds use no network and start no process.

use std::process::Command;
use std::time::{Duration, Instant};

use crate::site_test::{NEWS, SITE, SiteTest, document, repository, tribune};

/// A site whose documents are shown by this template.
fn shown_by(template: &str) -> SiteTest {
    let mut site = SiteTest::empty();
    site.write("content/site.yaml", format!("{SITE}theme: mine\n"))
        .write("content/news/_index.md", NEWS)
        .write("content/news/a.md", document("title: 甲\ndate: 2025-01-01\ndistrict: 汉阳区"))
        .write("themes/mine/templates/news.html", template);
    site
}

/// The build fails at the template, soon, without dying.
#[track_caller]
fn ends_in_an_error(template: &str) -> String {
    let site = shown_by(template);
    let start = Instant::now();
    let run = site.run(&["build", "--json"]);
    let head: String = template.chars().take(80).collect();
    assert_eq!(run.code, 1, "{head}: {}{}", run.stdout, run.stderr);
    assert!(run.codes().iter().all(|code| code.starts_with("template-")), "{head}: {}", run.stdout);
    assert!(run.stdout.contains("themes/mine/templates/news.html"), "{head}: {}", run.stdout);
    assert!(start.elapsed() < Duration::from_secs(60), "{head}: {:?}", start.elapsed());
    run.stdout
}

/// LiquidJS CVE-2026-35525: no environment, no file beyond the theme, no network.
#[test]
fn templates_cannot_read_outside_their_theme() {
    for template in [
        "{{ get_env(name=\"HOME\") }}",
        "{{ env(name=\"HOME\") }}",
        "{{ load_data(path=\"/etc/passwd\") }}",
        "{{ load_file(path=\"content/site.yaml\") }}",
        "{{ read_file(path=\"/etc/passwd\") }}",
        "{{ get_url(path=\"x\") }}",
        "{{ http(url=\"https://a.example\") }}",
        "{{ exec(command=\"id\") }}",
        "{{ now() }}",
        "{{ get_random(start=0, end=9) }}",
        "{% include \"/etc/passwd\" %}",
        "{% include \"../../../content/site.yaml\" %}",
        "{% include \"../../../../../../etc/passwd\" %}",
        "{% extends \"../../content/site.yaml\" %}",
        "{% include \"content/site.yaml\" %}",
        "{% include \"themes/mine/static/a.txt\" %}",
        "{% include \"https://a.example/x.html\" %}",
    ] {
        let said = ends_in_an_error(template);
        assert!(!said.contains("root:") && !said.contains("江城人大"), "{template}: {said}");
    }
    for template in [
        "{{ asset(path=\"../theme.yaml\") }}",
        "{{ integrity(path=\"/etc/passwd\") }}",
        "{{ url(path=\"../../etc/passwd\") }}",
    ] {
        ends_in_an_error(template);
    }
}

#[test]
fn recursion_ends_in_an_error() {
    for template in [
        "{% include \"news.html\" %}",
        "{% extends \"news.html\" %}",
        "{% component a() %}{{ <a /> }}{% endcomponent a %}{{ <a /> }}",
        "{% component a() %}{{ <b /> }}{% endcomponent a %}{% component b() %}{{ <a /> }}{% endcomponent b %}{{ <a /> }}",
        "{% component a() %}{% <a> %}{% endcomponent a %}{% <a> %}x{% </a> %}",
    ] {
        ends_in_an_error(template);
    }
}

#[test]
fn infinite_loops_and_endless_texts_end_in_an_error() {
    for template in [
        "{{ range(end=1000000000000) }}",
        "{% for i in range(end=1000000000000) %}x{% endfor %}",
        "{% for i in range(end=10000) %}{% for j in range(end=10000) %}{% endfor %}{% endfor %}",
        "{% for i in range(end=10000) %}{% for j in range(end=10000) %}xxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
        "{% set r = range(end=10000) %}{% for i in r %}{% for j in r %}xxxxxxxxxxxxxxxxxxxx{% endfor %}{% endfor %}",
    ] {
        ends_in_an_error(template);
    }
}

/// A page that takes longer than the site allows is made all the same, and its template named. How fast the machine is
/// is no mistake of the site's: `--strict` does not make it an error.
#[test]
fn slow_templates_are_named_in_a_warning() {
    let mut site = shown_by("");
    site.change("content/site.yaml", "theme: mine", "theme: mine\nlimits: {page_seconds: 1}");
    let mut count = 1000;
    let build = loop {
        let lists = format!("{{% set r = range(end=1000) %}}{{% set s = range(end={count}) %}}");
        let loops = "{% for a in s %}{% for b in r %}{% for c in [1] %}{% endfor %}{% endfor %}{% endfor %}";
        site.write("themes/mine/templates/news.html", format!("{lists}\n{loops}\nmade of {count}"));
        let run = site.run(&["build", "--json", "--strict"]);
        assert_eq!(run.code, 0, "{}", run.stdout);
        assert!(site.output("news/a.html").ends_with(&format!("made of {count}")));
        if run.codes().contains(&"template-slow".to_owned()) || count == 10_000 {
            break run.json();
        }
        count = (count * 3).min(10_000);
    };
    let warnings = build["diagnostics"].as_array().unwrap();
    let slow = warnings.iter().find(|found| found["code"] == "template-slow").expect("a warning");
    assert_eq!(
        (&slow["severity"], &slow["file"], &slow["line"]),
        (&"warning".into(), &"themes/mine/templates/news.html".into(), &2.into())
    );
    assert!(slow["message"].as_str().unwrap().contains("/news/a.html"), "{slow}");
}

/// What nests without end in the text of a template must not break the stack.
#[test]
fn infinitely_nested_templates_end_in_an_error() {
    for template in [
        format!("{{{{ {}1{} }}}}", "(".repeat(100_000), ")".repeat(100_000)),
        format!("{{{{ {}1{} }}}}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("{{{{ {}1 }}}}", "-".repeat(100_000)),
        format!("{{{{ {}true }}}}", "not ".repeat(100_000)),
        format!("{{{{ 1{} }}}}", " + 1".repeat(100_000)),
        format!("{{{{ title{} }}}}", ".a".repeat(100_000)),
        format!("{{{{ 1{} }}}}", " | abs".repeat(100_000)),
        format!("{}{}", "{% if true %}".repeat(100_000), "{% endif %}".repeat(100_000)),
        format!("{}{}", "{% for i in [1] %}".repeat(20_000), "{% endfor %}".repeat(20_000)),
    ] {
        let site = shown_by(&template);
        let start = Instant::now();
        let run = site.run(&["build", "--json"]);
        let head: String = template.chars().take(40).collect();
        // Where all of it is as good as flat, it may simply work.
        assert!(
            (0..=1).contains(&run.code),
            "{head}: {} {}",
            run.code,
            run.stderr.chars().take(300).collect::<String>()
        );
        assert!(start.elapsed() < Duration::from_secs(60), "{head}: {:?}", start.elapsed());
    }
}

/// A build opens no socket and starts no program: the system itself is asked.
#[cfg(target_os = "linux")]
#[test]
fn a_build_opens_no_connection_and_starts_no_process() {
    if !crate::threats_losing::has_strace() {
        return;
    }
    let site = SiteTest::sample();
    let trace = site.path("trace.txt");
    let mut command = Command::new("strace");
    command.args(["-f", "-qq", "-e", "trace=network,process", "-o"]).arg(&trace);
    command.arg(tribune().get_program()).args(["build", "--json"]).current_dir(site.root());
    let run = command.output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let trace = std::fs::read_to_string(trace).unwrap();
    let calls: Vec<&str> =
        trace.lines().filter_map(|line| line.split_once(' ')).map(|(_, call)| call.trim()).collect();
    assert!(calls.iter().any(|call| call.starts_with("execve(")), "{trace}");
    let programs = calls.iter().filter(|call| call.starts_with("execve")).count();
    assert_eq!(programs, 1, "{trace}");
    let forked = |call: &&&str| {
        ["fork(", "vfork(", "clone(", "clone3("].iter().any(|fork| call.starts_with(fork))
            && !call.contains("CLONE_THREAD")
    };
    assert_eq!(calls.iter().filter(forked).collect::<Vec<_>>(), [&""; 0]);
    let network = |call: &&&str| {
        ["socket(", "connect(", "bind(", "listen(", "sendto(", "sendmsg(", "recvfrom(", "socketpair("]
            .iter()
            .any(|name| call.starts_with(name))
    };
    assert_eq!(calls.iter().filter(network).collect::<Vec<_>>(), [&""; 0]);
}

/// In the source, too: only the server names sockets, and only `serve --open` starts a program.
#[test]
fn only_the_server_names_sockets_and_only_serve_opens_a_browser() {
    let source = repository().join("src");
    let files = crate::site_test::tree(&source);
    let naming = |words: &[&str]| -> Vec<&str> {
        let names = |text: &str| {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            code.into_iter().any(|line| words.iter().any(|word| line.contains(word)))
        };
        let files = files.iter().filter(|(path, _)| path.ends_with(".rs"));
        files
            .filter(|(_, bytes)| names(&String::from_utf8_lossy(bytes)))
            .map(|(path, _)| path.as_str())
            .collect()
    };
    let sockets = naming(&["TcpListener", "TcpStream", "UdpSocket", "UnixStream", "std::net", "tokio::net"]);
    assert!(sockets.iter().all(|path| path.starts_with("serve/")), "{sockets:?}");
    let starting =
        naming(&["process::Command", "Command::new(", "open::that", "open::with", "libc::", "exec("]);
    assert_eq!(starting, ["cli/serve.rs"], "only `serve --open`");
    assert_eq!(naming(&["unsafe {", "unsafe fn", "unsafe impl"]), [""; 0]);
}
