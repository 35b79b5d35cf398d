//! What the shell remembers between two starts, in `window.json` of the state folder.
use serde::{Deserialize, Serialize};
use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    sync::Mutex,
};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Remembered {
    /// Where the window stood and how large it was, in logical pixels; absent before the first time.
    pub x: Option<f64>,
    pub y: Option<f64>,
    pub width: Option<f64>,
    pub height: Option<f64>,
    pub maximized: bool,
    /// 1 is 100 %.
    pub zoom: Option<f64>,
    /// Closing the window hides it.
    pub keep_in_tray: bool,
    /// Somebody was asked what closing shall do while it synchronises by itself.
    pub asked_about_closing: bool,
    /// As the page said: `en`, `nl`; absent follows the system.
    pub language: Option<String>,
    /// `light`, `dark`; absent follows the system.
    pub theme: Option<String>,
}

pub struct Kept {
    folder: PathBuf,
    value: Mutex<Remembered>,
}

impl Kept {
    /// What is not there or cannot be read counts as never remembered: none of it is worth a message.
    pub fn read(folder: PathBuf) -> Self {
        let value = fs::read(folder.join(FILE)).ok().and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
        Self { folder, value: Mutex::new(value) }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn get(&self) -> Remembered {
        self.value.lock().unwrap().clone()
    }

    /// Changes it in memory; `write` keeps it.
    pub fn change(&self, change: impl FnOnce(&mut Remembered)) {
        change(&mut self.value.lock().unwrap());
    }

    /// Replaces the file as a whole, so that an end in the middle leaves the old one. A disk that is full costs a window's place, no more.
    pub fn write(&self) {
        let value = self.value.lock().unwrap();
        if let Err(error) = self.try_write(&value) {
            eprintln!("{}: {error}", self.folder.join(FILE).display());
        }
    }

    fn try_write(&self, value: &Remembered) -> std::io::Result<()> {
        crate::place::make_private_folder(&self.folder)?;
        let aside = self.folder.join(format!("{FILE}.{}.tmp", std::process::id()));
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&aside)?.write_all(&serde_json::to_vec_pretty(value)?)?;
        fs::rename(&aside, self.folder.join(FILE))
    }
}

const FILE: &str = "window.json";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_again_and_nobody_else_may_read_it() {
        let folder = std::env::temp_dir().join(format!("directory-connector-kept-{}", std::process::id()));
        let kept = Kept::read(folder.clone());
        assert_eq!(kept.get(), Remembered::default());
        kept.change(|value| value.zoom = Some(1.5));
        kept.write();
        assert_eq!(Kept::read(folder.clone()).get().zoom, Some(1.5));
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(folder.join(FILE)).unwrap()) & 0o777, 0o600);
        fs::write(folder.join(FILE), "{ broken").unwrap();
        assert_eq!(Kept::read(folder.clone()).get(), Remembered::default());
        fs::remove_dir_all(folder).unwrap();
    }
}
