// Checks the layout that src/README.md describes. Each message is the sentence that a reviewer would say.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/** They wire everything, and may import everything. */
const ROOT_FILES = ["src/main.ts", "src/app.ts"];
/** What Pothos has to know of the tables: no client. */
const POTHOS_MODEL = "src/store/generated/pothos.ts";
const MAX_FILES = 20;
const MAX_AS_NEVER = 15;

/**
 * The rings from the inside out: which other rings each may import, which packages (`node:` = those of Node.js), and what
 * a reviewer would say. A ring that is not here may not exist.
 */
const RINGS = {
  util: { rings: [], packages: ["node:*", "re2js"], says: "util/ is for everybody, so it imports no ring." },
  domain: {
    rings: ["util"],
    packages: [],
    says: "domain/ is pure rules: it does no I/O and imports no library. Hand in what it needs.",
  },
  auth: {
    rings: ["domain", "util"],
    packages: ["node:*", "jose"],
    says: "auth/ turns a token into a viewer: it knows domain/ and asks no database.",
  },
  store: {
    rings: ["domain", "util"],
    packages: ["node:*", "pg", "@prisma/*", "@electric-sql/*", "dataloader"],
    says: "store/ keeps rows: it knows domain/, and neither tokens nor GraphQL.",
  },
  config: {
    rings: ["auth", "domain", "util"],
    packages: ["node:*", "zod", "yaml", "graphql"],
    says: "config/ reads and checks settings: it knows the rules of auth/ and domain/.",
  },
  registry: {
    rings: ["store", "domain", "util"],
    packages: ["node:*"],
    says: "registry/ is commands: they know store/ and domain/, and reach the database through their transaction only.",
  },
  graphql: {
    rings: ["registry", "store", "domain", "util"],
    packages: ["node:*", "graphql", "@pothos/*", "dataloader", "lru-cache"],
    says: "graphql/ translates: it knows registry/, store/ and domain/, and imports no database library.",
  },
  webhooks: {
    rings: ["registry", "store", "domain", "util"],
    packages: ["node:*"],
    says: "webhooks/ sends what the log holds: it knows registry/, store/ and domain/.",
  },
  telemetry: {
    rings: ["store", "domain", "util"],
    packages: ["node:*", "prom-client", "@opentelemetry/*"],
    says: "telemetry/ counts and traces what others hand it: it knows store/ and domain/.",
  },
  client: {
    rings: [],
    packages: [],
    says: "client/ runs anywhere, also in browsers: it imports nothing but itself.",
  },
  server: {
    rings: ["graphql", "auth", "store", "telemetry", "domain", "util"],
    types: ["config"],
    packages: [
      "node:*",
      "graphql",
      "graphql-yoga",
      "graphql-ws",
      "ws",
      "compression",
      "pino",
      "uuidv7",
      "negotiator",
      "@pothos/plugin-complexity",
      "@graphql-yoga/*",
      "@escape.tech/*",
      "proxy-addr",
      "ipaddr.js",
      "lru-cache",
    ],
    says: "server/ carries requests: it knows graphql/ and auth/, not what mounts it; of config/ it takes types only.",
  },
  mlflow: {
    rings: ["registry", "store", "auth", "domain", "util"],
    types: ["config"],
    packages: ["node:*", "zod"],
    says: "mlflow/ is another entry point: it knows registry/ and the reads of store/, not graphql/ or server/.",
  },
  console: {
    rings: ["util"],
    packages: ["*"],
    says: "console/ is browser code: of src it knows util/ only, and it uses the public schema over HTTP.",
  },
  cli: {
    rings: ["client", "config", "graphql", "store", "auth", "domain", "util"],
    files: ["src/app.ts"],
    packages: ["node:*", "commander", "graphql", "jose", "oauth4webapi", "pino", "yaml"],
    says: "cli/ is the commands: they know config/, client/ and app.ts, and neither server/ nor registry/.",
  },
};

