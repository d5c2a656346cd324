import { type ComponentType, StackComponent } from "@zen/core";
import * as z from "zod";

/** A component with a setting that is stored, and one that isn't because its name starts with `_`. */
class Example extends StackComponent<typeof Example.configSchema> {
  // Class parameters
  static override readonly TYPE: ComponentType = "alerter";
  static override readonly FLAVOR: string = "example";

  // Instance configuration
  static override readonly configSchema = z.object({ setting: z.string(), _private: z.string().default("here only") });
}

const example = new Example({ name: "first", setting: "kept" });
console.log(example.name, typeof example.uuid, example.type, example.flavor);
console.log(example.uuid === new Example({ name: "first", setting: "kept" }).uuid);
console.log(Object.keys(example.config).join());
console.log(JSON.stringify({ ...example.toStored(), uuid: example.toStored()["uuid"] === example.uuid }));

try {
  // @ts-expect-error a setting is missing, which the schema says
  console.log(new Example({ name: "second" }).name);
} catch (error) {
  console.log((error as Error).message);
}
