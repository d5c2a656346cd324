import { writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contentOf } from "../src/folder-content.ts";
import { onTerminal } from "../src/terminal.ts";
import { Project } from "../src/project.ts";
import { refusalIn } from "../src/refusal.ts";

const FLAVOR = `import { BaseArtifactStore, secretField } from "@zen/core";
import * as z from "zod";
export class Vault extends BaseArtifactStore {
  static FLAVOR = "vault";
  static SUPPORTED_SCHEMES = [""];
  static configSchema = BaseArtifactStore.configSchema.extend({ region: z.string().optional(), token: secretField().optional() });
}
export class Spaced extends Vault {
  static FLAVOR = "my vault";
}
export class Nameless extends Vault {
  static FLAVOR = "";
}
export class Local extends Vault {
  static FLAVOR = "local";
}
export const NoClass = 1;
`;

// One project for all: nothing that is refused may change it.
let project: Project;
beforeAll(async () => {
  project = new Project({ "flavor.ts": FLAVOR }, { remove: afterAll });
  for (const line of [
    "init",
    "artifact-store flavor register ./flavor.ts#Vault",
    "artifact-store register data --flavor=local --path=/data",
    "artifact-store register vault --flavor=vault --path=/vault --region=eu",
    "artifact-store register alone --flavor=local --path=/alone",
    "stack register custom -o default -m default -a data",
    "stack register other -o default -m default -a vault",
    "profile create team",
    "stack set custom",
    "stack set other --global",
  ]) {
    const { code, stderr } = await project.zen(...line.split(" "));
    if (code !== 0) throw new Error(`zen ${line} exited with ${code}:\n${stderr}`);
  }
});

/** What each command says, and that none of them has changed a byte. `''` in a line is an empty word, `_` a space. */
async function refusals(...lines: readonly string[]): Promise<string> {
  const everything = (): object => ({ ...contentOf(project.configFolder), ...contentOf(path.join(project.folder, ".zen")) });
  const before = everything();
  const refused = refusalIn(project);
  const said: string[] = [];
  for (const line of lines) {
    const words = line.split(" ").map((word) => (word === "''" ? "" : word.replaceAll("_", " ")));
    said.push(`$ zen ${line.replace(/x{20,}/, "x…")}\n${(await refused(...words)).replaceAll(/x{20,}/g, "x…")}`);
  }
  expect(everything()).toEqual(before);
  return said.join("");
}

const LONG = "x".repeat(101);

