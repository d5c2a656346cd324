import { exportStack, type ExportNote } from "@zen/core/light";
import type { ImportedPart, OnConflict, PlannedChange, Project, StackPlan } from "@zen/core/host";
import { Option } from "commander";
import type { YesFlags } from "../confirm.ts";
import { openHere } from "../light.ts";
import { notice, printDone } from "../output/answer.ts";
import { count } from "../output/format.ts";
import { printJson } from "../output/json.ts";
import { styled, write, writeLine } from "../output/terminal.ts";
import type { ZenCommand } from "../program.ts";
import { session } from "../session.ts";
import { usageError } from "../usage-error.ts";

interface ProfileFlags {
  readonly profile?: string;
}

/** What `zen stack diff` ends with when something differs. */
const DIFFERS = 3;

/** `zen stack export`, `import`, `apply` and `diff`: stacks as files. */
export function addStackFileCommands(stack: ZenCommand): void {
  addExport(stack);
  addImport(stack);
  addApply(stack);
  addDiff(stack);
}

function addExport(stack: ZenCommand): void {
  stack
    .sub("export", "Write a stack with its components to a file that others can import: no secrets, no paths of this machine")
    .argumentOf("[name]", "the stack (default: the active one)", { kind: "stack" })
    .argumentOf("[file]", "the file, or - for standard output (default: NAME.yaml)", { kind: "path", what: "file" })
    .option("--overwrite", "replace a file that is there")
    .option("--keep-paths", "leave paths outside of zen's own folders as they are: all machines have them")
    .profileOption()
    .examples(
      "zen stack export",
      "zen stack export prod stacks/prod.yaml --overwrite",
      "zen stack export prod - | ssh other zen stack import -",
    )
    .action(
      async (
        given: string | undefined,
        file: string | undefined,
        { overwrite = false, keepPaths = false, profile }: ProfileFlags & { overwrite?: boolean; keepPaths?: boolean },
      ) => {
        const context = await openHere({ profile });
        const { name, text, notes } = await exportStack(context, given ?? (await context.activeStack()).value, { keepPaths });
        const place = file ?? `${name}.yaml`;
        for (const note of notes) notice(sentence(note));
        if (place === "-") return session.json ? printJson({ name, file: null, notes, value: text }) : write(1, text);
        const { writeNewFile } = await import("../write-new-file.ts");
        writeNewFile(place, text, { overwrite });
        printDone([`Exported stack '${name}' to file '${place}'.`], { name, file: place, notes });
      },
    );
}

function sentence({ kind, type, component, field, instead, path }: ExportNote): string {
  const what = `"${field}" of the ${type} "${component}"`;
  switch (kind) {
    case "secret":
      return styled(2, "yellow", `${what} is a secret, and was left out. Whoever imports the stack sets it: export ${instead}=…`);
    case "password":
      return styled(2, "yellow", `The password in ${what} was left out.`);
    case "path":
      return `${what}, ${path}, is a path of this machine: the file has ${instead} (--keep-paths leaves paths as they are).`;
  }
}

function addImport(stack: ZenCommand): void {
  stack
    .sub("import", "Register the stacks of a file, with the components that they need")
    .usage("[NAME] [FILE] [options]")
    .argumentOf("[name]", "the one stack to import, or another name for the file's only stack (default: all stacks of the file)", {
      kind: "path",
      what: "file",
    })
    .argumentOf("[file]", "the file, or - for standard input (default: NAME.yaml)", { kind: "path", what: "file" })
    .addOption(
      new Option("--on-conflict <choice>", "what becomes of a name that is taken otherwise")
        .choices(["fail", "rename", "keep", "replace"])
        .default("fail"),
    )
    .option("-i, --interactive", "ask for another name instead")
    .profileOption()
    .examples("zen stack import prod.yaml", "zen stack import prod", "zen stack import prod team.yaml --on-conflict rename")
    .action(
      async (
        first: string | undefined,
        second: string | undefined,
        { onConflict, interactive = false, profile }: ProfileFlags & { onConflict: OnConflict; interactive?: boolean },
      ) => {
        const path = "zen stack import";
        if (first === undefined) throw usageError("missing_argument", `${path} needs an argument: NAME or FILE.`, path);
        const onlyFile = second === undefined && (first === "-" || /\.ya?ml$/.test(first));
        const name = onlyFile ? undefined : first;
        const ask = interactive ? (await import("../ask-name.ts")).askName() : undefined;
        const files = [onlyFile ? first : (second ?? `${first}.yaml`)];
        const imported = await inProject(profile, (project) => project.importStacks({ files, name, onConflict, ask }));
        const stacks = imported.parts.filter(({ type }) => type === "stack");
        printDone(
          [
            ...imported.parts.map(done),
            ...stacks.filter(({ action }) => action !== "kept").map((part) => `Stack '${part.name}' successfully imported!`),
          ],
          imported,
        );
      },
    );
}

