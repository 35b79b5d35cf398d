import type { SourceUser } from "../../core/entry.ts";
import type { LdifEntry, LdifValue } from "./ldif.ts";

/** Attributes that say whether somebody may log in, in lower case. */
export const stateAttributes: readonly string[] = [
  "useraccountcontrol",
  "accountexpires",
  "nsaccountlock",
  "pwdaccountlockedtime",
  "logindisabled",
  "shadowexpire",
  "isdeleted",
];

/**
 * Disabled is who has any of: bit 2 of Active Directory's `userAccountControl`
 * (https://learn.microsoft.com/windows/win32/adschema/a-useraccountcontrol), a time in the past in its `accountExpires`
 * (0 and the largest number mean never), `nsAccountLock: TRUE` of 389 DS and FreeIPA,
 * `pwdAccountLockedTime: 000001010000Z`, a lock without an end in OpenLDAP (draft-behera-ldap-password-policy §5.3.3;
 * other times are locks that pass), `loginDisabled: TRUE` of eDirectory, or a day that is over in `shadowExpire`
 * (days since 1970; 0 is "never" to some and "long ago" to others, shadow(5), so that it disables nobody).
 * `now` in milliseconds since 1970; `unreadable` is told of a value that is none, since nobody is enabled by mistake.
 */
export function accountState(
  entry: LdifEntry,
  now: number,
  unreadable: (value: LdifValue) => never,
): SourceUser["state"] {
  const { values } = entry;
  const number = (name: string): bigint => {
    const value = values.get(name)?.[0];
    if (value === undefined) return 0n;
    return /^-?\d{1,20}$/u.test(value.text.trim()) ? BigInt(value.text.trim()) : unreadable(value);
  };
  const isTrue = (name: string): boolean => values.get(name)?.[0]?.text.trim().toLowerCase() === "true";
  if (isTrue("isdeleted")) return "deleted";
  const isOver = (time: bigint, milliseconds: number): boolean => time > 0n && milliseconds <= now;
  const ticks = number("accountexpires");
  const days = number("shadowexpire");
  const isDisabled =
    (number("useraccountcontrol") & disabledBit) !== 0n ||
    (ticks < neverExpires && isOver(ticks, Number(ticks / 10_000n) - millisecondsFrom1601)) ||
    isTrue("nsaccountlock") ||
    isTrue("logindisabled") ||
    values.get("pwdaccountlockedtime")?.[0]?.text.trim() === lockedForGood ||
    isOver(days, (Number(days) + 1) * millisecondsOfDay);
  return isDisabled ? "disabled" : "enabled";
}

const disabledBit = 0x2n;
const neverExpires = 0x7fff_ffff_ffff_ffffn;
/** Active Directory counts tenths of microseconds from 1601, clocks milliseconds from 1970. */
const millisecondsFrom1601 = 11_644_473_600_000;
const lockedForGood = "000001010000Z";
const millisecondsOfDay = 86_400_000;
