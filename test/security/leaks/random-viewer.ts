import { SCOPES } from "../../../src/domain/access/scopes.js";
import type { Random } from "../../support/random.js";
import type { As } from "../../support/server.js";
import type { World } from "./marked-world.js";

/** A token of somebody, with some of the scopes, and with claims that name some of the world. */
export function randomViewer(random: Random, { globs, creators }: World): As {
  const claim = (pool: string[]) =>
    random.chance(0.5) ? Array.from({ length: random.below(3) }, () => random.pick(pool)) : undefined;
  const fewer = SCOPES.filter((scope) => scope !== "admin");
  return {
    subject: random.chance(0.3) ? random.pick(creators) : "stranger",
    scopes: random.chance(0.05) ? ["admin"] : random.some(fewer, random.pick([0.4, 0.7, 0.9, 0.95])),
    models: claim(globs.models),
    experiments: claim(globs.experiments),
    environments: claim(globs.environments),
  };
}
