import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, request } from "node:http";
import { connect, type AddressInfo } from "node:net";
import path from "node:path";
import tls from "node:tls";
import { freePort, npmrcOf, startVerdaccio, type RunningServer } from "@zen-tests/servers";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { zenBin } from "../src/project.ts";
import { Machine } from "./machine.ts";
import { layouts } from "./package-managers.ts";

let [all, own, locked]: RunningServer[] = [];
let membersNpmrc = "";
const machines: Machine[] = [];
afterAll(async () => {
  for (const machine of machines) machine.remove();
  for (const registry of [all, own, locked]) await registry?.[Symbol.asyncDispose]();
});

/** What is found where the scope has a registry of its own. */
const EVERYTHING = ["@acme/zen-integration-bell", "@zen/integration-bell", "zen-integration-gong"];

/** A package whose keywords say that it has flavors. */
const packageOf = (name: string, description: string): Readonly<Record<string, string>> => ({
  "package.json": JSON.stringify({ name, version: "1.0.0", description, keywords: ["zen-integration"] }),
});

beforeAll(async () => {
  [all, own, locked] = await Promise.all([
    startVerdaccio({ alone: true }),
    startVerdaccio({ alone: true }),
    startVerdaccio({ alone: true, members: true }),
  ]);
  const publish = async (registry: RunningServer, ...packages: readonly [name: string, description: string][]): Promise<void> => {
    const machine = new Machine(registry);
    machines.push(machine);
    const npmrc = await credentials(registry);
    if (registry === locked) membersNpmrc = npmrc;
    machine.write("home", { ".npmrc": npmrc });
    await machine.publish(Object.fromEntries(packages.map(([name, description]) => [name, packageOf(name, description)])));
  };
  await publish(
    all,
    ["@zen/integration-bell", "Rings"],
    ["zen-integration-gong", "Strikes"],
    ["@acme/zen-integration-imposter", "Of somebody else with our scope"],
  );
  await publish(own, ["@acme/zen-integration-bell", "Rings for us"], ["@zen/integration-stale", "An old copy"]);
  await publish(locked, ["@acme/zen-integration-secret", "For members"]);
}, 60_000);

/** Signs up, and says so as npm does: a registry that anybody may read takes any token. */
async function credentials(registry: RunningServer): Promise<string> {
  const body = JSON.stringify({ name: "ada", password: "analytical engine" });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${registry.url}/-/user/org.couchdb.user:ada`, { method: "PUT", body, headers });
  const { token } = (await answer.json()) as { token: string };
  return npmrcOf(registry).replace("anybody", token);
}

/** What a project with that `.npmrc` finds. */
function search(npmrc: string, env: NodeJS.ProcessEnv = {}) {
  return searchIn(machines[0]!.write(`project-${Math.random()}`, { ".npmrc": npmrc, "package.json": { name: "project" } }), env);
}

async function searchIn(folder: string, env: NodeJS.ProcessEnv = {}) {
  const machine = machines[0]!;
  machine.write("home", { ".npmrc": "" });
  const variables = {
    ZENML_CONFIG_PATH: machine.write("config", {}),
    npm_config_registry: undefined,
    npm_config_cafile: undefined,
    ...env,
  };
  const { code, stdout, stderr } = await machine.run(
    folder,
    [process.execPath, zenBin, "integration", "search", "--output", "json"],
    variables,
  );
  return { code, stderr, names: code === 0 ? (JSON.parse(stdout) as { name: string }[]).map(({ name }) => name).sort() : [] };
}

test("a scope's packages are looked for in the scope's registry, and all others in the other", async () => {
  const npmrc = `registry=${all!.url}\n@acme:registry=${own!.url}\n`;
  expect(await search(npmrc)).toEqual({ code: 0, stderr: "", names: EVERYTHING });
});

test("a registry for members gets the project's token", async () => {
  expect((await search(membersNpmrc)).names).toEqual(["@acme/zen-integration-secret"]);
  expect((await search(`registry=${locked!.url}/\n`)).names).toEqual([]);
});

test("where one registry doesn't answer, what the others have is shown, and which it was is said", async () => {
  const gone = `http://127.0.0.1:${await freePort()}/`;
  const npmrc = `registry=${all!.url}\n@acme:registry=${gone}\n`;
  const machine = machines[0]!;
  const folder = machine.write("one-gone", { ".npmrc": npmrc, "package.json": { name: "project" } });
  const { code, stdout, stderr } = await machine.run(folder, [process.execPath, zenBin, "integration", "search"], {
    ZENML_CONFIG_PATH: machine.write("config", {}),
    npm_config_registry: undefined,
  });
  expect(code).toBe(0);
  expect(stdout).toContain("@zen/integration-bell");
  expect(stderr).toContain(`The registry ${gone} can't be searched: connect ECONNREFUSED ${new URL(gone).host}.\n`);
});

