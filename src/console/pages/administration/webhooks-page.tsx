import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ResultOf } from "../../graphql/graphql";
import { usePages } from "../../graphql/use-pages";
import { Actor } from "../../kit/actor";
import { Badge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Command } from "../../kit/copyable";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { useChanges } from "../../live/live";
import { Administration } from "./tabs";
import { WebhookForm } from "./webhook-form";
import { describeConditions } from "./webhook-input";
import { WEBHOOKS } from "./webhooks-query";

type Row = ResultOf<typeof WEBHOOKS>["webhooks"]["nodes"][number];

const NO_VARIABLES = {};

export default function WebhooksPage() {
  const { create } = useSearch({ from: "/admin/webhooks" });
  const navigate = useNavigate({ from: "/admin/webhooks" });
  const { nodes, totalCount, hasNextPage, isLoading, error, loadNext, refresh } = usePages({
    query: WEBHOOKS,
    variables: NO_VARIABLES,
    pageOf: (data) => data.webhooks,
  });
  // each event may make deliveries
  useChanges(() => refresh());
  return (
    <Administration title="Webhooks">
      {error && <Refusal error={error} />}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
      {nodes.length === 0 && !isLoading && !error && <NoWebhooks />}
      {nodes.length > 0 && (
        <Card
          isBare
          title={`Webhooks (${totalCount?.toLocaleString() ?? ""})`}
          side={
            <button
              type="button"
              className="button primary"
              onClick={() => void navigate({ search: { create: true } })}
            >
              New webhook
            </button>
          }
        >
          <Webhooks rows={nodes} />
          {hasNextPage && (
            <div className="row body">
              <button type="button" className="button" disabled={isLoading} onClick={loadNext}>
                Show more
              </button>
            </div>
          )}
        </Card>
      )}
      {create && (
        <WebhookForm
          close={() => {
            refresh();
            void navigate({ search: {} });
          }}
        />
      )}
    </Administration>
  );
}

function Webhooks({ rows }: { rows: readonly Row[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Receiver</th>
          <th scope="col">Format</th>
          <th scope="col">Events</th>
          <th scope="col">State</th>
          <th scope="col">Owner</th>
          <th scope="col">Created</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row" className="breakable">
              <Link to="/admin/webhooks/$id" params={{ id: row.id }} search={{}} className="strong-link">
                {hostOf(row.url)}
              </Link>
              {row.description && <div className="muted">{row.description}</div>}
            </th>
            <td>{row.format}</td>
            <td className="breakable">{describeConditions(row.where)}</td>
            <td>
              <WebhookState row={row} />
            </td>
            <td>
              <Actor actor={row.createdBy} />
            </td>
            <td className="nowrap">
              <Time at={row.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function WebhookState({ row: { enabled, disabledReason, pending, failed } }: { row: Row }) {
  return (
    <div className="row">
      {enabled ? (
        <Badge tone="green">enabled</Badge>
      ) : (
        <Badge tone="red" title={disabledReason ?? ""}>
          disabled
        </Badge>
      )}
      {pending.totalCount > 0 && <Badge tone="amber">{pending.totalCount.toLocaleString()} waiting</Badge>}
      {failed.totalCount > 0 && <Badge tone="red">{failed.totalCount.toLocaleString()} failed</Badge>}
    </div>
  );
}

/** The path and the query of such a URL are often a secret, so the list shows the host. */
export function hostOf(url: string): string {
  return new URL(url).host;
}

function NoWebhooks() {
  const navigate = useNavigate({ from: "/admin/webhooks" });
  return (
    <div className="empty card">
      <h2>No webhooks yet</h2>
      <p className="muted">A webhook tells Slack, Microsoft Teams or your own program what happens.</p>
      <button type="button" className="button primary" onClick={() => void navigate({ search: { create: true } })}>
        New webhook
      </button>
      <Command
        text={`npx shelfmark query -e 'mutation {
  createWebhook(input: { format: SLACK, url: "https://hooks.slack.com/services/…",
    where: { types: ["promotion_request.*"] } }) { webhook { id } secret }
}'`}
      />
    </div>
  );
}
