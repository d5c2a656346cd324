import * as z from "zod";

/**
 * For flavors that talk to a server: a config field with its address, http or https. A password in it would be stored in clear
 * and sent to wherever the address leads: it is refused.
 *
 * @param example what an address looks like, for who writes another thing
 */
export function serverAddress(example: string): z.ZodURL {
  return z.url({ protocol: /^https?$/, abort: true, error: `it is not an address such as ${example}` }).refine(
    (address) => {
      const { username, password } = new URL(address);
      return username === "" && password === "";
    },
    { error: "it has a user or a password in it: give credentials by their own settings" },
  );
}
