import { open } from "node:fs/promises";

/** The first `bytes` of a file as text, or undefined if it isn't text in UTF-8. */
export async function startOf(path: string, bytes: number): Promise<string | undefined> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(bytes), position: 0 });
  try {
    // `stream`: a character that the end cuts in two is left out, and no error.
    const text = new TextDecoder("utf-8", { fatal: true }).decode(buffer.subarray(0, bytesRead), { stream: true });
    return text.includes("\0") ? undefined : text;
  } catch {
    return undefined;
  }
}
