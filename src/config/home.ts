import { posix, win32 } from "node:path";

/** Facts about the process that decide where its home is; paths are absolute but for what the user typed. */
export interface HomeFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's own folder. */
  readonly userFolder: string;
  /** Where the executable lies; a portable copy keeps its data there. */
  readonly executableFolder: string;
  /** What relative paths of the command line start at. */
  readonly workingDirectory: string;
  /** Personal unless said otherwise. */
  readonly kind?: "personal" | "machine" | "portable";
  /** `--home`; counts over `DIRECTORY_CONNECTOR_HOME`. */
  readonly home?: string;
  /** `--config`; counts over `DIRECTORY_CONNECTOR_CONFIG`. */
  readonly config?: string;
}

/** Where configuration and data are (product: home). Nothing is looked up or made here; see `prepareHome`. */
export interface Home {
  readonly kind: "personal" | "machine" | "portable" | "chosen";
  /** Whether `config.json` was named by the user; then it must be there, and may be read-only. */
  readonly configChosen: boolean;
  readonly configFolder: string;
  readonly configFile: string;
  /** `profiles.d`, beside the configuration. */
  readonly profilesFolder: string;
  /** What the program writes: this user's only, on a local disk. */
  readonly stateFolder: string;
  readonly stateFile: string;
  readonly secretsFolder: string;
  readonly logFolder: string;
}

/** The home these facts lead to. */
export const locateHome = (facts: HomeFacts): Home => {
  const path = facts.platform === "win32" ? win32 : posix;
  const absolute = (typed: string): string => path.resolve(facts.workingDirectory, typed);
  const { kind, configuration, state } = chooseFolders(facts, path, absolute);
  const config = given(facts.config) ?? given(facts.env["DIRECTORY_CONNECTOR_CONFIG"]);
  const configFile = config === undefined ? path.join(configuration, "config.json") : absolute(config);
  const configFolder = path.dirname(configFile);
  return {
    kind,
    configChosen: config !== undefined,
    configFolder,
    configFile,
    profilesFolder: path.join(configFolder, "profiles.d"),
    stateFolder: state,
    stateFile: path.join(state, "state.db"),
    secretsFolder: path.join(state, "secrets"),
    logFolder: path.join(state, "logs"),
  };
};

interface Folders {
  readonly kind: Home["kind"];
  readonly configuration: string;
  readonly state: string;
}

const chooseFolders = (facts: HomeFacts, path: typeof posix, absolute: (typed: string) => string): Folders => {
  const chosen = given(facts.home) ?? given(facts.env["DIRECTORY_CONNECTOR_HOME"]);
  if (chosen !== undefined) return together("chosen", absolute(chosen));
  switch (facts.kind) {
    case "portable":
      return together("portable", path.join(facts.executableFolder, "directory-connector-data"));
    case "machine":
      return machine(facts, path);
    default:
      return personal(facts, path);
  }
};

const together = (kind: Home["kind"], folder: string): Folders => ({ kind, configuration: folder, state: folder });

/** `LOCALAPPDATA`, never the roaming folder; on Linux the XDG base directories. */
const personal = ({ platform, env, userFolder }: HomeFacts, path: typeof posix): Folders => {
  if (platform === "win32") {
    const local = given(env["LOCALAPPDATA"]) ?? path.join(userFolder, "AppData", "Local");
    return together("personal", path.join(local, "Directory Connector"));
  }
  if (platform === "darwin")
    return together("personal", path.join(userFolder, "Library", "Application Support", "Directory Connector"));
  return {
    kind: "personal",
    configuration: path.join(xdg(env["XDG_CONFIG_HOME"]) ?? path.join(userFolder, ".config"), "directory-connector"),
    state: path.join(xdg(env["XDG_STATE_HOME"]) ?? path.join(userFolder, ".local", "state"), "directory-connector"),
  };
};

/** What services of this machine use, whoever they run as. */
const machine = ({ platform, env }: HomeFacts, path: typeof posix): Folders => {
  if (platform === "win32")
    return together("machine", path.join(given(env["ProgramData"]) ?? "C:\\ProgramData", "Directory Connector"));
  if (platform === "darwin") return together("machine", "/Library/Application Support/Directory Connector");
  return { kind: "machine", configuration: "/etc/directory-connector", state: "/var/lib/directory-connector" };
};

/** An empty variable counts as not set. */
const given = (value: string | undefined): string | undefined => (value === "" ? undefined : value);

/** "All paths set in these environment variables must be absolute … consider the path invalid and ignore it" (XDG Base Directory 0.8). */
const xdg = (value: string | undefined): string | undefined =>
  value !== undefined && posix.isAbsolute(value) ? value : undefined;
