import type { Viewer } from "../../domain/access/actor.js";
import { ADMIN_SCOPES } from "../../domain/access/scopes.js";

/** Whoever may open the database reads all of it, so a report from the command line has no limits. */
export function localAuditor(): Viewer {
  return {
    actor: { issuer: "shelfmark", subject: "audit report", name: null, kind: "USER" },
    scopes: new Set(ADMIN_SCOPES),
    modelGlobs: null,
    experimentGlobs: null,
    environmentGlobs: null,
    groups: [],
    tokenId: null,
    issuedAt: null,
    expiresAt: new Date(8_640_000_000_000_000),
  };
}
