// The plain page for machines on which GraphiQL is not built: no library, no build step.
const [picker, description, query, variables, headers, run, status, answer] = [
  "example", "description", "query", "variables", "headers", "run", "status", "response",
].map((id) => document.getElementById(id));

function parsed(field, name) {
  const text = field.value.trim();
  if (text === "") return {};
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${name} are not JSON: ${error.message}`);
  }
}

function explain(response) {
  if (response.status !== 503) return `${response.status} ${response.statusText}`.trim();
  return "503: the API is running, but it can't reach its database. Try again in a moment.";
}

async function send() {
  status.textContent = "Asking …";
  answer.textContent = "";
  try {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "application/graphql-response+json, application/json",
        ...parsed(headers, "Request headers"),
      },
      body: JSON.stringify({ query: query.value, variables: parsed(variables, "Variables") }),
    });
    const text = await response.text();
    status.textContent = explain(response);
    const isJson = response.headers.get("content-type")?.includes("json");
    answer.textContent = isJson ? JSON.stringify(JSON.parse(text), null, 2) : text;
  } catch (error) {
    status.textContent = error instanceof TypeError ? "The API doesn't answer. Is “c360 up” running?" : error.message;
  }
}

function show(example) {
  description.textContent = example.description;
  query.value = example.query;
  variables.value = Object.keys(example.variables).length === 0 ? "" : JSON.stringify(example.variables, null, 2);
}

async function offerExamples() {
  const examples = await (await fetch("/graphiql/examples.json")).json();
  picker.append(...examples.map((example, index) => new Option(example.title, String(index))));
  picker.addEventListener("change", () => {
    if (picker.value !== "") show(examples[Number(picker.value)]);
  });
}

const link = new URLSearchParams(location.search);
query.value = link.get("query") ?? "";
variables.value = link.get("variables") ?? "";
run.addEventListener("click", send);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
});
offerExamples();
