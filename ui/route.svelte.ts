/** Pages by the first part of the address's fragment: `#/settings/directory`. */
export const pages = ["dashboard", "plan", "guard", "baseline", "settings", "history", "more", "login"] as const;
export type PageName = (typeof pages)[number];

/** Where the window is: a page, and what comes after it (`directory`, `12`). */
export interface Place {
  readonly page: PageName;
  readonly rest: string;
}

const read = (fragment: string): Place => {
  const [, first = "", ...rest] = fragment.replace(/^#/u, "").split("/");
  return { page: pages.find((name) => name === first) ?? "dashboard", rest: rest.map(decodeURIComponent).join("/") };
};

let place = $state.raw<Place>(read(location.hash));
/** Asked before the place changes; false stays. */
let mayLeave: (() => Promise<boolean>) | undefined;

export const route = {
  get place(): Place {
    return place;
  },
};

export const hrefOf = (page: PageName, rest?: string | number): string =>
  `#/${page}${rest === undefined || rest === "" ? "" : `/${String(rest).split("/").map(encodeURIComponent).join("/")}`}`;

export const go = (page: PageName, rest?: string | number): void => {
  location.hash = hrefOf(page, rest);
};

/** A page with unsaved changes is asked before it is left; gives what ends that. */
export const holdPlace = (ask: () => Promise<boolean>): (() => void) => {
  mayLeave = ask;
  return () => {
    if (mayLeave === ask) mayLeave = undefined;
  };
};

/** Whether what is shown may give way to something else: a page with unsaved changes is asked. */
export const mayChange = async (): Promise<boolean> => mayLeave === undefined || mayLeave();

/** Follows the address; call once. */
export const followRoute = (): void => {
  let shown = location.hash;
  let returning = false;
  window.addEventListener("hashchange", () => {
    void (async () => {
      if (returning) {
        returning = false;
        return;
      }
      const wanted = location.hash;
      const next = read(wanted);
      if (mayLeave !== undefined && next.page !== place.page) {
        const ask = mayLeave;
        returning = true;
        location.hash = shown;
        if (!(await ask())) return;
        mayLeave = undefined;
        location.hash = wanted;
        return;
      }
      shown = wanted;
      place = next;
    })();
  });
  window.addEventListener("beforeunload", (event) => {
    if (mayLeave !== undefined) event.preventDefault();
  });
};
