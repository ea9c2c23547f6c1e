import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const api = "http://127.0.0.1:8000";

export default defineConfig({
  base: "/static/",
  plugins: [react()],
  build: {
    outDir: "../app/static",
    emptyOutDir: true,
    // Every page has its own entry, so that Monaco never leaks into another page's files.
    rolldownOptions: {
      input: ["graphiql.html"],
      // "use no memo" and the like speak to React's compiler, which does not run here.
      onLog(level, log, handle) {
        if (log.code !== "MODULE_LEVEL_DIRECTIVE") handle(level, log);
      },
    },
    // The notices of the bundled packages have to travel with them.
    license: { fileName: "licenses.md" },
    // Monaco alone is above the default warning limit.
    chunkSizeWarningLimit: 4000,
  },
  worker: { format: "es" },
  // `npm run dev` serves the pages with hot reload and asks a running API.
  server: { proxy: { "/graphql": api, "/graphiql/examples.json": api } },
});
