/** Every part in every state, at `/parts.html` of a development server; no part of what is built. */
import "../../style/tokens.css";
import "../../style/parts.css";
import { mount } from "svelte";
import { applyTheme } from "../../look.svelte.ts";
import { loadLanguage } from "../../words.svelte.ts";
import Parts from "./Parts.svelte";

const target = document.getElementById("app");
if (target !== null) {
  applyTheme();
  await loadLanguage();
  mount(Parts, { target });
}
