import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import type { ResultOf } from "../../graphql/graphql";
import { Actor } from "../../kit/actor";
import { StatusBadge } from "../../kit/badge";
import { Card } from "../../kit/card";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { modelOf } from "../../live/live";
import { useLiveQuery } from "../../live/use-live-query";
import { APPROVALS, MORE_PENDING, MORE_REQUESTS, type OpenRequestData } from "./approvals-query";
import { MoreRequests } from "./more-requests";
import { RequestCard } from "./request-card";
import "./approvals-page.css";

const NO_VARIABLES = {};

export function ApprovalsPage() {
  const { data, error, fetching } = useLiveQuery(APPROVALS, NO_VARIABLES, (change) => modelOf(change) !== null);
  useEffect(() => {
    document.title = "Approvals · Shelfmark";
  }, []);
  return (
    <main className="page stack">
      <h1>Approvals</h1>
      {error && <Refusal error={error} />}
      {!data && fetching && <div className="skeleton" />}
      {data && <Requests data={data} />}
    </main>
  );
}

function Requests({ data }: { data: ResultOf<typeof APPROVALS> }) {
  const { viewer, promotionRequests, closed } = data;
  const inbox = viewer.pendingApprovals.nodes;
  const waiting = new Set(inbox.map(({ id }) => id));
  const others = promotionRequests.nodes.filter(({ id }) => !waiting.has(id));
  const reviewCard = (request: OpenRequestData) => <RequestCard key={request.id} request={request} canReview />;
  const openCard = (request: OpenRequestData) =>
    waiting.has(request.id) ? null : <RequestCard key={request.id} request={request} canReview={false} />;
  const mayApprove = viewer.scopes.includes("stages:approve");
  return (
    <>
      <section className="stack" aria-label="My inbox">
        <h2>My inbox ({viewer.pendingApprovals.totalCount.toLocaleString()})</h2>
        {inbox.length === 0 && (
          <p className="muted card body empty-inbox">
            {mayApprove
              ? "Nothing waits for you."
              : "Your token cannot approve: it lacks the scope stages:approve. You see open requests below."}
          </p>
        )}
        {inbox.map(reviewCard)}
        <MoreRequests
          query={MORE_PENDING}
          pageOf={(data) => data.viewer.pendingApprovals}
          pageInfo={viewer.pendingApprovals.pageInfo}
          card={reviewCard}
        />
      </section>
      {(others.length > 0 || promotionRequests.pageInfo.hasNextPage) && (
        <section className="stack" aria-label="Other open requests">
          <h2>Other open requests</h2>
          {others.map(openCard)}
          <MoreRequests
            query={MORE_REQUESTS}
            pageOf={(data) => data.promotionRequests}
            pageInfo={promotionRequests.pageInfo}
            card={openCard}
          />
        </section>
      )}
      {closed.nodes.length > 0 && <Closed requests={closed.nodes} />}
    </>
  );
}

function Closed({ requests }: { requests: ResultOf<typeof APPROVALS>["closed"]["nodes"] }) {
  return (
    <Card isBare title="Closed lately">
      <table>
        <thead>
          <tr>
            <th scope="col">Version</th>
            <th scope="col">To</th>
            <th scope="col">Outcome</th>
            <th scope="col">Requested by</th>
            <th scope="col">Closed</th>
          </tr>
        </thead>
        <tbody>
          {requests.map(({ id, modelVersion, versionNumber, stage, alias, status, requestedBy, closedAt }) => (
            <tr key={id}>
              <th scope="row">
                {modelVersion ? (
                  <Link
                    to="/models/$name/versions/$number"
                    params={{ name: modelVersion.model.name, number: String(versionNumber) }}
                    search={{}}
                  >
                    {modelVersion.model.name} v{versionNumber}
                  </Link>
                ) : (
                  `v${versionNumber}`
                )}
              </th>
              <td>{stage ?? alias}</td>
              <td>
                <StatusBadge status={status} />
              </td>
              <td>
                <Actor actor={requestedBy} />
              </td>
              <td className="nowrap">{closedAt && <Time at={closedAt} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}
