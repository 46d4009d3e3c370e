//! The arguments of the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use crate::build::Options;
use crate::diagnostics::Lang;
use crate::serve::allowed_name;
use crate::site::Publication;

/// The output folder, unless `--out` names another.
pub(crate) const OUT: &str = "public";

/// A static site generator for the publicity of people's congresses (人大宣传).
#[derive(Debug, Parser)]
#[command(name = "tribune", version)]
pub(crate) struct Cli {
    /// The language of messages (default: that of the system) · 提示的语言
    #[arg(long, global = true, value_enum)]
    pub(crate) lang: Option<LangArg>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LangArg {
    Zh,
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the site · 生成网站
    Build(OnceArgs),
    /// Build, then again after every change · 生成，并随修改重新生成
    Watch(BuildArgs),
    /// Watch, and serve the site with live reload · 生成并在浏览器里预览
    Serve(ServeArgs),
    /// Create a new document · 新建文档
    New(NewArgs),
    /// Create a new site · 新建站点
    Init {
        /// Its folder
        dir: PathBuf,
    },
    /// List the site's contents · 列出站点内容
    List(ListArgs),
    /// Print a completion script · 输出命令补全脚本
    Completions {
        /// bash, zsh, fish, powershell or elvish
        shell: Shell,
    },
}

#[derive(Debug, Args)]
pub(crate) struct SiteArgs {
    /// The site's folder (default: the nearest one upwards that holds content/site.yaml)
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// Override `base_url` of site.yaml
    #[arg(long, value_name = "URL")]
    pub(crate) base_url: Option<String>,
    /// Also publish drafts
    #[arg(long)]
    pub(crate) drafts: bool,
    /// Also publish scheduled documents
    #[arg(long)]
    pub(crate) future: bool,
    /// Number of threads (default: one per core)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) threads: Option<u16>,
}

#[derive(Debug, Args)]
pub(crate) struct OnceArgs {
    #[command(flatten)]
    pub(crate) build: BuildArgs,
    /// Tell what would be done, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BuildArgs {
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    /// The output folder (default: public in the site's folder)
    #[arg(long, value_name = "DIR")]
    pub(crate) out: Option<PathBuf>,
    /// Treat warnings as errors
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print the result of each build as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
    /// Show all problems that were found (at most 50 errors and 50 warnings a file), however many of one kind
    #[arg(long)]
    pub(crate) all: bool,
    /// List the documents that are new, changed, gone or moved for readers
    #[arg(long)]
    pub(crate) changes: bool,
    /// Print why each output was rendered
    #[arg(long)]
    pub(crate) explain: bool,
    /// Ignore the cache of earlier builds
    #[arg(long)]
    pub(crate) no_cache: bool,
    /// Wait until everything is on the disk, so that not even a power cut loses it (slower)
    #[arg(long)]
    pub(crate) durable: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    #[command(flatten)]
    pub(crate) build: BuildArgs,
    /// The port; 0 picks a free one
    #[arg(long, default_value_t = 1111)]
    pub(crate) port: u16,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// Also answer requests for this host name, such as preview.example.lan (can be repeated)
    #[arg(long, value_name = "NAME", value_parser = allowed_name)]
    pub(crate) allow_host: Vec<String>,
    /// Open the site in the browser
    #[arg(long)]
    pub(crate) open: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NewArgs {
    /// The section: its folder in content, such as reports
    pub(crate) section: String,
    /// The title
    #[arg(value_parser = clap::builder::NonEmptyStringValueParser::new())]
    pub(crate) title: String,
    /// Name, code or slug of the district
    #[arg(long)]
    pub(crate) district: Option<String>,
    /// The year it reports on
    #[arg(long, value_parser = clap::value_parser!(i16).range(1000..=9999))]
    pub(crate) year: Option<i16>,
    /// The date, as in 2026-01-08 (default: today)
    #[arg(long)]
    pub(crate) date: Option<String>,
    /// The site's folder
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// What to list
    #[arg(value_enum)]
    pub(crate) what: What,
    #[command(flatten)]
    pub(crate) site: SiteArgs,
    /// As JSON
    #[arg(long, conflicts_with = "csv")]
    pub(crate) json: bool,
    /// As CSV
    #[arg(long)]
    pub(crate) csv: bool,
}

/// What can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// The published documents, in the order of listings.
    Documents,
    /// The districts, in the order of districts.yaml.
    Districts,
    /// The years, latest first.
    Years,
    /// The topics, those of most documents first.
    Topics,
    /// The output files.
    Outputs,
    /// The files that are not published, because nothing refers to them.
    Unreferenced,
}

impl SiteArgs {
    /// How to build the site.
    pub(crate) fn options(&self, strict: bool) -> Options {
        Options {
            publication: Publication { drafts: self.drafts, future: self.future },
            base_url: self.base_url.clone(),
            strict,
        }
    }
}

impl From<LangArg> for Lang {
    fn from(lang: LangArg) -> Lang {
        match lang {
            LangArg::Zh => Lang::Zh,
            LangArg::En => Lang::En,
        }
    }
}