function done({ type, name, from, action }: ImportedPart): string {
  const what = type === "stack" ? `stack with name '${name}'` : `stack component with type '${type}' and name '${name}'`;
  switch (action) {
    case "created":
      return `Registered ${what}${name === from ? "" : ` ('${from}' in the file)`}.`;
    case "updated":
      return `Updated ${what}.`;
    case "reused":
      return `Using the ${what}, which is the same.`;
    case "kept":
      return `Keeping the ${what}, which was there already.`;
  }
}

function addApply(stack: ZenCommand): void {
  stack
    .sub("apply", "Make the profile match files: create and update the stacks and components that they have")
    .argumentOf("<files...>", "files, folders of files, or - for standard input", { kind: "path", what: "file" })
    .option("--prune", "delete what no file has: stacks, and then components")
    .option("--dry-run", "show what would be done, and do nothing")
    .yesOption()
    .profileOption()
    .examples("zen stack apply stacks/", "zen stack apply stacks/*.yaml --dry-run", "zen stack apply stacks/ --prune --yes")
    .action(
      async (
        files: string[],
        { prune = false, dryRun = false, profile, ...answer }: ProfileFlags & YesFlags & { prune?: boolean; dryRun?: boolean },
      ) => {
        const command = `zen stack apply ${files.join(" ")} --prune${profile === undefined ? "" : ` --profile ${profile}`}`;
        const onPlan = async (plan: StackPlan): Promise<boolean> => {
          printPlan(plan);
          if (dryRun) return false;
          if (plan.delete === 0) return true;
          const { confirm } = await import("../confirm.ts");
          return confirm(`This will delete ${deletions(plan)} from the profile '${plan.profile}'.`, answer, command);
        };
        const { plan, applied } = await inProject(profile, (project) => project.applyStacks({ files, prune, onPlan }));
        if (session.json) printJson({ ...plan, applied });
        else if (applied) writeLine(1, `Applied to the profile '${plan.profile}'.`);
      },
    );
}

function addDiff(stack: ZenCommand): void {
  stack
    .sub("diff", "Show how the profile differs from files; exit code 3 when it does")
    .argumentOf("<files...>", "files, folders of files, or - for standard input", { kind: "path", what: "file" })
    .option("--prune", "also what no file has")
    .profileOption()
    .examples("zen stack diff stacks/", "zen stack diff stacks/*.yaml --prune --output json")
    .action(async (files: string[], { prune = false, profile }: ProfileFlags & { prune?: boolean }) => {
      const plan = await inProject(profile, (project) => project.compareStacks({ files, prune }));
      if (session.json) printJson(plan);
      else printPlan(plan);
      if (plan.changes.length > 0) session.exitCode = DIFFERS;
    });
}

async function inProject<Result>(profile: string | undefined, use: (project: Project) => Promise<Result>): Promise<Result> {
  const { withProject } = await import("../project.ts");
  return withProject({ profile }, use);
}

/** A line for each change, and how many there are. */
function printPlan(plan: StackPlan): void {
  for (const { type, name, reason } of plan.unchecked)
    notice(styled(2, "yellow", `The ${type} "${name}" is compared as it is written. ${reason}`));
  if (session.json) return;
  for (const change of plan.changes) writeLine(1, line(change));
  writeLine(
    1,
    plan.changes.length === 0
      ? `Nothing differs: the profile '${plan.profile}' is as the files say.`
      : `${plan.create} to create, ${plan.update} to update, ${plan.delete} to delete`,
  );
}

function line({ action, type, name, flavor, differences }: PlannedChange): string {
  switch (action) {
    case "create":
      return styled(1, "green", `+ ${type} ${name}${flavor === null ? "" : ` (${flavor})`}`);
    case "delete":
      return styled(1, "red", `- ${type} ${name}${flavor === null ? "" : ` (${flavor})`}`);
    case "update": {
      const what = differences.map(({ field, from, to }) => `${field} ${from ?? "(none)"} → ${to ?? "(none)"}`).join(", ");
      return styled(1, "yellow", `~ ${type} ${name}: ${what}`);
    }
  }
}

/** `1 stack and 2 components`. */
function deletions(plan: StackPlan): string {
  const gone = plan.changes.filter(({ action }) => action === "delete");
  const stacks = gone.filter(({ type }) => type === "stack").length;
  const components = gone.length - stacks;
  return [...(stacks > 0 ? [count(stacks, "stack")] : []), ...(components > 0 ? [count(components, "component")] : [])].join(" and ");
}
