import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** The page as files below `dist/ui`, which `serve` and the window show. Nothing in it is fetched from elsewhere. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [svelte()],
  build: {
    outDir: "../dist/ui",
    emptyOutDir: true,
    target: ["es2022", "safari16"],
    // A file of its own each, since the page's policy allows no data in addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
