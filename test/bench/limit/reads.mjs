// Each read as one would write it by hand: one statement whose only column is the JSON of `data`.

const TAGS = (
  table,
  column,
  id,
) => `(SELECT coalesce(json_agg(json_build_object('key', t."key", 'value', t."value") ORDER BY t."key"), '[]')
  FROM "${table}" AS t WHERE t."${column}" = ${id})`;

export const READS = {
  nested: {
    values: (asked) => [asked.name],
    text: `SELECT json_build_object('model', json_build_object(
        'name', m."name", 'description', m."description", 'tags', ${TAGS("ModelTag", "modelId", `m."id"`)},
        'versions', json_build_object('nodes', (
          SELECT coalesce(json_agg(json_build_object('number', v."number", 'stage', v."stage", 'source', v."source",
            'tags', ${TAGS("ModelVersionTag", "versionId", `v."id"`)}) ORDER BY v."number" DESC), '[]')
          FROM (SELECT * FROM "ModelVersion" WHERE "modelId" = m."id" AND "deletedAt" IS NULL ORDER BY "number" DESC LIMIT 20) AS v
        ))))::text AS data
      FROM "Model" AS m WHERE m."liveName" = $1`,
  },
  page: {
    values: (asked) => [asked.name],
    text: `WITH page AS (
        SELECT * FROM "Model" WHERE "name" > $1 AND "deletedAt" IS NULL ORDER BY "name", "id" LIMIT 51
      )
      SELECT json_build_object('models', json_build_object(
        'nodes', (SELECT coalesce(json_agg(json_build_object(
            'name', m."name",
            'latestVersion', (SELECT json_build_object('number', v."number") FROM "ModelVersion" AS v WHERE v."id" = m."latestVersionId"),
            'aliases', (SELECT coalesce(json_agg(json_build_object('name', a."name", 'modelVersion', json_build_object('number', v."number")) ORDER BY a."name"), '[]')
              FROM "Alias" AS a JOIN "ModelVersion" AS v ON v."id" = a."versionId" WHERE a."modelId" = m."id"),
            'tags', ${TAGS("ModelTag", "modelId", `m."id"`)},
            'stages', (SELECT json_agg(json_build_object('stage', s."stage", 'count', s."count", 'current',
                CASE WHEN v."id" IS NOT NULL THEN json_build_object('number', v."number") END) ORDER BY s."stage")
              FROM "Shelf" AS s LEFT JOIN "ModelVersion" AS v ON v."id" = s."currentId" WHERE s."modelId" = m."id")
          ) ORDER BY m."name", m."id"), '[]') FROM (SELECT * FROM page ORDER BY "name", "id" LIMIT 50) AS m),
        'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 50 FROM page))))::text AS data`,
  },
  key: {
    values: (asked) => [asked.name],
    text: `SELECT json_build_object('model', json_build_object('name', "name", 'description', "description"))::text AS data
      FROM "Model" WHERE "liveName" = $1`,
  },
};
