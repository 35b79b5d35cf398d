//! Takes the shell's own words out of the project's, and lets the page call nothing but the commands named here.
use std::{env, fs, path::Path};

const COMMANDS: &[&str] = &[
    "engine_connect",
    "engine_send",
    "window_state",
    "window_keep_in_tray",
    "window_start_with_computer",
    "window_status",
    "window_close_answer",
    "window_language",
    "window_theme",
    "window_zoom",
    "window_notify",
    "clipboard_text",
    "pick_file",
    "pick_new_file",
    "open_link",
    "open_folder",
];

fn main() {
    // The page is part of the program.
    println!("cargo:rerun-if-changed=../dist/ui");
    write_words();
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)).expect("tauri.conf.json and capabilities");
}

/// `{ "en": { "quit": "Quit", … }, "nl": { … } }`: the texts that people read, which all live in `locales/`.
fn write_words() {
    let languages = ["en", "nl"].map(|language| {
        let path = format!("../locales/{language}.json");
        println!("cargo:rerun-if-changed={path}");
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
        let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let ours = all.into_iter().filter_map(|(key, value)| key.strip_prefix("ui.shell.").map(|name| (name.to_owned(), value))).collect();
        (language.to_owned(), serde_json::Value::Object(ours))
    });
    let words = serde_json::Value::Object(languages.into_iter().collect());
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("words.json"), words.to_string()).expect("words.json");
}
