import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { type CombinedError, useMutation } from "urql";
import { ChoiceChips } from "../../filters/choice-chips";
import { Badge, type Tone } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { DELIVERY_STATUSES, FIRST_DELIVERIES, MAX_DELIVERIES } from "./search";
import { type DeliveryData, REDELIVER, type WebhookPageData } from "./webhooks-query";

const MORE_DELIVERIES = 60;
const TONES: Readonly<Record<DeliveryData["status"], Tone>> = { PENDING: "amber", DELIVERED: "green", FAILED: "red" };

export function DeliveriesCard({ webhook, refresh }: { webhook: WebhookPageData; refresh: () => void }) {
  const search = useSearch({ from: "/admin/webhooks/$id" });
  const navigate = useNavigate({ from: "/admin/webhooks/$id" });
  const { nodes, totalCount } = webhook.deliveries;
  const shown = search.deliveries ?? FIRST_DELIVERIES;
  return (
    <Card
      isBare
      title={`Deliveries (${totalCount.toLocaleString()})`}
      side={
        <div className="row">
          <ChoiceChips
            values={DELIVERY_STATUSES}
            chosen={search.status}
            choose={(status) => void navigate({ search: { ...search, status }, replace: true })}
          />
        </div>
      }
    >
      {nodes.length === 0 ? (
        <p className="muted card-note">Nothing was sent yet. Send a test, or wait for an event that matches.</p>
      ) : (
        <Deliveries rows={nodes} refresh={refresh} />
      )}
      {totalCount > nodes.length && (
        <div className="row card-note">
          {shown < MAX_DELIVERIES ? (
            <button
              type="button"
              className="button"
              onClick={() =>
                void navigate({
                  search: { ...search, deliveries: Math.min(shown + MORE_DELIVERIES, MAX_DELIVERIES) },
                  replace: true,
                })
              }
            >
              Show older
            </button>
          ) : (
            <span className="muted">These are the newest {MAX_DELIVERIES}; `Webhook.deliveries` has all.</span>
          )}
        </div>
      )}
    </Card>
  );
}

function Deliveries({ rows, refresh }: { rows: readonly DeliveryData[]; refresh: () => void }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Event</th>
          <th scope="col">Status</th>
          <th scope="col" className="number">
            Attempts
          </th>
          <th scope="col">Answer</th>
          <th scope="col">When</th>
          <th scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <Delivery key={row.id} row={row} refresh={refresh} />
        ))}
      </tbody>
    </table>
  );
}

function Delivery({ row, refresh }: { row: DeliveryData; refresh: () => void }) {
  const { id, eventType, revision, status, attempts, responseCode, latencyMs, error, nextAttemptAt } = row;
  const [refusal, setRefusal] = useState<CombinedError>();
  const [{ fetching }, redeliver] = useMutation(REDELIVER);
  const again = async () => {
    const answer = await redeliver({ input: { delivery: id } });
    setRefusal(answer.error);
    refresh();
  };
  return (
    <tr>
      <th scope="row" className="breakable" title={`webhook-id ${row.messageId}`}>
        {eventType} <span className="muted">r{revision}</span>
      </th>
      <td>
        <Badge tone={TONES[status]}>{status}</Badge>
      </td>
      <td className="number">{attempts}</td>
      <td className="breakable">
        {error ?? (responseCode === null ? "" : `${responseCode} in ${latencyMs} ms`)}
        {refusal && <Refusal error={refusal} />}
      </td>
      <td className="nowrap">
        <Time at={row.deliveredAt ?? row.createdAt} />
        {status === "PENDING" && nextAttemptAt && attempts > 0 && (
          <div className="muted">
            again <Time at={nextAttemptAt} />
          </div>
        )}
      </td>
      <td>
        <button type="button" className="button" disabled={fetching} onClick={() => void again()}>
          {status === "PENDING" ? "Try now" : "Send again"}
        </button>
      </td>
    </tr>
  );
}
