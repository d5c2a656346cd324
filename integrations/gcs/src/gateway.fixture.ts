import { once } from "node:events";
import http from "node:http";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { afterAll } from "vitest";

/** What is done to one request. */
export interface Fault {
  /** Answers in the server's place. */
  readonly answer?: { readonly status: number; readonly body?: string; readonly headers?: Readonly<Record<string, string>> };
  /** Asks the server for this range in place of the store's; for the whole, if there is none, as a proxy that knows no ranges does. */
  readonly asks?: { readonly range?: string };
  /** Cuts the connection after so many bytes of the request's body. */
  readonly cutRequestAfter?: number;
  /** Lets the server do its work, and cuts the connection after so many bytes of the answer's body. */
  readonly cutAnswerAfter?: number;
  /** Changes the first byte that matches. */
  readonly corrupt?: "request" | "answer";
  /** Waits between any two pieces of the answer's body, of 64 KiB or less. */
  readonly slowMilliseconds?: number;
}

/** A request as it came. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
}

/** How far an upload got. */
interface Progress {
  kept: number;
  /** The part that the server has just been given, also if the store has hung up. */
  busy?: Promise<unknown>;
  done?: string;
}

/**
 * Stands between a store and fake-gcs-server: does to requests what `fault` says, and answers itself when the server is asked
 * how far an upload got, which it can't tell.
 */
export class Gateway {
  readonly url: string;
  /** Called for every request; undefined lets it pass. */
  fault: (request: Seen) => Fault | undefined = () => undefined;
  readonly seen: Seen[] = [];
  readonly #target: string;
  readonly #uploads = new Map<string, Progress>();

  constructor(target: string, server: http.Server) {
    this.#target = target;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on("request", (request: http.IncomingMessage, response: http.ServerResponse) => {
      const { socket } = request;
      // A connection that was cut: by the test, or by the store.
      this.#pass(request, response).catch(() => socket.destroy());
    });
  }

  /** Requests that write, by what they do: `POST multipart`, `PUT bytes 0-9/10`. */
  get writes(): string[] {
    return this.seen
      .filter(({ method }) => method !== "GET")
      .map(({ method, url, headers }) => `${method} ${headers["content-range"] ?? url.searchParams.get("uploadType") ?? ""}`.trim());
  }

  async #pass(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const seen: Seen = { method: request.method!, url: new URL(request.url!, this.url), headers: request.headers };
    this.seen.push(seen);
    const fault = this.fault(seen) ?? {};
    if (fault.answer) {
      for await (const _ of request);
      response.writeHead(fault.answer.status, { "content-type": "application/json", ...fault.answer.headers });
      return void response.end(fault.answer.body ?? "{}");
    }
    const id = seen.url.searchParams.get("upload_id");
    const range = request.headers["content-range"];
    const known = id === null ? undefined : this.#uploads.get(id);
    await known?.busy;
    if (known && (known.done !== undefined || range?.startsWith("bytes */"))) {
      for await (const _ of request);
      if (known.done !== undefined) return void response.writeHead(200, { "content-type": "application/json" }).end(known.done);
      response.writeHead(308, known.kept > 0 ? { range: `bytes=0-${known.kept - 1}` } : {});
      return void response.end();
    }
    const isMedia = seen.url.searchParams.get("alt") === "media";
    const answered = this.#forward(request, fault).then(async (answer) => {
      const body = isMedia ? undefined : await textOf(answer);
      if (body !== undefined) this.#note(id, answer, body);
      return { answer, body };
    });
    if (known) known.busy = answered.catch(() => {});
    const { answer, body } = await answered;
    if (fault.cutAnswerAfter === 0) return void request.socket.destroy();
    response.writeHead(answer.statusCode!, answer.headers);
    if (body !== undefined) return void response.end(body);
    await this.#send(answer, response, fault);
  }

  async #forward(request: http.IncomingMessage, { cutRequestAfter, corrupt, asks }: Fault): Promise<http.IncomingMessage> {
    const { range: _, ...others } = request.headers;
    const upstream = http.request(`${this.#target}${request.url}`, {
      method: request.method,
      // Addresses of uploads are made from the host.
      headers: asks ? { ...others, ...asks } : request.headers,
    });
    const answered = once(upstream, "response") as Promise<[http.IncomingMessage]>;
    answered.catch(() => {});
    let passed = 0;
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) {
        passed += chunk.byteLength;
        if (cutRequestAfter !== undefined && passed > cutRequestAfter) throw new Error("cut");
        if (corrupt === "request") change(chunk);
        if (!upstream.write(chunk)) await once(upstream, "drain");
      }
    } catch (error) {
      upstream.destroy();
      throw error;
    }
    upstream.end();
    return (await answered)[0];
  }

  /** Remembers what a server that is asked would say. */
  #note(id: string | null, answer: http.IncomingMessage, body: string): void {
    const { location, range } = answer.headers;
    if (location !== undefined) this.#uploads.set(new URL(location).searchParams.get("upload_id")!, { kept: 0 });
    const upload = id === null ? undefined : this.#uploads.get(id);
    if (!upload) return;
    if (answer.statusCode === 308 && typeof range === "string") upload.kept = Number(range.split("-")[1]) + 1;
    if (answer.statusCode === 200) upload.done = body;
  }

  async #send(answer: http.IncomingMessage, response: http.ServerResponse, fault: Fault): Promise<void> {
    const { cutAnswerAfter = Infinity, corrupt, slowMilliseconds } = fault;
    let sent = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      if (corrupt === "answer") change(chunk);
      const part = chunk.subarray(0, cutAnswerAfter - sent);
      sent += part.byteLength;
      if (!response.write(part)) await once(response, "drain");
      if (sent >= cutAnswerAfter) {
        response.socket!.end();
        return;
      }
      if (slowMilliseconds !== undefined) await new Promise((resolve) => setTimeout(resolve, slowMilliseconds));
    }
    response.end();
  }
}

/** Starts a gateway for a test file. */
export async function startGateway(target: string): Promise<Gateway> {
  const server = http.createServer().listen(0, "127.0.0.1");
  afterAll(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  return new Gateway(target, server);
}

/** Starts a proxy that cuts each connection after as many bytes, of both ways together, as `next` says. */
export async function startCutter(target: string, next: () => number): Promise<string> {
  const { hostname, port } = new URL(target);
  const server: Server = createServer((socket) => {
    const upstream = connect(Number(port), hostname);
    let left = next();
    const pass = (from: Socket, to: Socket): void => {
      from.on("data", (chunk) => {
        to.write(chunk.subarray(0, Math.max(0, left)));
        left -= chunk.byteLength;
        if (left > 0) return;
        socket.destroy();
        upstream.destroy();
      });
      from.on("error", () => {}).on("close", () => to.destroy());
    };
    pass(socket, upstream);
    pass(upstream, socket);
  }).listen(0, "127.0.0.1");
  afterAll(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Changes one byte of an object whose bytes are all 7. */
function change(chunk: Buffer): void {
  const at = chunk.indexOf(Buffer.from([7, 7, 7, 7]));
  if (at >= 0) chunk[at] = 8;
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
