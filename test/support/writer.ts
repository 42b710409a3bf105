import type { Viewer } from "../../src/domain/access/actor.js";
import { SCOPES } from "../../src/domain/access/scopes.js";

/** Who may do everything, for tests that call commands with a clock of their own. */
export const WRITER: Viewer = {
  actor: { issuer: "https://issuer.test", subject: "writer", name: null, kind: "MACHINE" },
  scopes: new Set(SCOPES),
  modelGlobs: null,
  experimentGlobs: null,
  environmentGlobs: null,
  groups: [],
  tokenId: null,
  issuedAt: null,
  expiresAt: new Date("9999-01-01T00:00:00Z"),
};
