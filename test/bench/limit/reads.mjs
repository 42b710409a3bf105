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
  // Without a name, so that each is planned for its values: tags that many have and tags that few have want different plans.
  search: {
    isUnnamed: true,
    values: (asked) => [asked.key, asked.value, asked.stages, asked.createdAt, asked.id],
    text: `SELECT json_build_object('modelVersions', json_build_object('nodes', coalesce(json_agg(json_build_object(
        'number', v."number", 'stage', v."stage", 'model', json_build_object('name', v."name"))
        ORDER BY v."createdAt" DESC, v."id" DESC), '[]')))::text AS data
      FROM (
        SELECT v."id", v."number", v."stage", v."createdAt", m."name"
        FROM "ModelVersion" AS v JOIN "Model" AS m ON m."id" = v."modelId"
        WHERE v."deletedAt" IS NULL AND m."deletedAt" IS NULL AND v."stage" = ANY($3::"Stage"[])
          AND (v."createdAt", v."id") < ($4::timestamptz, $5::uuid) AND EXISTS (
            SELECT FROM "ModelVersionTag" AS t
            WHERE t."versionId" = v."id" AND t."key" = $1 AND t."pairHash" = md5($1 || '=' || $2) AND t."value" = $2)
        ORDER BY v."createdAt" DESC, v."id" DESC LIMIT 20
      ) AS v`,
  },
  // A walk without rights.
  lineage: {
    values: (asked) => [`R${asked.run}`],
    text: `WITH RECURSIVE walk (node, depth) AS (
        SELECT $1::text COLLATE "C", 0
        UNION
        SELECT e."fromNode", w.depth + 1 FROM walk AS w JOIN "LineageEdge" AS e ON e."toNode" = w.node WHERE w.depth < 5
      ), reached AS (
        SELECT node, left(node, 1) AS letter, substr(node, 2) AS id, min(depth) AS depth FROM walk GROUP BY node
      ), nodes AS (
        SELECT node, letter, depth, CASE letter WHEN 'R' THEN 'RUN' ELSE 'DATASET' END AS kind,
          rtrim(translate(encode(convert_to(CASE letter WHEN 'R' THEN 'Run:' ELSE 'Dataset:' END || id, 'UTF8'), 'base64'), '+/', '-_'), '=') AS "nodeId",
          CASE letter
            WHEN 'R' THEN (SELECT coalesce(r."name", r."id") FROM "Run" AS r WHERE r."id" = reached.id)
            ELSE (SELECT d."name" || '@' || d."digest" FROM "Dataset" AS d WHERE d."id" = reached.id::uuid) END AS name
        FROM reached
      )
      SELECT json_build_object('lineage', json_build_object(
        'counts', (SELECT json_agg(json_build_object('kind', c.kind, 'count', c.count) ORDER BY c.kind)
          FROM (SELECT kind, count(*) FROM nodes GROUP BY 1) AS c),
        'nodes', (SELECT json_agg(json_build_object('nodeId', "nodeId", 'depth', depth, 'kind', kind, 'name', name) ORDER BY depth, node) FROM nodes),
        'edges', (SELECT coalesce(json_agg(json_build_object('from', a."nodeId", 'to', b."nodeId", 'kind', e."kind") ORDER BY e."id"), '[]')
          FROM nodes AS a JOIN "LineageEdge" AS e ON e."fromNode" = a.node JOIN nodes AS b ON b.node = e."toNode")))::text AS data`,
  },
};
