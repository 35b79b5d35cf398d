//! The text of the clipboard, which the web view gives to no page.

#[cfg(target_os = "linux")]
pub fn text() -> Option<String> {
    let clipboard = gtk::Clipboard::get(&gtk::gdk::SELECTION_CLIPBOARD);
    clipboard.wait_for_text().map(Into::into)
}

#[cfg(not(target_os = "linux"))]
pub fn text() -> Option<String> {
    arboard::Clipboard::new().and_then(|mut clipboard| clipboard.get_text()).ok()
}
