import { useGraphiQLActions } from "@graphiql/react";
import { createPortal } from "react-dom";
import type { Trouble } from "./fetcher.ts";

/** Says above everything else that the API is in trouble, with a button that asks it again. */
export function Notice({ trouble }: { trouble: Trouble }) {
  const { introspect } = useGraphiQLActions();
  if (trouble === null) return null;
  return createPortal(
    <div className="notice" role="alert">
      <p>
        <strong>{trouble.title}</strong> {trouble.advice}
      </p>
      <button type="button" onClick={() => void introspect()}>
        Try again
      </button>
    </div>,
    document.body,
  );
}
