/** The images of a scenario: files beside the scenario file, or their bytes. */

import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { messageOf, type PayloadImage } from "../core/mod.ts";
import { imagesOf } from "../data/mod.ts";
import type { WrittenImage } from "./scenario_fields.ts";

/** Reads images, each file once. */
export class ScenarioImages {
  readonly #folder: string;
  readonly #read = new Map<string, PayloadImage | string>();

  /** @param folder that of the scenario file */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Absolute paths of all that were read. */
  get paths(): readonly string[] {
    return [...this.#read].filter(([, image]) => typeof image !== "string").map(([path]) => path);
  }

  /** The image, or what is the matter with it in the words of a fault. */
  imageOf(written: WrittenImage): PayloadImage | string {
    if (typeof written === "string") return this.#fileOf(written);
    const image = pictureIn(written.base64);
    if (image === null) {
      return `an image's base64 is no PNG, JPEG, GIF or WebP; expected the bytes of one of these`;
    }
    return image.media_type === written.media_type
      ? image
      : `an image is ${image.media_type} by its bytes and "${written.media_type}" by its media_type; expected the same`;
  }

  #fileOf(name: string): PayloadImage | string {
    const path = resolve(this.#folder, name);
    return this.#read.getOrInsertComputed(path, () => {
      try {
        return pictureIn(readFileSync(path)) ??
          `the image "${name}" is of no known format; expected a PNG, JPEG, GIF or WebP`;
      } catch (error) {
        const missing = error instanceof Error && "code" in error && error.code === "ENOENT";
        return missing
          ? `there is no image "${name}"; expected a path that counts from the folder of the scenario file`
          : `the image "${name}" can't be read: ${messageOf(error)}; expected a file`;
      }
    });
  }
}

function pictureIn(content: string | Uint8Array): PayloadImage | null {
  try {
    return imagesOf({ image: content }, "image", "")[0] ?? null;
  } catch {
    return null;
  }
}