const FORBIDDEN_IN_DOMAIN = new Set([
  ...["setTimeout", "setInterval", "setImmediate", "performance", "fetch", "console", "process"],
  ...["Date.now", "Math.random", "crypto.randomUUID", "new Date"],
]);
const DOMAIN_WORD =
  /^(models?|versions?|stages?|alias(es)?|experiments?|datasets?|deployments?|lineage|webhooks?|registry|viewers?|actors?|promotions?|checkpoints?)$/i;

const problems = [];
const trees = new Map();
const imports = new Map();
const files = listFiles("src");

for (const file of files) {
  if (!isCode(file)) continue;
  const ring = ringOf(file);
  if (ring === null) {
    if (!ROOT_FILES.includes(file))
      problems.push(`${file}: beside the rings, src/ has ${ROOT_FILES.join(" and ")} only.`);
    continue;
  }
  if (!RINGS[ring]) {
    problems.push(`${file}: src/${ring}/ is no ring that .ci/layout.mjs knows. Add it there with what it may import.`);
    continue;
  }
  for (const { to, isType } of importsOf(file)) checkImport(file, ring, to, isType);
}
checkTexts();
checkFolderSizes();
checkDirections();
checkAsNever();

if (problems.length > 0) {
  process.stderr.write(`${problems.join("\n")}\n`);
  process.exit(1);
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["generated", "node_modules", ".venv"].includes(entry.name) ? [] : listFiles(path);
    return [path];
  });
}

function isCode(file) {
  return /\.[mc]?tsx?$/.test(file);
}

/** `store` of `src/store/events/event-log.ts`; null for a file that is in no ring. */
function ringOf(file) {
  const parts = file.split("/");
  return parts.length > 2 ? parts[1] : null;
}

/** The folder of a ring that a file is in, or the file itself where it is beside the folders. */
function folderOf(file) {
  return file.split("/")[2];
}

/** The syntax tree of a file, read once. */
function treeOf(file) {
  if (!trees.has(file))
    trees.set(file, ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true));
  return trees.get(file);
}

