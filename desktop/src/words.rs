//! The few texts of menu, tray and system dialogs, out of the project's `locales/` (see build.rs).
use std::{collections::HashMap, sync::LazyLock};

type Languages = HashMap<String, HashMap<String, String>>;

static LANGUAGES: LazyLock<Languages> =
    LazyLock::new(|| serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/words.json"))).expect("build.rs wrote it"));

/// The words of one language.
#[derive(PartialEq)]
pub struct Words(&'static str);

impl Words {
    /// The language somebody chose, else the one of the system, else English.
    pub fn of(chosen: Option<&str>) -> Self {
        let wanted = chosen.map(str::to_owned).or_else(of_system).unwrap_or_default();
        Self(if wanted.to_lowercase().starts_with("nl") { "nl" } else { "en" })
    }

    pub fn get(&self, name: &'static str) -> &'static str {
        let text = |language: &str| LANGUAGES.get(language).and_then(|words| words.get(name)).map(String::as_str);
        text(self.0).or_else(|| text("en")).unwrap_or(name)
    }
}

/// In the order in which gettext looks (its manual, "Locale Environment Variables").
fn of_system() -> Option<String> {
    ["LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
}
