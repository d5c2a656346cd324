// What a command-line tool bundles for help, lists and completion: plain data. No schema library, no class of a flavor;
// parsers and SQLite are loaded when a file is read or written.
export {
  aComponent,
  COMPONENT_TYPES,
  componentType,
  isComponentType,
  type ComponentType,
  type ComponentTypeInfo,
} from "./component/component-type.ts";
export { maskPassword } from "./component/secret-text.ts";
export { toCamelCase, toKebabCase, toSnakeCase } from "./component/spelling.ts";
export { didYouMean, nearest } from "./error/did-you-mean.ts";
export { isZenError, ZenError, type ZenErrorOptions } from "./error/zen-error.ts";
export { configOptions, readConfigSchema, type ConfigOption, type ConfigSchema, type JsonSchema } from "./flavor/config-schema.ts";
export { discoverFlavors, packagesIn, projectPackages, type DiscoveryOptions, type ProjectPackage } from "./flavor/discovery.ts";
export { locatePackage } from "./flavor/installed-package.ts";
export { isFlavorName, names, otherVersion, printable } from "./flavor/manifest.ts";
export { isObject, isPackageName, parsePackage } from "./flavor/package-json.ts";
export { resolveModule } from "./flavor/resolve-module.ts";
export { findFlavor, flavorOf } from "./flavor/find-flavor.ts";
export { ownPackage, ownPackageCalled } from "./flavor/own-package.ts";
export { schemaOf } from "./flavor/component-schema.ts";
export { literalSecrets, maskedConfig } from "./flavor/secret-settings.ts";
export { fileError } from "./store/file-error.ts";
export { replaceFile } from "./store/replace-file.ts";
export { readYamlFile } from "./store/yaml-file.ts";
export type { BrokenPackage, FlavorEntry, FlavorListing, FlavorPackage, FlavorProblem } from "./flavor/flavor-entry.ts";
export { configFolder } from "./profile/config-folder.ts";
export type { ProfileSettings } from "./profile/change-profile.ts";
export { requireProfile, type ProfileRecord } from "./profile/global-config.ts";
export { requireActiveComponent } from "./repository/active-component.ts";
export { ACTIVATING_VARIABLES, type ActiveValue } from "./repository/active-value.ts";
export { assertDeletable, copyStack, deleteStack, ownComponents, renameStack } from "./repository/change-stack.ts";
export { Context, openContext, type ContextOptions } from "./repository/context.ts";
export { findRepository } from "./repository/find-repository.ts";
export { initRepository, type NewRepository } from "./repository/init-repository.ts";
export {
  assertProfileDeletable,
  createProfile,
  deleteProfile,
  renameProfile,
  viewProfile,
  viewProfiles,
  type ProfileView,
} from "./repository/profiles.ts";
export { BaseStackStore, type ComponentRecord, type StackChange, type StackRecord } from "./store/stack-store.ts";
export { exportStack } from "./stack-file/export-lazily.ts";
export type { ExportedStack, ExportNote } from "./stack-file/export-stack.ts";
