import EditorWorker from "monaco-editor/esm/vs/editor/editor.worker.js?worker";
import JsonWorker from "monaco-editor/esm/vs/language/json/json.worker.js?worker";
import GraphQLWorker from "./graphql.worker.ts?worker";

// Instead of graphiql/setup-workers/vite, which Vite's pre-bundling breaks and which logs to the console.
self.MonacoEnvironment = {
  getWorker(_workerId: string, label: string): Worker {
    if (label === "graphql") return new GraphQLWorker();
    if (label === "json") return new JsonWorker();
    return new EditorWorker();
  },
};
