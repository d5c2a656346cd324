/**
 * `@zen-tests/servers`: real servers for the tests of integrations, built from their sources and run on this machine.
 *
 * @module
 */
export { buildGoServer, GO_MISSING } from "./go-server.ts";
export { freePort, startServer, type RunningServer, type ServerCommand } from "./running-server.ts";
