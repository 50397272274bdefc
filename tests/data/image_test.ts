import assert from "node:assert/strict";
import { UserError } from "../../lib/core/mod.ts";
import { hasImage, imagesOf } from "../../lib/data/mod.ts";

/** The first bytes of a PNG and of a JPEG, and a little more. */
const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a]);
const jpeg = new Uint8Array([0xff, 0xd8, 0xff, 0xe0]);
// 89 50 4e | 47 0d 0a and ff d8 ff | e0 in base64, by hand.
const pngText = { media_type: "image/png", base64: "iVBORw0K" };
const jpegText = { media_type: "image/jpeg", base64: "/9j/4A==" };

const images = (image: unknown) => imagesOf({ image }, "image", "rows.jsonl:1");

Deno.test("imagesOf takes bytes, base64, data URLs, hexadecimal digits and the structs of data sets", () => {
  for (
    const value of [
      png,
      "iVBORw0K",
      "data:image/png;base64,iVBORw0K",
      "89504e470d0a",
      { bytes: png, path: null },
      { hex_data: "89504e470d0a", format: "JPEG" },
      { bytes: "iVBORw0K", path: "a.png" },
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a],
    ]
  ) {
    assert.deepEqual(images(value), [pngText], JSON.stringify(value));
  }
});

Deno.test("imagesOf keeps several images of a row in order, each by its own format", () => {
  assert.deepEqual(images([{ bytes: jpeg }, null, png]), [jpegText, pngText]);
});

Deno.test("a row without an image has none; hasImage agrees", () => {
  for (const value of [null, undefined, "", [], [null]]) {
    assert.deepEqual(images(value), []);
    assert.equal(hasImage({ image: value }, "image"), false);
  }
  assert.equal(hasImage({ image: png }, "image"), true);
  assert.equal(hasImage({}, "image"), false);
});

Deno.test("what is no image is an error that names the row", () => {
  for (const value of ["https://example.org/a.png", { path: "a.png" }, 7, "AAAA"]) {
    assert.throws(
      () => images(value),
      (error) =>
        error instanceof UserError && /image of "rows\.jsonl:1".*expected a PNG, JPEG/.test(error.message),
      JSON.stringify(value),
    );
  }
});
