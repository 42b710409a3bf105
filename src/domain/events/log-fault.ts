/** A row of the log as it is stored, with all columns as texts. */
export interface StoredEvent {
  readonly revision: bigint;
  readonly body: string;
  /** In hexadecimal digits. */
  readonly hash: string;
  readonly columns: Readonly<Record<string, unknown>>;
}

/** What is wrong with a log, and where it shows first. */
export interface Fault {
  readonly revision: bigint;
  readonly says: string;
}

interface Body {
  readonly actor: {
    readonly issuer: string;
    readonly subject: string;
    readonly name: string | null;
    readonly kind: string;
  };
  readonly at: string;
  readonly commit: { readonly id: string; readonly size: number; readonly index: number };
  readonly id: string;
  readonly requestId: string;
  readonly revision: number;
  readonly subject: Readonly<Record<string, unknown>> & { readonly id: string; readonly type: string };
  readonly tokenId: string | null;
  readonly type: string;
}

/** The columns that repeat what a body says, by the names of the table. */
export function columnsOfBody(text: string): Record<string, unknown> {
  const { actor, at, commit, id, requestId, revision, subject, tokenId, type } = JSON.parse(text) as Body;
  const { id: subjectId, type: subjectType, ...about } = subject;
  return {
    ...about,
    ...{ revision, id, type, at, tokenId, requestId, subjectId, subjectType },
    ...{ actorIssuer: actor.issuer, actorSubject: actor.subject, actorName: actor.name, actorKind: actor.kind },
    ...{ commitId: commit.id, commitSize: commit.size, commitIndex: commit.index },
  };
}

type Columns = Readonly<Record<string, unknown>>;

/** The first column that does not say what the body says, or says what the body does not; null if there is none. */
function findAlteredColumn(columns: Columns, told: Columns): string | null {
  const names = Object.keys({ ...told, ...columns });
  return names.find((name) => (columns[name] ?? null) !== (told[name] ?? null)) ?? null;
}

/** Why a row does not follow from the one before it, in words; null if it does. */
export function findFault(
  event: StoredEvent,
  { revision, expectedHash }: { revision: bigint; expectedHash: string },
): Fault | null {
  if (event.revision !== revision) {
    const last = event.revision - 1n;
    return { revision, says: last === revision ? "was removed" : `to ${last} were removed` };
  }
  let told: Record<string, unknown>;
  try {
    told = columnsOfBody(event.body);
  } catch {
    return { revision, says: "was altered: its body is no event" };
  }
  if (!Number.isSafeInteger(told.revision)) return { revision, says: "was altered: its body names no revision" };
  if (told.revision !== Number(revision)) {
    return { revision, says: `was swapped: it holds the body of revision ${told.revision}` };
  }
  if (event.hash !== expectedHash) {
    return {
      revision,
      says: "was altered, or the one before it was: its hash does not follow from its body and the chain",
    };
  }
  const column = findAlteredColumn(event.columns, told);
  return column === null ? null : { revision, says: `was altered: its column ${column} is not what its body says` };
}
