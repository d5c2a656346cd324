import type * as SDK from "@aws-sdk/client-s3";
import { pauseBeforeRetry, Semaphore, type StoreRequest } from "@zen/core";
import type { S3Config } from "./s3-config.ts";
import { hasCorrectedClock, mayPassLater, roleError, s3Error } from "./s3-failure.ts";

export type Sdk = typeof SDK;

/** How one request is made. */
export interface SendOptions {
  readonly signal?: AbortSignal | undefined;
  /** Is told of an attempt that failed and will be made again: the server may have done what it was asked nevertheless. */
  readonly onRetry?: () => void;
}

/** The way to one server: the SDK, loaded when it is first used, its client, retries, and a limit of requests at a time. */
export class S3Connection {
  readonly #config: S3Config;
  readonly #turns: Semaphore;
  #opened: Promise<{ sdk: Sdk; client: SDK.S3Client }> | undefined;

  constructor(config: S3Config) {
    this.#config = config;
    this.#turns = new Semaphore(config.concurrency);
  }

  /**
   * Makes a request, again while its failure may pass.
   *
   * @param command made for each attempt
   * @throws ZenError by the kind of the failure
   */
  async send<Input extends SDK.ServiceInputTypes, Output extends SDK.ServiceOutputTypes>(
    request: StoreRequest,
    command: (sdk: Sdk) => Command<Input, Output>,
    options: SendOptions = {},
  ): Promise<Output> {
    try {
      return await this.trySend(command, options);
    } catch (error) {
      throw s3Error(error, request);
    }
  }

  /** As {@link S3Connection.send}, but what the SDK throws comes as it is. */
  async trySend<Input extends SDK.ServiceInputTypes, Output extends SDK.ServiceOutputTypes>(
    command: (sdk: Sdk) => Command<Input, Output>,
    { signal: given, onRetry }: SendOptions = {},
  ): Promise<Output> {
    // One signal may stop thousands of requests; Node warns of as many listeners, but not of as many signals made of it.
    const signal = given && AbortSignal.any([given]);
    const { sdk, client } = await (this.#opened ??= openClient(this.#config));
    for (let attempt = 1; ; attempt++) {
      const endTurn = await this.#turns.turn(signal);
      try {
        return await client.send(command(sdk) as never, { abortSignal: signal } as object);
      } catch (error) {
        signal?.throwIfAborted();
        const passes = hasCorrectedClock(error) || mayPassLater(error);
        if (!passes || attempt >= this.#config.maxAttempts) throw error;
        onRetry?.();
      } finally {
        endTurn();
      }
      await pauseBeforeRetry(attempt, signal);
    }
  }

  async close(): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    opened?.client.destroy();
  }
}

/** A command of the SDK: its own type names a client of the same input types. */
interface Command<Input extends SDK.ServiceInputTypes, Output extends SDK.ServiceOutputTypes> {
  readonly input: Input;
  resolveMiddleware(...args: never): (...args: never) => Promise<{ output: Output }>;
}

async function openClient(config: S3Config): Promise<{ sdk: Sdk; client: SDK.S3Client }> {
  const sdk = await import("@aws-sdk/client-s3");
  const milliseconds = config.timeoutSeconds * 1000;
  // Readers may leave many answers half read for as long as they like: sockets must not run out. Requests are limited here.
  const agent = { keepAlive: true, maxSockets: Infinity };
  const region = config.region ?? (config.endpoint !== undefined ? (process.env["AWS_REGION"] ?? "us-east-1") : undefined);
  const client = new sdk.S3Client({
    ...(region !== undefined && { region }),
    ...(config.endpoint !== undefined && { endpoint: config.endpoint }),
    ...(config.profile !== undefined && { profile: config.profile }),
    ...(await credentialsOf(config, region)),
    forcePathStyle: config.forcePathStyle ?? config.endpoint !== undefined,
    followRegionRedirects: true,
    // Every checksum is made and checked here, in one pass over the bytes; only DeleteObjects can't do without the SDK's.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Waiting for the server's leave opens a connection for every part.
    expectContinueHeader: false,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: milliseconds, socketTimeout: milliseconds, httpAgent: agent, httpsAgent: agent },
  });
  if (config.checksum !== "none") askForChecksums(client);
  keepDates(client);
  return { sdk, client };
}

/** When the server answered, by its own clock, in whole seconds as S3 counts them. */
export function dateOf({ $metadata }: { readonly $metadata: object }): Date | undefined {
  const { date } = $metadata as { date?: string };
  return date === undefined ? undefined : new Date(date);
}

/** What is written now has the time at which the server says so: the SDK drops that header. */
function keepDates(client: SDK.S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const { headers } = result.response as { headers: Record<string, string> };
      Object.assign(result.output!.$metadata, { date: headers["date"] });
      return result;
    },
    { step: "deserialize", priority: "high", name: "zenDate" },
  );
}

/** By a header of our own: asked for by its option, the SDK would check them too, and fail for a part that is read again. */
function askForChecksums(client: SDK.S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const request = args.request as { headers: Record<string, string> };
        if (commandName === "GetObjectCommand") request.headers["x-amz-checksum-mode"] = "ENABLED";
        return next(args);
      },
    { step: "build", name: "zenChecksumMode" },
  );
}

async function credentialsOf(config: S3Config, region: string | undefined): Promise<Pick<SDK.S3ClientConfig, "credentials"> | undefined> {
  const { accessKeyId, secretAccessKey, sessionToken, profile, roleArn } = config;
  const own =
    accessKeyId &&
    (async () => ({
      accessKeyId: await accessKeyId.resolve(),
      secretAccessKey: await secretAccessKey!.resolve(),
      ...(sessionToken && { sessionToken: await sessionToken.resolve() }),
    }));
  if (roleArn === undefined) return own && { credentials: own };
  const { fromNodeProviderChain, fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  const masterCredentials = own ?? fromNodeProviderChain(profile === undefined ? {} : { profile });
  const params = { RoleArn: roleArn, RoleSessionName: "zen" };
  // A server other than Amazon's gives its roles itself.
  const clientConfig = { ...(region !== undefined && { region }), ...(config.endpoint !== undefined && { endpoint: config.endpoint }) };
  const assume = fromTemporaryCredentials({ masterCredentials, params, clientConfig });
  const credentials: typeof assume = async (...given) => {
    try {
      return await assume(...given);
    } catch (error) {
      throw roleError(error, roleArn);
    }
  };
  return { credentials };
}
