/** What instances, model units and tokens cost: FMBench's `pricing.yml`, and a user's own file laid over the shipped one. */

import { join } from "node:path";
import { z } from "zod";
import { stringify } from "yaml";
import type { Prices, TokenPrice } from "../core/mod.ts";
import { type Located, readDocument } from "./document.ts";
import { ConfigError, type Fault, type Notice } from "./fault.ts";
import { amount, section, text } from "./field.ts";
import { projectFolder } from "./lookup.ts";
import { mostYamlBytes, readTextFile } from "./text_file.ts";
import { validate } from "./validation.ts";

/** The price file that ships with the program. */
export const shippedPrices: string = join(projectFolder, "configs", "pricing.yml");

const perThousand = amount("a price per 1,000 tokens");

const tokenPrice = section({
  "input-per-1k-tokens": perThousand,
  "output-per-1k-tokens": perThousand,
  "cache-read-per-1k-tokens": perThousand.optional(),
  "cache-write-per-1k-tokens": perThousand.optional(),
  "reasoning-per-1k-tokens": perThousand.optional(),
});

/** The tables by themselves: how FMBench's documentation shows a price file. Its own file has them under `pricing`. */
const tables = section({
  meta: section({
    region: text("the name of a region").optional(),
    currency: text("a currency code, like USD").optional(),
    date: text("a date, like 2026-11-22").optional(),
    source: text().optional(),
  }).optional(),
  instance_based: z.record(z.string(), amount("a price per hour")).default({}),
  token_based: z.record(z.string(), tokenPrice).default({}),
  provisioned_based: z.record(z.string(), amount("a price per hour of one model unit")).default({}),
});

const tableNames = ["instance_based", "token_based", "provisioned_based"];

const priceSchema = section({ pricing: tables });

type PriceFile = z.output<typeof tables>;

/** Prices with what is to be said about the file they come from. */
export interface ReadPrices {
  readonly prices: Prices;
  readonly notices: readonly Notice[];
}

function readPriceFile(
  path: string,
  shownAs: string,
  faults: Fault[],
): { file: PriceFile; located: Located } | null {
  const read = readTextFile(path, mostYamlBytes);
  if (!("text" in read)) {
    faults.push({ file: shownAs, line: 1, column: 1, text: `${read.found}; expected ${read.expected}` });
    return null;
  }
  const located = readDocument(shownAs, read.text, {});
  const { file, found } = tablesIn(located);
  faults.push(...located.faults, ...(located.faults.length > 0 ? [] : found));
  return file === null ? null : { file, located };
}

function tablesIn(located: Located): { file: PriceFile | null; found: readonly Fault[] } {
  const top = Object.keys(located.value ?? {});
  if (!top.includes("pricing") && top.some((key) => tableNames.includes(key))) {
    const { value, faults } = validate(tables, located);
    return { file: value, found: faults };
  }
  const { value, faults } = validate(priceSchema, located);
  return { file: value?.pricing ?? null, found: faults };
}

function pricesOf({ meta, instance_based, token_based, provisioned_based }: PriceFile): Prices {
  const tokens = Object.entries(token_based).map(([id, price]): [string, TokenPrice] => [id, {
    input_per_1k: price["input-per-1k-tokens"],
    output_per_1k: price["output-per-1k-tokens"],
    cache_read_per_1k: price["cache-read-per-1k-tokens"] ?? null,
    cache_write_per_1k: price["cache-write-per-1k-tokens"] ?? null,
    reasoning_per_1k: price["reasoning-per-1k-tokens"] ?? null,
  }]);
  return {
    meta: {
      region: meta?.region ?? null,
      currency: meta?.currency ?? "USD",
      date: meta?.date ?? null,
      source: meta?.source ?? null,
    },
    instance_based,
    token_based: Object.fromEntries(tokens),
    provisioned_based,
  };
}

/**
 * Reads the shipped prices and lays the user's own file over them, entry by entry; region, date and source are those of
 * the user's file then. Prices in another currency than the shipped ones stand alone.
 *
 * @param own path of the user's price file; null = the shipped prices only
 * @param shownAs how faults and notices name it
 * @throws {ConfigError} If a file is not a price file
 */
export function readPrices(own: string | null, shownAs: string = own ?? ""): ReadPrices {
  const faults: Fault[] = [];
  const base = own === shippedPrices ? null : readPriceFile(shippedPrices, "configs/pricing.yml", faults);
  const top = own === null ? null : readPriceFile(own, shownAs, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  const layers = [base, top].filter((layer) => layer !== null);
  const last = layers.at(-1)!;
  const notices: Notice[] = [];
  const say = (text: string) => notices.push({ file: last.located.file, line: 1, key: "pricing.meta", text });
  if (last.file.meta === undefined) {
    say("is missing: prices without a date and a region; their currency is taken for USD");
  }
  const [under, over] = [pricesOf(layers[0]!.file), pricesOf(last.file)];
  if (under.meta.currency !== over.meta.currency) {
    say(`has another currency than the shipped prices, which are left out`);
    return { prices: over, notices };
  }
  return {
    prices: {
      meta: over.meta,
      instance_based: { ...under.instance_based, ...over.instance_based },
      token_based: { ...under.token_based, ...over.token_based },
      provisioned_based: { ...under.provisioned_based, ...over.provisioned_based },
    },
    notices,
  };
}

/** Prices as a price file, for the run directory. */
export function pricesYaml({ meta, instance_based, token_based, provisioned_based }: Prices): string {
  const tokens = Object.entries(token_based).map(([id, price]) => [id, {
    "input-per-1k-tokens": price.input_per_1k,
    "output-per-1k-tokens": price.output_per_1k,
    "cache-read-per-1k-tokens": price.cache_read_per_1k,
    "cache-write-per-1k-tokens": price.cache_write_per_1k,
    "reasoning-per-1k-tokens": price.reasoning_per_1k,
  }]);
  const known = (value: object) =>
    Object.fromEntries(Object.entries(value).filter(([, item]) => item !== null));
  return stringify({
    pricing: {
      meta: known(meta),
      instance_based,
      token_based: Object.fromEntries(tokens.map(([id, price]) => [id, known(price as object)])),
      provisioned_based,
    },
  });
}
