import { readFileSync } from "node:fs";
import { ZenError } from "@zen/core/light";

const MAX_BYTES = 10_240;

/** `@file` stands for the text in a file, without the line break that every editor puts at its end, `@@text` for `@text`; anything else for itself. */
export function fileOrText(option: string, value: string): string {
  if (value.startsWith("@@")) return value.slice(1);
  if (!value.startsWith("@")) return value;
  const file = value.slice(1);
  if (file === "")
    throw new ZenError("file_not_read", `The option --${option} is "@", which names no file.`, {
      exitCode: 2,
      hint: `Name one: --${option}=@FILE. For the letter itself write --${option}=@@`,
    });
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw new ZenError(
      "file_not_read",
      `The file ${file}, which --${option} names, can't be read: ${(error as Error).message.replace(/^\w+: |, \w+.*$/g, "")}.`,
      {
        exitCode: 2,
        hint: `For a value that begins with @, write it twice: --${option}=@${value}`,
        cause: error,
      },
    );
  }
  if (content.length <= MAX_BYTES) return content.toString("utf8").replace(/\r?\n$/, "");
  throw new ZenError(
    "file_too_large",
    `The file ${file}, which --${option} names, has ${content.length} bytes, and ${MAX_BYTES} are allowed.`,
    { exitCode: 2, hint: "Name a smaller file." },
  );
}
