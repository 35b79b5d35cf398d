import { host } from "./host.ts";

export type Theme = "light" | "dark" | "system";

const storage = "directory-connector.";

/** What this window or browser was told to remember about itself; none of it is configuration. */
export const remembered = (name: string): string | undefined => {
  try {
    return localStorage.getItem(storage + name) ?? undefined;
  } catch {
    return undefined;
  }
};

export const remember = (name: string, value: string): void => {
  try {
    localStorage.setItem(storage + name, value);
  } catch {
    // A browser that keeps nothing shows the page all the same.
  }
};

const themes: readonly Theme[] = ["system", "light", "dark"];
let current = $state<Theme>(themes.find((one) => one === remembered("theme")) ?? "system");

export const theme = {
  get current(): Theme {
    return current;
  },
};

export const chooseTheme = (wished: Theme): void => {
  current = wished;
  remember("theme", wished);
  applyTheme();
};

/** Puts the chosen theme on the page; `system` leaves it to the system. */
export const applyTheme = (): void => {
  if (current === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = current;
  void host?.theme(current);
};
