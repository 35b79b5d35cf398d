//! Whether the program starts when this user logs in.
use tauri::AppHandle;

#[cfg(target_os = "linux")]
pub use linux::{is_on, set};

#[cfg(not(target_os = "linux"))]
pub fn is_on(app: &AppHandle) -> bool {
    use tauri_plugin_autostart::ManagerExt;
    app.autolaunch().is_enabled().unwrap_or(false)
}

#[cfg(not(target_os = "linux"))]
pub fn set(app: &AppHandle, on: bool) -> Result<(), String> {
    use tauri_plugin_autostart::ManagerExt;
    let autostart = app.autolaunch();
    if on { autostart.enable() } else { autostart.disable() }.map_err(|error| error.to_string())
}

/// An entry in the user's autostart folder (freedesktop.org, Desktop Application Autostart Specification 0.5).
#[cfg(target_os = "linux")]
mod linux {
    use super::AppHandle;
    use crate::place::variable;
    use std::{fs, io::ErrorKind, path::PathBuf};
    use tauri::Manager;

    pub fn is_on(app: &AppHandle) -> bool {
        file(app).exists()
    }

    pub fn set(app: &AppHandle, on: bool) -> Result<(), String> {
        let file = file(app);
        let done = if on {
            file.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&file, entry(&program())))
        } else {
            fs::remove_file(&file).or_else(|error| if error.kind() == ErrorKind::NotFound { Ok(()) } else { Err(error) })
        };
        done.map_err(|error| format!("{}: {error}", file.display()))
    }

    fn file(app: &AppHandle) -> PathBuf {
        let configuration = variable("XDG_CONFIG_HOME")
            .filter(|path| path.is_absolute())
            .unwrap_or_else(|| app.path().home_dir().unwrap_or_default().join(".config"));
        configuration.join("autostart/directory-connector-window.desktop")
    }

    /// The file somebody downloaded, not where it is mounted this time.
    fn program() -> PathBuf {
        variable("APPIMAGE").or_else(|| std::env::current_exe().ok()).unwrap_or_else(|| PathBuf::from("directory-connector-window"))
    }

    fn entry(program: &std::path::Path) -> String {
        let program = quoted(&program.to_string_lossy());
        let background = crate::IN_BACKGROUND;
        format!(
            "[Desktop Entry]\nType=Application\nName=Directory Connector\nIcon=directory-connector\nExec={program} {background}\nTerminal=false\nStartupNotify=false\nX-GNOME-Autostart-enabled=true\n"
        )
    }

    /// An argument as Exec wants it: in double quotes with its own escapes, those escaped once more as every string is, and
    /// no field codes (freedesktop.org, Desktop Entry Specification 1.5, "The Exec key").
    fn quoted(argument: &str) -> String {
        let mut text = String::from("\"");
        for character in argument.chars() {
            match character {
                '"' | '`' | '$' => text.extend(['\\', '\\', character]),
                '\\' => text.push_str("\\\\\\\\"),
                '%' => text.push_str("%%"),
                other => text.push(other),
            }
        }
        text.push('"');
        text
    }

    #[cfg(test)]
    mod tests {
        use super::quoted;

        #[test]
        fn a_path_stays_one_argument_whatever_is_in_it() {
            assert_eq!(quoted("/opt/Directory Connector.AppImage"), "\"/opt/Directory Connector.AppImage\"");
            assert_eq!(quoted(r#"/a"$b%c\d"#), r#""/a\\"\\$b%%c\\\\d""#);
        }
    }
}
