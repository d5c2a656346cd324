/**
 * `@zen-tests/servers`: real servers for the tests of integrations, built from their sources and run on this machine.
 *
 * @module
 */
export { makeGcsBucket, startFakeGcsServer } from "./fake-gcs-server.ts";
export { buildGoServer, GO_MISSING } from "./go-server.ts";
export { freePort, startServer, type RunningServer, type ServerCommand } from "./running-server.ts";
export { startMinio } from "./minio.ts";
export { S3_KEYS, type S3Keys } from "./s3-keys.ts";
export { addVersitygwUser, startVersitygw } from "./versitygw.ts";
export { answerWith, corruptAt, cutAt, startProxy, type Fault, type FaultyProxy } from "./faulty-proxy.ts";
export { npmProgram, npmProgramIfAny, npmSetting, type NpmProgram } from "./npm-program.ts";
export { npmrcOf, startVerdaccio, type VerdaccioOptions } from "./verdaccio.ts";
