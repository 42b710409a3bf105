import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  base: "/",
  plugins: [react()],
  // the server replaces it in each answer
  html: { cspNonce: "NONCE_OF_THIS_ANSWER" },
  build: {
    outDir: "../../dist/console",
    emptyOutDir: true,
    target: "es2022",
    // an inlined file would be a data: address, which the policy forbids for scripts and styles
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    modulePreload: { polyfill: false },
    rolldownOptions: { checks: { pluginTimings: false } },
  },
  server: { proxy: { "/graphql": { target: "http://127.0.0.1:4000", ws: true, changeOrigin: true } } },
  logLevel: "warn",
});
