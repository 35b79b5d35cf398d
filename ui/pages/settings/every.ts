/** The time between two runs as a form has it: a number and a unit. */
export type Unit = "m" | "h" | "d";
export interface Every {
  readonly count: string;
  readonly unit: Unit;
}

/** `90m`, `12h`, `1d`; seconds are whole minutes here where they can be. */
export const readEvery = (text: string): Every => {
  const [, count = text, unit = "m"] = /^(\d+)([smhd])$/u.exec(text) ?? [];
  if (unit === "s") return { count: Number(count) % 60 === 0 ? String(Number(count) / 60) : "1", unit: "m" };
  return { count, unit: unit === "h" || unit === "d" ? unit : "m" };
};

export const writeEvery = ({ count, unit }: Every): string => `${count.trim()}${unit}`;

const minutesOf: Readonly<Record<Unit, number>> = { m: 1, h: 60, d: 1440 };

/** Five minutes at least; undefined for what is no number. */
export const minutesBetween = ({ count, unit }: Every): number | undefined =>
  /^\d{1,6}$/u.test(count.trim()) ? Math.max(5, Number(count) * minutesOf[unit]) : undefined;

/** What to run a sync with where nobody looks. */
export interface Lines {
  readonly cron: string;
  readonly systemd: string;
  readonly windows: string;
}

/** Lines to copy for cron, systemd and the Task Scheduler; `command` is the program with its options. */
export const linesFor = (command: string, profile: string, minutes: number): Lines => {
  const sync = `${command} sync --profile ${quoted(profile)}`;
  return {
    cron: `${cronTime(minutes)} ${sync}`,
    systemd: [
      "# /etc/systemd/system/directory-connector.service",
      "[Service]",
      "Type=oneshot",
      `ExecStart=${sync}`,
      "",
      "# /etc/systemd/system/directory-connector.timer",
      "[Timer]",
      "OnBootSec=5min",
      `OnUnitActiveSec=${minutes}min`,
      "Persistent=true",
      "[Install]",
      "WantedBy=timers.target",
    ].join("\n"),
    windows: `schtasks /Create /TN "Directory Connector" /SC ${minutes % 1440 === 0 ? `DAILY /MO ${minutes / 1440}` : `MINUTE /MO ${Math.min(minutes, 1439)}`} /TR "${sync.replaceAll('"', String.raw`\"`)}"`,
  };
};

/** What cron can say is hours and minutes that divide; anything else is the next shorter of those. */
const cronTime = (minutes: number): string => {
  if (minutes < 60) return `*/${[5, 6, 10, 12, 15, 20, 30].findLast((each) => each <= minutes) ?? 5} * * * *`;
  const hours = [1, 2, 3, 4, 6, 8, 12].findLast((each) => each * 60 <= minutes) ?? 1;
  if (minutes >= 1440) return "15 6 * * *";
  return hours === 1 ? "15 * * * *" : `15 */${hours} * * *`;
};

const quoted = (name: string): string => (/^[\w.-]+$/u.test(name) ? name : `"${name}"`);
