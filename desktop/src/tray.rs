//! The sign in the system's tray: how it goes, open, quit.
use crate::{kept::Kept, window, words::Words};
use std::sync::Mutex;
use tauri::{
    AppHandle, Manager, Wry,
    menu::{MenuBuilder, MenuItem, MenuItemBuilder},
    tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent},
};

/// The entries whose words change.
struct Entries {
    status: MenuItem<Wry>,
    open: MenuItem<Wry>,
    quit: MenuItem<Wry>,
    /// As the page last said; absent before that.
    told: Mutex<Option<String>>,
}

/// False where this system has no tray, or its library is not installed.
pub fn build(app: &AppHandle) -> bool {
    is_possible() && try_build(app).inspect_err(|error| eprintln!("tray: {error}")).is_ok()
}

pub fn is_there(app: &AppHandle) -> bool {
    app.tray_by_id(ID).is_some()
}

/// One line that says how it goes.
pub fn say(app: &AppHandle, status: &str) {
    if let Some(entries) = app.try_state::<Entries>() {
        *entries.told.lock().unwrap() = Some(status.to_owned());
    }
    if let Some(tray) = app.tray_by_id(ID) {
        let _ = tray.set_tooltip(Some(format!("Directory Connector\n{status}")));
    }
    refresh(app);
}

/// The words anew, after another language was chosen.
pub fn refresh(app: &AppHandle) {
    let Some(entries) = app.try_state::<Entries>() else { return };
    let words = Words::of(app.state::<Kept>().get().language.as_deref());
    let told = entries.told.lock().unwrap();
    let _ = entries.status.set_text(told.as_deref().unwrap_or(words.get("starting")));
    let _ = entries.open.set_text(words.get("open"));
    let _ = entries.quit.set_text(words.get("quit"));
}

const ID: &str = "main";

fn try_build(app: &AppHandle) -> tauri::Result<()> {
    let entry = |id: &str, enabled: bool| MenuItemBuilder::with_id(id, "…").enabled(enabled).build(app);
    let (status, open, quit) = (entry("status", false)?, entry("open", true)?, entry("quit", true)?);
    let menu = MenuBuilder::new(app).item(&status).separator().item(&open).separator().item(&quit).build()?;
    let mut tray = TrayIconBuilder::with_id(ID)
        .icon(tauri::include_image!("icons/32x32.png"))
        .menu(&menu)
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click { button: MouseButton::Left, button_state: MouseButtonState::Up, .. } = event {
                window::show(tray.app_handle());
            }
        });
    if let Some(runtime) = crate::place::variable("XDG_RUNTIME_DIR") {
        tray = tray.temp_dir_path(runtime.join("directory-connector"));
    }
    tray.build(app)?;
    app.manage(Entries { status, open, quit, told: Mutex::new(None) });
    refresh(app);
    Ok(())
}

/// The library is looked for at run time, and its absence ends the program where it is asked for.
#[cfg(target_os = "linux")]
fn is_possible() -> bool {
    ["libayatana-appindicator3.so.1", "libappindicator3.so.1"].iter().any(|name| {
        // SAFETY: it is the library the tray opens itself a moment later.
        unsafe { libloading::Library::new(name) }.map(std::mem::forget).is_ok()
    })
}

#[cfg(not(target_os = "linux"))]
fn is_possible() -> bool {
    true
}
