import assert from "node:assert/strict";
import type { StudyFigures, StudyVariant } from "../../lib/core/mod.ts";
import { studyHeader, studySummary } from "../../lib/report/mod.ts";
import {
  emptyStudy,
  known,
  samplePair,
  sampleStudy,
  sampleVariant,
  shortPair,
  variantNames,
} from "../chart/sample_study.ts";
import { studyContext } from "./study_context.ts";

const [standard, optimized] = variantNames(2) as [string, string];
const plain = (markdown: string) => markdown.replace(/\\([\\`*_{}\[\]()#+!|~$])/g, "$1");
const summary = (figures: StudyFigures, context = {}) =>
  plain(studySummary(figures, { ...studyContext, ...context }));
/** The first paragraph. */
const headline = (figures: StudyFigures) => summary(figures).split("\n\n")[0]!;
const section = (text: string, heading: string) => text.split(`**${heading}`)[1]?.split("\n\n**")[0] ?? "";

/** Two variants, changed, with these pairs. */
function study(
  pairs: StudyFigures["pairs"],
  changes: readonly Partial<StudyVariant>[] = [],
  rest: Partial<StudyFigures> = {},
): StudyFigures {
  return {
    ...sampleStudy(2, { gaps: [] }),
    variants: [0, 1].map((i) => sampleVariant(i, 2, changes[i])),
    pairs,
    ...rest,
  };
}

const sooner = samplePair(standard, optimized, "ttft_ms", -0.2, 0.03);
const sameSpeed = samplePair(standard, optimized, "output_tokens_per_s", 0.002, 0.012);

Deno.test("the summary says what to choose, by how much in ms and percent, and how sure that is", () => {
  const text = summary(study([sooner, sameSpeed]));
  assert.equal(
    text.split("\n\n")[0],
    `**Choose ${optimized}: it starts to answer sooner than ${standard}, by 64 ms (20 % less).**`,
  );
  assert.match(
    section(text, "By how much"),
    /TTFT −64 ms, −20 % \(−23 % to −17 %\); speed \+0\.18 tokens\/s, \+0\.2 % \(−1 % to \+1\.4 %\), no difference shown/,
  );
  assert.match(
    section(text, "How sure"),
    /practically certain \(probability over 99\.9 %\)\. It did better in 71 % of 988 pairs on 40 prompts/,
  );
});

Deno.test("it says what it rests on: calls, prompts, days, from and until, the client's region", () => {
  const text = section(summary(study([sooner])), "What it rests on");
  assert.match(
    text,
    /2,000 calls of 2 variants on 40 prompts, from 16 Nov 2026 06:20 to 23 Nov 2026 06:20 UTC \(7 days\)/,
  );
  assert.match(text, /The client was in us-east-2/);
  assert.match(summary(study([sooner]), { client_region: null }), /The client's region is not known/);
});

Deno.test("the baseline is chosen where the candidate is the slower one, with the figures turned", () => {
  // A quarter more the one way round is a fifth less the other: 1 / 1.25 = 0.8.
  const slower = { ...samplePair(standard, optimized, "ttft_ms", 0.25, 0.03), probability: 0.01 };
  const text = summary(study([slower]));
  assert.match(
    text,
    new RegExp(`^\\*\\*Choose ${standard.replaceAll(".", "\\.")}: .* by 80 ms \\(20 % less\\)`),
  );
  // 1 / 1.28 and 1 / 1.22.
  assert.match(text, /TTFT −80 ms, −20 % \(−21\.9 % to −18 %\)/);
  assert.match(text, /very likely \(probability 99\.0 %\)/);
});

Deno.test("no difference shown and not enough data are said, and nothing is chosen", () => {
  const level = study([samplePair(standard, optimized, "ttft_ms", -0.01, 0.04), sameSpeed]);
  assert.match(
    headline(level),
    /^\*\*No difference shown: .*does not mean that they are equally fast\.\*\*$/,
  );
  assert.match(section(summary(level), "How sure"), /more likely than not \(probability 80\.0 %\)/);
  const short = study([shortPair(standard, optimized, "ttft_ms")]);
  assert.match(headline(short), /^\*\*Not enough data to choose/);
  assert.match(section(summary(short), "What to do next"), /not known yet: run another round/);
  assert.match(headline(study([])), /^\*\*Not enough data to choose/);
  for (const figures of [level, short, study([])]) assert.doesNotMatch(summary(figures), /Choose/);
});

Deno.test("a faster variant that fails more often is never recommended on its speed alone", () => {
  const failing = {
    ...{ ok: 960, error_rate: { value: 0.04, low: 0.028, high: 0.054, n: 1000, flagged: false } },
  };
  const text = summary(study([sooner], [{}, failing]));
  assert.match(
    text,
    /^\*\*No recommendation on speed alone: .* fails more often: 4 % of its calls, against 0 % of /,
  );
  assert.doesNotMatch(text, /Choose/);
  assert.match(section(text, "What stands against it"), /Failed calls: 4 % \(.*optimized\), others 0 %\./);
  assert.match(section(text, "What to do next"), /Find out why the faster one fails/);
});

Deno.test("error rates whose difference is within chance, or that speak for the faster one, leave the choice", () => {
  // 1 % against 0.8 %: sqrt(0.5² + 0.7²) points are more than the 0.2 between them.
  const rates = [
    { error_rate: { value: 0.008, low: 0.004, high: 0.015, n: 1000, flagged: false }, ok: 992 },
    { error_rate: { value: 0.01, low: 0.005, high: 0.018, n: 1000, flagged: false }, ok: 990 },
  ];
  assert.match(headline(study([sooner], rates)), /^\*\*Choose /);
  const worse = { ok: 900, error_rate: { value: 0.1, low: 0.08, high: 0.12, n: 1000, flagged: false } };
  assert.match(headline(study([sooner], [worse, {}])), /^\*\*Choose /);
});

Deno.test("where one starts sooner and the other writes faster it depends, and the end of the answer is told", () => {
  const writesSlower = samplePair(standard, optimized, "output_tokens_per_s", -0.2, 0.02);
  const endsLater = samplePair(standard, optimized, "e2e_ms", 0.15, 0.02);
  assert.equal(
    headline(study([sooner, writesSlower, endsLater])),
    `**It depends: ${optimized} starts to answer sooner than ${standard}, but ${standard} writes faster than it. ` +
      `To the end of answers as long as these ${standard} is the faster one.**`,
  );
});

Deno.test("speed decides where TTFT shows no difference", () => {
  const level = samplePair(standard, optimized, "ttft_ms", 0.001, 0.03);
  const faster = samplePair(standard, optimized, "output_tokens_per_s", 0.1, 0.02);
  // 10 % of 90.
  assert.match(headline(study([level, faster])), /it writes faster than .* by 9 tokens\/s \(10 % more\)/);
});

Deno.test("of several variants the one with the best median is chosen, and who was not compared is named", () => {
  const figures = sampleStudy(4, { gaps: [] });
  const [a, b, c, d] = variantNames(4) as [string, string, string, string];
  // Two models of which each has its faster profile; b starts at 256 ms, d at 461.
  const apart = {
    ...figures,
    pairs: [samplePair(a, b, "ttft_ms", -0.2, 0.03), samplePair(c, d, "ttft_ms", -0.2, 0.03)],
  };
  assert.match(
    headline(apart),
    new RegExp(
      `^\\*\\*Choose ${b.replaceAll(".", "\\.")}: .*not compared pair by pair with .*llama.* and .*llama`,
    ),
  );
  // What is slower than the one that it beats is compared through that one.
  const joined = { ...apart, pairs: [...apart.pairs, samplePair(a, d, "ttft_ms", 0.4, 0.03)] };
  assert.doesNotMatch(headline(joined), /not compared/);
});

Deno.test("what stands against the answer is told: throttling, other modes, gaps, few prompts, cuts, a simulated endpoint", () => {
  const changes = {
    throttle_rate: known(0.03),
    ...{ served_otherwise: 150, served_as_asked: 800, served_unknown: 50, cut: 120, prompts: 6 },
    cached_prompt_tokens_mean: 40,
  };
  const figures = study([sooner], [{ prompts: 6 }, changes], {
    gaps: sampleStudy(2).gaps,
    notices: ["Lines 3 and 4 name no profile."],
  });
  const text = section(summary(figures, { simulated: true }), "What stands against it");
  for (
    const words of [
      /The endpoint was simulated/,
      /Throttled: 3 % \(.*optimized\), others 0 %; the account/,
      /kept out of the figures: 15 % \(.*optimized\)/,
      /did not say how it served them: 5 % \(/,
      // 0.4 + 11 + 1.5 + 2 hours.
      /4 gaps of 14\.9 h in all/,
      /clock was set once/,
      /Only 6 prompts/,
      /cut off by the cap.*12 %/,
      /cache in each call: 40 \(/,
      /Lines 3 and 4 name no profile/,
    ]
  ) assert.match(text, words);
  assert.equal(section(summary(study([sooner])), "What stands against it"), "");
});

Deno.test("the next steps say how many more calls the wanted precision takes", () => {
  const next = (pairs_needed: number | null) =>
    section(summary(study([{ ...sooner, pairs_needed }])), "What to do next");
  assert.match(next(1234), /About 1,200 more calls of each variant \(1,200 pairs\) until .* of ±5 %/);
  assert.match(next(0), /known to the wanted precision of ±5 %: no more calls are needed/);
  assert.match(next(null), /not known yet/);
  const day = study([sooner], [], { until_at: "2026-11-16T12:20:00.000Z" });
  assert.match(section(summary(day), "What to do next"), /24 hours or more/);
});

Deno.test("one variant, none that answered, and nothing measured are said", () => {
  assert.match(
    headline(sampleStudy(1)),
    /^\*\*No choice: only .* was measured; half of its answers begin within 320 ms/,
  );
  assert.match(headline(emptyStudy), /^\*\*Nothing was measured/);
  const failed = { ok: 0, error_rate: { value: 1, low: 0.99, high: 1, n: 1000, flagged: false } };
  assert.match(headline(study([], [failed, failed])), /^\*\*No call succeeded/);
  assert.match(headline(study([], [failed, {}])), /^\*\*No choice: only .*optimized has answered/);
});

Deno.test("a simulated endpoint is said before anything else, in header and summary", () => {
  const context = { ...studyContext, simulated: true };
  assert.match(studySummary(study([sooner]), context), /^> \*\*Simulated endpoint\.\*\*/);
  const head = studyHeader(study([sooner], [], { notices: ["Mind <b>this</b>."] }), context);
  assert.match(head, /^> \*\*Simulated endpoint\.\*\*[^\n]*\n\n# a study\n/);
  assert.match(head, /- \*\*Studied\*\*: 16 Nov 2026 06:20 to 23 Nov 2026 06:20 UTC, 7 days/);
  assert.match(head, /Mind &lt;b&gt;this&lt;\/b&gt;/);
  assert.match(studyHeader(emptyStudy, studyContext), /^# a study\n[\s\S]*no call yet/);
});
