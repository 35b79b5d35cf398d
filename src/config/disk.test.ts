import { describe, expect, test } from "vitest";
import { judgeDisk, mountOf, parseMountOutput, parseProcMounts } from "./disk.ts";

const on = (lines: string, folder: string, type?: number) =>
  judgeDisk({
    platform: "linux",
    env: {},
    folder,
    mounts: parseProcMounts(lines),
    ...(type === undefined ? {} : { type }),
  });

describe("on Linux a home may not lie", () => {
  const mounts = [
    "/dev/vda1 / ext4 rw 0 0",
    "nas:/export/home /home nfs4 rw,vers=4.2 0 0",
    "/dev/vdb /home/local xfs rw 0 0",
    "//nas/share /mnt/with\\040blank cifs rw 0 0",
    "jan@host:/ /mnt/ssh fuse.sshfs rw 0 0",
    "drvfs /mnt/c 9p rw,aname=drvfs;path=C:\\;uid=1000,trans=fd,rfd=8 0 0",
    "host /mnt/vm 9p rw,trans=virtio 0 0",
  ].join("\n");

  test.each([
    ["/home/jan/.local/state", "nfs4"],
    ["/mnt/with blank/x", "cifs"],
    ["/mnt/ssh", "sshfs"],
    ["/mnt/vm/data", "9p"],
    ["/mnt/c/Users", "9p"],
  ])("on the network: %s", (folder, type) => {
    expect(on(mounts, folder)).toEqual({ reason: "network", type });
  });

  test("where the kernel says it is the network, though the mounts cannot be read", () => {
    expect(on("", "/data", 0x6969)).toEqual({ reason: "network", type: "NFS" });
    expect(on("", "/data", 0xff534d42 | 0)).toEqual({ reason: "network", type: "CIFS" });
  });
});

describe("on Linux a home may lie", () => {
  test.each([
    ["/dev/vda1 / ext4 rw", "/home/jan", 0xef53],
    ["overlay / overlay rw\n/dev/sdb /data xfs rw", "/data", 0x58465342],
    ["tmpfs /tmp tmpfs rw", "/tmp/x", 0x01021994],
    ["/dev/sdc1 /usb fuseblk rw", "/usb/dc", 0x65735546],
    ["x / fuse.fuse-overlayfs rw", "/data", 0x65735546],
    ["none / 9p rw,trans=fd,rfdno=4,wfdno=4", "/data", 0x01021997],
    ["nas:/x /homework nfs rw\n/dev/vda1 / ext4 rw", "/home", 0xef53],
  ])("%s", (lines, folder, type) => {
    expect(on(lines, folder, type)).toBeUndefined();
  });
});

test("of two mounts at one place the later one covers the other", () => {
  const mounts = parseProcMounts("a /data nfs rw\nb /data ext4 rw");
  expect(mountOf("/data/x", mounts)?.type).toBe("ext4");
});

describe("on Windows a home may not lie", () => {
  const env = { APPDATA: "C:\\Users\\Jan\\AppData\\Roaming", OneDrive: "C:\\Users\\Jan\\OneDrive" };
  const judge = (folder: string) => judgeDisk({ platform: "win32", env, folder });

  test.each([
    ["\\\\nas\\home\\dc", { reason: "network", type: "SMB" }],
    ["\\\\?\\UNC\\nas\\home\\dc", { reason: "network", type: "SMB" }],
    ["c:\\users\\jan\\appdata\\roaming\\dc", { reason: "roaming" }],
    ["C:\\Users\\Jan\\OneDrive\\dc", { reason: "synchronised" }],
  ])("at %s", (folder, expected) => {
    expect(judge(folder)).toEqual(expected);
  });

  test("but at other places", () => {
    expect(judge("C:\\Users\\Jan\\AppData\\Local\\Directory Connector")).toBeUndefined();
    expect(judge("\\\\?\\C:\\Data")).toBeUndefined();
    expect(judge("C:\\Users\\Jan\\AppData\\RoamingNot")).toBeUndefined();
  });
});

test("on macOS the output of mount tells, and what iCloud copies is refused", () => {
  const mounts = parseMountOutput(
    "/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)\n//jan@nas._smb._tcp.local/home on /Volumes/home dir (smbfs, nodev, nosuid, mounted by jan)",
  );
  const judge = (folder: string) => judgeDisk({ platform: "darwin", env: {}, folder, mounts });
  expect(judge("/Volumes/home dir/dc")).toEqual({ reason: "network", type: "smbfs" });
  expect(judge("/System/Volumes/Data/dc")).toBeUndefined();
  expect(judge("/Users/jan/Library/Mobile Documents/x")).toEqual({ reason: "synchronised" });
});
