import assert from "node:assert/strict";
import { studentCdf } from "../../lib/metrics/student.ts";

const close = (a: number, b: number, within = 1e-9) => assert.ok(Math.abs(a - b) < within, `${a} ${b}`);

Deno.test("Student's t has its known values", () => {
  // 1 degree: 1/2 + atan(t)/pi. 2 degrees: 1/2 + t / (2 sqrt(2 + t^2)).
  close(studentCdf(1, 1), 0.75);
  close(studentCdf(-1, 1), 0.25);
  close(studentCdf(Math.SQRT2, 2), 0.5 + Math.SQRT2 / 4);
  assert.equal(studentCdf(0, 5), 0.5);
  // From the usual table.
  close(studentCdf(2.364624, 7), 0.975, 1e-7);
  close(studentCdf(-2.262157, 9), 0.025, 1e-7);
});

Deno.test("with many degrees it is the normal distribution, and far out nothing is left", () => {
  close(studentCdf(-1.959963985, 1e6), 0.025, 1e-6);
  assert.equal(studentCdf(-Infinity, 9), 0);
});
