import type { ObjectStat } from "@zen/core";

/** What the API says of an object, as far as it is used here. */
export interface ObjectResource {
  readonly name: string;
  /** In bytes. */
  readonly size: string;
  readonly updated: string;
  readonly generation: string;
  readonly contentType?: string;
  readonly md5Hash?: string;
  readonly crc32c?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** An object that is to be written. */
export interface ObjectTarget {
  readonly bucket: string;
  readonly name: string;
  /** Whether it must not be there yet. */
  readonly ifAbsent: boolean;
}

export function statOf(key: string, { size, updated }: ObjectResource): ObjectStat {
  return { key, size: Number(size), modifiedAt: new Date(updated) };
}
