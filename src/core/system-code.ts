/** The system's name for an error (`ENOENT`, `ECONNRESET`); empty for errors that have none. */
export const systemCode = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error && typeof error.code === "string" ? error.code : "";
