import { Link } from "@tanstack/react-router";
import { Actor } from "../../kit/actor";
import { StatusBadge } from "../../kit/badge";
import { Dialog } from "../../kit/dialog";
import { Refusal } from "../../kit/refusal";
import { ScrollX } from "../../kit/scroll-x";
import { Time } from "../../kit/time";
import { useLiveQuery } from "../../live/use-live-query";
import { RunningVersions } from "./deployment-cell";
import { DEPLOYMENT_HISTORY, type DeploymentDetails } from "./deployments-query";
import { shareOf } from "./share";

/** What one deployment ran before, and who reported it. */
export function DeploymentDialog({ id, close }: { id: string; close: () => void }) {
  const { data, error, fetching } = useLiveQuery(DEPLOYMENT_HISTORY, { id }, ({ type }) =>
    type.startsWith("DEPLOYMENT_"),
  );
  const deployment = data?.node && "history" in data.node ? data.node : null;
  return (
    <Dialog title={deployment ? `${deployment.environment}/${deployment.endpoint}` : "Deployment"} close={close}>
      {error && <Refusal error={error} />}
      {deployment && <Details deployment={deployment} />}
      {!deployment && fetching && <div className="skeleton" />}
      {data && !deployment && !fetching && (
        <p className="muted">There is no such deployment. It was removed, or your token does not show it.</p>
      )}
    </Dialog>
  );
}

function Details({ deployment }: { deployment: DeploymentDetails }) {
  const { id, model, follows, desired, lastReportedAt, message, history } = deployment;
  return (
    <>
      <dl className="facts">
        <div>
          <dt>Runs</dt>
          <dd>
            <RunningVersions deployment={deployment} />
          </dd>
        </div>
        <div>
          <dt>Follows</dt>
          <dd>
            {follows
              ? `${follows.stage ?? follows.alias}, which is ${desired ? `v${desired.number}` : "empty"}`
              : "nothing"}
          </dd>
        </div>
        <div>
          <dt>Reported</dt>
          <dd>
            <Time at={lastReportedAt} />
            {message && <span className="muted">: {message}</span>}
          </dd>
        </div>
      </dl>
      <div className="row">
        <Link to="/lineage" search={{ of: id, direction: "UPSTREAM" }} className="button">
          What it was made from
        </Link>
        <Link to="/models/$name" params={{ name: model.name }} search={{}} className="button">
          {model.name}
        </Link>
      </div>
      <ScrollX label="Changes">
        <table>
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Ran</th>
              <th scope="col">State</th>
              <th scope="col">Reported by</th>
            </tr>
          </thead>
          <tbody>
            {history.nodes.map(({ revision, at, removed, running, state, health, message: why, actor }) => (
              <tr key={revision}>
                <td className="nowrap">
                  <Time at={at} />
                </td>
                <td>
                  {running
                    .map((each) => `v${each.number}${running.length > 1 ? ` ${shareOf(each, running)}` : ""}`)
                    .join(", ") || "–"}
                </td>
                <td>
                  <div className="row tight">
                    {removed ? "removed" : state && <StatusBadge status={state} />}
                    {health && <StatusBadge status={health} />}
                    {why && <span className="muted anywhere">{why}</span>}
                  </div>
                </td>
                <td>
                  <Actor actor={actor} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
      {history.totalCount > history.nodes.length && (
        <p className="muted">
          The last {history.nodes.length} of {history.totalCount.toLocaleString()} changes.
        </p>
      )}
    </>
  );
}
