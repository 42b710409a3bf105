/** Who takes part. Makers register, ask and promote; the others approve. */
export const PEOPLE = {
  ada: {
    scopes: ["models:read", "models:write", "stages:production", "stages:archived", "stages:approve"],
    groups: ["risk"],
  },
  ben: { scopes: ["models:read", "models:write", "stages:production", "stages:archived"], groups: [] },
  rita: { scopes: ["models:read", "stages:approve"], groups: ["risk"] },
  rob: { scopes: ["models:read", "stages:approve"], groups: ["risk"] },
  leo: { scopes: ["models:read", "stages:approve"], groups: ["legal"] },
  boss: { scopes: ["models:read", "policies:write", "checks:write"], groups: [] },
} as const;
export type Who = keyof typeof PEOPLE;
const may = (who: Who, scope: string) => (PEOPLE[who].scopes as readonly string[]).includes(scope);
const isIn = (who: Who, group: string) => (PEOPLE[who].groups as readonly string[]).includes(group);

export interface Eyes {
  readonly quorum: number;
  readonly oneOfEach: readonly string[];
  readonly sameHolder: boolean;
  readonly notRegistrant: boolean;
  readonly needsCheck: boolean;
}

interface PlainVersion {
  readonly registrant: Who;
  stage: "NONE" | "PRODUCTION" | "ARCHIVED";
  /** Rises with each entry into a stage. */
  entry: number;
  /** The newest check, as its number; 0 = none. */
  check: number;
  hasPassed: boolean;
}

interface Seen {
  readonly revision: number;
  /** Rises with each move of the version. */
  readonly entry: number;
  readonly holder: number | null;
  readonly asksForHolder: boolean;
  check: number | null;
}

interface PlainRequest {
  readonly version: number;
  readonly by: Who;
  readonly isAuto: boolean;
  readonly replaces: boolean;
  status: string;
  expiresAt: number;
  /** When it was asked or last looked at. */
  checkedAt: number;
  approvedBy: Who[];
  seen: Seen;
}

type Code = "OK" | "CONFLICT" | "FORBIDDEN" | "ALREADY_EXISTS" | "POLICY_NOT_MET";
export const LIFETIME = 1_000;

/** Requests as a few lists: what a reader of the rules expects, without a database. Numbers of versions count from 1. */
export class PlainDesk {
  at = 0;
  revision = 0;
  policy: Eyes | null = null;
  readonly versions: PlainVersion[] = [];
  readonly requests: PlainRequest[] = [];
  private entries = 0;
  private checks = 0;

  register(registrant: Who): void {
    this.versions.push({ registrant, stage: "NONE", entry: 0, check: 0, hasPassed: false });
  }

  apply(policy: Eyes | null): Code {
    const isSame = JSON.stringify(policy) === JSON.stringify(this.policy);
    if (!isSame) this.revision++;
    this.policy = policy;
    return "OK";
  }

  report(version: number, isPassed: boolean): Code {
    const found = this.version(version);
    found.check = ++this.checks;
    found.hasPassed = isPassed;
    return "OK";
  }

  request(by: Who, version: number, { isAuto, replaces }: Pick<PlainRequest, "isAuto" | "replaces">): Code {
    if (!may(by, "stages:production")) return "FORBIDDEN";
    if (this.version(version).stage === "PRODUCTION") return "CONFLICT";
    if (this.live(version)) return "ALREADY_EXISTS";
    this.closeExpired(version);
    if (!this.policy) return "CONFLICT";
    const asked = {
      version,
      by,
      isAuto,
      replaces,
      status: "OPEN",
      approvedBy: [],
      expiresAt: this.at + LIFETIME,
      checkedAt: this.at,
    };
    this.requests.push({ ...asked, seen: this.look(version) });
    return "OK";
  }

  approve(who: Who, request: PlainRequest): Code {
    if (!may(who, "stages:approve")) return "FORBIDDEN";
    if (this.statusOf(request) !== "OPEN" || this.isStale(request)) return "CONFLICT";
    if (request.approvedBy.includes(who)) return "CONFLICT";
    if (!this.counts(who, request)) return "FORBIDDEN";
    request.approvedBy.push(who);
    const { check } = this.look(request.version);
    request.seen.check ??= check;
    if (!this.hasApprovals(request)) return "OK";
    request.status = "APPROVED";
    this.execute(request);
    return "OK";
  }

  reject(who: Who, request: PlainRequest): Code {
    if (!may(who, "stages:approve")) return "FORBIDDEN";
    if (!this.isLive(request) || request.approvedBy.includes(who)) return "CONFLICT";
    request.status = "REJECTED";
    return "OK";
  }

  cancel(who: Who, request: PlainRequest): Code {
    if (who !== request.by && !may(who, "policies:write")) return "FORBIDDEN";
    if (!this.isLive(request)) return "CONFLICT";
    request.status = "CANCELLED";
    return "OK";
  }

