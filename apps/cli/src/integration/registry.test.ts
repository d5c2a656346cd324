import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Registries } from "./registry.ts";

type Files = Readonly<Record<string, string>>;

/** What counts in a folder of these files: of a package in a workspace, if there is one. */
async function registriesIn(files: Files, env: NodeJS.ProcessEnv = {}): Promise<Registries> {
  const root = mkdtempSync(path.join(tmpdir(), "zen-registry-"));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const own = { npm_config_userconfig: path.join(root, "user.npmrc"), npm_config_globalconfig: path.join(root, "global.npmrc") };
  return Registries.of(path.join(root, "packages/app/package.json" in files ? "packages/app" : "."), { ...own, ...env });
}

/** `url`, `@scope url`, and what is sent along. */
function lines(registries: Registries): string[] {
  return registries.all.map(({ scope, url, authorization }) => [scope, url, authorization].filter((part) => part !== undefined).join(" "));
}

const WORKSPACE: Files = {
  "package.json": '{ "name": "root", "workspaces": ["packages/*"] }',
  "packages/app/package.json": '{ "name": "app" }',
};

it.each<[what: string, files: Files, env: NodeJS.ProcessEnv, expected: readonly string[]]>([
  ["nothing says so", {}, {}, ["https://registry.npmjs.org/"]],
  [
    "the project counts more than the user, and the user more than everybody",
    {
      "package.json": "{}",
      ".npmrc": "@acme:registry=http://project/",
      "user.npmrc": "@acme:registry=http://user/\nregistry=http://user",
      "global.npmrc": "registry=http://all/\n@all:registry=http://all/",
    },
    {},
    ["http://user/", "@all http://all/", "@acme http://project/"],
  ],
  [
    "the environment counts most",
    { ".npmrc": "registry=http://project/" },
    { npm_config_registry: "http://variable/" },
    ["http://variable/"],
  ],
  [
    "in a workspace its root's settings count, and the package's don't",
    { ...WORKSPACE, ".npmrc": "registry=http://root/", "packages/app/.npmrc": "registry=http://app/" },
    {},
    ["http://root/"],
  ],
  [
    "what is said of a folder above the registry is sent to it",
    { ".npmrc": "registry=https://host/npm/team/\n@acme:registry=https://other/\n//host/npm/:_authToken=${TOKEN}" },
    { TOKEN: "t" },
    ["https://host/npm/team/ Bearer t", "@acme https://other/"],
  ],
  [
    "a password",
    {
      ".npmrc":
        "registry=https://a/\n//a/:_auth=YWRhOnB3\n@b:registry=https://b/\n//b/:username=ada\n//b/:_password=cHc=\n@c:registry=https://ada:pw@c/npm",
    },
    {},
    ["https://a/ Basic YWRhOnB3", "@b https://b/ Basic YWRhOnB3", "@c https://c/npm/ Basic YWRhOnB3"],
  ],
  [
    "with pnpm, its own settings count more, by scope",
    {
      "package.json": "{}",
      "pnpm-lock.yaml": "",
      ".npmrc": "registry=http://npmrc/\n@kept:registry=http://npmrc/\n//yaml/:_authToken=t",
      "pnpm-workspace.yaml": 'registries: { default: "http://yaml/", "@acme": "http://yaml/acme", "@x": "http://${TOKEN}/" }',
    },
    { TOKEN: "t" },
    ["http://yaml/ Bearer t", "@kept http://npmrc/", "@acme http://yaml/acme/ Bearer t"],
  ],
  [
    "or by URL",
    {
      "package.json": "{}",
      "pnpm-lock.yaml": "",
      "pnpm-workspace.yaml":
        'registries:\n  http://main/: { scopes: ["@"] }\n  http://own/: { scopes: ["@acme", "@tools"] }\n  http://other/: { prefix: x }\n',
    },
    {},
    ["http://main/", "@acme http://own/", "@tools http://own/"],
  ],
  [
    "with Yarn, its files count, the nearest first, and npm's don't",
    {
      ...WORKSPACE,
      "yarn.lock": "__metadata:\n",
      ".npmrc": "registry=http://npmrc/\n@x:registry=http://npmrc/",
      ".yarnrc.yml": [
        "npmRegistryServer: http://root",
        "npmScopes: { acme: { npmRegistryServer: http://acme, npmAuthToken: '${TOKEN-none}' }, near: { npmRegistryServer: http://far } }",
        "npmRegistries: { '//near': { npmAuthIdent: 'ada:pw' } }",
      ].join("\n"),
      "packages/app/.yarnrc.yml": "npmAuthToken: mine\nnpmScopes: { near: { npmRegistryServer: http://near } }",
    },
    {},
    ["http://root/ Bearer mine", "@near http://near/ Basic YWRhOnB3", "@acme http://acme/ Bearer none"],
  ],
  [
    "with Yarn that has nothing to say",
    { "package.json": "{}", "yarn.lock": "", "user.npmrc": "registry=http://npmrc/" },
    {},
    ["https://registry.yarnpkg.com/"],
  ],
  [
    "Yarn 1 reads npm's",
    { "package.json": '{ "packageManager": "yarn@1.22.0" }', ".npmrc": "registry=http://npmrc/" },
    {},
    ["http://npmrc/"],
  ],
])("%s", async (_, files, env, expected) => {
  expect(lines(await registriesIn(files, env))).toEqual(expected);
});

it.each([
  ["proxy=proxy.corp:3128", "proxy.corp:3128"],
  ["https-proxy=socks5://127.0.0.1:1080", "socks5://127.0.0.1:1080"],
  ["proxy=ada:secret@corp:3128", "***@corp:3128"],
])("a proxy that is none is said, and no password: %s", async (npmrc, shown) => {
  const registries = await registriesIn({ ".npmrc": npmrc });
  expect(() => registries.applyToFetch()).toThrow(
    expect.objectContaining({
      code: "bad_proxy",
      message: `The registry can't be reached through the proxy "${shown}".`,
      hint: "A proxy is the URL of one for HTTP, such as http://127.0.0.1:3128. Where npm gets it from: npm config list",
      exitCode: 2,
    }),
  );
});
