import { expect, test } from "vitest";
import { openServers } from "../support/servers.js";
import { mlflowClient } from "./mlflow-client.js";

test("a page of versions ends where its texts get longer than an answer may be, and its token leads on", async () => {
  const servers = await openServers();
  try {
    const call = mlflowClient(await servers.serve({ SHELFMARK_LIMIT_ANSWER_CHARACTERS: "1024" }));
    await call("POST", "/registered-models/create", { name: "long" });
    await call("POST", "/model-versions/create", { name: "long", source: "s3://b/1" });
    await servers.database.prisma.$executeRaw`
      INSERT INTO "ModelVersion" ("id", "modelId", "number", "stage", "stageSince", "status", "source", "createdAt", "updatedAt",
        "createdByIssuer", "createdBySubject", "createdByKind")
      SELECT gen_random_uuid(), v."modelId", n, v."stage", v."stageSince", v."status", v."source", v."createdAt", v."updatedAt",
        v."createdByIssuer", v."createdBySubject", v."createdByKind"
      FROM "ModelVersion" AS v, generate_series(2, 1100) AS n`;
    const sizes: number[] = [];
    const numbers: number[] = [];
    let page_token: string | undefined;
    do {
      const { body } = await call("GET", "/model-versions/search", page_token ? { page_token } : {});
      sizes.push(body.model_versions.length);
      numbers.push(...body.model_versions.map(({ version }: { version: string }) => Number(version)));
      page_token = body.next_page_token;
    } while (page_token);
    expect(sizes).toEqual([500, 500, 100]);
    expect(numbers).toEqual(Array.from({ length: 1100 }, (_, at) => 1100 - at));
  } finally {
    await servers.stop();
  }
});
