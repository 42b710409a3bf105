import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** The style sheet of GraphiQL holds 250 kB of fonts; those of the system do. */
const systemFonts: Plugin = {
  name: "system-fonts",
  enforce: "pre",
  transform: (code, id) =>
    /graphiql\/dist\/style\.css/.test(id) ? code.replaceAll(/@font-face\s*\{[^}]*\}/g, "") : null,
};

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react(), systemFonts],
  // the server replaces it in each answer
  html: { cspNonce: "NONCE_OF_THIS_ANSWER" },
  build: {
    outDir: "../../dist/console",
    emptyOutDir: true,
    target: "es2022",
    // an inlined file would be a data: address, which the policy forbids for scripts and styles
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // GraphiQL is a page of its own
    chunkSizeWarningLimit: 700,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: ["index.html", "graphiql.html"].map((page) => join(import.meta.dirname, page)),
      checks: { pluginTimings: false },
      // a mark for a compiler that is not used
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
  server: { proxy: { "/graphql": { target: "http://127.0.0.1:4000", ws: true, changeOrigin: true } } },
  logLevel: "warn",
});
