import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** What becomes of the bytes that pass: gives them, changed or not, or undefined to cut the connection there. */
export interface Fault {
  readonly fromClient?: (chunk: Buffer) => Buffer | undefined;
  readonly fromServer?: (chunk: Buffer) => Buffer | undefined;
  /** The answer to a request, instead of the server's; undefined passes it on. */
  readonly answer?: () => string | Uint8Array | undefined;
}

/** Stands between a client and a real server of this machine, and does to their bytes what a bad network does. */
export class FaultyProxy implements AsyncDisposable {
  /** What is done now, to open connections too. */
  fault: Fault = {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, "127.0.0.1")));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await once(this.#server.listen(0, "127.0.0.1"), "listening");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    const pass = (from: Socket, to: Socket, chunk: Buffer | undefined): void => {
      if (chunk === undefined) return cut();
      if (!to.write(chunk)) {
        from.pause();
        to.once("drain", () => from.resume());
      }
    };
    const cut = (): void => {
      client.resetAndDestroy();
      server.destroy();
    };
    client.on("data", (chunk: Buffer) => {
      const answer = isRequest(chunk) ? this.fault.answer?.() : undefined;
      if (answer !== undefined) return void client.end(answer);
      pass(client, server, this.fault.fromClient ? this.fault.fromClient(chunk) : chunk);
    });
    server.on("data", (chunk: Buffer) => pass(server, client, this.fault.fromServer ? this.fault.fromServer(chunk) : chunk));
  }
}

function isRequest(chunk: Buffer): boolean {
  return /^(GET|HEAD|PUT|POST|DELETE) \//.test(chunk.toString("latin1", 0, 10));
}

/** Starts a proxy before the server at `port`. */
export async function startProxy(port: number): Promise<FaultyProxy> {
  const proxy = new FaultyProxy(port);
  await proxy.start();
  return proxy;
}

/** Cuts the connection that carries the byte with each of these numbers, counted over all connections. */
export function cutAt(direction: "fromClient" | "fromServer", positions: readonly number[]): Fault {
  const left = [...positions].sort((a, b) => a - b);
  let passed = 0;
  return {
    [direction]: (chunk: Buffer) => {
      passed += chunk.byteLength;
      if (left.length === 0 || passed < left[0]!) return chunk;
      left.shift();
      return undefined;
    },
  };
}

/** Changes one bit of the byte with each of these numbers, counted over all connections. */
export function corruptAt(direction: "fromClient" | "fromServer", positions: readonly number[]): Fault {
  let passed = 0;
  return {
    [direction]: (chunk: Buffer) => {
      const changed = Buffer.from(chunk);
      for (const position of positions) {
        if (position >= passed && position < passed + chunk.byteLength) changed[position - passed]! ^= 1;
      }
      passed += chunk.byteLength;
      return changed;
    },
  };
}

/** Answers so many requests itself, and lets the others pass. */
export function answerWith(count: number, status: string, body = "", headers: readonly string[] = []): Fault {
  let left = count;
  const lines = [`HTTP/1.1 ${status}`, ...headers, "connection: close", `content-length: ${Buffer.byteLength(body)}`, "", body];
  return { answer: () => (left-- > 0 ? lines.join("\r\n") : undefined) };
}
