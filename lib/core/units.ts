/** Numbers as people read them. For showing only: nothing computed ever goes through here. */

/** At most `digits` significant digits, thousands separated: `1,234`, `12.3`, `0.00123`; an en dash for null. */
export function showNumber(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "-∞";
  if (Math.abs(value) >= 10 ** (digits - 1)) {
    return Math.round(value).toLocaleString("en-US");
  }
  return Number(value.toPrecision(digits)).toLocaleString("en-US", { maximumSignificantDigits: digits });
}

/** A duration given in milliseconds: `12.3 ms`, `1.23 s`, `4 min 5 s`, `3 h 20 min`, `13 d 4 h`. */
export function showDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return "–";
  if (ms < 1000) return `${showNumber(ms)} ms`;
  if (ms < 60_000) return `${showNumber(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** A rate given per second: `12.3/s`; by the minute when it is slower than one a second: `4/min`. */
export function showRate(per_s: number): string {
  return per_s >= 1 ? `${showNumber(per_s)}/s` : `${showNumber(per_s * 60)}/min`;
}

/** A fraction as a percentage: `12.3 %`. */
export function showPercent(fraction: number | null | undefined): string {
  return fraction === null || fraction === undefined ? "–" : `${showNumber(fraction * 100)} %`;
}

/** Money: `$0.00123`, `$12.30`, `€1,234`. Small amounts keep three significant digits, larger ones two decimals. */
export function showMoney(amount: number | null | undefined, currency = "USD"): string {
  if (amount === null || amount === undefined || Number.isNaN(amount)) return "–";
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  if (amount !== 0 && Math.abs(amount) < 1) {
    return amount.toLocaleString("en-US", {
      ...style,
      minimumFractionDigits: 0,
      maximumSignificantDigits: 3,
    });
  }
  const decimals = Math.abs(amount) >= 1000 ? 0 : 2;
  return amount.toLocaleString("en-US", {
    ...style,
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
}
