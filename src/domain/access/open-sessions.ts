import { UnauthenticatedError } from "../errors.js";
import type { Viewer } from "./actor.js";

/** What is open under a token: a socket, or a stream. */
export interface Session {
  readonly viewer: Viewer;
  /** The token does not count any more. Called once, unless the session is removed before. */
  end(refusal: UnauthenticatedError): void;
}

type Objection = (viewer: Viewer) => string | null;

/** What is open under tokens, and what ends it: that the token has expired, or an objection to its bearer. */
export class OpenSessions {
  private readonly open = new Set<Session>();
  private readonly objections: Objection[] = [];
  /** None expires before this, in milliseconds since 1970. */
  private nextExpiry = Number.POSITIVE_INFINITY;

  /** Whoever is objected to, now or at a `recheck`, is refused with the reason. */
  objectTo(objection: Objection): void {
    this.objections.push(objection);
  }

  /** Ends it at once if there is an objection already. */
  add(session: Session): void {
    this.open.add(session);
    this.nextExpiry = Math.min(this.nextExpiry, session.viewer.expiresAt.getTime());
    this.check(session);
  }

  /** It has ended by itself. */
  remove(session: Session): void {
    this.open.delete(session);
  }

  /** Ends what is objected to by now. */
  recheck(): void {
    for (const session of [...this.open]) this.check(session);
  }

  /** Ends those whose tokens have expired by the time. */
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

  /** Throws an UnauthenticatedError if there is an objection. */
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
    for (const objection of this.objections) {
      const reason = objection(viewer);
      if (reason !== null) return reason;
    }
    return null;
  }
}
