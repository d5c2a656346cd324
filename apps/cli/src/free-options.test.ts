import { isZenError } from "@zen/core/light";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseFreeFlags, parseFreeOptions } from "./free-options.ts";

const parse = (...words: string[]): unknown => {
  const { names, values } = parseFreeOptions(words, "zen x register");
  return { names, ...values };
};

describe("parseFreeOptions", () => {
  it("takes --key=value, --key value and values with =", () => {
    expect(parse("mine", "--path=/data", "--uri", "http://h/?a=b", "--query=a=b=c", "--port", "-1", "--empty=")).toEqual({
      names: ["mine"],
      path: "/data",
      uri: "http://h/?a=b",
      query: "a=b=c",
      port: "-1",
      empty: "",
    });
  });

  it("takes the name wherever it stands", () => {
    expect(parse("--path", "/data", "mine")).toEqual({ names: ["mine"], path: "/data" });
  });

  it("spells keys as files do", () => {
    expect(parse("--access-key-id=1", "--secret_key=2")).toEqual({ names: [], access_key_id: "1", secret_key: "2" });
  });

  it("keeps line ends in a value", () => {
    expect(parse("--key=a\nb")).toEqual({ names: [], key: "a\nb" });
  });

  it("refuses an option without a value", () => {
    expect(() => parse("--sync")).toThrow("The option --sync needs a value: --sync=value.");
    expect(() => parse("--sync", "--path=/x")).toThrow("The option --sync needs a value");
  });

  it("refuses the same option twice, however it is spelt", () => {
    expect(() => parse("--a-b=1", "--a_b=2")).toThrow("The option --a_b is given twice.");
  });

  it("refuses what is no option", () => {
    expect(() => parse("-q=1")).toThrow("zen x register has no option -q. A setting of the flavor has the form --name=value.");
    expect(() => parse("--=1")).toThrow("zen x register has no option --.");
  });
});

describe("whatever is typed", () => {
  const key = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,12}$/);
  // Any text of any letters, and what shells and people do to values.
  const value = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "",
      "=",
      "a=b",
      "--",
      "-",
      "-1",
      "@file",
      "@@",
      " two words ",
      "line\nline\n",
      "\r",
      "é🚀",
      "--x",
      "'",
      '"',
      "\\",
      "\u0000",
    ),
  );
  const settings = fc
    .uniqueArray(fc.tuple(key, value, fc.boolean()), { maxLength: 6, selector: ([name]) => name.replaceAll("-", "_") })
    .map((list) => list.map(([name, text, apart]) => ({ name, text, apart: apart && !text.startsWith("--") })));
  const word = fc.stringMatching(/^[A-Za-z0-9.][A-Za-z0-9._-]{0,8}$/);

  it("is the key and the value that were meant, letter by letter", () => {
    fc.assert(
      fc.property(settings, fc.option(word), (list, name) => {
        const typed = list.flatMap(({ name: option, text, apart }) => (apart ? [`--${option}`, text] : [`--${option}=${text}`]));
        const words = name === null ? typed : [name, ...typed];
        const { names, values } = parseFreeOptions(words, "zen x register");
        expect(names).toEqual(name === null ? [] : [name]);
        expect(Object.entries(values)).toEqual(list.map(({ name: option, text }) => [option.replaceAll("-", "_"), text]));
      }),
    );
  });

  it("is taken, or refused as a usage error that names the command", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            value,
            key.map((name) => `--${name}`),
            word,
          ),
          { maxLength: 6 },
        ),
        (words) => {
          for (const parseWords of [parseFreeOptions, parseFreeFlags]) {
            try {
              parseWords(words, "zen x register");
            } catch (error) {
              if (!isZenError(error) || error.exitCode !== 2 || error.hint !== "See: zen x register --help") throw error;
            }
          }
        },
      ),
    );
  });

  it("is removed by the same name, whatever its spelling", () => {
    fc.assert(
      fc.property(fc.array(key), fc.option(word), (keys, name) => {
        const { names, keys: found } = parseFreeFlags([...keys.map((one) => `--${one}`), ...(name === null ? [] : [name])], "zen");
        expect(found).toEqual(keys.map((one) => one.replaceAll("-", "_")));
        expect(names).toEqual(name === null ? [] : [name]);
      }),
    );
  });
});
