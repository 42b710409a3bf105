import { UnauthenticatedError } from "../errors.js";
import type { Viewer } from "./actor.js";

/** A socket or a stream that is open under a token. */
export interface Session {
  readonly viewer: Viewer;
  /** Called once when the token is no longer valid, unless the session is removed first. */
  end(refusal: UnauthenticatedError): void;
}

/** The reason to refuse a viewer, or null. */
type ViewerCheck = (viewer: Viewer) => string | null;

/** The open sessions. A session ends when its token expires, or when one of the checks refuses its viewer. */
export class OpenSessions {
  private readonly open = new Set<Session>();
  private readonly checks: ViewerCheck[] = [];
  /** No token expires before this time, in milliseconds since 1970. */
  private nextExpiry = Number.POSITIVE_INFINITY;

  /** Adds a check, which is made for new sessions, and for all at `recheck`. */
  addCheck(check: ViewerCheck): void {
    this.checks.push(check);
  }

  /** Ends the session at once if a check refuses its viewer. */
  add(session: Session): void {
    this.open.add(session);
    this.nextExpiry = Math.min(this.nextExpiry, session.viewer.expiresAt.getTime());
    this.check(session);
  }

  /** For a session that has ended by itself. */
  remove(session: Session): void {
    this.open.delete(session);
  }

  /** Ends the sessions that a check now refuses. */
  recheck(): void {
    for (const session of [...this.open]) this.check(session);
  }

  /** Ends the sessions whose tokens have expired. */
  endExpired(now: Date): void {
    const time = now.getTime();
    if (time < this.nextExpiry) return;
    this.nextExpiry = Number.POSITIVE_INFINITY;
    for (const session of [...this.open]) {
      const expiry = session.viewer.expiresAt.getTime();
      if (expiry > time) this.nextExpiry = Math.min(this.nextExpiry, expiry);
      else this.endOne(session, new UnauthenticatedError("The token has expired.", "expired"));
    }
  }

  /** Throws an UnauthenticatedError if a check refuses the viewer. */
  require(viewer: Viewer): void {
    const reason = this.reasonAgainst(viewer);
    if (reason !== null) throw new UnauthenticatedError(reason, "revoked");
  }

  private check(session: Session): void {
    const reason = this.reasonAgainst(session.viewer);
    if (reason !== null) this.endOne(session, new UnauthenticatedError(reason, "revoked"));
  }

  private endOne(session: Session, refusal: UnauthenticatedError): void {
    this.open.delete(session);
    session.end(refusal);
  }

  private reasonAgainst(viewer: Viewer): string | null {
    for (const check of this.checks) {
      const reason = check(viewer);
      if (reason !== null) return reason;
    }
    return null;
  }
}
