//! Everything the page may ask of the shell (capabilities/main.json names the same).
use crate::{
    autostart,
    engine::{Engine, Told},
    kept::Kept,
    menu, tray, window,
    words::Words,
};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, State, Url, WebviewWindow, ipc::Channel};
use tauri_plugin_dialog::{DialogExt, FilePath};
use tauri_plugin_notification::NotificationExt;

pub fn all() -> impl Fn(tauri::ipc::Invoke) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        engine_connect,
        engine_send,
        window_state,
        window_keep_in_tray,
        window_start_with_computer,
        window_status,
        window_close_answer,
        window_language,
        window_theme,
        window_zoom,
        window_notify,
        clipboard_text,
        pick_file,
        pick_new_file,
        open_link,
        open_folder
    ]
}

/// Starts an engine for this page; what it says comes through the channel. Waits until an earlier page's is gone.
#[tauri::command(async)]
fn engine_connect(engine: State<'_, Engine>, channel: Channel<Told>) -> Result<(), String> {
    engine.connect(channel)
}

#[tauri::command(async)]
fn engine_send(engine: State<'_, Engine>, line: String) -> Result<(), String> {
    engine.send(&line)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WindowState {
    /// Whether there is a tray at all.
    tray: bool,
    keep_in_tray: bool,
    start_with_computer: bool,
}

#[tauri::command(async)]
fn window_state(app: AppHandle) -> WindowState {
    let tray = tray::is_there(&app);
    let keep_in_tray = tray && app.state::<Kept>().get().keep_in_tray;
    WindowState { tray, keep_in_tray, start_with_computer: autostart::is_on(&app) }
}

#[tauri::command(async)]
fn window_keep_in_tray(kept: State<'_, Kept>, on: bool) {
    kept.change(|value| (value.keep_in_tray, value.asked_about_closing) = (on, true));
    kept.write();
}

#[tauri::command(async)]
fn window_start_with_computer(app: AppHandle, on: bool) -> Result<(), String> {
    autostart::set(&app, on)
}

/// How it goes, for the tray; and whether it synchronises by itself, which is what closing asks about.
#[tauri::command]
fn window_status(app: AppHandle, text: String, polling: bool) {
    window::set_polling(&app, polling);
    tray::say(&app, &text);
}

#[tauri::command]
fn window_close_answer(app: AppHandle, choice: String) {
    window::answer_close(&app, &choice);
}

#[tauri::command]
fn window_language(app: AppHandle, language: String) {
    let kept = app.state::<Kept>();
    let before = kept.get().language;
    if before.as_ref() == Some(&language) {
        return;
    }
    let same = Words::of(before.as_deref()) == Words::of(Some(&language));
    kept.change(|value| value.language = Some(language));
    kept.write();
    if !same {
        tray::refresh(&app);
        menu::refresh(&app);
    }
}

/// `light`, `dark`, or `system`.
#[tauri::command]
fn window_theme(app: AppHandle, webview: WebviewWindow, theme: String) -> Result<(), String> {
    let chosen = window::theme_of(Some(&theme));
    let kept = app.state::<Kept>();
    kept.change(|value| value.theme = chosen.map(|_| theme));
    kept.write();
    webview.set_theme(chosen).map_err(|error| error.to_string())
}

/// One step larger (1), smaller (-1), or as designed (0).
#[tauri::command]
fn window_zoom(app: AppHandle, step: i8) {
    zoom_by(&app, step);
}

/// As browsers step.
const ZOOMS: [f64; 11] = [0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5];

pub fn zoom_by(app: &AppHandle, step: i8) {
    let kept = app.state::<Kept>();
    let now = kept.get().zoom.unwrap_or(1.0);
    let next = match step {
        1.. => ZOOMS.into_iter().find(|zoom| *zoom > now + 0.01).unwrap_or(now),
        0 => 1.0,
        _ => ZOOMS.into_iter().rev().find(|zoom| *zoom < now - 0.01).unwrap_or(now),
    };
    if let Some(window) = app.get_webview_window(window::LABEL)
        && window.set_zoom(next).is_ok()
    {
        kept.change(|value| value.zoom = Some(next));
        kept.write();
    }
}

/// Shown by the system where nobody looks at the window; false where somebody does.
#[tauri::command(async)]
fn window_notify(app: AppHandle, webview: WebviewWindow, title: String, body: String) -> Result<bool, String> {
    let looked_at = webview.is_visible().unwrap_or(false) && webview.is_focused().unwrap_or(false);
    if looked_at {
        return Ok(false);
    }
    app.notification().builder().title(title).body(body).show().map(|()| true).map_err(|error| error.to_string())
}

/// Empty where there is no text.
#[tauri::command]
fn clipboard_text() -> String {
    crate::clipboard::text().unwrap_or_default()
}

#[derive(Deserialize)]
struct Filter {
    name: String,
    extensions: Vec<String>,
}

/// The path of a file somebody chose, or nothing.
#[tauri::command]
async fn pick_file(app: AppHandle, webview: WebviewWindow, title: Option<String>, filters: Vec<Filter>) -> Option<String> {
    path_of(dialog(&app, &webview, title, &filters).blocking_pick_file())
}

/// The path of a file that is to be written: whether one may be replaced was asked.
#[tauri::command]
async fn pick_new_file(app: AppHandle, webview: WebviewWindow, title: Option<String>, filters: Vec<Filter>, name: String) -> Option<String> {
    path_of(dialog(&app, &webview, title, &filters).set_file_name(name).blocking_save_file())
}

fn dialog(app: &AppHandle, webview: &WebviewWindow, title: Option<String>, filters: &[Filter]) -> tauri_plugin_dialog::FileDialogBuilder<tauri::Wry> {
    let mut dialog = app.dialog().file().set_parent(webview);
    if let Some(title) = title {
        dialog = dialog.set_title(title);
    }
    for Filter { name, extensions } in filters {
        dialog = dialog.add_filter(name, &extensions.iter().map(String::as_str).collect::<Vec<_>>());
    }
    dialog
}

fn path_of(chosen: Option<FilePath>) -> Option<String> {
    chosen?.into_path().ok().map(|path| path.to_string_lossy().into_owned())
}

/// Opens a page in the browser, or a message to write.
#[tauri::command(async)]
fn open_link(app: AppHandle, url: String) -> Result<(), String> {
    open_link_of(&app, &url)
}

pub fn open_link_of(_app: &AppHandle, url: &str) -> Result<(), String> {
    let parsed = Url::parse(url).map_err(|error| error.to_string())?;
    if !matches!(parsed.scheme(), "https" | "http" | "mailto") {
        return Err(format!("not opened: {}", parsed.scheme()));
    }
    open::that_detached(parsed.as_str()).map_err(|error| error.to_string())
}

/// Shows a folder, never a file: opening one could run it.
#[tauri::command(async)]
fn open_folder(path: String) -> Result<(), String> {
    if !std::path::Path::new(&path).is_dir() {
        return Err(format!("no folder: {path}"));
    }
    open::that_detached(path).map_err(|error| error.to_string())
}
