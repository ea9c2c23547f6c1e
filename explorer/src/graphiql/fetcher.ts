import { createGraphiQLFetcher, type Fetcher } from "@graphiql/toolkit";
import { currentToken } from "./person.ts";

/** What stands between the page and the API; null while the API answers. */
export type Trouble = { readonly title: string; readonly advice: string } | null;

const UNREACHABLE: Trouble = {
  title: "The API doesn't answer.",
  advice: "Start it with “c360 up”, then try again.",
};
const UNAVAILABLE: Trouble = {
  title: "The API is running, but it can't reach its database (503).",
  advice: "It may still be starting. Try again in a moment, or look at /readyz and the server's log.",
};
const UNKNOWN: Trouble = {
  title: "The API doesn't know who asks (401).",
  advice: 'Put {"Authorization": "Bearer …"} into the tab “Headers”, then try again.',
};

function failed(message: string): Response {
  return Response.json({ errors: [{ message }] });
}

/** A fetcher for /graphql that reports trouble with the API itself, apart from the errors of a query. */
export function createFetcher(report: (trouble: Trouble) => void): Fetcher {
  async function ask(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const headers = new Headers(init?.headers);
    // What somebody typed into the tab of headers comes first.
    if (!headers.has("authorization")) {
      try {
        const token = await currentToken();
        if (token !== null) headers.set("authorization", `Bearer ${token}`);
      } catch (error) {
        return failed(String(error));
      }
    }
    let response: Response;
    try {
      response = await fetch(input, { ...init, headers });
    } catch {
      report(UNREACHABLE);
      return failed("The API doesn't answer.");
    }
    report(response.status === 503 ? UNAVAILABLE : response.status === 401 ? UNKNOWN : null);
    // A proxy's or a crash's answer isn't JSON: show its status instead of a parser's complaint.
    if (!response.headers.get("content-type")?.includes("json")) {
      return failed(`The API answered ${response.status} ${response.statusText}`.trimEnd() + ", without JSON.");
    }
    return response;
  }
  return createGraphiQLFetcher({
    url: "/graphql",
    fetch: ask,
    headers: { accept: "application/graphql-response+json, application/json" },
    enableIncrementalDelivery: false,
  });
}
