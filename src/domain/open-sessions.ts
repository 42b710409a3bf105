import type { Viewer } from "./actor.js";
import { UnauthenticatedError } from "./errors.js";

interface Session {
  readonly viewer: Viewer;
  end(reason: string): void;
}

type Objection = (viewer: Viewer) => string | null;

/** What is open under a token, sockets and streams, and what ends it before the token expires. */
export class OpenSessions {
  private readonly open = new Set<Session>();
  private readonly objections: Objection[] = [];

  /** Whoever is objected to, now or at a `recheck`, is refused with the reason. */
  objectTo(objection: Objection): void {
    this.objections.push(objection);
  }

  /** Calls back at once if there is an objection already. Returns what to call when the session has ended by itself. */
  add(viewer: Viewer, end: (reason: string) => void): () => void {
    const session = { viewer, end };
    this.open.add(session);
    this.check(session);
    return () => void this.open.delete(session);
  }

  /** Ends what is objected to by now. */
  recheck(): void {
    for (const session of [...this.open]) this.check(session);
  }

  /** Throws an UnauthenticatedError if there is an objection. */
  require(viewer: Viewer): void {
    const reason = this.reasonAgainst(viewer);
    if (reason !== null) throw new UnauthenticatedError(reason, "revoked");
  }

  private check(session: Session): void {
    const reason = this.reasonAgainst(session.viewer);
    if (reason === null) return;
    this.open.delete(session);
    session.end(reason);
  }

  private reasonAgainst(viewer: Viewer): string | null {
    for (const objection of this.objections) {
      const reason = objection(viewer);
      if (reason !== null) return reason;
    }
    return null;
  }
}
