/** Time as an argument: `now` in milliseconds since 1970; `sleep` ends early with the signal's reason when aborted. */
export interface Clock {
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
