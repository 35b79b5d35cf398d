import type { SourceUser } from "../../core/entry.ts";
import type { LdifEntry, LdifValue } from "./ldif.ts";

/** Attributes that say whether somebody may log in, in lower case. */
export const stateAttributes: readonly string[] = [
  "useraccountcontrol",
  "nsaccountlock",
  "pwdaccountlockedtime",
  "logindisabled",
  "shadowexpire",
  "isdeleted",
];

/**
 * Disabled is who has any of: bit 2 of Active Directory's `userAccountControl`
 * (https://learn.microsoft.com/windows/win32/adschema/a-useraccountcontrol), `nsAccountLock: TRUE` of 389 DS and FreeIPA,
 * `pwdAccountLockedTime: 000001010000Z`, a lock without an end in OpenLDAP (draft-behera-ldap-password-policy §5.3.3;
 * other times are locks that pass), `loginDisabled: TRUE` of eDirectory, or a day in the past in `shadowExpire`
 * (days since 1970; 0 and less mean never, shadow(5)).
 * `now` in milliseconds since 1970; `unreadable` is told of a value that is none, since nobody is enabled by mistake.
 */
export function accountState(
  entry: LdifEntry,
  now: number,
  unreadable: (value: LdifValue) => never,
): SourceUser["state"] {
  const { values } = entry;
  const number = (name: string): number | undefined => {
    const value = values.get(name)?.[0];
    if (value === undefined) return undefined;
    return /^-?\d{1,10}$/u.test(value.text.trim()) ? Number(value.text) : unreadable(value);
  };
  const isTrue = (name: string): boolean => values.get(name)?.[0]?.text.trim().toLowerCase() === "true";
  if (isTrue("isdeleted")) return "deleted";
  const expires = number("shadowexpire") ?? 0;
  const isDisabled =
    ((number("useraccountcontrol") ?? 0) & disabledBit) !== 0 ||
    isTrue("nsaccountlock") ||
    isTrue("logindisabled") ||
    values.get("pwdaccountlockedtime")?.[0]?.text.trim() === lockedForGood ||
    (expires > 0 && expires <= Math.floor(now / millisecondsOfDay));
  return isDisabled ? "disabled" : "enabled";
}

const disabledBit = 0x2;
const lockedForGood = "000001010000Z";
const millisecondsOfDay = 86_400_000;
