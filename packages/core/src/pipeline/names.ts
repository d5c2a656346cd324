import { ZenError } from "../error/zen-error.ts";
import { describeValue } from "./describe-value.ts";

const NAME = /^[A-Za-z0-9_-]+$/;
const LONGEST_ID = 200;

/** Checks the name of a step, a pipeline, a node or an output. `what` completes "can't name". */
export function checkName(name: unknown, what: "a step" | "a pipeline" | "a node" | "an output"): asserts name is string {
  if (typeof name !== "string") throw badName(describeValue(name), what, "a name is a text");
  if (!NAME.test(name)) throw badName(JSON.stringify(name), what, "letters, digits, - and _ only");
  if (name.length > LONGEST_ID)
    throw badName(`"${name.slice(0, 30)}…"`, what, `it has ${name.length} characters, and ${LONGEST_ID} is the most`);
}

function badName(name: string, what: string, why: string): ZenError {
  return new ZenError("bad_name", `${name} can't name ${what}: ${why}.`, {
    exitCode: 2,
    hint: `Take another name, such as "train-model".`,
  });
}

/** The names in use under one prefix. Finding the next free one takes constant time, however many there are. */
export class NodeNames {
  readonly #pipeline: string;
  readonly #prefix: string;
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  /** @param prefix `""`, or the ids of what is around, ending in `/` */
  constructor(pipeline: string, prefix: string) {
    this.#pipeline = pipeline;
    this.#prefix = prefix;
  }

  /** The names under a node of these. */
  within(id: string): NodeNames {
    return new NodeNames(this.#pipeline, `${id}/`);
  }

  /** The id of a new node: of its pinned name, else of `name`, `name-2`, `name-3` … */
  claim(name: string, pinned?: string): string {
    let claimed = pinned ?? name;
    if (pinned !== undefined) {
      if (this.#taken.has(pinned)) throw this.#duplicate(pinned);
    } else if (this.#taken.has(name)) {
      let number = this.#next.get(name) ?? 2;
      while (this.#taken.has(`${name}-${number}`)) number++;
      this.#next.set(name, number + 1);
      claimed = `${name}-${number}`;
    }
    this.#taken.add(claimed);
    const id = this.#prefix + claimed;
    if (id.length <= LONGEST_ID) return id;
    throw new ZenError(
      "bad_name",
      `The node "${id.slice(0, 60)}…" of pipeline "${this.#pipeline}" has an id of ${id.length} characters, and ${LONGEST_ID} is the most.`,
      {
        exitCode: 2,
        hint: `Give it, or what is around it, a shorter name: .with({ as: "…" }).`,
      },
    );
  }

  #duplicate(name: string): ZenError {
    return new ZenError("duplicate_node", `Two nodes of pipeline "${this.#pipeline}" are called "${this.#prefix}${name}".`, {
      exitCode: 2,
      hint: `Give one of them another name: .with({ as: "…" }). Without "as", zen numbers them itself.`,
    });
  }
}
