/** In the bundle, what commander gets as `node:child_process`: see `rolldown.config.mjs`. */
export default {
  spawn(): never {
    throw new Error("zen has no commands that are files of their own.");
  },
};
