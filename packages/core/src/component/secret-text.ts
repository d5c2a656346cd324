import { inspect } from "node:util";
import { ZenError } from "../error/zen-error.ts";

const REFERENCE = /^\{\{\s*([A-Za-z0-9_-]+)\.([A-Za-z0-9_.-]+)\s*\}\}$/;

/** What is shown in place of a secret, everywhere. */
export const MASK = "********";

/**
 * The value of a `secretField()`: a reference (`{{env.NAME}}`) or, in memory only, a literal. It never prints itself;
 * {@link SecretText.resolve} gives the secret at the moment of use.
 */
export class SecretText {
  /** @internal string-keyed brand, so that two copies of core agree */
  readonly "~zen" = { kind: "secret_text", contract: 1 } as const;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The reference as it was written, or undefined for a literal. Safe to store and to print. */
  get reference(): string | undefined {
    return REFERENCE.test(this.#text) ? this.#text : undefined;
  }

  /**
   * The secret itself. Keep it in a local variable, pass it on, and let it go.
   *
   * @throws ZenError `secret_not_set` if the environment variable isn't set; `no_secrets_manager` for `{{name.key}}`.
   */
  async resolve(): Promise<string> {
    const match = REFERENCE.exec(this.#text);
    if (!match) return this.#text;
    const [, source, name] = match as unknown as [string, string, string];
    if (source !== "env") {
      throw new ZenError("no_secrets_manager", `The secret ${this.#text} needs a secrets manager, and zen has none yet.`, {
        hint: "Refer to an environment variable instead: {{env.NAME}}.",
      });
    }
    const value = process.env[name];
    if (value === undefined || value === "") {
      throw new ZenError("secret_not_set", `The environment variable ${name}, which ${this.#text} refers to, is not set.`, {
        hint: `Set it before you start zen: export ${name}=…`,
      });
    }
    return value;
  }

  toString(): string {
    return this.reference ?? MASK;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** Whether `value` is a `SecretText` of any copy of core. */
export function isSecretText(value: unknown): value is SecretText {
  return typeof value === "object" && value !== null && (value as { "~zen"?: { kind?: unknown } })["~zen"]?.kind === "secret_text";
}

/** A password within an address, up to the last @: it may hold a / or a #. Digits before a path are a port. */
const PASSWORD = /(:\/\/[^/?#@:\s]*):(?!\d+(?:[/?#]|$))\S*@/g;
/** A token in the place of a user's name. */
const TOKEN = /(https?:\/\/)[^/?#@:\s]+@/g;

/** Text as it may be shown: a password within an address (`mysql://ada:…@host/db`) masked. */
export function maskPassword(text: string): string {
  return text.replace(PASSWORD, `$1:${MASK}@`).replace(TOKEN, `$1${MASK}@`);
}

/** `mysql://ada@host/db` for `mysql://ada:secret@host/db`; undefined for a text that has no password in an address. */
export function withoutPassword(text: string): string | undefined {
  const stripped = text.replace(PASSWORD, "$1@");
  // A name that is left over is a user's.
  const without = stripped === text ? text.replace(TOKEN, "$1") : stripped;
  return without === text ? undefined : without;
}
