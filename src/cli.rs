//! The command line: its types, and one small function a command.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::config::{BaseUrl, SITE_FILE};
use crate::diagnostic::Diagnostic;
use crate::list::{self, Format, What};
use crate::output::Target;
use crate::output::disk::System;
use crate::problem::{Lang, Problem};
use crate::progress::{OnOverdue, Progress, ProgressLine};
use crate::scaffold::{self, NewDocument};
use crate::serve::{Listen, Server, allowed_name};
use crate::site::Publication;
use crate::watch::{Event, Session};
use crate::world::{Clock, DiskWorld, World, find_root};
use crate::{Build, Changes, Options, inspect, report};

/// The site has errors.
const HAS_ERRORS: u8 = 1;
/// Reading or writing failed.
const IO_FAILED: u8 = 3;
/// The output folder, unless told otherwise.
const OUT: &str = "public";

/// A static site generator for the publicity of people's congresses (人大宣传).
#[derive(Debug, Parser)]
#[command(name = "tribune", version)]
struct Cli {
    /// The language of messages (default: that of the system) · 提示的语言
    #[arg(long, global = true, value_enum)]
    lang: Option<LangArg>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LangArg {
    Zh,
    En,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the site · 生成网站
    Build(BuildArgs),
    /// Build, then again after every change · 生成，并随修改重新生成
    Watch(BuildArgs),
    /// Watch, and serve the site with live reload · 生成并在浏览器里预览
    Serve(ServeArgs),
    /// Make a new document · 新建文档
    New(NewArgs),
    /// Make a new site that builds as it is · 新建站点
    Init {
        /// Its folder
        dir: PathBuf,
    },
    /// Show what the site holds · 列出站点内容
    List(ListArgs),
    /// Print a completion script · 输出命令补全脚本
    Completions {
        /// bash, zsh, fish, powershell or elvish
        shell: Shell,
    },
}

#[derive(Debug, Clone, Args)]
struct SiteArgs {
    /// The site's folder (default: the nearest one upwards that holds content/site.yaml)
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Another base URL than that of site.yaml
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Publish drafts, too
    #[arg(long)]
    drafts: bool,
    /// Publish what is not due yet, too
    #[arg(long)]
    future: bool,
    /// Use so many threads (default: one a core)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

#[derive(Debug, Clone, Args)]
struct BuildArgs {
    #[command(flatten)]
    site: SiteArgs,
    /// The output folder (default: public in the site's folder)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Warnings count as errors
    #[arg(long)]
    strict: bool,
    /// Print the result as one JSON object a build
    #[arg(long)]
    json: bool,
    /// Say of every output why it was rendered
    #[arg(long)]
    explain: bool,
    /// Use nothing from earlier builds
    #[arg(long)]
    no_cache: bool,
    /// Wait until everything is on the disk, so that not even a power cut loses it (slower)
    #[arg(long)]
    durable: bool,
}

#[derive(Debug, Args)]
struct ServeArgs {
    #[command(flatten)]
    build: BuildArgs,
    /// The port; 0 picks a free one
    #[arg(long, default_value_t = 1111)]
    port: u16,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Answer requests for this name of the machine, too, as in preview.example.lan (can be repeated)
    #[arg(long, value_name = "NAME", value_parser = allowed_name)]
    allow_host: Vec<String>,
    /// Open the site in the browser
    #[arg(long)]
    open: bool,
}

#[derive(Debug, Args)]
struct NewArgs {
    /// The section's folder, as in content/reports
    section: String,
    /// The title
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    title: String,
    /// Name, code or slug of the district
    #[arg(long)]
    district: Option<String>,
    /// The year it reports on
    #[arg(long, value_parser = clap::value_parser!(i16).range(1000..=9999))]
    year: Option<i16>,
    /// The date, as in 2026-01-08 (default: today)
    #[arg(long)]
    date: Option<String>,
    /// The site's folder
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct ListArgs {
    /// What to list
    #[arg(value_enum)]
    what: What,
    #[command(flatten)]
    site: SiteArgs,
    /// As JSON
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As CSV
    #[arg(long)]
    csv: bool,
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let lang = match cli.lang {
        Some(LangArg::Zh) => Lang::Zh,
        Some(LangArg::En) => Lang::En,
        None => system_language(),
    };
    let code = match cli.command {
        Command::Build(args) => build(&args, lang),
        Command::Watch(args) => watch(&args, lang),
        Command::Serve(args) => serve(&args, lang),
        Command::New(args) => new(&args, lang),
        Command::Init { dir } => init(&dir, lang),
        Command::List(args) => list_site(&args, lang),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "tribune", &mut script);
            put(&script);
            0
        }
    };
    if code == 0 && UNSAID.load(Ordering::Relaxed) {
        let text = match lang {
            Lang::Zh => "报告没能写出来：请检查标准输出写到的地方",
            Lang::En => "the report could not be written: look at where standard output goes",
        };
        let _ = writeln!(std::io::stderr(), "{text}");
        return ExitCode::from(IO_FAILED);
    }
    ExitCode::from(code)
}

/// Was there something to say that could not be written?
static UNSAID: AtomicBool = AtomicBool::new(false);

/// The language of the locale (POSIX: `LC_ALL`, then `LC_MESSAGES`, then `LANG`), or of the system.
fn system_language() -> Lang {
    let set = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().find_map(set);
    #[cfg(windows)]
    let locale = locale.or_else(sys_locale::get_locale);
    if locale.is_some_and(|locale| locale.to_lowercase().starts_with("zh")) { Lang::Zh } else { Lang::En }
}

fn say(text: &str) {
    put(format!("{text}\n").as_bytes());
}

fn put(text: &[u8]) {
    let mut out = std::io::stdout();
    heard(out.write_all(text).and_then(|()| out.flush()));
}

/// A closed pipe is no reason to fail, a full disk is.
fn heard(written: std::io::Result<()>) {
    if written.is_err_and(|error| error.kind() != std::io::ErrorKind::BrokenPipe) {
        UNSAID.store(true, Ordering::Relaxed);
    }
}

fn complain(diagnostics: &[Diagnostic], lang: Lang) {
    let mut all = String::new();
    for diagnostic in diagnostics {
        all.push_str(&report::human(diagnostic, lang));
        all.push('\n');
    }
    let _ = std::io::stderr().write_all(all.as_bytes());
}

fn exit_code(diagnostics: &[Diagnostic]) -> u8 {
    let errors = || diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
    if errors().any(|error| error.problem.is_io()) {
        IO_FAILED
    } else if errors().next().is_some() {
        HAS_ERRORS
    } else {
        0
    }
}

/// The site's folder, by `--root` or by looking upwards, and the clock to build by.
fn place(named: Option<&Path>) -> Result<(PathBuf, Clock), Box<Diagnostic>> {
    let root = match named {
        Some(root) => root.join(SITE_FILE).exists().then(|| root.to_path_buf()),
        None => std::env::current_dir().ok().and_then(|folder| find_root(&folder)),
    };
    let no_site = || Problem::NoSite { folder: named.map(|folder| folder.display().to_string()) };
    let error = |problem| Box::new(Diagnostic::error(problem));
    let root = root.ok_or_else(|| error(no_site()))?;
    Ok((root, Clock::of_environment().map_err(error)?))
}

fn options(site: &SiteArgs, strict: bool) -> Options {
    if let Some(threads) = site.threads {
        // Only the first call counts, and there is only one.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(usize::from(threads)).build_global();
    }
    Options {
        publication: Publication { drafts: site.drafts, future: site.future },
        base_url: site.base_url.clone(),
        strict,
    }
}

fn session(args: &BuildArgs) -> Result<Session, Box<Diagnostic>> {
    let (root, clock) = place(args.site.root.as_deref())?;
    let out = args.out.clone().unwrap_or_else(|| root.join(OUT));
    let disk = Arc::new(System { durable: args.durable });
    let target = Target { root, out, disk };
    Ok(Session::new(target, options(&args.site, args.strict), !args.no_cache).at(clock))
}

/// Shows a build that could not even begin.
fn not_begun(error: Diagnostic, args: &BuildArgs, lang: Lang) -> u8 {
    let build = Build { diagnostics: vec![error], ..Build::default() };
    show(&build, 0, args, lang);
    exit_code(&build.diagnostics)
}

/// Ends the program when a page takes too long.
fn ending(args: &BuildArgs, lang: Lang) -> OnOverdue {
    let args = args.clone();
    OnOverdue(Some(Arc::new(move |error| {
        let code = not_begun(error, &args, lang);
        std::process::exit(i32::from(code));
    })))
}

fn show(build: &Build, elapsed_ms: u64, args: &BuildArgs, lang: Lang) {
    if args.json {
        if let Ok(json) = serde_json::to_string(&report::build_report(build, elapsed_ms, lang)) {
            say(&json);
        }
    } else {
        complain(&build.diagnostics, lang);
        if args.explain && build.is_ok() {
            explain(build, lang);
        }
        let summary = report::summary(build, elapsed_ms, lang);
        if build.is_ok() {
            say(&summary);
        } else {
            let _ = writeln!(std::io::stderr(), "{summary}");
        }
    }
}

/// A line an output that was rendered: why.
fn explain(build: &Build, lang: Lang) {
    let made = build.rendered.made.iter();
    let lines: String = made.map(|made| format!("{}: {}\n", made.path, made.reason.words(lang))).collect();
    put(lines.as_bytes());
}

fn build(args: &BuildArgs, lang: Lang) -> u8 {
    let mut session = match session(args) {
        Ok(session) => session,
        Err(error) => return not_begun(*error, args, lang),
    };
    let progress = Arc::new(Progress { on_overdue: ending(args, lang), ..Progress::default() });
    let shown = ProgressLine::start(&progress, lang);
    let (build, elapsed_ms) = session.build(&Changes::Anything, &progress);
    if build.is_ok() {
        session.end();
    }
    shown.stop();
    show(&build, elapsed_ms, args, lang);
    exit_code(&build.diagnostics)
}

fn watch(args: &BuildArgs, lang: Lang) -> u8 {
    let mut session = match session(args) {
        Ok(session) => session,
        Err(error) => return not_begun(*error, args, lang),
    };
    let first = Progress { on_overdue: ending(args, lang), ..Progress::default() };
    session.run(first, &mut |event| match event {
        Event::Built(build, elapsed_ms) => show(&build, elapsed_ms, args, lang),
        Event::Polling => say_polling(lang),
    });
    0
}

fn say_polling(lang: Lang) {
    let text = match lang {
        Lang::Zh => "系统不能通知文件的改动（可能达到了监视数量的上限），改为定时查看",
        Lang::En => {
            "the system cannot tell of changes (too many watches, perhaps): looking from time to time"
        }
    };
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn serve(args: &ServeArgs, lang: Lang) -> u8 {
    let mut session = match session(&args.build) {
        Ok(session) => session,
        Err(error) => return not_begun(*error, &args.build, lang),
    };
    let listen = Listen { host: &args.host, port: args.port, allowed: &args.allow_host };
    let mut server = match Server::start(listen, session.target.out.clone(), lang) {
        Ok(server) => server,
        Err(error) => return cannot_listen(args, &error, lang),
    };
    let url = format!("http://{}", server.address);
    if args.build.json {
        say(&serde_json::json!({ "listening": url }).to_string());
    } else {
        say(&match lang {
            Lang::Zh => format!("预览网址：{url}/（按 Ctrl+C 结束）"),
            Lang::En => format!("serving {url}/ (Ctrl+C ends it)"),
        });
    }
    let mut open = args.open;
    let first = Progress { on_overdue: ending(&args.build, lang), ..server.progress() };
    session.run(first, &mut |event| match event {
        Event::Built(build, elapsed_ms) => {
            server.publish(&build);
            show(&build, elapsed_ms, &args.build, lang);
            if std::mem::take(&mut open) {
                let _ = open::that_detached(format!("{url}{}/", build.base_path));
            }
        }
        Event::Polling => say_polling(lang),
    });
    0
}

fn cannot_listen(args: &ServeArgs, error: &std::io::Error, lang: Lang) -> u8 {
    let (host, port) = (&args.host, args.port);
    let text = match lang {
        Lang::Zh => format!("不能在 {host}:{port} 上提供预览：{error}。请用 --port 换一个端口"),
        Lang::En => format!("cannot listen on {host}:{port}: {error}; name another port with --port"),
    };
    let _ = writeln!(std::io::stderr(), "{text}");
    IO_FAILED
}

fn init(dir: &Path, lang: Lang) -> u8 {
    match scaffold::init(dir) {
        Ok(_) => {
            let dir = dir.display();
            say(&match lang {
                Lang::Zh => format!("已新建站点 {dir}。接着：cd {dir}，再运行 tribune serve"),
                Lang::En => format!("made a new site in {dir}; next: cd {dir}, then tribune serve"),
            });
            0
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let dir = dir.display();
            let text = match lang {
                Lang::Zh => format!("{dir} 里已有站点的文件，没有改动。请换一个文件夹"),
                Lang::En => {
                    format!("{dir} holds files of a site already and is as it was: name another folder")
                }
            };
            let _ = writeln!(std::io::stderr(), "{text}");
            HAS_ERRORS
        }
        Err(error) => {
            let problem = Problem::WriteFailed { path: dir.display().to_string(), fault: (&error).into() };
            complain(&[Diagnostic::error(problem)], lang);
            IO_FAILED
        }
    }
}

fn new(args: &NewArgs, lang: Lang) -> u8 {
    let fail = |diagnostics: Vec<Diagnostic>| {
        complain(&diagnostics, lang);
        exit_code(&diagnostics)
    };
    let (root, clock) = match place(args.root.as_deref()) {
        Ok(place) => place,
        Err(error) => return fail(vec![*error]),
    };
    let world = DiskWorld::new(&root).building_into(root.join(OUT)).at(clock);
    // Documents with mistakes are no reason to refuse a new one.
    let prepared = match crate::prepare(&world, &Options::default(), &mut Default::default()) {
        Ok(prepared) => prepared,
        Err(diagnostics) => return fail(diagnostics),
    };
    let site = &prepared.library.site;
    let now = world.now().to_zoned(site.config.time_zone.clone());
    let wanted = NewDocument {
        section: &args.section,
        title: &args.title,
        district: args.district.as_deref(),
        year: args.year,
        date: args.date.as_deref(),
    };
    let draft = match scaffold::draft(site, &now, wanted) {
        Ok(draft) => draft,
        Err(problem) => return fail(vec![Diagnostic::error(problem)]),
    };
    match write_draft(&root, &draft) {
        Ok(path) => {
            say(&path);
            if let Some(district) = &draft.assumed_district {
                let text = match lang {
                    Lang::Zh => format!("区划先写成了“{district}”，请核对"),
                    Lang::En => format!("the district was set to {district}: check it"),
                };
                let _ = writeln!(std::io::stderr(), "{text}");
            }
            0
        }
        Err(error) => {
            let problem = Problem::WriteFailed { path: draft.path, fault: (&error).into() };
            fail(vec![Diagnostic::error(problem)])
        }
    }
}

/// Writes a new document; where its name is taken, it gets a number.
fn write_draft(root: &Path, draft: &scaffold::Draft) -> std::io::Result<String> {
    let stem = draft.path.trim_end_matches(".md");
    let mut number = 1;
    loop {
        let path = if number == 1 { draft.path.clone() } else { format!("{stem}-{number}.md") };
        match crate::output::create_file(&root.join(&path), draft.text.as_bytes()) {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => number += 1,
            Err(error) => return Err(error),
            Ok(()) => return Ok(path),
        }
    }
}

fn list_site(args: &ListArgs, lang: Lang) -> u8 {
    let (root, clock) = match place(args.site.root.as_deref()) {
        Ok(place) => place,
        Err(error) => {
            let diagnostics = [*error];
            complain(&diagnostics, lang);
            return exit_code(&diagnostics);
        }
    };
    if let Some(url) = args.site.base_url.as_ref().filter(|url| BaseUrl::parse(url).is_none()) {
        let diagnostics = [Diagnostic::error(Problem::BadBaseUrl { value: url.clone() })];
        complain(&diagnostics, lang);
        return exit_code(&diagnostics);
    }
    let world = DiskWorld::new(&root).building_into(root.join(OUT)).at(clock);
    let prepared = match inspect(&world, &options(&args.site, false)) {
        Ok(prepared) => prepared,
        Err(diagnostics) => {
            complain(&diagnostics, lang);
            return exit_code(&diagnostics);
        }
    };
    let format = match (args.json, args.csv) {
        (true, _) => Format::Json,
        (_, true) => Format::Csv,
        _ => Format::Text,
    };
    heard(list::list(&prepared, args.what, format));
    0
}