/** A proxy that forwards requests for plain HTTP. */
async function forwardProxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((from, to) => {
    asked.push(new URL(from.url!).host);
    from.pipe(
      request(from.url!, { method: from.method!, headers: from.headers }, (answer) => answer.pipe(to.writeHead(answer.statusCode!))),
    );
  });
  // Node asks for a tunnel also where the registry has no TLS.
  server.on("connect", (from, socket) => {
    asked.push(from.url!);
    const { hostname, port } = new URL(`http://${from.url}`);
    const to = connect(Number(port), hostname, () => socket.write("HTTP/1.1 200 Connection established\r\n\r\n"));
    socket.pipe(to).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => server.closeAllConnections());
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

test.each([
  ["npm's configuration", (url: string) => ({ npmrc: `proxy=${url}\n`, env: {} })],
  ["a variable", (url: string) => ({ npmrc: "", env: { http_proxy: url } })],
  ["a variable, where npm's has been taken away,", (url: string) => ({ npmrc: "proxy=null\n", env: { http_proxy: url } })],
])("a proxy of %s is used", async (_, settings) => {
  const proxy = await forwardProxy();
  const { npmrc, env } = settings(proxy.url);
  expect((await search(`registry=${all!.url}/\n${npmrc}`, env)).names).toContain("@zen/integration-bell");
  expect(new Set(proxy.asked)).toEqual(new Set([new URL(all!.url).host]));
});

test("why a proxy refuses is said", async () => {
  const proxy = createServer().on("connect", (_, socket) => socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"));
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const { code, stderr } = await search(`registry=${all!.url}/\nproxy=http://127.0.0.1:${port}\n`);
  expect(code).toBe(1);
  expect((JSON.parse(stderr) as { error: object }).error).toEqual({
    code: "registry_unreachable",
    message: `The registry ${all!.url}/ can't be searched: Proxy response (407) !== 200 when HTTP Tunneling.`,
    hint: "When you are online: npm search keywords:zen-integration",
  });
});

test("a host that noproxy names is asked without the proxy", async () => {
  const proxy = await forwardProxy();
  expect((await search(`registry=${all!.url}/\nproxy=${proxy.url}\nnoproxy=127.0.0.1\n`)).names).toContain("@zen/integration-bell");
  expect(proxy.asked).toEqual([]);
});

/** The same registry over HTTPS, with a certificate that only those trust who are told of it. */
async function overHttps(registry: RunningServer): Promise<{ url: string; cafile: string }> {
  const folder = machines[0]!.write("certificate", {});
  const [key, cafile] = [path.join(folder, "key.pem"), path.join(folder, "certificate.pem")];
  const made = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key, "-out", cafile];
  execFileSync("openssl", [...made, "-days", "2", "-subj", "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1"], { stdio: "pipe" });
  const server = tls.createServer({ key: readFileSync(key), cert: readFileSync(cafile) }, (socket) => {
    const to = connect(registry.port, "127.0.0.1");
    socket.on("error", () => to.destroy());
    socket.pipe(to).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`, cafile };
}

test("a registry of HTTPS is reached through the proxy for it, with the certificate of npm's configuration", async () => {
  const [proxy, { url, cafile }] = [await forwardProxy(), await overHttps(all!)];
  const npmrc = `registry=${url}/\nhttps-proxy=${proxy.url}\n`;
  expect((await search(`${npmrc}cafile=${cafile}\n`)).names).toContain("@zen/integration-bell");
  expect(new Set(proxy.asked)).toEqual(new Set([new URL(url).host]));
  const { code, stderr } = await search(npmrc);
  expect(code).toBe(1);
  expect(JSON.parse(stderr)).toMatchObject({
    error: {
      code: "registry_unreachable",
      message: `The registry ${url}/ can't be searched: self-signed certificate; if the root CA is installed locally, try running Node.js with --use-system-ca.`,
    },
  });
});

test.each([
  [
    "pnpm, isolated",
    ["view", "@acme/zen-integration-bell", "description"],
    () => ({ "pnpm-lock.yaml": "", "pnpm-workspace.yaml": { registries: { default: `${all!.url}/`, "@acme": `${own!.url}/` } } }),
  ],
  [
    "yarn, pnp",
    ["npm", "info", "@acme/zen-integration-bell", "--fields", "description"],
    () => ({
      "yarn.lock": "",
      ".yarnrc.yml": {
        npmRegistryServer: all!.url,
        npmScopes: { acme: { npmRegistryServer: own!.url } },
        unsafeHttpWhitelist: ["127.0.0.1"],
        enableTelemetry: false,
      },
    }),
  ],
] as const)("what is found is what the package manager has: %s", async (name, view, files) => {
  const { manager, missing } = layouts(all!.url).find((one) => one.name === name)!;
  if (missing !== undefined) throw new Error(missing);
  const folder = machines[0]!.write(`by-${name.slice(0, 4)}`, { "package.json": { name: "project" }, ".npmrc": "", ...files() });
  expect(await searchIn(folder)).toEqual({ code: 0, stderr: "", names: EVERYTHING });
  const viewed = await machines[0]!.run(folder, [...manager, ...view], { npm_config_registry: undefined });
  expect(viewed.stdout + viewed.stderr).toContain("Rings for us");
});