  renew(who: Who, request: PlainRequest): Code {
    if (who !== request.by) return "FORBIDDEN";
    if (!["OPEN", "APPROVED", "STALE", "EXPIRED"].includes(this.statusOf(request))) return "CONFLICT";
    if (this.version(request.version).stage === "PRODUCTION") return "CONFLICT";
    if (!this.isLive(request) && this.live(request.version)) return "ALREADY_EXISTS";
    if (!this.policy) return "CONFLICT";
    request.status = "OPEN";
    request.approvedBy = [];
    request.expiresAt = this.at + LIFETIME;
    request.checkedAt = this.at;
    request.seen = this.look(request.version);
    return "OK";
  }

  promote(who: Who, version: number, replaces: boolean): Code {
    if (!may(who, "stages:production")) return "FORBIDDEN";
    if (this.version(version).stage === "PRODUCTION") return "CONFLICT";
    const request = this.requests.find((each) => each.by === who && each.version === version && this.isLive(each));
    if (this.policy && !this.isMet(version, request, replaces)) return "POLICY_NOT_MET";
    if (this.policy && request) request.status = "EXECUTED";
    this.move(version, replaces);
    return "OK";
  }

  archive(who: Who, version: number): Code {
    if (!may(who, "stages:archived")) return "FORBIDDEN";
    const found = this.version(version);
    if (found.stage === "ARCHIVED") return "CONFLICT";
    found.stage = "ARCHIVED";
    found.entry = ++this.entries;
    return "OK";
  }

  /** What the sweeper writes. */
  settle(): void {
    const live = this.requests.filter(({ status }) => status === "OPEN" || status === "APPROVED");
    for (const request of live.sort((a, b) => a.checkedAt - b.checkedAt)) {
      request.checkedAt = this.at;
      if (request.expiresAt <= this.at) request.status = "EXPIRED";
      else if (!this.policy || this.isStale(request)) request.status = "STALE";
      else if (request.status === "APPROVED") this.execute(request);
    }
  }

  statusOf(request: PlainRequest): string {
    const isOpen = request.status === "OPEN" || request.status === "APPROVED";
    return isOpen && request.expiresAt <= this.at ? "EXPIRED" : request.status;
  }

  private version(number: number): PlainVersion {
    const found = this.versions[number - 1];
    if (!found) throw new Error(`There is no version ${number}.`);
    return found;
  }

  private isLive(request: PlainRequest): boolean {
    return ["OPEN", "APPROVED"].includes(this.statusOf(request));
  }

  private live(version: number): PlainRequest | undefined {
    return this.requests.find((each) => each.version === version && this.isLive(each));
  }

  private closeExpired(version: number): void {
    for (const each of this.requests) if (each.version === version) each.status = this.statusOf(each);
  }

  private holder(except: number): number | null {
    const holders = this.versions
      .map((version, index) => ({ ...version, number: index + 1 }))
      .filter(({ stage, number }) => stage === "PRODUCTION" && number !== except)
      .sort((a, b) => b.entry - a.entry);
    return holders[0]?.number ?? null;
  }

  private look(version: number): Seen {
    const { entry, check, hasPassed } = this.version(version);
    const isEvidence = (this.policy?.needsCheck ?? false) && hasPassed;
    return {
      revision: this.revision,
      entry,
      holder: this.holder(version),
      asksForHolder: this.policy?.sameHolder ?? false,
      check: isEvidence ? check : null,
    };
  }

  private isStale({ seen, version }: PlainRequest): boolean {
    const now = this.look(version);
    return (
      seen.revision !== now.revision ||
      seen.entry !== now.entry ||
      (seen.asksForHolder && seen.holder !== now.holder) ||
      (seen.check !== null && seen.check !== this.version(version).check)
    );
  }

  private counts(who: Who, { by, version }: PlainRequest): boolean {
    return who !== by && !(this.policy?.notRegistrant && who === this.version(version).registrant);
  }

  private hasApprovals(request: PlainRequest): boolean {
    const counted = request.approvedBy.filter((who) => this.counts(who, request));
    const { quorum = 0, oneOfEach = [] } = this.policy ?? {};
    return counted.length >= quorum && oneOfEach.every((group) => counted.some((who) => isIn(who, group)));
  }

  private isMet(version: number, request: PlainRequest | undefined, replaces: boolean): boolean {
    if (this.policy?.needsCheck && !this.version(version).hasPassed) return false;
    if (!request || this.isStale(request)) return false;
    return !(replaces && !request.replaces) && this.hasApprovals(request);
  }

  private execute(request: PlainRequest): void {
    if (!request.isAuto || !this.isMet(request.version, request, request.replaces)) return;
    request.status = "EXECUTED";
    this.move(request.version, request.replaces);
  }

  private move(version: number, replaces: boolean): void {
    const others = this.versions.filter((each, index) => each.stage === "PRODUCTION" && index + 1 !== version);
    this.version(version).stage = "PRODUCTION";
    this.version(version).entry = ++this.entries;
    for (const other of replaces ? others : []) {
      other.stage = "ARCHIVED";
      other.entry = ++this.entries;
    }
  }
}
