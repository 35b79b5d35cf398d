//! Facts of this computer: whether a window can be shown, and where the shell keeps what it remembers.
use std::path::PathBuf;
use tauri::{AppHandle, Manager};

/// Sets what the system's web view needs before anything is started. An exit code where no window can be shown.
pub fn prepare_process() -> Option<i32> {
    #[cfg(target_os = "linux")]
    {
        let given = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        if !given("DISPLAY") && !given("WAYLAND_DISPLAY") {
            let words = crate::words::Words::of(None);
            eprintln!("{}", words.get("noDisplay"));
            return Some(1);
        }
        if !given("WEBKIT_DISABLE_DMABUF_RENDERER") {
            // SAFETY: nothing runs beside this yet.
            // Without it the page is drawn through GL, which takes a second and 60 MB more and leaves some machines with an empty window.
            unsafe { std::env::set_var("WEBKIT_DISABLE_DMABUF_RENDERER", "1") };
        }
    }
    None
}

/// The folder of the engine's state (docs/reference: home): the shell's own file stands beside it, so that a copy with its
/// data beside the program leaves nothing elsewhere.
pub fn state_folder(app: &AppHandle) -> PathBuf {
    if let Some(home) = variable("DIRECTORY_CONNECTOR_HOME") {
        return std::path::absolute(&home).unwrap_or(home);
    }
    #[cfg(target_os = "linux")]
    if let Some(state) = variable("XDG_STATE_HOME").filter(|path| path.is_absolute()) {
        return state.join("directory-connector");
    }
    if cfg!(target_os = "linux") {
        return app.path().home_dir().unwrap_or_default().join(".local/state/directory-connector");
    }
    app.path().local_data_dir().unwrap_or_default().join("Directory Connector")
}

/// A variable that holds something, as a path.
pub fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// A folder of this user's own, made with everything above it.
pub fn make_private_folder(folder: &std::path::Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
