import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compressed } from "./build/compressed.ts";
import { ground } from "./build/ground.ts";

const GROUND = fileURLToPath(new URL("src/map/ground.json", import.meta.url));
const STATIC = fileURLToPath(new URL("../src/soap/faces/portal/static", import.meta.url));

/** Where `npm run dev` finds the server whose archive it shows. */
const SERVER = process.env["SOAP_URL"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [ground(GROUND), react(), compressed(STATIC)],
  build: {
    outDir: STATIC,
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // an inlined asset would need data: in the policy of content
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: "127.0.0.1",
    proxy: Object.fromEntries(["/api", "/stac", "/hapi", "/fdsnws"].map((path) => [path, SERVER])),
  },
});
