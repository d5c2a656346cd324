import { cancel, intro, isCancel, select, text } from "@clack/prompts";
import { componentType, isZenError, ZenError } from "@zen/core/light";
import { answersFrom, assertName, LICENCES, TYPES, type Wishes } from "./answers.ts";

/** Asks on standard error for what wasn't said. @throws ZenError `interrupted` */
export async function asked(wishes: Wishes): Promise<Wishes> {
  const output = process.stderr;
  intro("A package with a flavor of your own", { output });
  const name =
    wishes.name ??
    answer(
      await text({
        message: "What is it called?",
        placeholder: "my-store",
        validate: (value) => complaint(() => assertName(value ?? "")),
        output,
      }),
    );
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
    answer(
      await text({
        message: "The flavor's name, after --flavor=",
        initialValue: preset.flavor,
        validate: (value) => complaint(() => answersFrom({ name, type, flavor: value ?? "" })),
        output,
      }),
    );
  const description =
    wishes.description ??
    answer(await text({ message: "What is it, in a line?", initialValue: answersFrom({ name, type, flavor }).description, output }));
  const license =
    wishes.license ??
    answer(await select({ message: "Under which licence?", options: LICENCES.map((value) => ({ value, label: value })), output }));
  return { name, type, flavor, description, license };
}

function answer<Value>(given: Value): Exclude<Value, symbol> {
  if (!isCancel(given)) return given as Exclude<Value, symbol>;
  cancel("Nothing was written.", { output: process.stderr });
  throw new ZenError("interrupted", "Interrupted. Nothing was written.", { exitCode: 130 });
}

function complaint(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!isZenError(error)) throw error;
    return error.message;
  }
}
