//! The menu bar, and what its entries and the tray's do.
use crate::{commands, kept::Kept, window, words::Words};
use tauri::{
    AppHandle, Emitter, Manager, Wry,
    menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder, SubmenuBuilder},
};

/// The page is told where to go by this event; its payload is the part of its address behind `#`.
const GO: &str = "window-go";

pub fn build(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let words = Words::of(app.state::<Kept>().get().language.as_deref());
    let item = |id: &str, name: &'static str, keys: &str| -> tauri::Result<MenuItem<Wry>> {
        let builder = MenuItemBuilder::with_id(id, words.get(name));
        if keys.is_empty() { builder.build(app) } else { builder.accelerator(keys).build(app) }
    };
    let file = SubmenuBuilder::new(app, words.get("file"))
        .item(&item("go:/settings", "settings", "CmdOrCtrl+,")?)
        .separator()
        .item(&item("close", "close", "CmdOrCtrl+W")?)
        .item(&item("quit", "quit", "CmdOrCtrl+Q")?)
        .build()?;
    let view = SubmenuBuilder::new(app, words.get("view"))
        .item(&item("go:/dashboard", "dashboard", "")?)
        .item(&item("go:/history", "history", "")?)
        .separator()
        .item(&item("zoom-in", "zoomIn", "CmdOrCtrl+=")?)
        .item(&item("zoom-out", "zoomOut", "CmdOrCtrl+-")?)
        .item(&item("zoom-reset", "zoomReset", "CmdOrCtrl+0")?)
        .separator()
        .item(&item("full-screen", "fullScreen", "F11")?)
        .build()?;
    let help = SubmenuBuilder::new(app, words.get("help")).item(&item("go:/more", "about", "")?).build()?;
    let menu = MenuBuilder::new(app).item(&file);
    // The web view itself does the usual editing elsewhere; on macOS it gets those keys only through a menu.
    #[cfg(target_os = "macos")]
    let edit = SubmenuBuilder::new(app, words.get("edit")).undo().redo().separator().cut().copy().paste().select_all().build()?;
    #[cfg(target_os = "macos")]
    let menu = menu.item(&edit);
    menu.item(&view).item(&help).build()
}

/// One entry of the menu bar or the tray was chosen.
pub fn chosen(app: &AppHandle, id: &str) {
    if let Some(place) = id.strip_prefix("go:") {
        window::show(app);
        let _ = app.emit(GO, place);
        return;
    }
    match id {
        "open" => window::show(app),
        "close" => window::close(app),
        "quit" => app.exit(0),
        "zoom-in" => commands::zoom_by(app, 1),
        "zoom-out" => commands::zoom_by(app, -1),
        "zoom-reset" => commands::zoom_by(app, 0),
        "full-screen" => window::toggle_full_screen(app),
        _ => {}
    }
}
