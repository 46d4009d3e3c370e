//! The command line: its types, what its commands share, and those that only read.

pub mod build;
pub mod list;
pub mod new;
pub mod progress;
pub mod report;
pub mod scaffold;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::cli::list::{Format, What};
use crate::config::base_url::BaseUrl;
use crate::content::scan::world_error;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::{Lang, Problem};
use crate::serve::server::allowed_name;
use crate::site::model::Publication;
use crate::threads;
use crate::threads::Threads;
use crate::world::{Clock, DiskWorld, find_root, is_site};
use crate::{Options, inspect};

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
        Command::Build(args) => build::build(&args, lang),
        Command::Watch(args) => build::watch(&args, lang),
        Command::Serve(args) => build::serve(&args, lang),
        Command::New(args) => new::new(&args, lang),
        Command::Init { dir } => new::init(&dir, lang),
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
    let found = match named {
        Some(root) => is_site(root).map(|there| there.then(|| root.to_path_buf())),
        None => std::env::current_dir().map_or(Ok(None), |folder| find_root(&folder)),
    };
    let no_site = || Problem::NoSite { folder: named.map(|folder| folder.display().to_string()) };
    let error = |problem| Box::new(Diagnostic::error(problem));
    let root = found.map_err(|fault| Box::new(world_error(&fault)))?.ok_or_else(|| error(no_site()))?;
    Ok((root, Clock::of_environment().map_err(error)?))
}

/// Starts the threads that all of this runs on; says so where there are fewer than there should be.
fn start_threads(wanted: Option<u16>, lang: Lang) -> Result<(), Box<Diagnostic>> {
    let started = threads::start(wanted).map_err(|problem| Box::new(Diagnostic::error(problem)))?;
    if started == Threads::Current {
        let text = match lang {
            Lang::Zh => "系统不肯再给线程（可能达到了进程数的上限），改为只用一个线程，会慢一些",
            Lang::En => {
                "the system gives no more threads (too many processes, perhaps): one does it all, slowly"
            }
        };
        let _ = writeln!(std::io::stderr(), "{text}");
    }
    Ok(())
}

fn options(site: &SiteArgs, strict: bool) -> Options {
    Options {
        publication: Publication { drafts: site.drafts, future: site.future },
        base_url: site.base_url.clone(),
        strict,
    }
}

fn list_site(args: &ListArgs, lang: Lang) -> u8 {
    let placed = place(args.site.root.as_deref());
    let placed = placed.and_then(|placed| start_threads(args.site.threads, lang).map(|()| placed));
    let (root, clock) = match placed {
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
