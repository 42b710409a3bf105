import { useNavigate, useSearch } from "@tanstack/react-router";
import { usePages } from "../../graphql/use-pages";
import { Actor } from "../../kit/actor";
import { Badge, TargetBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Command } from "../../kit/copyable";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { useChanges } from "../../live/live";
import { POLICIES, type PolicyData } from "./policies-query";
import { type Definition, targetsOf } from "./policy-definition";
import { PolicyImpact } from "./policy-impact";
import { Administration } from "./tabs";

const NO_VARIABLES = {};

export default function PoliciesPage() {
  const { nodes, hasNextPage, isLoading, error, loadNext, refresh } = usePages({
    query: POLICIES,
    variables: NO_VARIABLES,
    pageOf: (data) => data.policies,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(({ type }) => type.startsWith("POLICY_"))) refresh();
  });
  return (
    <Administration title="Policies">
      {error && <Refusal error={error} />}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
      {nodes.length === 0 && !isLoading && !error && <NoPolicies />}
      {nodes.map((policy) => (
        <PolicyCard key={policy.id} policy={policy} />
      ))}
      {hasNextPage && (
        <button type="button" className="button" disabled={isLoading} onClick={loadNext}>
          Show more
        </button>
      )}
    </Administration>
  );
}

function NoPolicies() {
  return (
    <div className="empty card">
      <h2>No policy</h2>
      <p className="muted">
        None is applied, or your token has a <code>models</code> claim: it reads what guards a model on the model's
        page.
      </p>
      <Command text="npx shelfmark policy apply -f policies.yaml" />
    </div>
  );
}

function PolicyCard({ policy }: { policy: PolicyData }) {
  const { impact, days } = useSearch({ from: "/admin/policies" });
  const navigate = useNavigate({ from: "/admin/policies" });
  const { name, revision, mode, rules, updatedAt, updatedBy, openChangeRequest } = policy;
  const definition = policy.definition as Definition;
  const isOpen = impact === name;
  const show = (next: string | undefined) =>
    void navigate({ search: next === undefined ? {} : { impact: next, days }, replace: true, resetScroll: false });
  return (
    <Card
      title={name}
      side={
        <div className="row">
          <Badge tone={mode === "ENFORCE" ? "accent" : mode === "OFF" ? "neutral" : "violet"}>{mode}</Badge>
          {policy.protected && <Badge title="Changes wait for a second person">protected</Badge>}
          <button
            type="button"
            className="button"
            aria-expanded={isOpen}
            onClick={() => show(isOpen ? undefined : name)}
          >
            What it would have blocked
          </button>
        </div>
      }
    >
      <div className="stack">
        <div className="row breakable">
          {targetsOf(definition).map((target) => (
            <TargetBadge key={target} target={target} />
          ))}
          <span className="muted">
            of models {definition.selector?.models?.join(", ") ?? "*"}
            {definition.selector?.tags?.map(({ key, values }) => `, ${key} = ${values.join(" or ")}`)} · revision{" "}
            {revision}, by <Actor actor={updatedBy} />, <Time at={updatedAt} />
          </span>
        </div>
        <ul className="policy-rules breakable">
          {rules.map(({ position, requirement }) => (
            <li key={position}>{requirement}</li>
          ))}
        </ul>
        {rules.length === 0 && <p className="muted">It has no rules: it protects what it selects.</p>}
        {openChangeRequest && (
          <p>
            <Badge tone="amber">{openChangeRequest.status}</Badge> A change waits for a second person: by{" "}
            <Actor actor={openChangeRequest.requestedBy} />, <Time at={openChangeRequest.createdAt} />.
          </p>
        )}
        {isOpen && <PolicyImpact definition={definition} />}
      </div>
    </Card>
  );
}
