/** What is made of the command line and the surroundings where the config leaves it to them. */

import type { Notice } from "./fault.ts";
import { isPriceParameter } from "./given_price.ts";
import { type LoadOptions, surroundingsOf } from "./load_options.ts";
import { assumedRegion, maskPlaceholders, namedRegion } from "./placeholder.ts";

/** The parameters for which the text of the config has no placeholder. */
export function unplaced(source: string, { parameters = {} }: LoadOptions): Record<string, string> {
  const masked = maskPlaceholders(source);
  return Object.fromEntries(
    Object.entries(parameters).filter(([name]) => !masked.includes(maskPlaceholders(`{${name}}`))),
  );
}

/** What was assumed because neither the config nor its surroundings say it. */
export function assumptions(
  file: string,
  source: string,
  options: LoadOptions,
  givenUsed: boolean,
): Notice[] {
  const notices: Notice[] = [];
  const region = maskPlaceholders(source).indexOf(maskPlaceholders("{region}"));
  for (const name of Object.keys(unplaced(source, options))) {
    const price = isPriceParameter(name);
    if (price && givenUsed) continue;
    const why = price ? "every experiment has a price" : `the config has no {${name}}`;
    notices.push({ file, line: 1, key: `-A ${name}`, text: `has no effect: ${why}` });
  }
  const known = options.parameters?.["region"] || namedRegion(surroundingsOf(options));
  if (region !== -1 && !known) {
    const line = source.slice(0, region).split("\n").length;
    notices.push({
      file,
      line,
      key: "aws.region",
      text: `is taken for ${assumedRegion}: AWS_REGION is not set`,
    });
  }
  return notices;
}
