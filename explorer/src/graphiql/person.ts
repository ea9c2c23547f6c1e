/** Somebody of the demo whom the page can look as, as the server lists them. */
export type Person = {
  readonly kind: "staff" | "customer";
  readonly name: string;
  readonly organization: string;
  readonly organizationName: string;
  readonly displayName: string;
  readonly roles: readonly string[];
};

type Token = { readonly value: string; readonly renewAt: number };

const KEY = "c360:view-as";
const EARLY_MS = 60_000;

/** What tells people apart; it is also what is kept over a reload, never a token. */
export function personKey({ kind, name, organization }: Pick<Person, "kind" | "name" | "organization">): string {
  return JSON.stringify({ kind, name, organization });
}

let token: Promise<Token> | null = null;

/** The key of the chosen person; empty for whom the server takes those without a token for. */
export function chosenKey(): string {
  return sessionStorage.getItem(KEY) ?? "";
}

export function choose(key: string): void {
  token = null;
  if (key === "") sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, key);
}

/** The address of the people; null where the server offers none. */
export function peopleAddress(): string | null {
  return document.querySelector<HTMLMetaElement>('meta[name="c360-people"]')?.content ?? null;
}

export async function loadPeople(address: string): Promise<readonly Person[]> {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`The people can't be loaded: ${response.status}`);
  return (await response.json()) as readonly Person[];
}

async function fetchToken(person: string): Promise<Token> {
  const response = await fetch("/graphiql/token", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: person,
  });
  if (!response.ok) throw new Error(`There is no token for the chosen person: ${response.status}`);
  const { token: value, seconds } = (await response.json()) as { token: string; seconds: number };
  return { value, renewAt: Date.now() + seconds * 1000 - EARLY_MS };
}

/** The token of the chosen person, fetched when there is none yet or the last one ends soon; null for nobody. */
export async function currentToken(): Promise<string | null> {
  const person = chosenKey();
  if (person === "" || peopleAddress() === null) return null;
  token ??= fetchToken(person);
  try {
    const found = await token;
    if (found.renewAt > Date.now()) return found.value;
    token = fetchToken(person);
    return (await token).value;
  } catch (error) {
    token = null;
    throw error;
  }
}
