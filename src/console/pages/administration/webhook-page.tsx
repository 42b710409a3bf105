import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { type CombinedError, useMutation } from "urql";
import { Actor } from "../../kit/actor";
import { Badge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Command } from "../../kit/copyable";
import { Dialog } from "../../kit/dialog";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { useChanges } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { DeliveriesCard } from "./deliveries-card";
import { FIRST_DELIVERIES } from "./search";
import { Administration } from "./tabs";
import { WebhookForm } from "./webhook-form";
import { describeConditions } from "./webhook-input";
import { DELETE_WEBHOOK, TEST_WEBHOOK, UPDATE_WEBHOOK, WEBHOOK, type WebhookPageData } from "./webhooks-query";

/** No event says that a delivery was sent: while one waits, the page looks again. */
const REFRESH_MS = 2_000;
const AFTER_CHANGE_MS = 10_000;

export default function WebhookPage() {
  const { id } = useParams({ from: "/admin/webhooks/$id" });
  const { status, deliveries = FIRST_DELIVERIES } = useSearch({ from: "/admin/webhooks/$id" });
  const variables = { id, deliveries, where: status ? { status: [status] } : null };
  const { data, error, fetching, refresh } = useLiveQuery(WEBHOOK, variables, () => true);
  const webhook = data?.node?.__typename === "Webhook" ? (data.node as WebhookPageData) : null;
  const [changedAt, setChangedAt] = useState(0);
  // the deliveries of an event are made shortly after it
  useChanges(() => setChangedAt(Date.now()));
  const isWaiting = webhook?.deliveries.nodes.some((each) => each.status === "PENDING") ?? false;
  useEffect(() => {
    if (!isWaiting && changedAt === 0) return;
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
      if (Date.now() - changedAt > AFTER_CHANGE_MS) setChangedAt(0);
    }, REFRESH_MS);
    return () => clearInterval(timer);
  }, [isWaiting, changedAt, refresh]);
  return (
    <Administration title="Webhook">
      {error && <Refusal error={error} />}
      {!data && fetching && <div className="skeleton" />}
      {data && !webhook && !error && !fetching && <NoWebhook />}
      {webhook && <Webhook webhook={webhook} refresh={refresh} />}
    </Administration>
  );
}

function NoWebhook() {
  return (
    <div className="empty card">
      <h2>There is no such webhook</h2>
      <p className="muted">It was deleted, or it belongs to somebody else.</p>
      <Link to="/admin/webhooks" search={{}} className="button">
        All webhooks
      </Link>
    </div>
  );
}

function Webhook({ webhook, refresh }: { webhook: WebhookPageData; refresh: () => void }) {
  const search = useSearch({ from: "/admin/webhooks/$id" });
  const navigate = useNavigate({ from: "/admin/webhooks/$id" });
  const { url, description, format, where, enabled, disabledReason, disabledAt, createdAt, createdBy, rights } =
    webhook;
  return (
    <>
      <Card title={description ?? "Webhook"} side={<Actions webhook={webhook} />}>
        <dl className="admin-facts">
          <dt>URL</dt>
          <dd className="mono breakable">{url}</dd>
          <dt>Format</dt>
          <dd>{format}</dd>
          <dt>Events</dt>
          <dd className="breakable">{describeConditions(where)}</dd>
          <dt>State</dt>
          <dd>
            <Badge tone={enabled ? "green" : "red"}>{enabled ? "enabled" : "disabled"}</Badge>{" "}
            {disabledAt && (
              <>
                <Time at={disabledAt} />. {disabledReason}
              </>
            )}
          </dd>
          <dt>Owner</dt>
          <dd>
            <Actor actor={createdBy} />, <Time at={createdAt} />
          </dd>
          <dt>Rights</dt>
          <dd className="breakable">
            <code>{rights.scopes.join(" ")}</code>
            {rights.modelGlobs && ` on models ${rights.modelGlobs.join(", ") || "(none)"}`}
          </dd>
        </dl>
      </Card>
      <DeliveriesCard webhook={webhook} refresh={refresh} />
      {search.edit && (
        <WebhookForm webhook={webhook} close={() => void navigate({ search: { ...search, edit: undefined } })} />
      )}
    </>
  );
}

interface Outcome {
  readonly isGood: boolean;
  readonly text: string;
}

function Actions({ webhook: { id, enabled } }: { webhook: WebhookPageData }) {
  const search = useSearch({ from: "/admin/webhooks/$id" });
  const navigate = useNavigate({ from: "/admin/webhooks/$id" });
  const [refusal, setRefusal] = useState<CombinedError>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [secret, setSecret] = useState<string>();
  const [isDeleting, setDeleting] = useState(false);
  const [{ fetching: isTesting }, test] = useMutation(TEST_WEBHOOK);
  const [, update] = useMutation(UPDATE_WEBHOOK);
  const [, remove] = useMutation(DELETE_WEBHOOK);
  const sendTest = async () => {
    const { data, error } = await test({ input: { id } });
    setRefusal(error);
    const tried = data?.testWebhook;
    setOutcome(
      tried && {
        isGood: tried.delivered,
        text: tried.error ?? `The receiver accepted the test with ${tried.responseCode} in ${tried.latencyMs} ms.`,
      },
    );
  };
  const change = async (input: { enabled?: boolean; rotateSecret?: boolean }) => {
    const { data, error } = await update({ input: { id, ...input } });
    setRefusal(error);
    setSecret(data?.updateWebhook.secret ?? undefined);
  };
  const drop = async () => {
    const { error } = await remove({ input: { id } });
    setRefusal(error);
    if (!error) void navigate({ to: "/admin/webhooks", search: {} });
  };
  return (
    <div className="row">
      <button type="button" className="button primary" disabled={isTesting} onClick={() => void sendTest()}>
        Send a test
      </button>
      <button type="button" className="button" onClick={() => void navigate({ search: { ...search, edit: true } })}>
        Edit
      </button>
      <button type="button" className="button" onClick={() => void change({ enabled: !enabled })}>
        {enabled ? "Disable" : "Enable"}
      </button>
      <button type="button" className="button" onClick={() => void change({ rotateSecret: true })}>
        New secret
      </button>
      <button type="button" className="button" onClick={() => setDeleting(true)}>
        Delete
      </button>
      {outcome && (
        <span role="status">
          <Badge tone={outcome.isGood ? "green" : "red"}>{outcome.text}</Badge>
        </span>
      )}
      {refusal && <Refusal error={refusal} />}
      {secret !== undefined && (
        <Dialog title="The new secret" close={() => setSecret(undefined)}>
          <p>It is shown only now. The previous one signs too for 24 hours.</p>
          <Command text={secret} label="Copy the secret" />
        </Dialog>
      )}
      {isDeleting && (
        <Dialog title="Delete the webhook" close={() => setDeleting(false)}>
          <p>Its deliveries go with it, also those that wait. It cannot be restored.</p>
          {refusal && <Refusal error={refusal} />}
          <div className="row dialog-buttons">
            <button type="button" className="button" onClick={() => setDeleting(false)}>
              Cancel
            </button>
            <button type="button" className="button primary" onClick={() => void drop()}>
              Delete for good
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
