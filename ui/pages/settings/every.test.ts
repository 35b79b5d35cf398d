import { describe, expect, it } from "vitest";
import { linesFor, minutesBetween, readEvery, writeEvery } from "./every.ts";

describe("the time between two runs", () => {
  it.each(["60m", "12h", "1d", "5m"])("given %s, then it is read and written the same", (text) => {
    expect(writeEvery(readEvery(text))).toBe(text);
  });

  it("given seconds, then they are minutes", () => {
    expect(readEvery("120s")).toEqual({ count: "2", unit: "m" });
  });

  it("given what is no number, or less than five minutes, then there is no line of it, or one of five", () => {
    expect(minutesBetween({ count: "soon", unit: "h" })).toBeUndefined();
    expect(minutesBetween({ count: "1", unit: "m" })).toBe(5);
    expect(minutesBetween({ count: "2", unit: "h" })).toBe(120);
  });
});

describe("lines to copy", () => {
  it.each([
    [5, "*/5 * * * *"],
    [45, "*/30 * * * *"],
    [60, "15 * * * *"],
    [120, "15 */2 * * *"],
    [300, "15 */4 * * *"],
    [1440, "15 6 * * *"],
  ])("given every %i minutes, then cron is never told more seldom than that: %s", (minutes, time) => {
    expect(linesFor("directory-connector", "main", minutes).cron).toBe(
      `${time} directory-connector sync --profile main`,
    );
  });

  it("given a program with a blank in its path, then the Task Scheduler gets it in quotes", () => {
    expect(linesFor('"C:\\Program Files\\dc.exe"', "main", 60).windows).toBe(
      String.raw`schtasks /Create /TN "Directory Connector" /SC MINUTE /MO 60 /TR "\"C:\Program Files\dc.exe\" sync --profile main"`,
    );
    expect(linesFor("dc", "main", 1440).windows).toContain("/SC DAILY /MO 1 ");
  });

  it("given a timer of systemd, then it begins after a start of the computer and makes up for what it missed", () => {
    expect(linesFor("dc", "main", 60).systemd).toMatch(
      /ExecStart=dc sync --profile main\n[\s\S]*OnUnitActiveSec=60min\nPersistent=true/u,
    );
  });
});
