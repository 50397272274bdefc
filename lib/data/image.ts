/** Images in rows: bytes in whatever form a data file has them. */

import { Buffer } from "node:buffer";
import { type PayloadImage, UserError } from "../core/mod.ts";
import type { DataRow } from "./data_row.ts";

/** First bytes of the formats that model endpoints take. */
const signatures: readonly [media_type: PayloadImage["media_type"], bytes: string][] = [
  ["image/png", "89504e47"],
  ["image/jpeg", "ffd8ff"],
  ["image/gif", "47494638"],
  ["image/webp", "52494646"],
];

/** Whether a row has anything in the column of images. */
export function hasImage(row: DataRow, column: string): boolean {
  const value = row[column] ?? null;
  return Array.isArray(value) ? value.some((item) => item !== null) : value !== null && value !== "";
}

/**
 * The images of a row, in order: bytes, base64 (also as a data URL), hexadecimal digits, the Hub's `{bytes, path}` or
 * FMBench's `{hex_data}`; or a list of these.
 *
 * @param where what an error names
 * @throws {UserError} If a value is none of these or no PNG, JPEG, GIF or WebP
 */
export function imagesOf(row: DataRow, column: string, where: string): PayloadImage[] {
  if (!hasImage(row, column)) return [];
  const value = row[column];
  const items = Array.isArray(value) && !value.every((item) => typeof item === "number") ? value : [value];
  return items.filter((item) => item !== null).map((item) => {
    const bytes = bytesOf(item);
    const media_type = bytes === null ? undefined : mediaTypeOf(bytes);
    if (bytes !== null && media_type !== undefined) return { media_type, base64: bytes.toString("base64") };
    throw new UserError({
      action: "use the image of",
      thing: where,
      found: bytes === null
        ? `the column "${column}" holds no image`
        : `"${column}" is of no known image format`,
      expected: "a PNG, JPEG, GIF or WebP as bytes, base64 or hexadecimal digits",
      remedy: "Change datasets.image_col or the data.",
    });
  });
}

function bytesOf(value: unknown): Buffer | null {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (Array.isArray(value)) return Buffer.from(value as number[]);
  if (typeof value === "string") {
    const text = value.replace(/^data:[\w/+.-]+;base64,/, "");
    if (/^([0-9a-f]{2})+$/i.test(text) && text.length > 8) return Buffer.from(text, "hex");
    return /^[A-Za-z0-9+/\s]+=*\s*$/.test(text) ? Buffer.from(text, "base64") : null;
  }
  if (value === null || typeof value !== "object") return null;
  const { bytes, hex_data } = value as { bytes?: unknown; hex_data?: unknown };
  return bytesOf(bytes ?? hex_data ?? null);
}

function mediaTypeOf(bytes: Buffer): PayloadImage["media_type"] | undefined {
  const start = bytes.subarray(0, 4).toString("hex");
  return signatures.find(([, signature]) => start.startsWith(signature))?.[0];
}
