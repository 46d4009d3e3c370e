//! `serve`: `watch`, with a server for the site.

use crate::build::watch::Event;
use crate::cli::args::ServeArgs;
use crate::cli::build::open_session;
use crate::cli::terminal::{IO_FAILED, print, print_error};
use crate::cli::watch::show_event;
use crate::diagnostics::Lang;
use crate::serve::{Listen, Server};

/// Builds after every change and serves the site, until the process is ended. Returns the exit code.
pub(crate) fn serve(args: &ServeArgs, lang: Lang) -> u8 {
    let mut session = match open_session(&args.build, false, lang) {
        Ok(session) => session,
        Err(code) => return code,
    };
    let listen = Listen { host: &args.host, port: args.port, allowed: &args.allow_host };
    let mut server = match Server::start(listen, session.target.out.clone(), lang) {
        Ok(server) => server,
        Err(error) => {
            print_error(&error.message(&args.host, args.port, lang));
            return IO_FAILED;
        }
    };
    let url = server.url();
    if args.build.json {
        print(&serde_json::json!({ "listening": url }).to_string());
    } else {
        print(&match lang {
            Lang::Zh => format!("预览网址：{url}/（按 Ctrl+C 结束）"),
            Lang::En => format!("serving {url}/ (press Ctrl+C to stop)"),
        });
        if server.address.ip().is_unspecified() {
            print(match lang {
                Lang::Zh => "同一网络的其他电脑可以用本机的 IP 地址访问",
                Lang::En => "other computers in the network can reach it by this machine's IP address",
            });
        }
    }
    let mut open = args.open;
    session.run(server.progress(), &mut |event| {
        let mut opened = None;
        if let Event::Built(build, _) = &event {
            server.publish(build);
            opened = std::mem::take(&mut open).then(|| format!("{url}{}/", build.base_path));
        }
        show_event(event, &args.build, lang);
        if let Some(page) = opened {
            let _ = open::that_detached(page);
        }
    });
    0
}
