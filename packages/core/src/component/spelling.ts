/** `accessKeyId` → `access_key_id`: how a config field stands in files and JSON. */
export function toSnakeCase(camel: string): string {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `access_key_id` → `accessKeyId`: how code spells it. */
export function toCamelCase(snake: string): string {
  return snake.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `access_key_id` → `access-key-id`: how the command line spells it. */
export function toKebabCase(name: string): string {
  return toSnakeCase(name).replaceAll("_", "-");
}
