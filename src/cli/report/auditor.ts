import type { Viewer } from "../../domain/access/actor.js";
import { ADMIN_SCOPES } from "../../domain/access/scopes.js";
import { systemViewer } from "../../domain/access/system-viewer.js";

/** Whoever may open the database reads all of it, so a report from the command line has no limits. */
export function localAuditor(): Viewer {
  return { ...systemViewer("audit report"), scopes: new Set(ADMIN_SCOPES) };
}
