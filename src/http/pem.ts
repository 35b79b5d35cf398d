import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { Fault } from "../core/fault.ts";
import { systemCode } from "../core/system-code.ts";

/**
 * The certificates of authorities in a PEM file that a setting names, each one readable: what builds a trust store takes
 * one it cannot read without a word. Fault `network.file_unreadable {path, field, reason}`.
 */
export const readAuthorities = async (path: string, field: string): Promise<readonly string[]> => {
  const certificates = certificatesIn(await readPem(path, field));
  if (certificates.length === 0) throw unreadable(path, field, "no_certificate");
  try {
    for (const certificate of certificates) void new X509Certificate(certificate);
  } catch (error) {
    throw unreadable(path, field, "no_certificate", error);
  }
  return certificates;
};

export const certificatesIn = (text: string): string[] =>
  text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/gu) ?? [];

/** The text of a file that a setting names; Fault `network.file_unreadable` with a reason the words know. */
export const readPem = async (path: string, field: string): Promise<string> => {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = systemCode(error);
    throw unreadable(path, field, fileReasons[code] ?? (code === "" ? String(error) : code), error);
  }
};

const fileReasons: Readonly<Record<string, string>> = {
  ENOENT: "missing",
  EACCES: "forbidden",
  EPERM: "forbidden",
  EISDIR: "folder",
};

export const unreadable = (path: string, field: string, reason: string, cause?: unknown): Fault =>
  new Fault("network.file_unreadable", { path, field, reason }, cause);
