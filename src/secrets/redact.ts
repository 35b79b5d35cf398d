/** What a secret was replaced by. */
const mask = "***";
/** Shorter ones stand in ordinary words and numbers. */
const shortest = 4;

/** Remembers secrets and takes them out of texts, in every spelling that our protocols give them. */
export interface Redaction {
  readonly remember: (secret: string) => void;
  readonly redact: (text: string) => string;
}

export const createRedaction = (): Redaction => {
  const spellings = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    remember: (secret) => {
      const before = spellings.size;
      for (const spelling of spellingsOf(secret)) spellings.add(spelling);
      if (spellings.size > before) pattern = undefined;
    },
    redact: (text) => {
      if (spellings.size === 0) return text;
      pattern ??= patternOf(spellings);
      return text.replaceAll(pattern, mask);
    },
  };
};

/** Longest first, so that no rest of a longer one is left behind a shorter one it begins with. */
const patternOf = (spellings: ReadonlySet<string>): RegExp =>
  new RegExp(
    [...spellings]
      .sort((left, right) => right.length - left.length)
      .map((spelling) => RegExp.escape(spelling))
      .join("|"),
    // By code units: half a surrogate pair may be all that a cut text shows of the end of a secret.
    "g",
  );

const spellingsOf = (secret: string): string[] => {
  const whole = [secret, ...partsOf(secret)];
  return whole.filter((text) => text.length >= shortest).flatMap((text) => [text, ...encodingsOf(text)]);
};

/** A key or a credentials file may be quoted line by line: lines that are long enough to be key material. */
const partsOf = (secret: string): string[] =>
  secret.split(/\r?\n|\\n/u).filter((line) => line.length >= 16 && line !== secret && !line.startsWith("-----"));

const encodingsOf = (text: string): string[] => {
  const json = JSON.stringify(text).slice(1, -1);
  const url = encodeURIComponent(text.toWellFormed());
  const form = new URLSearchParams([["", text]]).toString().slice(1);
  const lower = [url, form].map((each) => each.replaceAll(/%[\dA-F]{2}/gu, (code) => code.toLowerCase()));
  return [json, url, form, ...lower, ...base64Of(text)];
};

/**
 * Base64 of the text alone and inside a longer one (`id:secret` of a Basic header): three bytes make four letters, so
 * what stands before shifts it by none, one or two; letters that mix with neighbours are left off.
 */
const base64Of = (text: string): string[] => {
  const alone = Buffer.from(text, "utf8").toString("base64");
  const within = [0, 1, 2].map((shift) => {
    const letters = Buffer.concat([Buffer.alloc(shift), Buffer.from(text, "utf8")]).toString("base64");
    const bits = 8 * (shift + Buffer.byteLength(text, "utf8"));
    return letters.slice(Math.ceil((8 * shift) / 6), Math.floor(bits / 6));
  });
  const all = [alone, alone.replace(/=+$/u, ""), ...within.filter((letters) => letters.length >= 8)];
  return [...all, ...all.map((letters) => letters.replaceAll("+", "-").replaceAll("/", "_"))];
};
