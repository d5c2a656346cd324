/** Any schema library (zod, valibot, arktype), whatever its version: standardschema.dev. */
export interface Schema<In = any, Out = any> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => any;
    readonly types?: { readonly input: In; readonly output: Out } | undefined;
  };
}

/** What a schema takes. */
export type SchemaIn<S> = S extends Schema<infer In> ? In : never;

/** What a schema gives. */
export type SchemaOut<S> = S extends Schema<any, infer Out> ? Out : never;
