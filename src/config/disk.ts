import { posix, win32 } from "node:path";

/**
 * Whether a folder is on a disk of this computer. SQLite's locks and its shared memory do not hold between computers
 * (sqlite.org/wal.html: "WAL does not work over a network filesystem"), and two computers with one state would each
 * believe that nobody else sends; so there is no setting that allows it. A configuration may lie anywhere (`--config`).
 */
export interface DiskFacts {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder, links resolved; of one that does not exist yet, the nearest above it that does. */
  readonly folder: string;
  /** `statfs(2)`'s type of the folder's file system, where the system tells. */
  readonly type?: number;
  /** What is mounted, where the system tells (`/proc/mounts`, `mount`). */
  readonly mounts?: readonly Mount[];
}

export interface Mount {
  readonly at: string;
  readonly type: string;
  readonly options: string;
}

/** Why a folder will not do; each is a choice of `fault.home.unsuitable`. */
export type Unsuitable =
  | { readonly reason: "network"; readonly type: string }
  | { readonly reason: "roaming" | "synchronised" };

/** What is wrong with the folder, or undefined. */
export const judgeDisk = (facts: DiskFacts): Unsuitable | undefined => {
  if (facts.platform === "win32") return judgeWindows(facts);
  const mount = mountOf(facts.folder, facts.mounts ?? []);
  const type = networkType(mount) ?? (isGoferMount(mount) ? undefined : networkNumber(facts.type));
  if (type !== undefined) return { reason: "network", type };
  return facts.platform === "darwin" && facts.folder.includes("/Library/Mobile Documents/")
    ? { reason: "synchronised" }
    : undefined;
};

/** A mapped drive resolves to its UNC path, so looking at the path is enough. */
const judgeWindows = ({ folder, env }: DiskFacts): Unsuitable | undefined => {
  const plain = folder.startsWith("\\\\?\\UNC\\") ? `\\\\${folder.slice(8)}` : folder.replace(/^\\\\[?.]\\/u, "");
  if (plain.startsWith("\\\\")) return { reason: "network", type: "SMB" };
  const isBelow = (name: string): boolean => {
    const above = env[name];
    return above !== undefined && above !== "" && isWithin(plain, above);
  };
  if (isBelow("APPDATA")) return { reason: "roaming" };
  return ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"].some(isBelow) ? { reason: "synchronised" } : undefined;
};

const isWithin = (folder: string, above: string): boolean => {
  const way = win32.relative(above.toLowerCase(), folder.toLowerCase());
  return way !== ".." && !way.startsWith("..\\") && !win32.isAbsolute(way);
};

/** The mount a folder lies on: the deepest above it; of two at one place the later one, which covers the other. */
export const mountOf = (folder: string, mounts: readonly Mount[]): Mount | undefined => {
  let found: Mount | undefined;
  for (const mount of mounts) {
    const way = posix.relative(mount.at, folder);
    const isAbove = way !== ".." && !way.startsWith("../");
    if (isAbove && (found === undefined || mount.at.length >= found.at.length)) found = mount;
  }
  return found;
};

const networkTypes = new Set(
  (
    "nfs nfs3 nfs4 cifs smb smb2 smb3 smbfs afpfs webdav davfs afs ncpfs ncp coda ceph gfs2 ocfs2 gpfs lustre beegfs " +
    "glusterfs orangefs pvfs2 vboxsf vmhgfs 9p autofs ftp"
  ).split(" "),
);
const networkFuse = new Set(
  (
    "sshfs s3fs rclone gcsfuse goofys davfs davfs2 curlftpfs glusterfs ceph cephfs gvfsd-fuse smbnetfs juicefs " +
    "mount-s3 blobfuse blobfuse2 google-drive-ocamlfuse onedriver vmhgfs-fuse moosefs mfsmount seaweedfs"
  ).split(" "),
);

/** What a network file system is called; undefined for a local one. FUSE names what is behind it (`fuse.sshfs`). */
const networkType = (mount: Mount | undefined): string | undefined => {
  if (mount === undefined || isGoferMount(mount)) return undefined;
  const type = mount.type.toLowerCase();
  const behind = /^(?:mac)?fuse[._](.+)$/u.exec(type)?.[1];
  if (behind !== undefined) return networkFuse.has(behind) ? behind : undefined;
  return networkTypes.has(type) ? mount.type : undefined;
};

/**
 * gVisor shows the local disk of its sandbox as 9p over a file descriptor; nobody else can reach it. WSL does the same
 * with the drives of Windows (`aname=drvfs`), which Windows' own programs reach without those locks.
 */
const isGoferMount = (mount: Mount | undefined): boolean =>
  mount?.type === "9p" && /(?:^|,)trans=fd(?:,|$)/u.test(mount.options) && !mount.options.includes("aname=drvfs");

/** `statfs(2)`, Linux: types that are always of the network. FUSE is not among them; its mount says what it is. */
const networkNumber = (type: number | undefined): string | undefined => numbers.get((type ?? 0) >>> 0);

const numbers: ReadonlyMap<number, string> = new Map([
  [0x6969, "NFS"],
  [0x517b, "SMB"],
  [0xff534d42, "CIFS"],
  [0xfe534d42, "SMB"],
  [0x01021997, "9p"],
  [0x5346414f, "AFS"],
  [0x73757245, "Coda"],
  [0x564c, "NCP"],
  [0x00c36400, "Ceph"],
  [0x7461636f, "OCFS2"],
  [0x01161970, "GFS2"],
  [0x47504653, "GPFS"],
  [0x0bd00bd0, "Lustre"],
  [0x786f4256, "vboxsf"],
]);

/** Lines of `/proc/mounts` (fstab(5): blanks in names are octal escapes). */
export const parseProcMounts = (text: string): readonly Mount[] =>
  text.split("\n").flatMap((line) => {
    const [, at, type, options = ""] = line.split(" ");
    return at === undefined || type === undefined ? [] : [{ at: unescapeOctal(at), type, options }];
  });

const unescapeOctal = (text: string): string =>
  text.replaceAll(/\\([0-7]{3})/gu, (_, digits: string) => String.fromCodePoint(Number.parseInt(digits, 8)));

/** Lines of macOS's `mount`: `//jan@server/share on /Volumes/share (smbfs, nodev, …)`. */
export const parseMountOutput = (text: string): readonly Mount[] =>
  text.split("\n").flatMap((line) => {
    const [, at, type, options = ""] = /^.+? on (\/.*) \(([^,)]+),? ?([^)]*)\)$/u.exec(line) ?? [];
    return at === undefined || type === undefined ? [] : [{ at, type, options }];
  });
