//! The window of Directory Connector: it shows the page, starts the engine beside itself and carries lines between the
//! two. What a synchronisation is, it does not know.
#![cfg_attr(windows, windows_subsystem = "windows")]

mod autostart;
mod clipboard;
mod commands;
mod engine;
mod kept;
mod menu;
mod place;
mod revive;
mod tray;
mod window;
mod words;

use tauri::{Manager, RunEvent};

/// Given by the entry that starts the program with the computer: the window stays in the tray.
const IN_BACKGROUND: &str = "--background";

fn main() {
    if let Some(code) = place::prepare_process() {
        std::process::exit(code);
    }
    let builder = tauri::Builder::default().plugin(tauri_plugin_single_instance::init(|app, _, _| window::show(app)));
    #[cfg(not(target_os = "linux"))]
    let builder = builder.plugin(tauri_plugin_autostart::Builder::new().arg(IN_BACKGROUND).build());
    let app = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_notification::init())
        .manage(engine::Engine::default())
        .manage(window::Asked::default())
        .invoke_handler(commands::all())
        .on_menu_event(|app, event| menu::chosen(app, event.id().as_ref()))
        .on_window_event(window::happened)
        .setup(|app| {
            app.manage(kept::Kept::read(place::state_folder(app.handle())));
            let tray = tray::build(app.handle());
            let hidden = tray && std::env::args().any(|argument| argument == IN_BACKGROUND);
            window::build(app.handle(), !hidden)?;
            Ok(())
        })
        .build(tauri::generate_context!())
        .expect("the window's own configuration");
    app.run(|app, event| match event {
        RunEvent::Exit => {
            app.state::<kept::Kept>().write();
            app.state::<engine::Engine>().stop();
        }
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::show(app),
        _ => {}
    });
}
