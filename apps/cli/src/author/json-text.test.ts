import { expect, test } from "vitest";
import { withJsonValue } from "./json-text.ts";

const TEXT = `{
    "name": "x", "files": ["dist",   "schemas"],
    "zen": { "flavors": [
        { "type": "alerter", "contract": 0 }
    ] }
}
`;

test("one value is replaced, and nothing else of the text changes", () => {
  expect(withJsonValue(TEXT, ["zen", "flavors", 0, "contract"], 1)).toBe(TEXT.replace('"contract": 0', '"contract": 1'));
  expect(withJsonValue(TEXT, ["name"], 'a "b"')).toBe(TEXT.replace('"x"', '"a \\"b\\""'));
  expect(withJsonValue(TEXT, ["files", 1], "x")).toBe(TEXT.replace('"schemas"', '"x"'));
});

test("what isn't there is added after its neighbours, set off as they are", () => {
  expect(withJsonValue(TEXT, ["zen", "flavors", 0, "export"], "X")).toBe(TEXT.replace('"contract": 0', '"contract": 0, "export": "X"'));
  expect(withJsonValue(TEXT, ["zen", "flavors", 1], "x")).toBe(TEXT.replace('"contract": 0 }', '"contract": 0 },\n        "x"'));
});

test("the indentation, the line ends and an empty file are kept", () => {
  expect(withJsonValue('{\r\n\t"name": "x"\r\n}\r\n', ["zen", "flavors", 0, "type"], "alerter")).toBe(
    '{\r\n\t"name": "x",\r\n\t"zen": {\r\n\t\t"flavors": [\r\n\t\t\t{\r\n\t\t\t\t"type": "alerter"\r\n\t\t\t}\r\n\t\t]\r\n\t}\r\n}\r\n',
  );
  expect(withJsonValue("{}", ["a", "b"], [])).toBe('{\n  "a": {\n    "b": []\n  }\n}');
});
