/** What the person just did elsewhere on the page, for a moment; never the only copy of an error, never the result of a sync. */
export interface Toast {
  readonly id: number;
  readonly title: string;
  readonly text?: string;
  /** Stays until it is closed. */
  readonly stays: boolean;
}

let next = 0;
export const toasts = $state<Toast[]>([]);

export const toast = (title: string, { text, stays = false }: { text?: string; stays?: boolean } = {}): void => {
  next += 1;
  toasts.push({ id: next, title, ...(text === undefined ? {} : { text }), stays });
};

export const closeToast = (id: number): void => {
  const at = toasts.findIndex((one) => one.id === id);
  if (at >= 0) toasts.splice(at, 1);
};
