import type { Viewer } from "./actor.js";

interface Session {
  readonly viewer: Viewer;
  end(reason: string): void;
}

/** What stays open under a token, sockets and streams, so that it can be ended before the token expires. */
export class OpenSessions {
  private readonly open = new Set<Session>();

  /** Returns what to call when the session has ended by itself. */
  add(viewer: Viewer, end: (reason: string) => void): () => void {
    const session = { viewer, end };
    this.open.add(session);
    return () => void this.open.delete(session);
  }

  endWhere(matches: (viewer: Viewer) => boolean, reason: string): void {
    for (const session of [...this.open]) if (matches(session.viewer)) session.end(reason);
  }
}
