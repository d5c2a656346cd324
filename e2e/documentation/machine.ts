import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TestContext } from "vitest";
import { commandEnv, ended, zenBin, type Ended } from "../src/project.ts";
import { onTerminal } from "../src/terminal.ts";

/** What a command printed, both streams as a terminal shows them. */
export interface Ran {
  readonly output: string;
  readonly code: number;
  /** The folder that it ran in. */
  readonly folder: string;
}

/**
 * The machine of the document's reader: Stefan's, who has a home and a folder /tmp, and has installed zen. Its folders are
 * below a temporary one, and named in commands and outputs as the document names them.
 */
export class Machine {
  readonly root = realpathSync(mkdtempSync(path.join(tmpdir(), "zen-machine-")));
  readonly #command: "zen" | "zenml";

  /**
   * @param command what he types where the document has `zenml`
   * @param remove is told what to do when the machine isn't needed any more
   */
  constructor(command: "zen" | "zenml", remove: (callback: () => void) => void) {
    this.#command = command;
    remove(() => rmSync(this.root, { recursive: true, force: true }));
    for (const folder of ["/home/stefan", "/tmp/zenml", "/bin"]) mkdirSync(this.path(folder), { recursive: true });
    for (const name of ["zen", "zenml"]) symlinkSync(zenBin, this.path(`/bin/${name}`));
  }

  /** Where a folder or file of the machine really is. */
  path(name: string): string {
    return path.join(this.root, name);
  }

  /** Runs commands in one shell, one after the other. */
  async shell(commands: readonly string[], folder = "/home/stefan"): Promise<readonly Ran[]> {
    const script = commands.map((command) => `${this.#own(command)}\nprintf '\\036%s\\036%s\\036' "$?" "$PWD"\n`).join("");
    const shell = spawn("/bin/sh", ["-c", `exec 2>&1\n${script}`], {
      cwd: this.path(folder),
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const parts = (await ended(shell)).stdout.replaceAll(this.root, "").split("\u001e");
    return commands.map((_, at) => ({
      output: parts[3 * at]!,
      code: Number(parts[3 * at + 1]),
      folder: parts[3 * at + 2]!,
    }));
  }

  /** Runs a command on a terminal, and answers the question that it asks. */
  onTerminal(
    context: TestContext,
    command: string,
    { folder, answer }: { readonly folder: string; readonly answer: string },
  ): Promise<Ended> {
    return onTerminal(context, this.#own(command), { cwd: this.path(folder), env: this.#env, answer });
  }

  get #env(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(ZEN|NODE_|VITEST|XDG_|FORCE_COLOR$)/.test(name));
    const env = commandEnv(Object.fromEntries(inherited));
    return { ...env, HOME: this.path("/home/stefan"), PATH: `${this.path("/bin")}${path.delimiter}${env["PATH"]}` };
  }

  /** As he types it here. */
  #own(command: string): string {
    return command.replace(/^zenml /, `${this.#command} `).replaceAll(/(?<=[\s=])\/(?=tmp\/|path\/)/g, `${this.root}/`);
  }
}
