/** A command line to type, made of its words: only what a shell would take apart is quoted. */
export function commandLine(
  command: string,
  words: string | readonly string[],
  options: Readonly<Record<string, string | boolean | undefined>> = {},
): string {
  const flags = Object.entries(options).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : value === true ? [`--${name}`] : [`--${name}`, quoted(value)],
  );
  return [command, ...[words].flat().map(quoted), ...flags].join(" ");
}

function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
