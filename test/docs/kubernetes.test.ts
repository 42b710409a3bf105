import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, inject, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { freePort } from "../support/process/free-port.js";
import { type CommandProcess, postGraphQL, spawnShelfmark } from "../support/process/server-process.js";
import { block } from "./blocks.js";
import { createDocumentedIssuers } from "./documented-issuers.js";
import { EXAMPLE } from "./run/stand-ins.js";

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly data: Readonly<Record<string, string>>;
  readonly spec: { readonly template: { readonly spec: Pod } };
}

interface Pod {
  readonly serviceAccountName: string;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
  readonly volumes: readonly {
    readonly name: string;
    readonly configMap?: { readonly name: string };
    readonly projected?: {
      readonly sources: readonly {
        readonly serviceAccountToken: { readonly path: string; readonly audience: string };
      }[];
    };
  }[];
}

const soon = { timeout: 60_000 };
const CLUSTER = "https://kubernetes.default.svc.cluster.local";
const PEOPLE = "https://id.example/realms/ml";
const RELEASE = `mutation {
  createModelVersion(input: { model: { name: "fraud" }, createModel: true, source: "s3://models/fraud/1" }) { modelVersion { number } }
  transitionModelVersion(input: { version: { number: { model: "fraud", number: 1 } }, to: PRODUCTION }) { transition { to } }
}`;
const REPORTED = `{ deployments(where: { environment: { equals: "prod-eu" } }) { nodes { state running { modelVersion { number } } } } }`;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

test("the deployer of src/cli/README.md, by the rule of src/auth/README.md, deploys and reports", async () => {
  const folder = mkdtempSync(join(tmpdir(), "shelfmark-kubernetes-"));
  cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
  const issuers = await createDocumentedIssuers();
  const server = await startServer(folder, issuers.file);

  const manifests = parseAllDocuments(block("src/cli/README.md", "deployer.yaml")).map(
    (each) => each.toJS() as Manifest,
  );
  const deployment = find(manifests, "Deployment");
  const { namespace } = deployment.metadata;
  const pod = deployment.spec.template.spec;
  expect(find(manifests, "ServiceAccount").metadata).toEqual({ name: pod.serviceAccountName, namespace });
  const claims = {
    sub: `system:serviceaccount:${namespace}:${pod.serviceAccountName}`,
    "kubernetes.io": { namespace, serviceaccount: { name: pod.serviceAccountName } },
  };
  await mountVolumes(folder, manifests, pod, (audience) => issuers.sign(CLUSTER, audience, claims));
  const container = startContainer(folder, pod, server.url);

  const people = { sub: "ada", realm_access: { roles: ["registry-admin"] } };
  const admin = await issuers.sign(PEOPLE, "shelfmark", people);
  expect(await postGraphQL(server.url, admin, { query: RELEASE })).not.toHaveProperty("errors");
  await expect
    .poll(() => container.out() + container.err(), soon)
    .toContain("deploying fraud v1 from s3://models/fraud/1\n");
  const reported = async () => (await postGraphQL(server.url, admin, { query: REPORTED })).data.deployments.nodes;
  await expect.poll(reported, soon).toEqual([{ state: "RUNNING", running: [{ modelVersion: { number: 1 } }] }]);
});

function find(manifests: readonly Manifest[], kind: string): Manifest {
  const found = manifests.find((each) => each.kind === kind);
  if (!found) throw new Error(`There is no ${kind}.`);
  return found;
}

/** A server that trusts the documented issuers. */
async function startServer(folder: string, authFile: string): Promise<{ readonly url: string }> {
  cpSync(inject("migratedDatabase"), join(folder, "data", "database"), { recursive: true });
  writeFileSync(join(folder, "auth.yaml"), authFile);
  const port = await freePort();
  const env = {
    PORT: String(port),
    SHELFMARK_DATA: join(folder, "data"),
    SHELFMARK_AUTH_FILE: join(folder, "auth.yaml"),
  };
  const server = spawnShelfmark(["serve"], env);
  cleanUps.push(() => server.kill("SIGTERM"));
  await expect.poll(() => server.out() + server.err(), soon).toContain("Shelfmark is ready");
  return { url: `http://127.0.0.1:${port}/graphql` };
}

/** Puts the files of the pod's volumes under a folder in place of the root. */
async function mountVolumes(
  root: string,
  manifests: readonly Manifest[],
  { containers: [container], volumes }: Pod,
  sign: (audience: string) => Promise<string>,
): Promise<void> {
  for (const { name, mountPath } of container?.volumeMounts ?? []) {
    const volume = volumes.find((each) => each.name === name);
    const folder = join(root, mountPath);
    mkdirSync(folder, { recursive: true });
    for (const { serviceAccountToken } of volume?.projected?.sources ?? []) {
      writeFileSync(join(folder, serviceAccountToken.path), await sign(serviceAccountToken.audience));
    }
    const map = manifests.find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name === volume?.configMap?.name,
    );
    for (const [file, text] of Object.entries(map?.data ?? {})) {
      writeFileSync(join(folder, file), text);
      chmodSync(join(folder, file), 0o755);
    }
  }
}

function startContainer(root: string, { containers: [container] }: Pod, url: string): CommandProcess {
  const { args = [], env = [], volumeMounts = [] } = container ?? {};
  const inRoot = (text: string) =>
    volumeMounts.reduce((path, { mountPath }) => path.replaceAll(`${mountPath}/`, `${join(root, mountPath)}/`), text);
  const variables = env.map(({ name, value }) => [name, value.replace(`${EXAMPLE.server}/graphql`, url)]);
  const running = spawnShelfmark(args.map(inRoot), Object.fromEntries(variables));
  cleanUps.push(() => running.kill("SIGTERM"));
  return running;
}
