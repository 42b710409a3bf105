import { Link } from "@tanstack/react-router";

const LONG = 60;

/** Each tag leads to the models that have it. */
export function Tags({ tags }: { tags: readonly { readonly key: string; readonly value: string }[] }) {
  if (tags.length === 0) return null;
  return (
    <ul className="row" aria-label="Tags">
      {tags.map(({ key, value }) => (
        <li key={key}>
          <Link to="/" search={{ tag: `${key}=${value}` }} className="badge" title={`${key} = ${value}`}>
            {key} = {value.length > LONG ? `${value.slice(0, LONG)}…` : value}
          </Link>
        </li>
      ))}
    </ul>
  );
}
