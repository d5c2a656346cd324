/** Whether it names a file of a folder, and nothing beyond: no separator of any system, no control character. */
export function isFileName(name: unknown): name is string {
  return (
    typeof name === "string" &&
    name !== "" &&
    name !== "." &&
    name !== ".." &&
    !/[/\\\u0000-\u001f\u007f]/.test(name) &&
    Buffer.byteLength(name) <= 255 &&
    name.isWellFormed()
  );
}
