/** The query and variables that an address carries as ?query=…&variables=… */
export type Link = { readonly query: string; readonly variables: string };

export function readLink(search: string): Link | null {
  const parameters = new URLSearchParams(search);
  const query = parameters.get("query");
  return query === null ? null : { query, variables: parameters.get("variables") ?? "" };
}

export function writeLink({ query, variables }: Link): string {
  const parameters = new URLSearchParams({ query });
  if (variables.trim() !== "") parameters.set("variables", variables);
  return `${location.origin}${location.pathname}?${parameters}`;
}

/** Take the link out of the address, so that a reload doesn't open what was changed since. */
export function dropLink(): void {
  if (location.search !== "") history.replaceState(null, "", location.pathname);
}
