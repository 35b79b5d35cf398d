//! The engine beside the window: started, talked to line by line, ended with the window, started again once when it dies.
use serde::Serialize;
use std::{
    io::{BufRead, BufReader, Write},
    path::PathBuf,
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};
use tauri::ipc::Channel;

/// What the page is told, in the order in which it happened.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Told {
    /// Another engine answers from now on; what was asked of the one before is lost.
    Started,
    /// One line of the engine: a message.
    Line(String),
    /// It ended by itself. Without `again` nobody starts it but the page.
    Ended { reason: String, again: bool },
}

/// An engine that ran this long was fine: its end is not the second in a row.
const FINE_AFTER: Duration = Duration::from_secs(60);
/// How long an engine has to let go of a run and of its store once nobody listens any more.
const PATIENCE: Duration = Duration::from_secs(4);

#[derive(Clone, Default)]
pub struct Engine(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    channel: Option<Channel<Told>>,
    running: Option<Running>,
    /// Counts starts, so that what an earlier one still says or does is known as that.
    generation: u64,
    /// When it was last started again after its own end.
    again: Option<Instant>,
}

struct Running {
    child: Arc<Mutex<Child>>,
    stdin: ChildStdin,
}

impl Engine {
    /// A page begins: it gets an engine of its own, since what an earlier page asked would be answered to this one.
    pub fn connect(&self, channel: Channel<Told>) -> Result<(), String> {
        self.stop();
        let mut inner = self.0.lock().unwrap();
        inner.channel = Some(channel);
        self.start(&mut inner)
    }

    pub fn send(&self, line: &str) -> Result<(), String> {
        let mut inner = self.0.lock().unwrap();
        let stdin = &mut inner.running.as_mut().ok_or("the engine is not running")?.stdin;
        let mut whole = Vec::with_capacity(line.len() + 1);
        whole.extend_from_slice(line.as_bytes());
        whole.push(b'\n');
        stdin.write_all(&whole).and_then(|()| stdin.flush()).map_err(|error| error.to_string())
    }

    /// Ends it and waits until it is gone: first by closing what it reads, which lets it record where a run stopped.
    pub fn stop(&self) {
        let running = {
            let mut inner = self.0.lock().unwrap();
            inner.generation += 1;
            inner.channel = None;
            inner.running.take()
        };
        if let Some(Running { child, stdin }) = running {
            drop(stdin);
            end(&child, PATIENCE);
        }
    }

    fn start(&self, inner: &mut Inner) -> Result<(), String> {
        let path = executable();
        let mut child = Command::new(&path)
            .arg("--stdio")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", path.display()))?;
        let (stdin, stdout) = (child.stdin.take().expect("piped"), child.stdout.take().expect("piped"));
        let child = Arc::new(Mutex::new(child));
        inner.generation += 1;
        inner.running = Some(Running { child: child.clone(), stdin });
        tell(inner, Told::Started);
        let (engine, generation, started) = (self.clone(), inner.generation, Instant::now());
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let inner = engine.0.lock().unwrap();
                if inner.generation != generation {
                    break;
                }
                tell(&inner, Told::Line(line));
            }
            let status = end(&child, PATIENCE);
            engine.ended(generation, started, status);
        });
        Ok(())
    }

    /// Nobody ended it: once it is started again by itself; a second time soon after would only go on like that.
    fn ended(&self, generation: u64, started: Instant, status: Option<ExitStatus>) {
        let mut inner = self.0.lock().unwrap();
        if inner.generation != generation {
            return;
        }
        inner.running = None;
        let soon = started.elapsed() < FINE_AFTER && inner.again.is_some_and(|at| at.elapsed() < FINE_AFTER);
        let reason = status.map_or_else(|| "it does not end".to_owned(), |status| status.to_string());
        tell(&inner, Told::Ended { reason, again: !soon });
        if soon {
            return;
        }
        inner.again = Some(Instant::now());
        if let Err(reason) = self.start(&mut inner) {
            tell(&inner, Told::Ended { reason, again: false });
        }
    }
}

/// A page that is gone is no error: its window is closing.
fn tell(inner: &Inner, told: Told) {
    if let Some(channel) = &inner.channel {
        let _ = channel.send(told);
    }
}

/// Waits for the process and reaps it; ends it by force after `patience`.
fn end(child: &Mutex<Child>, patience: Duration) -> Option<ExitStatus> {
    let deadline = Instant::now() + patience;
    loop {
        let mut child = child.lock().unwrap();
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < deadline => {}
            _ => {
                let _ = child.kill();
                return child.wait().ok();
            }
        }
        drop(child);
        thread::sleep(Duration::from_millis(10));
    }
}

/// The command line's program, beside this one.
fn executable() -> PathBuf {
    let name = if cfg!(windows) { "directory-connector.exe" } else { "directory-connector" };
    std::env::current_exe().map_or_else(|_| PathBuf::from(name), |own| own.with_file_name(name))
}
