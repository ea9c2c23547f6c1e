import "./workers.ts";
import "graphiql/style.css";
import "./style.css";
import { GraphiQL, HISTORY_PLUGIN } from "graphiql";
import { StrictMode, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { CopyLinkButton } from "./copy-link.tsx";
import { EXAMPLES_PLUGIN } from "./examples.tsx";
import { createFetcher, type Trouble } from "./fetcher.ts";
import { dropLink, readLink } from "./link.ts";
import { Notice } from "./notice.tsx";
import { ViewAs } from "./view-as.tsx";

const PLUGINS = [EXAMPLES_PLUGIN, HISTORY_PLUGIN];
const WELCOME = `# Ask the graph of customers here.
#
# Examples: in the panel on the left.
# Ctrl+Space completes a name,
# Ctrl+Enter runs the query.

`;

// The panel gets less room than GraphiQL would give it at first, so that a query's lines fit beside it.
const PANEL_WIDTH_KEY = "graphiql:docExplorerFlex";
if (localStorage.getItem(PANEL_WIDTH_KEY) === null) localStorage.setItem(PANEL_WIDTH_KEY, "0.24");

const link = readLink(location.search);
const isFirstVisit = localStorage.getItem("graphiql:tabState") === null;

/** The link's query and variables, both given: GraphiQL would fill in a missing one from the last visit. */
const linked = link === null ? {} : { initialQuery: link.query, initialVariables: link.variables };

function Page() {
  const [trouble, setTrouble] = useState<Trouble>(null);
  const fetcher = useMemo(() => createFetcher(setTrouble), []);
  return (
    <GraphiQL
      {...linked}
      fetcher={fetcher}
      plugins={PLUGINS}
      {...(isFirstVisit && link === null ? { visiblePlugin: EXAMPLES_PLUGIN } : {})}
      defaultQuery={WELCOME}
      defaultTheme={null}
      defaultEditorToolsVisibility="variables"
      showPersistHeadersSettings={false}
      onTabChange={({ tabs, activeTabIndex }) => {
        const tab = tabs[activeTabIndex];
        if (tab?.query !== link?.query || (tab?.variables ?? "") !== link?.variables) dropLink();
      }}
    >
      <GraphiQL.Logo>
        <ViewAs />
        <h1 className="brand">c360</h1>
        <Notice trouble={trouble} />
      </GraphiQL.Logo>
      <GraphiQL.Toolbar>
        {({ prettify, merge, copy }) => (
          <>
            {prettify}
            {merge}
            {copy}
            <CopyLinkButton />
          </>
        )}
      </GraphiQL.Toolbar>
    </GraphiQL>
  );
}

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no element #root");
createRoot(root).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
