import type { Bench } from "../measure/bench.js";
import { measureBesideLimit } from "../measure/beside-limit.js";
import type { Row } from "../measure/rows.js";
import type { Options } from "../options.js";
import { makeEmbedded } from "../setup/embedded.js";
import { startLimit } from "../setup/limit.js";
import { fillRegistry } from "../setup/registry.js";
import { startServer } from "../setup/server.js";
import { nested } from "./reads.js";

/** The nested read on the embedded database, beside PGlite called by hand in the process that answers. */
export const EMBEDDED = {
  number: 1,
  isAsked: ({ embedded }: Options) => embedded,
  async *run(bench: Bench): AsyncIterable<Row> {
    const { pool } = await bench.world("registry");
    const folders = await makeEmbedded((embedded) => fillRegistry(embedded, bench.registrySize));
    const server = await startServer({ SHELFMARK_DATA: folders.data });
    const limit = await startLimit({ PGLITE_FOLDER: folders.copy });
    try {
      // both databases hold the same, so the answers of the one are those of the other
      const comparison = await nested({ pool });
      const name = `${comparison.name}, embedded database`;
      yield await measureBesideLimit(bench, { server, limit }, { ...comparison, name });
    } finally {
      await Promise.all([server.stop(), limit.stop()]);
      folders.remove();
    }
  },
};
