import { intro, select } from "@clack/prompts";
import { componentType } from "@zen/core/light";
import { answersFrom, EXAMPLE, flavorOf, LICENCES, TYPES, type Wishes } from "./answers.ts";
import { answer, askText, output } from "./scaffold/asking.ts";
import { assertNewFolder } from "./scaffold/new-folder.ts";
import { assertPackageName, folderOf } from "./scaffold/package-name.ts";

/** Asks on standard error for what wasn't said. @throws ZenError `interrupted` */
export async function asked(wishes: Wishes): Promise<Wishes> {
  // What was said is refused before anything is asked.
  answersFrom({ ...wishes, name: wishes.name ?? "any", flavor: wishes.flavor ?? "any" });
  if (wishes.name !== undefined) assertNewFolder(folderOf(wishes.name));
  intro("A package with a flavor of your own", { output });
  const name = wishes.name ?? (await askText("What is it called? (such as my-store)", { check: assertFree }));
  const type =
    wishes.type ??
    answer(
      await select({
        message: "What does it implement?",
        options: TYPES.map((value) => ({ value, label: componentType(value).label, hint: componentType(value).description })),
        initialValue: "artifact_store",
        output,
      }),
    );
  const flavor =
    wishes.flavor ??
    (await askText("The flavor's name, after --flavor=", {
      preset: flavorOf(name),
      check: (value) => void answersFrom({ name, type, flavor: value }),
    }));
  const description =
    wishes.description ?? (await askText("What is it, in a line?", { preset: answersFrom({ name, type, flavor }).description }));
  const license =
    wishes.license ??
    answer(await select({ message: "Under which licence?", options: LICENCES.map((value) => ({ value, label: value })), output }));
  return { name, type, flavor, description, license };
}

function assertFree(name: string): void {
  assertPackageName(name, EXAMPLE);
  assertNewFolder(folderOf(name));
}
