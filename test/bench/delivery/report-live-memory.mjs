// Preloaded into the processes whose memory is measured: on SIGUSR2 collects what is garbage, and writes how many bytes are left.
import { writeFileSync } from "node:fs";

process.on("SIGUSR2", () => {
  for (let i = 0; i < 3; i++) globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  writeFileSync(process.env.LIVE_MEMORY_FILE, String(heapUsed + external));
});
