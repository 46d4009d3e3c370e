//! `build`, and what it shares with `watch` and `serve`.

use std::sync::Arc;

use crate::build::output::{BuildTarget, Holder, OnWait, SystemDisk};
use crate::build::watch::Session;
use crate::build::{Build, Changes};
use crate::cli::args::{BuildArgs, OUT, OnceArgs};
use crate::cli::changes::changes_text;
use crate::cli::progress::ProgressLine;
use crate::cli::report::{build_report, summary};
use crate::cli::root::{lasting_name, start};
use crate::cli::terminal::{exit_code, print, print_bytes, print_error, report};
use crate::diagnostics::{Lang, visible};
use crate::render::Progress;

/// Tells on standard error which build holds the lock: standard output may be JSON.
fn report_wait(holder: Holder, lang: Lang) {
    let text = match (holder.process, lang) {
        (Some(process), Lang::Zh) => {
            format!("另一个 tribune（进程 {process}）正在生成这个站点，等它完成……")
        }
        (Some(process), Lang::En) => {
            format!("another tribune (process {process}) is building this site; waiting for it to finish")
        }
        (None, Lang::Zh) => "另一个 tribune 正在生成这个站点，或在写同一个输出文件夹，等它完成……".to_owned(),
        (None, Lang::En) => {
            "another tribune is building this site or into the same folder; waiting for it to finish"
                .to_owned()
        }
    };
    print_error(&text);
}

/// Builds the site once. Returns the exit code.
pub(crate) fn build(args: &OnceArgs, lang: Lang) -> u8 {
    let OnceArgs { build: args, dry_run } = args;
    let mut session = match open_session(args, *dry_run, lang) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let progress = Arc::new(Progress::default());
    let line = ProgressLine::start(&progress, lang);
    let (build, elapsed_ms) = session.build(&Changes::Anything, &progress);
    if build.is_published && !dry_run {
        session.end();
    }
    line.stop();
    if *dry_run && build.is_published && !args.json {
        print(lang.pick("试生成，没有写入任何文件：", "dry run, nothing was written:"));
    }
    show(&build, elapsed_ms, args, lang);
    exit_code(&build.diagnostics)
}

/// A session for the site; where it cannot begin, the error is shown, and the exit code returned.
pub(crate) fn open_session(args: &BuildArgs, dry_run: bool, lang: Lang) -> Result<Session, u8> {
    match start(args.site.root.as_deref(), args.site.threads) {
        Ok((root, clock)) => {
            let root = lasting_name(&root);
            let out = args.out.as_deref().map_or_else(|| root.join(OUT), lasting_name);
            let disk = Arc::new(SystemDisk { durable: args.durable });
            let on_wait = OnWait::new(move |holder| report_wait(holder, lang));
            let target = BuildTarget { root, out, disk, on_wait, dry_run };
            Ok(Session::new(target, args.site.options(args.strict), !args.no_cache).at(clock))
        }
        Err(error) => {
            let build = Build { diagnostics: vec![*error], ..Build::default() };
            show(&build, 0, args, lang);
            Err(exit_code(&build.diagnostics))
        }
    }
}

/// Shows the result of a build, for people or as JSON.
pub(crate) fn show(build: &Build, elapsed_ms: u64, args: &BuildArgs, lang: Lang) {
    if args.json {
        if let Ok(json) = serde_json::to_string(&build_report(build, elapsed_ms, lang)) {
            print(&json);
        }
        return;
    }
    report(&build.diagnostics, args.all, lang);
    if args.explain && build.is_published {
        explain(build, lang);
    }
    if let Some(changes) = build.changes.as_ref().filter(|_| args.changes) {
        print_bytes(changes_text(changes, lang).as_bytes());
    }
    let summary = summary(build, elapsed_ms, lang);
    if build.is_published {
        print(&summary);
    } else {
        print_error(&summary);
    }
}

/// Prints a line for every output that was rendered: why.
fn explain(build: &Build, lang: Lang) {
    let mut lines = String::new();
    for made in &build.rendered.made {
        lines.push_str(&visible(&format!("{}: {}", made.path, made.reason.words(lang))));
        lines.push('\n');
    }
    print_bytes(lines.as_bytes());
}
