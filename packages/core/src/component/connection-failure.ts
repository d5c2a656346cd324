/** Of Node: no such host, a certificate that isn't trusted, no such protocol. The same connection fails again. */
const LASTING = /^(?:ENOTFOUND|EPROTO|CERT_|ERR_TLS|ERR_SSL|ERR_INVALID|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_)/;

/**
 * For flavors of stores on a server: whether a connection that failed may be made a moment later.
 *
 * @param code Node's, such as `ECONNRESET`, of the error that is at the bottom of what the SDK throws
 */
export function connectionMayPass(code: string | undefined): boolean {
  return !LASTING.test(code ?? "");
}

/** For flavors of stores on a server: what to do about a connection that fails again and again, where its code says so. */
export function connectionHint(code: string | undefined): string | undefined {
  if (connectionMayPass(code)) return undefined;
  if (code === "ENOTFOUND") return "There is no such host: check the endpoint.";
  if (/^(?:EPROTO|ERR_SSL|ERR_INVALID)/.test(code!)) return "The server may speak no TLS there: does its address begin with http://?";
  return "This machine doesn't trust the server's certificate: set NODE_EXTRA_CA_CERTS to the file of the authority that signed it.";
}
