import { useEffect, useState } from "react";
import { choose, chosenKey, loadPeople, type Person, peopleAddress, personKey } from "./person.ts";

function byOrganization(people: readonly Person[]): [string, Person[]][] {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const group = groups.get(person.organizationName) ?? [];
    groups.set(person.organizationName, [...group, person]);
  }
  return [...groups];
}

function described({ displayName, kind, roles }: Person): string {
  return `${displayName} – ${kind === "customer" ? "customer, " : ""}${roles.join(", ")}`;
}

/** Lets one look at the demo as one of its people; nothing where the server offers none. */
export function ViewAs() {
  const [people, setPeople] = useState<readonly Person[]>([]);
  const [key, setKey] = useState(chosenKey);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const address = peopleAddress();
    if (address !== null) loadPeople(address).then(setPeople, (error: unknown) => setProblem(String(error)));
  }, []);
  if (problem !== "") return <p role="alert">{problem}</p>;
  if (people.length === 0) return null;
  return (
    <label className="view-as">
      View as
      <select
        value={people.some((person) => personKey(person) === key) ? key : ""}
        onChange={({ target }) => {
          choose(target.value);
          setKey(target.value);
        }}
      >
        <option value="">Whom the server chose</option>
        {byOrganization(people).map(([organization, members]) => (
          <optgroup key={organization} label={organization}>
            {members.map((person) => (
              <option key={personKey(person)} value={personKey(person)}>
                {described(person)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </label>
  );
}
