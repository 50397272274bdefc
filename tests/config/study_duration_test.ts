import { equal } from "node:assert/strict";
import { durationForm, parseDuration } from "../../lib/config/study_duration.ts";

Deno.test("durations are weeks, days, hours, minutes and seconds, one after the other, or seconds alone", () => {
  const expected: Record<string, number> = {
    "90m": 5_400,
    "24h": 86_400,
    "2w": 1_209_600,
    "1d12h": 129_600,
    "1d 12h": 129_600,
    "1.5h": 5_400,
    "30s": 30,
    "90": 90,
    "0.5": 0.5,
  };
  for (const [text, seconds] of Object.entries(expected)) {
    equal(durationForm.test(text), true, text);
    equal(parseDuration(text), seconds, text);
  }
  for (const text of ["", "h", "24 hours", "1y", "-5m", "5m!", "1h2"]) {
    equal(durationForm.test(text), false, text);
  }
});
