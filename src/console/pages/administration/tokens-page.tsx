import { useNavigate, useSearch } from "@tanstack/react-router";
import { usePages } from "../../graphql/use-pages";
import { Actor } from "../../kit/actor";
import { Card } from "../../kit/card";
import { Refusal } from "../../kit/refusal";
import { Time } from "../../kit/time";
import { useChanges } from "../../live/live";
import { RevokeForm } from "./revoke-form";
import { Administration } from "./tabs";
import { REVOCATIONS } from "./tokens-query";

const NO_VARIABLES = {};

export default function TokensPage() {
  const { revoke } = useSearch({ from: "/admin/tokens" });
  const navigate = useNavigate({ from: "/admin/tokens" });
  const { nodes, totalCount, hasNextPage, isLoading, error, loadNext, refresh } = usePages({
    query: REVOCATIONS,
    variables: NO_VARIABLES,
    pageOf: (data) => data.revocations,
  });
  useChanges((changes) => {
    if (changes === null || changes.some(({ type }) => type === "TOKEN_REVOKED")) refresh();
  });
  const open = (
    <button type="button" className="button primary" onClick={() => void navigate({ search: { revoke: true } })}>
      Revoke tokens
    </button>
  );
  return (
    <Administration title="Revoked tokens">
      {error && <Refusal error={error} />}
      {nodes.length === 0 && isLoading && <div className="skeleton" />}
      {nodes.length === 0 && !isLoading && !error && (
        <div className="empty card">
          <h2>No token is revoked</h2>
          <p className="muted">A revoked token counts no more from that moment, also where it is in use.</p>
          {open}
        </div>
      )}
      {nodes.length > 0 && (
        <Card isBare title={`Revoked tokens (${totalCount?.toLocaleString() ?? ""})`} side={open}>
          <table>
            <thead>
              <tr>
                <th scope="col">Tokens</th>
                <th scope="col">Reason</th>
                <th scope="col">Revoked by</th>
                <th scope="col">When</th>
              </tr>
            </thead>
            <tbody>
              {nodes.map(({ id, tokenId, issuer, subject, issuedBefore, reason, createdBy, createdAt }) => (
                <tr key={id}>
                  <th scope="row" className="breakable">
                    {tokenId === null ? (
                      <>
                        all of {subject} <span className="muted">from {issuer}</span>
                        {issuedBefore && (
                          <>
                            , issued before <Time at={issuedBefore} />
                          </>
                        )}
                      </>
                    ) : (
                      <span className="mono">{tokenId}</span>
                    )}
                  </th>
                  <td className="breakable">{reason}</td>
                  <td>
                    <Actor actor={createdBy} />
                  </td>
                  <td className="nowrap">
                    <Time at={createdAt} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {hasNextPage && (
            <div className="row card-note">
              <button type="button" className="button" disabled={isLoading} onClick={loadNext}>
                Show more
              </button>
            </div>
          )}
        </Card>
      )}
      {revoke && (
        <RevokeForm
          close={() => {
            refresh();
            void navigate({ search: {} });
          }}
        />
      )}
    </Administration>
  );
}
