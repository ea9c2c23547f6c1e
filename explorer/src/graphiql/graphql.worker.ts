// A file of our own: Vite bundles a worker only from a source file, not from a dependency it has pre-bundled.
import "monaco-graphql/esm/graphql.worker.js";