describe("a name that can't be one", () => {
  test("of a stack", async () => {
    const parts = "-o default -m default -a default";
    expect(
      await refusals(
        `stack register '' ${parts}`,
        `stack register ${LONG} ${parts}`,
        `stack register a/b ${parts}`,
        `stack register .. ${parts}`,
        `stack register con ${parts}`,
        `stack register my_stack ${parts}`,
        `stack register a=b ${parts}`,
        `stack register Custom ${parts}`,
        `stack register custom ${parts}`,
      ),
    ).toMatchInlineSnapshot(`
      "$ zen stack register '' -o default -m default -a default
      Error: "" can't be the name of a new stack: it is empty.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack register x… -o default -m default -a default
      Error: "x…" can't be the name of a new stack: it has 101 characters, and 100 are allowed.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack register a/b -o default -m default -a default
      Error: "a/b" can't be the name of a new stack: it contains a path separator.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack register .. -o default -m default -a default
      Error: ".." can't be the name of a new stack: it must begin with a letter or a digit.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack register con -o default -m default -a default
      Error: "con" can't be the name of a new stack: Windows keeps it for a device.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack register my_stack -o default -m default -a default
      Error: "my stack" can't be the name of a new stack: it contains " ".
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack register a=b -o default -m default -a default
      Error: "a=b" can't be the name of a new stack: it contains "=".
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack register Custom -o default -m default -a default
      Error: "Custom" differs from the stack "custom" only in case.
      Choose another name.
      exit code 2
      $ zen stack register custom -o default -m default -a default
      Error: The profile "default" already has the stack "custom".
      Choose another name, or look at it: zen stack describe custom
      exit code 1
      "
    `);
  });

  test("of a stack that is renamed or copied", async () => {
    expect(
      await refusals(
        "stack rename custom ''",
        "stack rename custom a/b",
        "stack rename custom Default",
        "stack rename custom default",
        "stack copy custom ''",
        "stack copy custom ../x",
        "stack copy custom CUSTOM",
        "stack copy custom custom",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen stack rename custom ''
      Error: "" can't be the name of a new stack: it is empty.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack rename custom a/b
      Error: "a/b" can't be the name of a new stack: it contains a path separator.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack rename custom Default
      Error: "Default" differs from the stack "default" only in case.
      Choose another name.
      exit code 2
      $ zen stack rename custom default
      Error: The profile "default" already has the stack "default".
      Choose another name, or look at it: zen stack describe default
      exit code 1
      $ zen stack copy custom ''
      Error: "" can't be the name of a new stack: it is empty.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack copy custom ../x
      Error: "../x" can't be the name of a new stack: it contains a path separator.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen stack copy custom CUSTOM
      Error: "CUSTOM" differs from the stack "custom" only in case.
      Choose another name.
      exit code 2
      $ zen stack copy custom custom
      Error: The profile "default" already has the stack "custom".
      Choose another name, or look at it: zen stack describe custom
      exit code 1
      "
    `);
  });

  test("of a component", async () => {
    expect(
      await refusals(
        "artifact-store register '' --flavor=local --path=/x",
        "artifact-store register a\\b --flavor=local --path=/x",
        "artifact-store register Data --flavor=local --path=/x",
        `artifact-store register ${LONG} --flavor=local --path=/x`,
        "artifact-store rename data ''",
        "artifact-store rename data nul",
        "artifact-store rename data Default",
        "artifact-store rename data default",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen artifact-store register '' --flavor=local --path=/x
      Error: "" can't be the name of a new artifact store: it is empty.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen artifact-store register a\\b --flavor=local --path=/x
      Error: "a\\\\b" can't be the name of a new artifact store: it contains a path separator.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen artifact-store register Data --flavor=local --path=/x
      Error: "Data" differs from the artifact store "data" only in case.
      Choose another name.
      exit code 2
      $ zen artifact-store register x… --flavor=local --path=/x
      Error: "x…" can't be the name of a new artifact store: it has 101 characters, and 100 are allowed.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen artifact-store rename data ''
      Running with active stack: 'custom'
      Error: "" can't be the name of a new artifact store: it is empty.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen artifact-store rename data nul
      Running with active stack: 'custom'
      Error: "nul" can't be the name of a new artifact store: Windows keeps it for a device.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen artifact-store rename data Default
      Running with active stack: 'custom'
      Error: "Default" differs from the artifact store "default" only in case.
      Choose another name.
      exit code 2
      $ zen artifact-store rename data default
      Running with active stack: 'custom'
      Error: The profile "default" already has the artifact store "default".
      Choose another name, or look at it: zen artifact-store describe default
      exit code 1
      "
    `);
  });

  test("of a profile", async () => {
    expect(
      await refusals(
        "profile create ''",
        "profile create a/b",
        `profile create ${LONG}`,
        "profile create Team",
        "profile create team",
        "profile rename team ''",
        "profile rename team ..",
        "profile rename team DEFAULT",
        "profile rename team default",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen profile create ''
      Error: "" can't be the name of a new profile: it is empty.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen profile create a/b
      Error: "a/b" can't be the name of a new profile: it contains a path separator.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen profile create x…
      Error: "x…" can't be the name of a new profile: it has 101 characters, and 100 are allowed.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen profile create Team
      Error: "Team" differs from the profile "team" only in case.
      Choose another name.
      exit code 2
      $ zen profile create team
      Error: Profile 'team' already exists.
      Choose another name, or work with it: zen profile set team
      exit code 1
      $ zen profile rename team ''
      Error: "" can't be the name of a new profile: it is empty.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen profile rename team ..
      Error: ".." can't be the name of a new profile: it must begin with a letter or a digit.
      A name is made of the letters a to z and A to Z, digits, -, _ and ., and has at most 100 characters.
      exit code 2
      $ zen profile rename team DEFAULT
      Error: "DEFAULT" differs from the profile "default" only in case.
      Choose another name.
      exit code 2
      $ zen profile rename team default
      Error: Profile 'default' already exists.
      Choose another name. See all: zen profile list
      exit code 1
      "
    `);
  });

  test("of a flavor, or a source that has none", async () => {
    expect(
      await refusals(
        "artifact-store flavor register ./flavor.ts#Nameless",
        "artifact-store flavor register ./flavor.ts#Spaced",
        "artifact-store flavor register ./flavor.ts#Local",
        "artifact-store flavor register ./flavor.ts#Vault",
        "artifact-store flavor register ./flavor.ts#Valt",
        "artifact-store flavor register ./flavor.ts#NoClass",
        "artifact-store flavor register ./flavr.ts#Vault",
        "artifact-store flavor register ./flavor.ts",
        "artifact-store flavor register flavr.Vault",
        "artifact-store flavor register ''",
        "orchestrator flavor register ./flavor.ts#Vault",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen artifact-store flavor register ./flavor.ts#Nameless
      Error: The class Nameless is not a flavor: it has no FLAVOR.
      Add to the class: static override readonly FLAVOR = "my-flavor";
      exit code 1
      $ zen artifact-store flavor register ./flavor.ts#Spaced
      Error: The class Spaced has the FLAVOR "my vault", which is no name of letters, digits, -, _ and ..
      Give it another one.
      exit code 2
      $ zen artifact-store flavor register ./flavor.ts#Local
      Error: The flavor 'local' for the stack component type 'artifact_store' already exists: the package @zen/integration-local has it.
      Give the class another FLAVOR.
      exit code 1
      $ zen artifact-store flavor register ./flavor.ts#Vault
      Error: The flavor 'vault' for the stack component type 'artifact_store' already exists: ./flavor.ts#Vault in PROJECT.
      To replace it, delete it first: zen artifact-store flavor delete vault
      exit code 1
      $ zen artifact-store flavor register ./flavor.ts#Valt
      Error: flavor.ts exports no class "Valt". Did you mean "Vault"?
      It exports: Local, Nameless, Spaced, Vault.
      exit code 2
      $ zen artifact-store flavor register ./flavor.ts#NoClass
      Error: flavor.ts exports no class "NoClass".
      It exports: Local, Nameless, Spaced, Vault.
      exit code 2
      $ zen artifact-store flavor register ./flavr.ts#Vault
      Error: This can't be registered as a flavor: there is no file ./flavr.ts. Did you mean "flavor.ts"?
      Check the path: it is relative to the working directory.
      exit code 2
      $ zen artifact-store flavor register ./flavor.ts
      Error: This can't be registered as a flavor: "./flavor.ts" names no class.
      Add it: ./flavor.ts#MyStore
      exit code 2
      $ zen artifact-store flavor register flavr.Vault
      Error: This can't be registered as a flavor: "flavr.Vault" means the class Vault in flavr.ts, and PROJECT has no such file. Did you mean "flavor.ts"?
      Name the file and the class: ./src/stores.ts#MyStore
      exit code 2
      $ zen artifact-store flavor register ''
      Error: This can't be registered as a flavor: "" is not the name of a class in a module.
      Name the file and the class: ./src/stores.ts#MyStore
      exit code 2
      $ zen orchestrator flavor register ./flavor.ts#Vault
      Error: The class Vault is a flavor of artifact store, not of orchestrator.
      Register it as that: zen artifact-store flavor register ./flavor.ts#Vault
      exit code 2
      "
    `);
  });
});

describe("a name that nothing has", () => {
  test("of a stack", async () => {
    expect(
      await refusals(
        "stack describe custm",
        "stack set custm",
        "stack update custm -a data",
        "stack remove-component custm --alerter",
        "stack rename custm x",
        "stack copy custm x",
        "stack delete custm --yes",
        "stack export custm",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen stack describe custm
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      $ zen stack set custm
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      $ zen stack update custm -a data
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      $ zen stack remove-component custm --alerter
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      $ zen stack rename custm x
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      $ zen stack copy custm x
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      $ zen stack delete custm --yes
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      $ zen stack export custm
      Error: There is no stack "custm" in the profile "default". Did you mean "custom"?
      See all stacks: zen stack list
      exit code 2
      "
    `);
  });

  test("of a component", async () => {
    expect(
      await refusals(
        "artifact-store describe dta",
        "artifact-store update dta --path=/x",
        "artifact-store remove-attribute dta --region",
        "artifact-store rename dta x",
        "artifact-store delete dta",
        "artifact-store up dta",
        "artifact-store down dta --yes",
        "stack register x -o default -m default -a dta",
        "stack update custom -a dta",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen artifact-store describe dta
      Running with active stack: 'custom'
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen artifact-store update dta --path=/x
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen artifact-store remove-attribute dta --region
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen artifact-store rename dta x
      Running with active stack: 'custom'
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen artifact-store delete dta
      Running with active stack: 'custom'
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen artifact-store up dta
      Running with active stack: 'custom'
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen artifact-store down dta --yes
      Running with active stack: 'custom'
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen stack register x -o default -m default -a dta
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      $ zen stack update custom -a dta
      Error: There is no artifact store "dta" in the profile "default". Did you mean "data"?
      See all: zen artifact-store list
      exit code 2
      "
    `);
  });

  test("of a profile, or a flavor", async () => {
    expect(
      await refusals(
        "profile describe taem",
        "profile set taem",
        "profile rename taem x",
        "profile delete taem --yes",
        "stack list --profile taem",
        "artifact-store flavor describe valt",
        "artifact-store flavor delete valt",
        "artifact-store flavor delete local",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen profile describe taem
      Error: Profile 'taem' does not exist. Did you mean "team"?
      The profiles are: default, team.
      exit code 2
      $ zen profile set taem
      Error: Profile 'taem' does not exist. Did you mean "team"?
      The profiles are: default, team.
      exit code 2
      $ zen profile rename taem x
      Error: Profile 'taem' does not exist. Did you mean "team"?
      The profiles are: default, team.
      exit code 2
      $ zen profile delete taem --yes
      Error: Profile 'taem' does not exist. Did you mean "team"?
      The profiles are: default, team.
      exit code 2
      $ zen stack list --profile taem
      Error: --profile names the profile "taem", which does not exist. Did you mean "team"?
      The profiles are: default, team.
      exit code 2
      $ zen artifact-store flavor describe valt
      Error: There is no artifact store flavor "valt" among the installed packages. Did you mean "vault"?
      See all: zen artifact-store flavor list
      exit code 2
      $ zen artifact-store flavor delete valt
      Error: There is no artifact store flavor "valt" that was registered in the profile "default". Did you mean "vault"?
      These were: vault.
      exit code 2
      $ zen artifact-store flavor delete local
      Error: The artifact store flavor "local" comes from the package @zen/integration-local, and was not registered from your own code.
      It goes with its package: npm uninstall @zen/integration-local
      exit code 2
      "
    `);
  });
});

describe("a setting that can't be", () => {
  test("unknown, mandatory, or the component's own", async () => {
    expect(
      await refusals(
        "artifact-store register x --flavor=vault --path=/x --regoin=eu",
        "artifact-store register x --flavor=vault --path=/x --region=a --region=b",
        "artifact-store register x --flavor=vault --path",
        "artifact-store register x y --flavor=vault --path=/x",
        "artifact-store register --flavor=vault --path=/x",
        "artifact-store update vault --regoin=eu",
        "artifact-store update vault --uuid=1",
        "artifact-store update vault --name=x",
        "artifact-store update vault",
        "artifact-store update vault --path=relative://x",
        "artifact-store remove-attribute vault --path",
        "artifact-store remove-attribute vault --uuid",
        "artifact-store remove-attribute vault --regoin",
        "artifact-store remove-attribute vault --region=eu",
        "artifact-store remove-attribute vault",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen artifact-store register x --flavor=vault --path=/x --regoin=eu
      Error: The artifact store flavor "vault" has no option "regoin". Did you mean "region"?
      Its options are: --path, --region, --token
      exit code 2
      $ zen artifact-store register x --flavor=vault --path=/x --region=a --region=b
      Error: The option --region is given twice.
      See: zen artifact-store register --help
      exit code 2
      $ zen artifact-store register x --flavor=vault --path
      Error: The option --path needs a value: --path=value.
      See: zen artifact-store register --help
      exit code 2
      $ zen artifact-store register x y --flavor=vault --path=/x
      Error: zen artifact-store register takes one NAME, and there is more: y.
      See: zen artifact-store register --help
      exit code 2
      $ zen artifact-store register --flavor=vault --path=/x
      Error: zen artifact-store register needs an argument: NAME.
      See: zen artifact-store register --help
      exit code 2
      $ zen artifact-store update vault --regoin=eu
      Error: The artifact store "vault" (flavor vault) has no option "regoin". Did you mean "region"?
      Its options are: --path, --region, --token
      exit code 2
      $ zen artifact-store update vault --uuid=1
      Error: Cannot update mandatory property 'uuid' of 'vault' artifact store.
      It identifies the component for as long as that exists.
      exit code 2
      $ zen artifact-store update vault --name=x
      Error: Cannot update mandatory property 'name' of 'vault' artifact store.
      To rename it: zen artifact-store rename vault NEW_NAME
      exit code 2
      $ zen artifact-store update vault
      Error: Say what to change: zen artifact-store update NAME --setting=value.
      See: zen artifact-store update --help
      exit code 2
      $ zen artifact-store update vault --path=relative://x
      Error: The artifact store "vault" (flavor vault) can't use the path "relative://x": it takes a path without a scheme.
      Another flavor may serve relative://: zen artifact-store flavor list
      exit code 2
      $ zen artifact-store remove-attribute vault --path
      Error: Cannot remove mandatory attribute 'path' of 'vault' artifact store.
      Give it another value instead: zen artifact-store update vault --path=…
      exit code 2
      $ zen artifact-store remove-attribute vault --uuid
      Error: Cannot remove mandatory attribute 'uuid' of 'vault' artifact store.
      It identifies the component.
      exit code 2
      $ zen artifact-store remove-attribute vault --regoin
      Error: The artifact store "vault" (flavor vault) has no attribute "regoin". Did you mean "region"?
      These can be removed: region, token.
      exit code 2
      $ zen artifact-store remove-attribute vault --region=eu
      Error: zen artifact-store remove-attribute takes names of settings only: --region.
      See: zen artifact-store remove-attribute --help
      exit code 2
      $ zen artifact-store remove-attribute vault
      Error: Say what to take away: zen artifact-store remove-attribute NAME --setting.
      See: zen artifact-store remove-attribute --help
      exit code 2
      "
    `);
  });

  test("a secret as it is", async () => {
    const said = await refusals(
      "artifact-store register x --flavor=vault --path=/x --token=hunter2",
      "artifact-store update vault --token=hunter2",
      "artifact-store update vault --token={{env.}}",
    );
    expect(said.replaceAll("--token=hunter2", "")).not.toContain("hunter2");
    expect(said).toMatchInlineSnapshot(`
      "$ zen artifact-store register x --flavor=vault --path=/x --token=hunter2
      Error: "token" of the artifact store "x" is a secret, and zen does not write secrets into files.
      Put it into the environment (export TOKEN=…) and refer to it: --token='{{env.TOKEN}}'
      exit code 2
      $ zen artifact-store update vault --token=hunter2
      Error: "token" of the artifact store "vault" is a secret, and zen does not write secrets into files.
      Put it into the environment (export TOKEN=…) and refer to it: --token='{{env.TOKEN}}'
      exit code 2
      $ zen artifact-store update vault --token={{env.}}
      Error: "token" of the artifact store "vault" is a secret, and zen does not write secrets into files.
      Put it into the environment (export TOKEN=…) and refer to it: --token='{{env.TOKEN}}'
      exit code 2
      "
    `);
  });

  test("a file that can't be read, or is too large", async () => {
    writeFileSync(path.join(project.folder, "large.txt"), "x".repeat(10_241));
    expect(
      await refusals(
        "artifact-store update vault --region=@missing.txt",
        "artifact-store update vault --region=@large.txt",
        "artifact-store update vault --region=@",
        "artifact-store register x --flavor=vault --path=@.",
      ),
    ).toMatchInlineSnapshot(`
      "$ zen artifact-store update vault --region=@missing.txt
      Error: The file missing.txt, which --region names, can't be read: no such file or directory.
      For a value that begins with @, write it twice: --region=@@missing.txt
      exit code 2
      $ zen artifact-store update vault --region=@large.txt
      Error: The file large.txt, which --region names, has 10241 bytes, and 10240 are allowed.
      Name a smaller file.
      exit code 2
      $ zen artifact-store update vault --region=@
      Error: The option --region is "@", which names no file.
      Name one: --region=@FILE. For the letter itself write --region=@@
      exit code 2
      $ zen artifact-store register x --flavor=vault --path=@.
      Error: The file ., which --path names, can't be read: illegal operation on a directory.
      For a value that begins with @, write it twice: --path=@@.
      exit code 2
      "
    `);
  });
});

test("what is in use, or active, is not deleted", async () => {
  expect(
    await refusals(
      "artifact-store delete data",
      "artifact-store delete default",
      "artifact-store flavor delete vault",
      "stack delete custom --yes",
      "stack delete other --yes",
      "stack delete custom --recursive --yes",
      "profile delete default --yes",
      "stack remove-component custom -a",
      "stack remove-component custom --alerter",
    ),
  ).toMatchInlineSnapshot(`
    "$ zen artifact-store delete data
    Running with active stack: 'custom'
    Error: The artifact store "data" is part of the stack "custom".
    Give that stack another artifact store, or delete it first.
    exit code 1
    $ zen artifact-store delete default
    Running with active stack: 'custom'
    Error: The artifact store "default" is part of the stack "default".
    Give that stack another artifact store, or delete it first.
    exit code 1
    $ zen artifact-store flavor delete vault
    Error: The artifact store flavor "vault" is that of the artifact store "vault".
    Delete it first: zen artifact-store delete vault
    exit code 1
    $ zen stack delete custom --yes
    Error: Stack 'custom' cannot be deleted while it is active.
    Choose another active stack first: zen stack set NAME
    exit code 1
    $ zen stack delete other --yes
    Error: Stack 'other' cannot be deleted while it is the active stack of the profile "default".
    Choose another active stack first: zen stack set --global NAME
    exit code 1
    $ zen stack delete custom --recursive --yes
    Error: Stack 'custom' cannot be deleted while it is active.
    Choose another active stack first: zen stack set NAME
    exit code 1
    $ zen profile delete default --yes
    Error: Profile 'default' cannot be deleted because it is globally active.
    Choose another active profile first: zen profile set --global PROFILE
    exit code 1
    $ zen stack remove-component custom -a
    Error: A stack can't be without its artifact store.
    Give it another one instead: zen stack update
    exit code 2
    $ zen stack remove-component custom --alerter
    Error: The stack "custom" has no alerter.
    Look at it: zen stack describe custom
    exit code 1
    "
  `);
});

test("stores of other kinds are refused", async () => {
  expect(
    await refusals(
      "profile create x --store-type sql",
      "profile create x -t rest --url http://localhost:8000",
      "profile create x --store-type nfs",
      "profile create x --url s3://bucket",
    ),
  ).toMatchInlineSnapshot(`
    "$ zen profile create x --store-type sql
    Error: Profiles with a store of type sql come with shared stores, which this version of zen doesn't have yet.
    Make a local one, and share its stacks as files: zen stack export, zen stack apply
    exit code 1
    $ zen profile create x -t rest --url http://localhost:8000
    Error: Profiles with a store of type rest come with shared stores, which this version of zen doesn't have yet.
    Make a local one, and share its stacks as files: zen stack export, zen stack apply
    exit code 1
    $ zen profile create x --store-type nfs
    Error: "nfs" is no value for --store-type. Allowed choices are local, sql, rest.
    See: zen profile create --help
    exit code 2
    $ zen profile create x --url s3://bucket
    Error: A local store is a folder, and "s3://bucket" is none.
    Write a path, or file:// and an absolute path.
    exit code 2
    "
  `);
});

describe("what can't be undone", () => {
  const everything = (): object => ({ ...contentOf(project.configFolder), ...contentOf(path.join(project.folder, ".zen")) });

  test.each([
    ["stack delete default", "This will delete stack 'default' from the profile 'default'."],
    ["stack delete default --recursive", "This will delete stack 'default' and its components from the profile 'default'."],
    ["profile delete team", "This will delete the profile 'team' with its stacks and components."],
  ])("is not done where nobody can be asked: %s", async (line, consequence) => {
    const before = everything();
    const person = await project.zen(...line.split(" "));
    expect(person).toMatchObject({ code: 2, stdout: "" });
    expect(person.stderr).toContain(
      `Error: ${consequence} That has to be confirmed, and there is no terminal to ask on.\nIf you are sure: zen ${line} --yes\n`,
    );
    const program = await project.zen(...line.split(" "), "--output", "json");
    expect(program).toMatchObject({ code: 2, stdout: "" });
    expect(JSON.parse(program.stderr)).toEqual({
      error: {
        code: "confirmation_needed",
        message: `${consequence} That has to be confirmed, and --output json leaves no room for a question.`,
        hint: `If you are sure: zen ${line} --yes`,
      },
    });
    expect(everything()).toEqual(before);
  });

  test.for([
    ["no", "no\r", 0, "Nothing was changed."],
    ["what begins like a yes", "yesterday\r", 0, "Nothing was changed."],
    ["Ctrl-C", "\u0003", 130, "Interrupted. Nothing was changed."],
  ] as const)("is not done after %s", async ([, answer, code, said], context) => {
    const before = everything();
    for (const line of ["stack delete default --recursive", "profile delete team"]) {
      const command = `${process.execPath} ${project.zenBin} ${line}`;
      const ended = await onTerminal(context, command, { cwd: project.folder, env: project.env, answer });
      expect(ended.stdout).toContain(said);
      expect(ended.code).toBe(code);
    }
    expect(everything()).toEqual(before);
  });
});

test("values with =, spaces, line ends, @ and other letters are kept as they are", async () => {
  const values = [
    "a=b=c",
    "two words",
    " x ",
    "two\nlines\n",
    "@@at",
    "{}",
    "null",
    "1e3",
    "é🚀",
    "-1",
    "--x",
    "a: b # c",
    "'",
    '"',
    "\\n",
  ];
  for (const value of values) {
    const { code, stderr } = await project.zen("artifact-store", "update", "vault", `--region=${value}`);
    expect(code, stderr).toBe(0);
    const { config } = await project.json<{ config: { region: string } }>("artifact-store", "describe", "vault");
    expect(config.region).toBe(value.replace(/^@@/, "@"));
  }
  project.write({ "value.txt": "of a\nfile\n" });
  expect(await project.zen("artifact-store", "update", "vault", "--region", "@value.txt")).toMatchObject({ code: 0 });
  expect(await project.json("artifact-store", "describe", "vault")).toMatchObject({ config: { region: "of a\nfile" } });
});
