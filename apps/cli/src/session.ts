/** What the whole command line says about how to answer. Set once by `main`, before anything runs. */
export const session = {
  /** `--output json`: standard output has the answer and nothing else, standard error at most one error object. */
  json: false,
  /** `--debug`, or ZENML_DEBUG: errors show their stack. */
  debug: false,
  /** Whether this is a command about what a repository decides: it says how to come to one where there is none. */
  aboutRepository: false,
  /** What the command ends with when nothing failed: 3 where a difference was found. */
  exitCode: 0,
};
