import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { ROOT } from "./blocks.js";

type Variables = Readonly<Record<string, string | undefined>>;

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
}

export interface Container {
  readonly environment: Readonly<Record<string, string>>;
  /** Folders and files of the host or names of volumes, by where the container sees them. */
  readonly mounts: ReadonlyMap<string, string>;
}

/** What compose.yaml and the Dockerfile make of these variables: the environment and the mounts of the container. */
export function readContainer(variables: Variables): Container {
  const compose = parse(readFileSync(`${ROOT}compose.yaml`, "utf8"), (_key, value) =>
    typeof value === "string" ? interpolate(value, variables) : value,
  );
  const { environment, volumes }: Service = compose.services.shelfmark;
  const mounts = volumes.map((volume) => {
    const [source = "", target = ""] = volume.split(":");
    return [target, source] as const;
  });
  return { environment: { ...readImageEnvironment(), ...environment }, mounts: new Map(mounts) };
}

/** The environment of the image, by the Dockerfile's last stage. */
export function readImageEnvironment(): Readonly<Record<string, string>> {
  const stage =
    readFileSync(`${ROOT}Dockerfile`, "utf8")
      .split(/^FROM /m)
      .at(-1) ?? "";
  const settings = [...stage.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = ""]) => line.split(" "));
  return Object.fromEntries(settings.map((each) => each.split("=")));
}

/** `${NAME}`, `${NAME:-otherwise}`, `${NAME:+instead}` and `${NAME:?what is missing}`, as the Compose specification has them. */
function interpolate(text: string, variables: Variables): string {
  return text.replaceAll(/\$\{(\w+)(?::([-+?])([^}]*))?\}/g, (_, name, how, word) => {
    const value = variables[name] ?? "";
    if (how === "+") return value && word;
    if (value === "" && how === "?") throw new Error(`${name}: ${word}`);
    return value === "" && how === "-" ? word : value;
  });
}
