//! The one window: made as it was left, closed as somebody chose, shown again when asked for.
use crate::{
    kept::{Kept, Remembered},
    menu, tray,
};
use std::sync::Mutex;
use tauri::{
    AppHandle, Emitter, LogicalPosition, LogicalSize, Manager, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, Window,
    WindowEvent, webview::NewWindowResponse, window::Color,
};

pub const LABEL: &str = "main";
/// The page is asked what closing shall do by this event; it answers with the command `window_close_answer`.
const CLOSE_ASKED: &str = "window-close-asked";
/// product: 960 × 680, and 800 × 600 at least.
const SIZE: (f64, f64) = (960.0, 680.0);
const SMALLEST: (f64, f64) = (800.0, 600.0);

/// What the page said last, as far as closing depends on it.
#[derive(Default)]
pub struct Asked(Mutex<Closing>);

#[derive(Default)]
struct Closing {
    /// It synchronises by itself while the program is open.
    polling: bool,
    /// The page was asked and has not answered yet.
    waiting: bool,
}

pub fn build(app: &AppHandle, visible: bool) -> tauri::Result<()> {
    let kept = app.state::<Kept>();
    let left = kept.get();
    let theme = theme_of(left.theme.as_deref());
    let opened = app.clone();
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Directory Connector")
        .inner_size(left.width.unwrap_or(SIZE.0), left.height.unwrap_or(SIZE.1))
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .prevent_overflow()
        .maximized(left.maximized)
        .visible(visible)
        .theme(theme)
        .background_color(background(theme))
        .data_directory(kept.folder().join("window"))
        .enable_clipboard_access()
        .menu(menu::build(app)?)
        .on_navigation(is_own)
        .on_new_window(move |url, _| {
            let _ = crate::commands::open_link_of(&opened, url.as_str());
            NewWindowResponse::Deny
        });
    if left.x.is_none() {
        builder = builder.center();
    }
    let window = builder.build()?;
    crate::revive::keep_alive(&window)?;
    if let Some(zoom) = left.zoom {
        let _ = window.set_zoom(zoom);
    }
    put_back(&window, &left);
    Ok(())
}

/// In front, wherever it was; a second start of the program comes here too.
pub fn show(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else { return };
    let _ = window.show();
    let _ = window.unminimize();
    let _ = window.set_focus();
}

/// As the button of its frame does.
pub fn close(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.close();
    }
}

pub fn toggle_full_screen(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.is_fullscreen().and_then(|is| window.set_fullscreen(!is));
    }
}

pub fn happened(window: &Window, event: &WindowEvent) {
    match event {
        WindowEvent::CloseRequested { api, .. } => {
            remember(window);
            if !may_close(window.app_handle()) {
                api.prevent_close();
            }
        }
        WindowEvent::Resized(_) | WindowEvent::Moved(_) => remember(window),
        _ => {}
    }
}

/// Whether the window's end may be the program's.
fn may_close(app: &AppHandle) -> bool {
    let kept = app.state::<Kept>();
    let Remembered { keep_in_tray, asked_about_closing, .. } = kept.get();
    kept.write();
    if keep_in_tray && tray::is_there(app) {
        hide(app);
        return false;
    }
    let asked = app.state::<Asked>();
    let mut closing = asked.0.lock().unwrap();
    // Who insists closes a page that does not answer.
    if !closing.polling || asked_about_closing || closing.waiting {
        return true;
    }
    closing.waiting = app.emit(CLOSE_ASKED, ()).is_ok();
    !closing.waiting
}

/// The page's answer to `CLOSE_ASKED`: `tray`, `quit`, or anything else to go on as if nothing was asked.
pub fn answer_close(app: &AppHandle, choice: &str) {
    app.state::<Asked>().0.lock().unwrap().waiting = false;
    let kept = app.state::<Kept>();
    let stay = choice == "tray" && tray::is_there(app);
    if stay || choice == "quit" {
        kept.change(|value| {
            value.asked_about_closing = true;
            value.keep_in_tray = stay;
        });
        kept.write();
    }
    match choice {
        _ if stay => hide(app),
        "quit" => app.exit(0),
        _ => {}
    }
}

pub fn set_polling(app: &AppHandle, polling: bool) {
    app.state::<Asked>().0.lock().unwrap().polling = polling;
}

/// `light` and `dark`; anything else follows the system.
pub fn theme_of(name: Option<&str>) -> Option<Theme> {
    match name {
        Some("dark") => Some(Theme::Dark),
        Some("light") => Some(Theme::Light),
        _ => None,
    }
}

fn hide(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let _ = window.hide();
    }
}

/// What is seen until the page is there: its own ground (ui/style/tokens.css, `--bg`).
fn background(theme: Option<Theme>) -> Color {
    if theme == Some(Theme::Dark) { Color(0x15, 0x18, 0x1b, 0xff) } else { Color(0xf7, 0xf8, 0xf9, 0xff) }
}

/// The page inside the program is the only place its window goes to.
fn is_own(url: &Url) -> bool {
    url.scheme() == "tauri" || (url.host_str() == Some("tauri.localhost") && matches!(url.scheme(), "http" | "https"))
}

fn remember(window: &Window) {
    let (Ok(size), Ok(place), Ok(factor)) = (window.inner_size(), window.outer_position(), window.scale_factor()) else { return };
    let maximized = window.is_maximized().unwrap_or(false);
    let elsewhere = window.is_minimized().unwrap_or(false) || window.is_fullscreen().unwrap_or(false) || !window.is_visible().unwrap_or(false);
    if elsewhere {
        return;
    }
    let (size, place) = (size.to_logical::<f64>(factor), place.to_logical::<f64>(factor));
    window.state::<Kept>().change(|value| {
        value.maximized = maximized;
        if !maximized {
            (value.x, value.y) = (Some(place.x), Some(place.y));
            (value.width, value.height) = (Some(size.width), Some(size.height));
        }
    });
}

/// Where it was left, if a screen is there: a screen may have been taken away since.
fn put_back(window: &WebviewWindow, left: &Remembered) {
    let (Some(x), Some(y)) = (left.x, left.y) else { return };
    let width = left.width.unwrap_or(SIZE.0);
    let seen = window.available_monitors().unwrap_or_default().iter().any(|monitor| {
        let factor = monitor.scale_factor();
        let at: LogicalPosition<f64> = monitor.position().to_logical(factor);
        let size: LogicalSize<f64> = monitor.size().to_logical(factor);
        // Enough of its title to take hold of.
        x + width > at.x + 100.0 && x < at.x + size.width - 100.0 && y >= at.y - 10.0 && y < at.y + size.height - 50.0
    });
    let _ = if seen { window.set_position(LogicalPosition::new(x, y)) } else { window.center() };
}
