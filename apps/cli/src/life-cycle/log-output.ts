import { StringDecoder } from "node:string_decoder";
import { write } from "../output/terminal.ts";

/** Where what a log file has goes. */
export interface LogOutput {
  bytes(part: Uint8Array): void;
  /** After the last part. */
  end(): void;
}

/** As it is, for people. */
export const rawOutput: LogOutput = { bytes: (part) => write(1, part), end() {} };

/** For programs: a list of the lines, or, where it has no end, one line of JSON for each. */
export function jsonLines({ endless }: { readonly endless: boolean }): LogOutput {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  let count = 0;
  const line = (text: string): void => {
    if (endless) write(1, `${JSON.stringify({ line: text })}\n`);
    else write(1, `${count === 0 ? "[\n" : ",\n"}  ${JSON.stringify(text)}`);
    count++;
  };
  return {
    bytes(part) {
      const lines = (rest + decoder.write(part)).split(/\r?\n/);
      rest = lines.pop()!;
      lines.forEach(line);
    },
    end() {
      if (rest !== "") line(rest);
      if (!endless) write(1, count === 0 ? "[]\n" : "\n]\n");
    },
  };
}
