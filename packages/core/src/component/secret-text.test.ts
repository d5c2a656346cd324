import { expect, test } from "vitest";
import { maskPassword, withoutPassword } from "./secret-text.ts";

test.each([
  ["mysql://ada:pw@host/db", "mysql://ada:********@host/db", "mysql://ada@host/db"],
  ["mysql://ada:p@ss/w#r?d@host/db", "mysql://ada:********@host/db", "mysql://ada@host/db"],
  ["mysql://:pw@host", "mysql://:********@host", "mysql://@host"],
  ["https://ghp_token@host/x", "https://********@host/x", "https://host/x"],
  ["https://ada:pw@host/x", "https://ada:********@host/x", "https://ada@host/x"],
])("%s is shown and shared without what is secret in it", (text, masked, without) => {
  expect(maskPassword(text)).toBe(masked);
  expect(withoutPassword(text)).toBe(without);
});

test.each(["s3://bucket/a@b", "http://host:8080/path?mail=a@b", "mysql://ada@host/db", "/data/a:b@c", "user@host", ""])(
  "%j has no password, and stays",
  (text) => {
    expect(maskPassword(text)).toBe(text);
    expect(withoutPassword(text)).toBeUndefined();
  },
);
