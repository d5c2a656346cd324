import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inspect } from "node:util";
import { GO_MISSING } from "@zen-tests/servers";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import type { GCSArtifactStore } from "./artifact-store.ts";
import { outputOf } from "./child-process.fixture.ts";
import { startServer, storeAt } from "./store.fixture.ts";
import { startGateway, type Fault, type Seen } from "./gateway.fixture.ts";

const skip = GO_MISSING !== undefined;
const server = skip ? undefined! : await startServer("memory");
const gateway = skip ? undefined! : await startGateway(server.url);
const folder = mkdtempSync(path.join(tmpdir(), "zen-gcs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SUBJECT_TOKEN = "subject-token-5Yq2";
const bytes = new TextEncoder().encode("object");

/** What gcloud writes for workload identity, where a token of the machine's own is exchanged for Google's. */
function workloadIdentity(): string {
  const subject = path.join(folder, "subject");
  writeFileSync(subject, SUBJECT_TOKEN);
  return JSON.stringify({
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/pool/providers/provider",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${gateway.url}/token`,
    credential_source: { file: subject },
  });
}

/** Gives out tokens, and takes only the last one, as Google does; fake-gcs-server doesn't look at any. */
class Tokens {
  given = 0;
  seconds = 3600;
  refusal: Fault | undefined;

  fault({ url, headers }: Seen): Fault | undefined {
    if (url.pathname === "/token") {
      if (this.refusal) return this.refusal;
      const token = {
        access_token: `access-token-${++this.given}-8Kd1`,
        issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
        token_type: "Bearer",
        expires_in: this.seconds,
      };
      return { answer: { status: 200, body: JSON.stringify(token) } };
    }
    if (headers.authorization === `Bearer access-token-${this.given}-8Kd1`) return undefined;
    return {
      answer: {
        status: 401,
        body: JSON.stringify({ error: { message: "Invalid Credentials", errors: [{ reason: "authError" }] } }),
        headers: { "x-guploader-uploadid": "ABPtcPq7" },
      },
    };
  }
}

function withTokens(): Tokens {
  const tokens = new Tokens();
  gateway.fault = (request) => tokens.fault(request);
  return tokens;
}

const keyFile = (content: string, name = "key.json"): string => {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return file;
};
const refusal = async (one: GCSArtifactStore): Promise<string> => {
  const error = (await one.write("run/object", bytes).catch((failure: unknown) => failure)) as {
    code: string;
    message: string;
    hint: string;
  };
  return `${error.code}: ${error.message}\n  ${error.hint}`.replaceAll(folder, "FOLDER").replaceAll(gateway.url, "GATEWAY");
};

const warnings = vi.spyOn(console, "warn");

afterEach(() => {
  if (!skip) gateway.seen.length = 0;
});

describe.skipIf(skip)("credentials", () => {
  test("of a file, and of a variable, are exchanged for a token that goes with every request", async () => {
    withTokens();
    const one = storeAt(gateway.url, "a", { keyFile: keyFile(workloadIdentity()) });
    await one.write("run/object", bytes);
    await one.write("run/large", new Uint8Array(9_000_000));
    expect(await new Response(await one.read("run/object")).text()).toBe("object");
    process.env["ZEN_TEST_GCS_KEY"] = workloadIdentity();
    const other = storeAt(gateway.url, "a", { serviceAccountKey: "{{env.ZEN_TEST_GCS_KEY}}" });
    expect((await other.list("")).objects.length).toBe(2);
    expect(other.toStored()["service_account_key"]).toBe("{{env.ZEN_TEST_GCS_KEY}}");
  });

  test("that expire, or are revoked, are made anew", async () => {
    const tokens = withTokens();
    tokens.seconds = 1;
    const one = storeAt(gateway.url, "b", { keyFile: keyFile(workloadIdentity()) });
    await one.write("run/object", bytes);
    const before = tokens.given;
    await one.write("run/object", bytes);
    expect(tokens.given).toBeGreaterThan(before);
    tokens.seconds = 3600;
    await one.write("run/object", bytes);
    // Whatever was given before is no longer accepted.
    tokens.given += 100;
    await one.write("run/object", bytes);
    expect(await one.exists("run/object")).toBe(true);
  });

  test("that a wrong clock has signed are refused once, and the clock is named", async () => {
    const tokens = withTokens();
    // What Google says to a signature of another hour; no server here looks at signatures.
    const description = "Invalid JWT: Token must be a short-lived token and in a reasonable timeframe. Check your iat and exp values.";
    tokens.refusal = { answer: { status: 400, body: JSON.stringify({ error: "invalid_grant", error_description: description }) } };
    const said = await refusal(storeAt(gateway.url, "clock", { keyFile: keyFile(workloadIdentity()) }));
    expect(said).toContain("store_credentials: ");
    expect(said).toContain("\n  Set this machine's clock: it differs too much from Google's (invalid_grant: Invalid JWT: ");
    expect(gateway.seen.filter(({ url }) => url.pathname === "/token")).toHaveLength(1);
  });

  test("that are wrong say so once, and what to do", async () => {
    const tokens = withTokens();
    const exchange = keyFile(workloadIdentity());
    const refusals = [];
    tokens.refusal = {
      answer: { status: 400, body: JSON.stringify({ error: "invalid_grant", error_description: "The subject token is expired." }) },
    };
    refusals.push(await refusal(storeAt(gateway.url, "c", { keyFile: exchange })));
    expect(gateway.seen.length).toBe(1);
    tokens.refusal = undefined;
    gateway.fault = (request) => (request.url.pathname === "/token" ? tokens.fault(request) : new Tokens().fault(request));
    refusals.push(await refusal(storeAt(gateway.url, "c", { keyFile: exchange })));
    gateway.fault = ({ method, url }) => {
      if (url.pathname === "/token") return new Tokens().fault({ method, url, headers: {} });
      const message = "zen@p.iam.gserviceaccount.com does not have storage.objects.create access to the Google Cloud Storage object.";
      return {
        answer: {
          status: 403,
          body: JSON.stringify({ error: { message, errors: [{ reason: "forbidden" }] } }),
          headers: { "x-guploader-uploadid": "ABPtcPq8" },
        },
      };
    };
    refusals.push(await refusal(storeAt(gateway.url, "c", { keyFile: exchange })));
    refusals.push(await refusal(storeAt(gateway.url, "c", { keyFile: path.join(folder, "none.json") })));
    refusals.push(await refusal(storeAt(gateway.url, "c", { keyFile: keyFile("{", "broken.json") })));
    refusals.push(await refusal(storeAt(gateway.url, "c", { keyFile: keyFile(`{"type":"service_account"}`, "empty.json") })));
    refusals.push(await refusal(storeAt(gateway.url, "c", { keyFile: keyFile(`{"type":"gdch_service_account"}`, "other.json") })));
    refusals.push(await refusal(storeAt(gateway.url, "c", { serviceAccountKey: "not json" })));
    refusals.push(await refusal(storeAt(gateway.url, "c", { serviceAccountKey: "{{env.ZEN_TEST_GCS_NONE}}" })));
    expect(refusals).toMatchInlineSnapshot(`
      [
        "store_credentials: Can't write "run/object" in the artifact store "test" (bucket "zen"): the credentials aren't accepted (HTTP 400).
        Google's client says: invalid_grant: The subject token is expired. Check the component's keyFile; without one, log in with gcloud auth application-default login.",
        "store_credentials: Can't write "run/object" in the artifact store "test" (bucket "zen"): the credentials aren't accepted (authError, HTTP 401, request ABPtcPq7).
        The server says: Invalid Credentials. The credentials may have been revoked, or this machine's clock may be wrong.",
        "store_forbidden: Can't write "run/object" in the artifact store "test" (bucket "zen"): these credentials may not do that (forbidden, HTTP 403, request ABPtcPq8).
        The permission storage.objects.create is missing: the role Storage Object User on the bucket has all that zen needs.",
        "store_credentials: Can't write "run/object" in the artifact store "test" (bucket "zen"): the credentials aren't accepted (ENOENT).
        Google's client says: ENOENT: no such file or directory, open 'FOLDER/none.json'. Check the component's keyFile; without one, log in with gcloud auth application-default login.",
        "store_credentials: Can't write "run/object" in the artifact store "test" (bucket "zen"): the credentials aren't accepted.
        Google's client says: FOLDER/broken.json is not a JSON object with a type. Check the component's keyFile; without one, log in with gcloud auth application-default login.",
        "store_credentials: Can't write "run/object" in the artifact store "test" (bucket "zen"): the credentials aren't accepted.
        Google's client says: FOLDER/empty.json lacks client_email or private_key. Check the component's keyFile; without one, log in with gcloud auth application-default login.",
        "store_credentials: Can't write "run/object" in the artifact store "test" (bucket "zen"): the credentials aren't accepted.
        Google's client says: FOLDER/other.json has the type "gdch_service_account", and zen takes service_account, authorized_user and external_account. Check the component's keyFile; without one, log in with gcloud auth application-default login.",
        "store_credentials: Can't write "run/object" in the artifact store "test" (bucket "zen"): the credentials aren't accepted.
        Google's client says: serviceAccountKey is not a JSON object with a type. Check the component's keyFile; without one, log in with gcloud auth application-default login.",
        "secret_not_set: The environment variable ZEN_TEST_GCS_NONE, which {{env.ZEN_TEST_GCS_NONE}} refers to, is not set.
        Set it before you start zen: export ZEN_TEST_GCS_NONE=…",
      ]
    `);
  });

  test("that aren't there at all say how to log in", async () => {
    const script = `
      const store = new GCSArtifactStore({ name: "test", path: "gs://zen-no-such-bucket/x", maxAttempts: 1, timeoutSeconds: 20 });
      const { code, message, hint } = await store.exists("a").catch((error) => error);
      console.log(code + ": " + message + "\\n  " + hint);`;
    const env = { HOME: folder, CLOUDSDK_CONFIG: folder, GOOGLE_APPLICATION_CREDENTIALS: "", METADATA_SERVER_DETECTION: "none" };
    expect(await outputOf(script, env)).toMatchInlineSnapshot(`
      "store_credentials: Can't look up "a" in the artifact store "test" (bucket "zen-no-such-bucket"): the credentials aren't accepted.
        Google's client says: Could not load the default credentials. Browse to https://cloud.google.com/docs/authentication/getting-started for more information. Check the component's keyFile; without one, log in with gcloud auth application-default login.
      "
    `);
  });

  test("are not sent to a server outside of googleapis.com, unless the component has them", async () => {
    gateway.fault = () => undefined;
    process.env["GOOGLE_APPLICATION_CREDENTIALS"] = keyFile(workloadIdentity());
    await storeAt(gateway.url, "d").write("run/object", bytes);
    expect(gateway.seen.map(({ url, headers }) => [url.pathname, headers.authorization])).toEqual([
      ["/upload/storage/v1/b/zen/o", undefined],
    ]);
    delete process.env["GOOGLE_APPLICATION_CREDENTIALS"];
  });

  test("appear in no error, however it is printed, and neither does an upload's address", async () => {
    const { privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const serviceAccount = JSON.stringify({
      type: "service_account",
      client_email: "zen@p.iam.gserviceaccount.com",
      private_key: privateKey,
      private_key_id: "key-id-2Lm9",
    });
    process.env["ZEN_TEST_GCS_KEY"] = serviceAccount;
    const tokens = withTokens();
    const exchange = keyFile(workloadIdentity());
    const failures: Fault[] = [
      { answer: { status: 400, body: "bad" } },
      { answer: { status: 403 } },
      { answer: { status: 503, body: "<html>" } },
      { cutRequestAfter: 0 },
      { cutAnswerAfter: 0 },
    ];
    const printed: string[] = [];
    const print = (value: unknown): void => {
      printed.push(inspect(value, { depth: 20, showHidden: true, getters: true }), String(value), JSON.stringify(value));
    };
    for (const fault of failures) {
      for (const match of [/upload_id/, /storage\/v1/, /token/]) {
        gateway.fault = (request) => (match.test(request.url.href) ? fault : tokens.fault(request));
        const one = storeAt(gateway.url, "e", { keyFile: exchange, partSizeMib: 0.25, maxAttempts: 2, timeoutSeconds: 0.3 });
        const large = async function* () {
          for (let n = 0; n < 5; n++) yield new Uint8Array(300_000);
        };
        await one.write("run/large", large()).then(print, print);
        await one.write("run/small", bytes).then(print, print);
        await one.read("run/small").then(print, print);
        await one.list("").then(print, print);
        await one.delete("run/x").then(print, print);
        print(one);
      }
    }
    const withKey = storeAt(gateway.url, "e", { serviceAccountKey: "{{env.ZEN_TEST_GCS_KEY}}", timeoutSeconds: 1, maxAttempts: 1 });
    await withKey.list("").then(print, print);
    print(withKey);
    print(storeAt(gateway.url, "e", { serviceAccountKey: serviceAccount }));
    const all = printed.join("\n");
    expect(printed.length).toBeGreaterThan(250);
    // Google's client likes to warn.
    expect(warnings).not.toHaveBeenCalled();
    for (const secret of [SUBJECT_TOKEN, "access-token", "key-id-2Lm9", privateKey.slice(100, 140), "upload_id"])
      expect(all.includes(secret), secret).toBe(false);
  });
});
