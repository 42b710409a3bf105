import type { Viewer } from "./actor.js";

/** The registry itself, for what it does by itself. The subject says which part of it. It holds no scope. */
export function systemViewer(subject: string): Viewer {
  return {
    actor: { issuer: "shelfmark", subject, name: null, kind: "MACHINE" },
    scopes: new Set(),
    modelGlobs: null,
    experimentGlobs: null,
    environmentGlobs: null,
    groups: [],
    tokenId: null,
    issuedAt: null,
    expiresAt: new Date(8_640_000_000_000_000),
  };
}
