//! The process that shows the page may die, by a defect or for lack of memory; the window would stay empty.
use tauri::WebviewWindow;

/// Loads the page again, which starts with an engine of its own; not again and again.
#[cfg(target_os = "linux")]
pub fn keep_alive(window: &WebviewWindow) -> tauri::Result<()> {
    use std::{
        cell::Cell,
        time::{Duration, Instant},
    };
    use webkit2gtk::WebViewExt;
    const FINE_AFTER: Duration = Duration::from_secs(60);

    window.with_webview(|webview| {
        let last = Cell::new(None::<Instant>);
        webview.inner().connect_web_process_terminated(move |webview, reason| {
            eprintln!("the page's process ended: {reason:?}");
            if last.replace(Some(Instant::now())).is_none_or(|at| at.elapsed() > FINE_AFTER) {
                webview.reload();
            }
        });
    })
}

/// The system's own web view does so there.
#[cfg(not(target_os = "linux"))]
pub fn keep_alive(_window: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
