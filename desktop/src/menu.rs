//! The menu bar, and what its entries and the tray's do.
use crate::{commands, kept::Kept, window, words::Words};
use tauri::{
    AppHandle, Emitter, Manager, Wry,
    menu::{Menu, MenuBuilder, MenuItemBuilder, SubmenuBuilder},
};

/// The page is told where to go by this event; its payload is the part of its address behind `#`.
const GO: &str = "window-go";

/// An entry: what it does, its name among the words, its keys.
type Entry = (&'static str, &'static str, &'static str);

/// The menus from left to right; an empty entry is a line between two.
const MENUS: &[(&str, &[Entry])] = &[
    ("file", &[("go:/settings", "settings", "CmdOrCtrl+,"), LINE, ("close", "close", "CmdOrCtrl+W"), ("quit", "quit", "CmdOrCtrl+Q")]),
    (
        "view",
        &[
            ("go:/dashboard", "dashboard", ""),
            ("go:/history", "history", ""),
            LINE,
            ("zoom-in", "zoomIn", "CmdOrCtrl+="),
            ("zoom-out", "zoomOut", "CmdOrCtrl+-"),
            ("zoom-reset", "zoomReset", "CmdOrCtrl+0"),
            LINE,
            ("full-screen", "fullScreen", "F11"),
        ],
    ),
    ("help", &[("go:/more", "about", "")]),
];
const LINE: Entry = ("", "", "");

pub fn build(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let words = Words::of(app.state::<Kept>().get().language.as_deref());
    let mut bar = MenuBuilder::new(app);
    for (name, entries) in MENUS {
        let mut menu = SubmenuBuilder::new(app, words.get(name));
        for &(id, word, keys) in *entries {
            if id.is_empty() {
                menu = menu.separator();
                continue;
            }
            let builder = MenuItemBuilder::with_id(id, words.get(word));
            let item = if keys.is_empty() { builder } else { builder.accelerator(keys) }.build(app)?;
            menu = menu.item(&item);
        }
        bar = bar.item(&menu.build()?);
        // The web view itself does the usual editing elsewhere; on macOS it gets those keys only through a menu.
        #[cfg(target_os = "macos")]
        if *name == "file" {
            let edit = SubmenuBuilder::new(app, words.get("edit")).undo().redo().separator().cut().copy().paste().select_all().build()?;
            bar = bar.item(&edit);
        }
    }
    bar.build()
}

/// The menu bar anew, after another language was chosen: the text of one that is shown does not change everywhere.
pub fn refresh(app: &AppHandle) {
    let menu = build(app);
    #[cfg(target_os = "macos")]
    let set = menu.and_then(|menu| app.set_menu(menu));
    #[cfg(not(target_os = "macos"))]
    let set = menu.and_then(|menu| app.get_webview_window(window::LABEL).map_or(Ok(None), |window| window.set_menu(menu)));
    if let Err(error) = set {
        eprintln!("menu: {error}");
    }
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