function* nodesOf(node) {
  yield node;
  const children = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

/** What a file imports or exports from elsewhere, and whether types only; `to` is null where no reader can tell. */
function importsOf(file) {
  if (!imports.has(file))
    imports.set(
      file,
      [...nodesOf(treeOf(file))].flatMap((node) => importOf(node) ?? []),
    );
  return imports.get(file);
}

function importOf(node) {
  const textOf = (name) => (name && ts.isStringLiteralLike(name) ? name.text : null);
  if (ts.isImportDeclaration(node)) {
    const { importClause } = node;
    const names = importClause?.namedBindings;
    const isEachType =
      !importClause?.name && names && ts.isNamedImports(names) && names.elements.every(({ isTypeOnly }) => isTypeOnly);
    return { to: textOf(node.moduleSpecifier), isType: Boolean(importClause?.isTypeOnly || isEachType) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier)
    return { to: textOf(node.moduleSpecifier), isType: node.isTypeOnly };
  if (ts.isImportTypeNode(node)) return { to: textOf(node.argument.literal), isType: true };
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return { to: textOf(node.arguments[0]), isType: false };
  return null;
}

/** The file that a relative import names. */
function resolve(file, to) {
  return normalize(join(dirname(file), to)).replace(/\.js$/, ".ts");
}

function checkImport(file, ring, to, isType) {
  const { rings, types = [], files: single = [], packages, says } = RINGS[ring];
  if (to === null) {
    problems.push(`${file} imports what is computed. Write the path out, so that it can be checked.`);
    return;
  }
  if (!to.startsWith(".")) {
    const isAllowed = packages.some((name) =>
      name.endsWith("*") ? to.startsWith(name.slice(0, -1)) : to === name || to.startsWith(`${name}/`),
    );
    if (!isAllowed) problems.push(`${file} imports ${to}. ${says}`);
    return;
  }
  const target = resolve(file, to);
  const other = target.split("/")[1];
  if (!target.startsWith("src/")) {
    problems.push(`${file} imports ${target}, which is not in src/.`);
    return;
  }
  if (target.startsWith("src/store/generated/") && target !== POTHOS_MODEL && ring !== "store" && !isType) {
    problems.push(
      `${file} imports ${target}. Outside of store/ the generated client is types only: reads and transactions are in store/.`,
    );
    return;
  }
  if (other === ring || rings.includes(other) || single.includes(target)) return;
  if (types.includes(other) && isType) return;
  problems.push(`${file} imports ${target}. ${says}`);
}

/** What no import shows: domain/ has no clock and no timer, util/ no word of the domain. */
function checkTexts() {
  for (const file of files.filter(isCode)) {
    if (file.startsWith("src/domain/")) {
      const found = [...nodesOf(treeOf(file))].map(globalOf).find((name) => FORBIDDEN_IN_DOMAIN.has(name));
      if (found)
        problems.push(`${file} uses ${found}. domain/ has no clock, no timer and no I/O: hand in what it needs.`);
    }
    if (file.startsWith("src/util/")) {
      const found = [...nodesOf(treeOf(file))].flatMap(wordsOf).find((word) => DOMAIN_WORD.test(word));
      if (found) problems.push(`${file} says "${found}". util/ knows no word of the domain.`);
    }
  }
}

/** What a node uses from outside its file: `fetch`, `Date.now`, `new Date`. */
function globalOf(node) {
  if (ts.isNewExpression(node) && !node.arguments?.length) return `new ${node.expression.getText()}`;
  if (ts.isPropertyAccessExpression(node)) return node.getText();
  if (!ts.isIdentifier(node)) return null;
  const isName = "name" in node.parent && node.parent.name === node;
  return isName ? null : node.text;
}

/** The words of a name or a text: `openSessions` has two. */
function wordsOf(node) {
  if (!ts.isIdentifier(node) && !ts.isStringLiteralLike(node)) return [];
  return node.text.split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/);
}

function checkFolderSizes() {
  const sizes = new Map();
  for (const file of [...files, ...listFiles("test")]) {
    sizes.set(dirname(file), (sizes.get(dirname(file)) ?? 0) + 1);
  }
  for (const [folder, size] of sizes) {
    if (size > MAX_FILES) {
      problems.push(`${folder} has ${size} files; at most ${MAX_FILES}. Which of them are a noun of their own?`);
    }
  }
}

/** Folders of one ring import in one direction: no folder reaches itself through another. */
function checkDirections() {
  for (const ring of Object.keys(RINGS)) {
    const edges = new Map();
    for (const file of files.filter((each) => ringOf(each) === ring)) {
      const from = folderOf(file);
      for (const { to } of importsOf(file)) {
        const target = to?.startsWith(".") ? resolve(file, to) : "";
        if (!target.startsWith(`src/${ring}/`) || target.includes("/generated/")) continue;
        const folder = folderOf(target);
        if (folder === from) continue;
        const found = edges.get(from) ?? new Map();
        edges.set(from, found.set(folder, found.get(folder) ?? `${file} imports ${target}`));
      }
    }
    reportCycles(ring, edges);
  }
}

function reportCycles(ring, edges) {
  for (const [from, targets] of edges) {
    for (const [to, example] of targets) {
      if (!reaches(edges, to, from)) continue;
      problems.push(
        `${example}, and ${ring}/${to} imports ${ring}/${from}. Folders of one ring import in one direction: move what both need below both, or into across/.`,
      );
    }
  }
}

function reaches(edges, from, goal, seen = new Set()) {
  if (from === goal) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return [...(edges.get(from)?.keys() ?? [])].some((next) => reaches(edges, next, goal, seen));
}

function isAsNever(node) {
  return ts.isAsExpression(node) && node.type.kind === ts.SyntaxKind.NeverKeyword;
}

function checkAsNever() {
  const found = files.filter(isCode).flatMap((file) => {
    const count = [...nodesOf(treeOf(file))].filter(isAsNever).length;
    return count > 0 ? [{ file, count }] : [];
  });
  const total = found.reduce((sum, { count }) => sum + count, 0);
  if (total <= MAX_AS_NEVER) return;
  const list = found.map(({ file, count }) => `  ${count} ${file}`).join("\n");
  problems.push(
    `\`as never\` stands ${total} times in src; at most ${MAX_AS_NEVER}, each with its reason. It silences the compiler: find the type.\n${list}`,
  );
}
