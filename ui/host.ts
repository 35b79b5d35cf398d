import { Channel, invoke, isTauri } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";

/** What the program's own window can do for the page beyond a browser; absent in a browser. */
export interface Host {
  /** An engine of this page's own; what it says arrives in order. Rejects with words of the system where it cannot be started. */
  connectEngine(listener: (told: EngineTold) => void): Promise<void>;
  /** One message, in one line. Rejects when no engine runs. */
  sendToEngine(line: string): Promise<void>;
  state(): Promise<HostState>;
  /** Closing the window then hides it; what synchronises goes on. */
  keepInTray(on: boolean): Promise<void>;
  startWithComputer(on: boolean): Promise<void>;
  /** One line about how it goes, for the tray, and whether it synchronises by itself, which is what closing asks about. */
  status(text: string, polling: boolean): Promise<void>;
  /** The window is about to be closed while it synchronises by itself, for the first time: ask, then `answerClose`. */
  onCloseAsked(listener: () => void): void;
  answerClose(choice: "quit" | "tray" | "stay"): Promise<void>;
  /** A menu entry leads to this place, e.g. `/settings`. */
  onGo(listener: (place: string) => void): void;
  language(language: string): Promise<void>;
  theme(theme: "light" | "dark" | "system"): Promise<void>;
  zoom(step: 1 | 0 | -1): Promise<void>;
  /** A message of the system's own; false where somebody looks at the window, so that none was shown. */
  notify(title: string, body: string): Promise<boolean>;
  /** The clipboard's text; empty where it holds none. */
  clipboardText(): Promise<string>;
  pickFile(wish: FileWish): Promise<string | undefined>;
  /** Where to write a new file; the system asks before one is replaced. */
  pickNewFile(wish: FileWish & { readonly name: string }): Promise<string | undefined>;
  /** In the browser, or the mail program. */
  openLink(url: string): Promise<void>;
  openFolder(path: string): Promise<void>;
}

export interface HostState {
  /** Whether this computer has a tray to keep the program in. */
  readonly tray: boolean;
  readonly keepInTray: boolean;
  readonly startWithComputer: boolean;
}

export interface FileWish {
  /** Of the dialog; the system has its own words where none is given. */
  readonly title?: string;
  /** Endings without a dot, under a name people read; all files when empty. */
  readonly filters?: readonly { readonly name: string; readonly extensions: readonly string[] }[];
}

/** `started` comes before the first line of each engine; `ended` without `again` means that only a new page starts another. */
export type EngineTold =
  | "started"
  | { readonly line: string }
  | { readonly ended: { readonly reason: string; readonly again: boolean } };

/** The host of this page (desktop/src/commands.rs is its other half). */
export const host: Host | undefined = isTauri() ? createHost() : undefined;

function createHost(): Host {
  return {
    connectEngine: (listener) => invoke("engine_connect", { channel: new Channel<EngineTold>(listener) }),
    sendToEngine: (line) => invoke("engine_send", { line }),
    state: () => invoke<HostState>("window_state"),
    keepInTray: (on) => invoke("window_keep_in_tray", { on }),
    startWithComputer: (on) => invoke("window_start_with_computer", { on }),
    status: (text, polling) => invoke("window_status", { text, polling }),
    onCloseAsked: (listener) => void listen("window-close-asked", () => listener()),
    answerClose: (choice) => invoke("window_close_answer", { choice }),
    onGo: (listener) => void listen<string>("window-go", ({ payload }) => listener(payload)),
    language: (language) => invoke("window_language", { language }),
    theme: (theme) => invoke("window_theme", { theme }),
    zoom: (step) => invoke("window_zoom", { step }),
    notify: (title, body) => invoke<boolean>("window_notify", { title, body }),
    clipboardText: () => invoke<string>("clipboard_text"),
    pickFile: async ({ title, filters = [] }) =>
      (await invoke<string | null>("pick_file", { title, filters })) ?? undefined,
    pickNewFile: async ({ title, filters = [], name }) =>
      (await invoke<string | null>("pick_new_file", { title, filters, name })) ?? undefined,
    openLink: (url) => invoke("open_link", { url }),
    openFolder: (path) => invoke("open_folder", { path }),
  };
}
