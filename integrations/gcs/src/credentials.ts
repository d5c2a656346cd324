import { readFile } from "node:fs/promises";
import type { AuthClient } from "google-auth-library";
import type { GCSConfig } from "./config-schema.ts";
import { credentialsFailure, RequestFailure } from "./request-failure.ts";

/** For objects: nothing else of a project can be reached with it. */
const SCOPE = "https://www.googleapis.com/auth/devstorage.read_write";

/** The files that Google makes, as far as their form matters here. */
interface Key {
  readonly type: string;
  readonly client_email: string;
  readonly private_key: string;
  readonly private_key_id: string;
  readonly client_id: string;
  readonly client_secret: string;
  readonly refresh_token: string;
  readonly credential_source: { readonly environment_id?: string; readonly executable?: unknown };
}

/**
 * The credentials that the component itself has, or undefined. Google's client would read the file, too, and warn on the
 * terminal that somebody else may have written it.
 */
export async function ownCredentials({ keyFile, serviceAccountKey }: GCSConfig): Promise<AuthClient | undefined> {
  if (keyFile === undefined && !serviceAccountKey) return undefined;
  const source = keyFile ?? "serviceAccountKey";
  const key = parse(await textOf(keyFile, serviceAccountKey), source);
  const { AwsClient, IdentityPoolClient, JWT, PluggableAuthClient, UserRefreshClient } = await import("google-auth-library");
  try {
    switch (key.type) {
      case "service_account":
        if (!key.client_email || !key.private_key) throw new Error(`${source} lacks client_email or private_key`);
        return new JWT({ email: key.client_email, key: key.private_key, keyId: key.private_key_id, scopes: [SCOPE] });
      case "authorized_user":
        return new UserRefreshClient(key.client_id, key.client_secret, key.refresh_token);
      case "external_account": {
        const { environment_id: environment, executable } = key.credential_source;
        const Client = environment !== undefined ? AwsClient : executable !== undefined ? PluggableAuthClient : IdentityPoolClient;
        const client = new Client(key as never);
        client.scopes = [SCOPE];
        return client;
      }
      default:
        throw new Error(`${source} has the type "${key.type}", and zen takes service_account, authorized_user and external_account`);
    }
  } catch (error) {
    throw credentialsFailure(error);
  }
}

async function textOf(file: GCSConfig["keyFile"], secret: GCSConfig["serviceAccountKey"]): Promise<string> {
  if (file === undefined) return secret!.resolve();
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw credentialsFailure(error);
  }
}

function parse(text: string, source: string): Key {
  try {
    const key: unknown = JSON.parse(text);
    if (typeof key === "object" && key !== null && "type" in key) return key as Key;
  } catch {
    // What JSON.parse says of it quotes the text.
  }
  throw new RequestFailure("credentials", `${source} is not a JSON object with a type`, { mayPass: false });
}
