import { readFile } from "node:fs/promises";
import { getAssetKeys, getAsset, isSea } from "node:sea";
import type { HandlerDependencies } from "../rpc/handlers/dependencies.ts";
import { systemCode } from "../core/system-code.ts";

/** From the executable's assets, or beside the sources. */
export const readReadme: HandlerDependencies["readme"] = async (kind, language) => {
  if (!/^[a-z]+$/u.test(kind) || !/^[a-z]{2}$/u.test(language)) return undefined;
  const translated = language === "en" ? undefined : await readOne(kind, `.${language}`);
  if (translated !== undefined) return { text: translated, language };
  const text = await readOne(kind, "");
  return text === undefined ? undefined : { text, language: "en" };
};

const readOne = async (kind: string, suffix: string): Promise<string | undefined> => {
  const asset = `readme-${kind}${suffix}.md`;
  if (isSea()) return getAssetKeys().includes(asset) ? getAsset(asset, "utf8") : undefined;
  try {
    return await readFile(new URL(`../directories/${kind}/readme${suffix}.md`, import.meta.url), "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
};
