/** Sentences that an answer is put into, so that judging has to find it. */

/** 11 to 24 pieces each, the answer apart, by the rule of `tokens.ts`. */
const phrasings: Readonly<Record<string, readonly string[]>> = {
  en: [
    "Going by the passage above, the answer to this question is {answer}.",
    "The text says so quite directly when it is read closely: {answer}.",
    "After reading the context, I would answer this with {answer}, and nothing in the passage speaks against it.",
    "{answer} is what the passage gives as the answer to the question that was asked here.",
    "Short answer: {answer}. It follows from what the passage states, without any need for further assumptions.",
  ],
  de: [
    "Nach dem Text oben lautet die Antwort auf diese Frage so: {answer}.",
    "Die Antwort steht ziemlich deutlich im Text, wenn man ihn genau liest: {answer}.",
    "{answer} ist das, was der Text als Antwort auf die gestellte Frage nennt.",
  ],
  fr: [
    "D'après le texte ci-dessus, la réponse à cette question est {answer}.",
    "Le texte le dit assez clairement quand on le lit de près : {answer}.",
    "{answer}, voilà ce que le texte donne comme réponse à la question posée ici.",
  ],
  es: [
    "Según el texto de arriba, la respuesta a esta pregunta es {answer}.",
    "El texto lo dice con bastante claridad si se lee con atención: {answer}.",
    "{answer} es lo que el texto da como respuesta a la pregunta planteada aquí.",
  ],
};

/** What is said to a prompt that is in no file, or has no ground truth. */
export const unknownAnswer =
  "This is a simulated endpoint without knowledge of its own: it has no reference answer for this prompt, " +
  "so it can only reply with this fixed sentence.";

/** The phrasings of a language (`de`, `de-AT`, ...); the English ones where there are none. */
export function phrasingsOf(language: string | null): readonly string[] {
  const key = (language ?? "en").toLowerCase().split(/[-_]/)[0]!;
  return phrasings[key] ?? phrasings["en"]!;
}

/** Puts an answer into a phrasing. */
export function phrase(phrasing: string, answer: string): string {
  return phrasing.replace("{answer}", () => answer);
}
