import { createRequire } from "node:module";
import { isatty } from "node:tty";
import { pathToFileURL } from "node:url";
import { notice, printDone } from "../output/answer.ts";
import { styled } from "../output/terminal.ts";
import { session } from "../session.ts";

export interface CreateFlags {
  readonly type?: string;
  readonly flavor?: string;
  readonly description?: string;
  readonly license?: string;
  readonly yes?: boolean;
}

/** `zen integration create`: what `npm create @zen/integration` does. */
export async function createPackage(name: string | undefined, { yes = false, ...wishes }: CreateFlags): Promise<void> {
  // A package of its own, with templates beside its code: nothing to bundle.
  const file = createRequire(`${__dirname}/_`).resolve("@zen/create-integration");
  const { createIntegration } = (await import(pathToFileURL(file).href)) as typeof import("@zen/create-integration");
  const interactive = !yes && !session.json && isatty(0) && isatty(2);
  const created = await createIntegration({ ...wishes, name }, { interactive });
  if (created.warning !== undefined) notice(styled(2, "yellow", created.warning));
  printDone([`Made ${created.package} in ${created.folder}. Next:`, ...created.next.map((command) => `  ${command}`)], created);
}
