import "./navigator-language.ts";
import "./style/tokens.css";
import "./style/parts.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { applyTheme } from "./look.svelte.ts";
import { loadLanguage } from "./words.svelte.ts";

const target = document.getElementById("app");
if (target !== null) {
  applyTheme();
  await loadLanguage();
  mount(App, { target });
}
