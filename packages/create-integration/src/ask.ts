import { intro, select } from "@clack/prompts";
import { componentType } from "@zen/core/light";
import { answersFrom, EXAMPLE, LICENCES, TYPES, type Wishes } from "./answers.ts";
import { answer, askText, output } from "./scaffold/asking.ts";
import { assertPackageName } from "./scaffold/package-name.ts";

/** Asks on standard error for what wasn't said. @throws ZenError `interrupted` */
export async function asked(wishes: Wishes): Promise<Wishes> {
  intro("A package with a flavor of your own", { output });
  const name =
    wishes.name ?? (await askText("What is it called?", { placeholder: "my-store", check: (value) => assertPackageName(value, EXAMPLE) }));
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
  const preset = answersFrom({ ...wishes, name, type });
  const flavor =
    wishes.flavor ??
    (await askText("The flavor's name, after --flavor=", {
      initialValue: preset.flavor,
      check: (value) => void answersFrom({ name, type, flavor: value }),
    }));
  const description =
    wishes.description ?? (await askText("What is it, in a line?", { initialValue: answersFrom({ name, type, flavor }).description }));
  const license =
    wishes.license ??
    answer(await select({ message: "Under which licence?", options: LICENCES.map((value) => ({ value, label: value })), output }));
  return { name, type, flavor, description, license };
}
