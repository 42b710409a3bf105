import { afterAll, beforeAll, expect, test } from "vitest";
import { renameModel } from "../../src/registry/models/rename-model.js";
import { eventually } from "../support/eventually.js";
import { openSite, type Site } from "./site.js";

let site: Site;
beforeAll(async () => {
  site = await openSite();
});
afterAll(() => site.stop());

test("a webhook receives a rename under both names, as far as its rights cover them", async () => {
  const url = "http://127.0.0.1:9/";
  const wishes = [
    { models: ["before"], as: {}, names: ["before", "after"] },
    { models: ["after"], as: {}, names: ["before", "after"] },
    { models: ["*fore"], as: {}, names: ["before", "after"] },
    { models: ["other"], as: {}, names: null },
    { models: ["after"], as: { modelGlobs: ["after"] }, names: [undefined, "after"] },
    { models: ["before"], as: { modelGlobs: ["after"] }, names: null },
    { models: ["before"], as: { modelGlobs: ["before"] }, names: null },
    { models: ["*"], as: { modelGlobs: ["before"] }, names: null },
  ];
  const ids: string[] = [];
  for (const { models, as } of wishes) ids.push((await site.create({ url, where: { models } }, as)).id);
  await site.happen("before");
  await renameModel(site.as(), { model: { name: "before" }, newName: "after" });
  await site.startDispatcher();
  const { prisma } = site.database;
  const { revision: head } = await prisma.eventHead.findFirstOrThrow();
  await eventually(async () => {
    expect(await prisma.webhook.count({ where: { position: { lt: head } } })).toBe(0);
  });
  const rows = await prisma.webhookDelivery.findMany({ where: { eventType: "model.renamed" } });
  const received = ids.map((id) => {
    const row = rows.find(({ webhookId }) => webhookId === id);
    const data = row?.body && JSON.parse(row.body).data;
    return data ? [data.before.name, data.after.name] : null;
  });
  expect(received).toEqual(wishes.map(({ names }) => names));
});
