import { ToolbarButton, useGraphiQL } from "@graphiql/react";
import { useEffect, useState } from "react";
import { writeLink } from "./link.ts";

const SHOWN_FOR_MS = 4000;

/** Copies a link that opens the query and variables of this tab; never the headers, which may hold a token. */
export function CopyLinkButton() {
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  const [outcome, setOutcome] = useState("");
  useEffect(() => {
    if (outcome === "") return undefined;
    const timer = setTimeout(() => setOutcome(""), SHOWN_FOR_MS);
    return () => clearTimeout(timer);
  }, [outcome]);

  async function copy(): Promise<void> {
    const link = writeLink({
      query: queryEditor?.getValue() ?? "",
      variables: variableEditor?.getValue() ?? "",
    });
    try {
      await navigator.clipboard.writeText(link);
      setOutcome("Link copied");
    } catch {
      // Browsers keep the clipboard from pages that were not loaded over https or from this machine.
      history.replaceState(null, "", link);
      setOutcome("The link is in the address bar");
    }
  }

  return (
    <>
      <ToolbarButton label="Copy link" onClick={() => void copy()}>
        <svg className="graphiql-toolbar-icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" aria-hidden="true">
          <path
            d="M10 14a4 4 0 0 0 6 .4l3-3a4 4 0 0 0-5.7-5.7l-1.3 1.3M14 10a4 4 0 0 0-6-.4l-3 3a4 4 0 0 0 5.7 5.7l1.3-1.3"
            strokeWidth="1.5"
            strokeLinecap="round"
            strokeLinejoin="round"
          />
        </svg>
      </ToolbarButton>
      <output className="copy-link-outcome" aria-live="polite">
        {outcome}
      </output>
    </>
  );
}
