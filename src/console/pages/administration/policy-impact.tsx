import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useQuery } from "urql";
import type { ResultOf } from "../../graphql/graphql";
import { Actor } from "../../kit/actor";
import { Refusal } from "../../kit/refusal";
import { ScrollX } from "../../kit/scroll-x";
import { Time } from "../../kit/time";
import { IMPACT } from "./policies-query";
import { type Definition, toDraft } from "./policy-definition";
import { DAYS } from "./search";

const DEFAULT_DAYS = 90;

/** Asks the rules of a policy about the promotions of the past. */
export function PolicyImpact({ definition }: { definition: Definition }) {
  const search = useSearch({ from: "/admin/policies" });
  const navigate = useNavigate({ from: "/admin/policies" });
  const days = search.days ?? DEFAULT_DAYS;
  const policy = useMemo(() => toDraft(definition), [definition]);
  const [{ data, error, fetching }] = useQuery({ query: IMPACT, variables: { days, policy } });
  return (
    <section className="stack" aria-label="What it would have blocked">
      <label className="row">
        <span className="muted">In the last</span>
        <select
          value={days}
          onChange={({ target }) =>
            void navigate({
              search: { ...search, days: DAYS.find((each) => each === Number(target.value)) },
              replace: true,
              resetScroll: false,
            })
          }
        >
          {DAYS.map((each) => (
            <option key={each} value={each}>
              {each} days
            </option>
          ))}
        </select>
      </label>
      {error && <Refusal error={error} />}
      {fetching && !data && <div className="skeleton" />}
      {data && <Impact impact={data.policyImpact} />}
    </section>
  );
}

function Impact({ impact }: { impact: ResultOf<typeof IMPACT>["policyImpact"] }) {
  const { counts, promotions, isComplete, since } = impact;
  return (
    <>
      <p>
        Of {counts.promotions.toLocaleString()} {counts.promotions === 1 ? "promotion" : "promotions"} it would have
        blocked <strong>{counts.blocked.toLocaleString()}</strong>, and allowed {counts.allowed.toLocaleString()}
        {counts.unknown > 0 && `; of ${counts.unknown.toLocaleString()} it is not known`}.
        {!isComplete && (
          <>
            {" "}
            Older promotions than <Time at={since} /> were not examined.
          </>
        )}
      </p>
      {promotions.nodes.length > 0 && (
        <ScrollX label="Blocked promotions">
          <table>
            <thead>
              <tr>
                <th scope="col">Promotion</th>
                <th scope="col">By</th>
                <th scope="col">When</th>
                <th scope="col">Why blocked</th>
              </tr>
            </thead>
            <tbody>
              {promotions.nodes.map(({ revision, modelName, versionNumber, stage, alias, actor, at, rules }) => (
                <tr key={revision}>
                  <th scope="row" className="breakable">
                    <Link to="/promotions/$revision" params={{ revision: String(revision) }}>
                      {modelName} v{versionNumber} → {stage ?? alias}
                    </Link>
                  </th>
                  <td>
                    <Actor actor={actor} />
                  </td>
                  <td className="nowrap">
                    <Time at={at} />
                  </td>
                  <td className="breakable">
                    {rules
                      .filter(({ status }) => status !== "PASSED")
                      .map(({ position, explanation }) => (
                        <div key={position}>{explanation}</div>
                      ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollX>
      )}
      {promotions.totalCount > promotions.nodes.length && (
        <p className="muted">
          These are the first {promotions.nodes.length} of {promotions.totalCount.toLocaleString()}: `policyImpact` has
          all.
        </p>
      )}
    </>
  );
}
