import { Cross2Icon, DoubleArrowLeftIcon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import { StageBadge } from "../../kit/badge";
import type { CompareSearch } from "./compare-search";
import type { Compared } from "./comparison";

interface Props {
  readonly compared: readonly Compared[];
  readonly search: CompareSearch;
  readonly change: (next: CompareSearch) => void;
}

/** What is compared: a link to each, what makes it the first, and what takes it away. */
export function ComparedHead({ compared, search, change }: Props) {
  const kind = search.versions ? "versions" : "runs";
  const ids = search[kind] ?? [];
  return (
    <tr>
      <th scope="col">Metric</th>
      {compared.map((each, i) => (
        <th key={each.id} scope="col">
          <span className="row tight one-line">
            <ComparedLink compared={each} />
            {each.stage && each.stage !== "NONE" && <StageBadge stage={each.stage} />}
            {i > 0 && (
              <button
                type="button"
                className="button quiet icon"
                title={`Compare with ${each.label}`}
                aria-label={`Compare with ${each.label}`}
                onClick={() => change({ ...search, [kind]: [each.id, ...ids.filter((id) => id !== each.id)] })}
              >
                <DoubleArrowLeftIcon aria-hidden />
              </button>
            )}
            {compared.length > 1 && (
              <button
                type="button"
                className="button quiet icon"
                title={`Take ${each.label} away`}
                aria-label={`Take ${each.label} away`}
                onClick={() => change({ ...search, [kind]: ids.filter((id) => id !== each.id) })}
              >
                <Cross2Icon aria-hidden />
              </button>
            )}
          </span>
        </th>
      ))}
    </tr>
  );
}

function ComparedLink({ compared: { label, model, run } }: { compared: Compared }) {
  if (model)
    return (
      <Link
        to="/models/$name/versions/$number"
        params={{ name: model.name, number: String(model.number) }}
        search={{}}
        className="strong-link"
      >
        {label}
      </Link>
    );
  return (
    <Link to="/runs/$run" params={{ run: run?.runId ?? "" }} search={{}} className="strong-link">
      {label}
    </Link>
  );
}
