import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, loadEnv, type ProxyOptions } from "vite";

/**
 * The page as files below `dist/ui`, which `serve` and the window show. Nothing in it is fetched from elsewhere.
 * `SERVE_URL=http://127.0.0.1:8765 npm run ui -- dev` shows it as it is being written, on the engine of a running `serve`:
 * open the link of that first, in the same browser. `/parts.html` shows every part by itself, without an engine.
 */
export default defineConfig(({ mode }) => ({
  root: import.meta.dirname,
  base: "./",
  plugins: [svelte()],
  server: { host: "127.0.0.1", proxy: engineOf(loadEnv(mode, import.meta.dirname, "SERVE_")["SERVE_URL"]) },
  build: {
    outDir: "../dist/ui",
    emptyOutDir: true,
    target: ["es2022", "safari16"],
    // A file of its own each, since the page's policy allows no data in addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
}));

/** The engine's way through the development server: `serve` answers only to its own page. */
function engineOf(url: string | undefined): Record<string, ProxyOptions> {
  return url === undefined
    ? {}
    : { "^/engine$": { target: url, ws: true, changeOrigin: true, headers: { origin: url } } };
}
