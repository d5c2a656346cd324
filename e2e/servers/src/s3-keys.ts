export interface S3Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The keys that the S3 servers of the tests accept: secrets that no output may show, and that a search finds. */
export const S3_KEYS: S3Keys = { accessKeyId: "ZENTESTSACCESSKEY042", secretAccessKey: "zen+tests/secret-KEY-042-c2VjcmV0" };
