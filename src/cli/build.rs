//! The commands that build: once, after every change, and with a server.

use std::io::Write;
use std::sync::Arc;

use crate::build::output::disk::System;
use crate::build::output::{Holder, OnWait, Target};
use crate::build::watch::session::{Event, Session};
use crate::cli::progress::{OnOverdue, Progress, ProgressLine};
use crate::cli::report;
use crate::cli::{
    BuildArgs, IO_FAILED, OUT, ServeArgs, complain, exit_code, options, place, put, say, start_threads,
};
use crate::diagnostics::Diagnostic;
use crate::diagnostics::problem::Lang;
use crate::serve::server::{CannotListen, Listen, Server};
use crate::{Build, Changes};

fn session(args: &BuildArgs, lang: Lang) -> Result<Session, Box<Diagnostic>> {
    let (root, clock) = place(args.site.root.as_deref())?;
    start_threads(args.site.threads, lang)?;
    let out = args.out.clone().unwrap_or_else(|| root.join(OUT));
    let disk = Arc::new(System { durable: args.durable });
    let on_wait = OnWait::new(move |holder| say_waiting(holder, lang));
    let target = Target { root, out, disk, on_wait };
    Ok(Session::new(target, options(&args.site, args.strict), !args.no_cache).at(clock))
}

/// Says on standard error who has the lock: standard output may be JSON.
fn say_waiting(holder: Holder, lang: Lang) {
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
    let _ = writeln!(std::io::stderr(), "{text}");
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
    let line = |line: String| report::visible(&line).into_owned() + "\n";
    let lines: String =
        made.map(|made| line(format!("{}: {}", made.path, made.reason.words(lang)))).collect();
    put(lines.as_bytes());
}

/// Builds the site once. Gives the exit code.
pub fn build(args: &BuildArgs, lang: Lang) -> u8 {
    let mut session = match session(args, lang) {
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

/// Builds it, and again after every change. Gives the exit code.
pub fn watch(args: &BuildArgs, lang: Lang) -> u8 {
    let mut session = match session(args, lang) {
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

/// The same, with a server for it. Gives the exit code.
pub fn serve(args: &ServeArgs, lang: Lang) -> u8 {
    let mut session = match session(&args.build, lang) {
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

fn cannot_listen(args: &ServeArgs, error: &CannotListen, lang: Lang) -> u8 {
    let _ = writeln!(std::io::stderr(), "{}", error.words(&args.host, args.port, lang));
    IO_FAILED
}
