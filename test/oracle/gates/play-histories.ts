import fc from "fast-check";
import { expect } from "vitest";
import { verifyLog } from "../../../src/store/audit/audit-verify.js";
import { openTestDatabase } from "../../support/database/database.js";
import { emptyDatabase } from "../../support/database/empty-database.js";
import type { Seen } from "../play-until-seen.js";
import { Player } from "./player.js";
import { findStrayDecisions, findUnsettled } from "./read-back.js";
import { replayPolicies } from "./replay.js";
import { HISTORY } from "./steps.js";

/** Plays random histories. Returns how often each kind of step ended in which way. */
export async function playHistories(numRuns: number, seed?: number): Promise<Seen> {
  const database = await openTestDatabase();
  const player = new Player(database, Date.now());
  try {
    await fc.assert(
      fc.asyncProperty(HISTORY, async ({ start, steps }) => {
        await emptyDatabase(database);
        await player.begin(start);
        for (const step of steps) await player.play(step);
        expect(await findStrayDecisions(database)).toEqual([]);
        expect(await findUnsettled(database)).toEqual([]);
        const { strays, recorded, computed } = await replayPolicies(database, new Date(player.world.at));
        expect(strays).toEqual([]);
        player.count("replayed from decisions", recorded);
        player.count("replayed from history", computed);
        // the histories before were taken off the log
        const verified = await verifyLog(database.pool, { trust: null, kept: [], acceptUnsignedBase: true });
        expect(verified.fault).toBeNull();
      }),
      { numRuns, endOnFailure: true, ...(seed === undefined ? {} : { seed }) },
    );
    return player.seen;
  } finally {
    await database.close();
  }
}
