import { describe, expect, it } from "vitest";
import { parseFreeOptions } from "./free-options.ts";

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
