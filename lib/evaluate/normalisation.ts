/** Texts brought to one form, so that only what they say is compared. */

const articles = new Set(["a", "an", "the"]);

/**
 * The words of a text in one form: Unicode NFKC, lower case, no punctuation or symbols, no English articles (unless
 * there is nothing else), single spaces.
 *
 * Numbers keep their value: thousands separators and closing zeros of a fraction go (`$1,200.50` is `1200.5`), the
 * decimal point and a leading minus stay. An apostrophe inside a word leaves no gap (`cooper's` is `coopers`), other
 * marks part words (`north-east` is `north east`).
 *
 * The steps are those of the SQuAD evaluation (Rajpurkar et al., 2016), widened to Unicode and numbers.
 */
export function normaliseAnswer(text: string): string {
  const plain = text.normalize("NFKC").toLowerCase()
    .replace(/\p{Cf}/gu, "")
    .replace(/(?<=\p{L})['\u2018\u2019\u02bc](?=\p{L})/gu, "")
    .replace(/\u2212/g, "-")
    .replace(/-\p{Sc}(?=\d)/gu, "-");
  const words = plainNumbers(plain).replace(/[\p{P}\p{S}\s]/gu, withoutMarks).split(" ").filter((word) =>
    word !== ""
  );
  const telling = words.filter((word) => !articles.has(word));
  return (telling.length === 0 ? words : telling).join(" ");
}

function plainNumbers(text: string): string {
  return text
    .replace(/(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)/g, (number) => number.replaceAll(",", ""))
    .replace(/(?<![\d\p{L}.])\.(?=\d)/gu, "0.")
    .replace(/(?<![\d.])(\d+)\.0+(?!\d|\.\d)/g, "$1")
    .replace(/(?<![\d.])(\d+\.\d*[1-9])0+(?!\d|\.\d)/g, "$1");
}

/** A space for every mark that is not part of a number. */
function withoutMarks(mark: string, at: number, text: string): string {
  const before = text.charAt(at - 1);
  const digitAfter = /\d/.test(text.charAt(at + 1));
  const isPoint = mark === "." && digitAfter && /\d/.test(before);
  const isMinus = mark === "-" && digitAfter && !/[\p{L}\p{N}]/u.test(before);
  return isPoint || isMinus ? mark : " ";
}
