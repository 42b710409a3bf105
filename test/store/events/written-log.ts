import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { TEAM_SCHEMES } from "../../../src/domain/values/source-schemes.js";
import { setTag } from "../../../src/registry/across/set-tag.js";
import { type CommandContext, createCommandContext } from "../../../src/registry/command.js";
import { registerModel } from "../../../src/registry/models/register-model.js";
import type { Database } from "../../../src/store/connection/database.js";
import { openTestDatabase } from "../../support/database/database.js";
import { WRITER } from "../../support/writer.js";

/** A log that the tests of a file write to: tags of the model "m". */
class WrittenLog {
  database!: Database;
  context!: CommandContext;
  private value = 0;

  async open(): Promise<void> {
    this.database = await openTestDatabase();
    const { prisma } = this.database;
    const services = { prisma, now: () => new Date(), newId: randomUUID, sourceSchemes: TEAM_SCHEMES };
    this.context = createCommandContext(services, WRITER, "streams");
    await registerModel(this.context, { name: "m" });
  }

  /** Writes one event. */
  async write(value = String(this.value++)): Promise<void> {
    await setTag(this.context, { on: { model: { name: "m" } }, key: "k", value });
  }
}

/** A WrittenLog for the tests of a file, with three more events before each test. */
export function useWrittenLog(): WrittenLog {
  const log = new WrittenLog();
  beforeAll(() => log.open());
  afterAll(() => log.database.close());
  beforeEach(async () => {
    for (let i = 0; i < 3; i++) await log.write();
  });
  return log;
}
