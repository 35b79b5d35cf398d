import { isObject, leavesOf, shapeOf, type Leaf } from "../../config/shape.ts";
import { Config } from "../../config/schema.ts";
import { valueText } from "../../config/text.ts";
import { Fault } from "../../core/fault.ts";
import { systemCode } from "../../core/system-code.ts";
import { describeProfile } from "../../engine/profile.ts";
import type { Run } from "../../store/store.ts";
import type { Handlers, Output } from "../contract.ts";
import { isoTime, reasonOf } from "./common.ts";
import type { HandlerDependencies } from "./dependencies.ts";

type Names = "logs.read" | "diagnostics.text" | "diagnostics.write";
type Line = Output<"logs.read">["lines"][number];

export const diagnosticHandlers = (dependencies: HandlerDependencies): Pick<Handlers, Names> => ({
  "logs.read": async ({ limit = 300 }) => ({
    path: dependencies.about.logFile,
    lines: await readLog(dependencies, limit),
  }),

  "diagnostics.text": async () => ({ text: await diagnosticText(dependencies) }),

  "diagnostics.write": async ({ path }) => {
    const text = await diagnosticText(dependencies);
    try {
      await dependencies.files.write(path, [text]);
    } catch (error) {
      throw new Fault("plan.unwritable", { path, reason: reasonOf(error) }, error);
    }
    return { path };
  },
});

const readLog = async ({ files, about }: HandlerDependencies, limit: number): Promise<Line[]> => {
  try {
    const lines = (await files.text(about.logFile)).split("\n").filter((line) => line !== "");
    return lines.slice(-limit).reverse().flatMap(lineOf);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw new Fault("config.unreadable", { path: about.logFile, reason: reasonOf(error) }, error);
  }
};

const levels: Readonly<Record<number, Line["level"]>> = {
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "error",
};

/** A line that was cut off, by a kill or a full disk, is left out. */
const lineOf = (text: string): Line[] => {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isObject(parsed)) return [];
    const { level, time, msg, ...rest } = parsed;
    const fields = Object.entries(rest).map(([name, value]) => `${name}=${plain(value)}`);
    return [{ at: plain(time), level: levels[Number(level)] ?? "info", message: plain(msg), fields: fields.join(" ") }];
  } catch {
    return [];
  }
};

const plain = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

/** For a support request: in English, since whoever reads it may be anybody. */
const diagnosticText = async (dependencies: HandlerDependencies): Promise<string> => {
  const { about, engine, configuration } = dependencies;
  const { layout } = await engine.store.describe();
  const faults = await configuration.check();
  return [
    `Directory Connector ${about.version}`,
    `made ${isoTime(engine.clock.now())}, store layout ${layout}, configuration ${(await configuration.isLocked()) ? "read-only" : "writable"}`,
    "",
    "Settings (text, lists and secrets only as set or not)",
    ...(await settingLines(dependencies)),
    "",
    `Wrong in the configuration: ${faults.length === 0 ? "nothing" : faults.map(({ code, params }) => `${code} ${String(params["reason"] ?? "")}`.trim()).join(", ")}`,
    "",
    "Runs (newest first)",
    ...(await runLines(dependencies)),
    "",
    "Log (newest first; messages without what they are about)",
    ...(await readLog(dependencies, 100)).map(({ at, level, message }) => `${at} ${level} ${message}`),
    "",
  ].join("\n");
};

/** Names that people chose are numbers here. */
const settingLines = async ({ configuration }: HandlerDependencies): Promise<string[]> => {
  const { config } = await configuration.read();
  const numbers = new Map<string, string>();
  const anonymous = ({ path }: Leaf): string =>
    path
      .map((key, at) => {
        const group = path[0];
        if (at !== 1 || (group !== "organizations" && group !== "profiles")) return key;
        const known =
          numbers.get(`${group} ${key}`) ??
          String([...numbers.keys()].filter((each) => each.startsWith(group)).length + 1);
        numbers.set(`${group} ${key}`, known);
        return known;
      })
      .join(".");
  return [...leavesOf(shapeOf(Config), config)]
    .filter(({ value }) => value !== undefined)
    .map((leaf) => `  ${anonymous(leaf)} = ${shownValue(leaf)}`);
};

const shownValue = ({ shape, value }: Leaf): string => {
  switch (shape.type.is) {
    case "boolean":
    case "number":
    case "whole number":
    case "one of":
      return valueText(value);
    case "list":
      return `${Array.isArray(value) ? value.length : 0} entries`;
    case "text":
      return value === "" ? "(empty)" : "(set)";
    default:
      return "(set)";
  }
};

const runLines = async ({ engine, configuration }: HandlerDependencies): Promise<string[]> => {
  const { config } = await configuration.read();
  const lines: string[] = [];
  for (const [at, [name, profile]] of Object.entries(config.profiles).entries()) {
    if (config.organizations[profile.organization] === undefined) continue;
    const { rows } = await engine.store.runs({ profile: describeProfile(config, name, profile).key, limit: 20 });
    lines.push(...rows.map((run) => `  profile ${at + 1}: ${runLine(run)}`));
  }
  return lines;
};

const runLine = ({ id, kind, startedAt, endedAt, outcome, guards = [], fault, counts = {} }: Run): string =>
  [
    `${id} ${kind} ${isoTime(startedAt)} ${endedAt === undefined ? "open" : `${Math.round((endedAt - startedAt) / 1000)} s`} ${outcome ?? ""}`,
    ...guards.map(({ code }) => code),
    ...(fault === undefined ? [] : [fault.code]),
    ...Object.entries(counts).map(([what, count]) => `${what} ${count}`),
  ].join(", ");
