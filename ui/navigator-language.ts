/**
 * A web view in the C locale calls its language "C" or "POSIX", which `Intl` does not know (BCP 47). uPlot asks for a number
 * format in it as it loads, so this comes before everything else.
 */
const isKnown = (tag: string): boolean => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
};

if (!isKnown(navigator.language)) {
  Object.defineProperty(navigator, "language", { get: () => "en" });
  Object.defineProperty(navigator, "languages", { get: () => ["en"] });
}
