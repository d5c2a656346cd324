import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Tarball } from "./tarball.ts";

/** A registry that npm can be pointed at for a scope. The first version of a package is its `latest`. */
export interface Registry {
  readonly url: string;
  close(): void;
}

/** Serves packages to npm on this machine, for as long as it isn't closed. */
export async function startRegistry(tarballs: readonly Tarball[]): Promise<Registry> {
  const server = createServer((request, response) => {
    const wanted = decodeURIComponent(request.url!.slice(1));
    const file = tarballs.find((one) => fileOf(one) === wanted);
    const versions = tarballs.filter(({ manifest }) => manifest.name === wanted);
    if (file) return void response.end(file.bytes);
    if (versions.length === 0) return void response.writeHead(404).end("{}");
    response.setHeader("content-type", "application/json").end(JSON.stringify(document(versions, `http://${request.headers.host}`)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close };
}

function document(versions: readonly Tarball[], origin: string): object {
  const { name, version: latest } = versions[0]!.manifest;
  const entry = (one: Tarball): object => {
    const integrity = `sha512-${createHash("sha512").update(one.bytes).digest("base64")}`;
    return { ...one.manifest, dist: { tarball: `${origin}/${fileOf(one)}`, integrity } };
  };
  return { name, "dist-tags": { latest }, versions: Object.fromEntries(versions.map((one) => [one.manifest.version, entry(one)])) };
}

function fileOf({ manifest: { name, version } }: Tarball): string {
  return `${name}/-/${version}.tgz`;
}
