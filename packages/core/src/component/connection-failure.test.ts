import { expect, test } from "vitest";
import { connectionHint, connectionMayPass } from "./connection-failure.ts";

test("a connection that broke may pass, one to nowhere or to somebody who isn't trusted may not, and that has a hint", () => {
  for (const code of ["ECONNRESET", "ECONNREFUSED", "EPIPE", "EAI_AGAIN", "ETIMEDOUT", undefined])
    expect([connectionMayPass(code), connectionHint(code)], code).toEqual([true, undefined]);
  const hints = ["ENOTFOUND", "EPROTO", "ERR_SSL_WRONG_VERSION_NUMBER", "DEPTH_ZERO_SELF_SIGNED_CERT", "ERR_TLS_CERT_ALTNAME_INVALID"].map(
    (code) => [connectionMayPass(code), connectionHint(code)],
  );
  const certificate =
    "This machine doesn't trust the server's certificate: set NODE_EXTRA_CA_CERTS to the file of the authority that signed it.";
  const tls = "The server may speak no TLS there: does its address begin with http://?";
  expect(hints).toEqual([
    [false, "There is no such host: check the endpoint."],
    [false, tls],
    [false, tls],
    [false, certificate],
    [false, certificate],
  ]);
});
