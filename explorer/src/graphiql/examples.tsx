import { type GraphiQLPlugin, useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { type OperationDefinitionNode, parse } from "graphql";
import { useEffect, useState } from "react";

type Example = {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
};

async function loadExamples(): Promise<readonly Example[]> {
  const response = await fetch("/graphiql/examples.json");
  if (!response.ok) throw new Error(`The examples can't be loaded: ${response.status}`);
  return (await response.json()) as readonly Example[];
}

function variablesText(example: Example): string {
  return Object.keys(example.variables).length === 0 ? "" : JSON.stringify(example.variables, null, 2);
}

/**
 * Returns a function that opens an example in a new tab and puts the cursor into its query;
 * null while the editors are still loading.
 */
function useOpenExample(): ((example: Example) => void) | null {
  const { addTab, setOperationFacts, updateActiveTabValues } = useGraphiQLActions();
  const queryEditor = useGraphiQL((state) => state.queryEditor);
  const variableEditor = useGraphiQL((state) => state.variableEditor);
  if (!queryEditor || !variableEditor) return null;
  return (example) => {
    const { query } = example;
    const variables = variablesText(example);
    const documentAST = parse(query);
    const operations = documentAST.definitions.filter(
      (definition): definition is OperationDefinitionNode => definition.kind === "OperationDefinition",
    );
    const operationName = operations[0]?.name?.value ?? "";
    addTab();
    queryEditor.setValue(query);
    variableEditor.setValue(variables);
    // The editors tell of their change only after a pause: a run before it would name the last tab's operation.
    setOperationFacts({ documentAST, operationName, operations });
    updateActiveTabValues({ query, variables, operationName });
    queryEditor.focus();
  };
}

function ExampleList({ examples }: { examples: readonly Example[] }) {
  const open = useOpenExample();
  if (examples.length === 0) return <p>This server has no examples.</p>;
  return (
    <ul className="examples">
      {examples.map((example) => (
        <li key={example.name}>
          <button type="button" disabled={open === null} onClick={() => open?.(example)}>
            <span className="examples-title">{example.title}</span>
            <span className="examples-description">{example.description}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function ExamplesPanel() {
  const [examples, setExamples] = useState<readonly Example[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    loadExamples().then(setExamples, (error: unknown) => setProblem(String(error)));
  }, []);
  return (
    <section aria-label="Examples">
      <h2 className="examples-heading">Examples</h2>
      {problem !== "" && <p role="alert">{problem}</p>}
      {examples && <ExampleList examples={examples} />}
    </section>
  );
}

function ExamplesIcon() {
  return (
    <svg viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden="true">
      <path d="M5 4h14v16H5zM8.5 9h7M8.5 12.5h7M8.5 16h4" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  );
}

export const EXAMPLES_PLUGIN: GraphiQLPlugin = {
  title: "Examples",
  icon: ExamplesIcon,
  content: ExamplesPanel,
};
