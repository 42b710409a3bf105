import { Prisma } from "../generated/client.js";

/** What a list of versions shows of each, and of its run what decides who may see it. */
export const VERSION_COLUMNS = {
  id: true,
  modelId: true,
  number: true,
  stage: true,
  status: true,
  statusMessage: true,
  description: true,
  source: true,
  createdByIssuer: true,
  createdBySubject: true,
  createdAt: true,
  updatedAt: true,
  runId: true,
  externalRunId: true,
  externalModelId: true,
  loggedModelId: true,
  runLink: true,
  model: { select: { name: true } },
  run: { select: { id: true, deletedAt: true, experiment: { select: { name: true, deletedAt: true } } } },
  tags: { select: { key: true, value: true }, orderBy: { key: "asc" } },
} as const satisfies Prisma.ModelVersionSelect;

export type LatestVersion = Prisma.ModelVersionGetPayload<{ select: typeof VERSION_COLUMNS }>;

/** As JSON has them: times in milliseconds since 1970. */
interface SentVersion extends Omit<LatestVersion, "model" | "createdAt" | "updatedAt" | "run"> {
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly run: {
    readonly id: string;
    readonly deletedAt: number | null;
    readonly experiment: { readonly name: string; readonly deletedAt: number | null };
  } | null;
}

const TEXTS = [
  ...["id", "modelId", "number", "stage", "status", "statusMessage", "description", "source", "createdByIssuer"],
  ...["createdBySubject", "runId", "externalRunId", "externalModelId", "loggedModelId", "runLink"],
] as const satisfies readonly (keyof typeof VERSION_COLUMNS)[];

const ms = (column: string) => `(extract(epoch FROM ${column}) * 1000)::bigint`;

/** Without a parameter, so that it stays one text. */
const VERSION_JSON = Prisma.raw(`json_build_object(
  ${TEXTS.map((name) => `'${name}', v."${name}"`).join(", ")}, 'createdAt', ${ms('v."createdAt"')}, 'updatedAt', ${ms('v."updatedAt"')},
  'tags', (SELECT coalesce(json_agg(json_build_object('key', t."key", 'value', t."value") ORDER BY t."key"), '[]')
    FROM "ModelVersionTag" AS t WHERE t."versionId" = v."id"),
  'run', (SELECT json_build_object('id', r."id", 'deletedAt', ${ms('r."deletedAt"')},
      'experiment', json_build_object('name', x."name", 'deletedAt', ${ms('x."deletedAt"')}))
    FROM "Run" AS r JOIN "Experiment" AS x ON x."id" = r."experimentId" WHERE r."id" = v."runId"))`);

/** The living versions with the highest number in each stage of a model, as a JSON list in the order of their numbers. */
export function latestVersions(modelId: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(json_agg(${VERSION_JSON} ORDER BY v."number"), '[]')
    FROM "Shelf" AS s CROSS JOIN LATERAL (
      SELECT * FROM "ModelVersion" AS n
      WHERE n."modelId" = s."modelId" AND n."stage" = s."stage" AND n."deletedAt" IS NULL
      ORDER BY n."number" DESC LIMIT 1
    ) AS v
    WHERE s."modelId" = ${modelId} AND s."count" > 0)`;
}

export function toLatestVersions(name: string, sent: readonly SentVersion[]): LatestVersion[] {
  return sent.map(({ createdAt, updatedAt, run, ...version }) => ({
    ...version,
    createdAt: new Date(createdAt),
    updatedAt: new Date(updatedAt),
    model: { name },
    run: run && {
      id: run.id,
      deletedAt: toDate(run.deletedAt),
      experiment: { name: run.experiment.name, deletedAt: toDate(run.experiment.deletedAt) },
    },
  }));
}

const toDate = (time: number | null) => (time === null ? null : new Date(time));
