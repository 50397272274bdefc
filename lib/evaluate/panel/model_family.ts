/** Whose model it is: a judge of the candidate's own family may favour it. */

/** By what stands in a model's id; one that was distilled from another family belongs to both. */
const families: readonly (readonly [family: string, pattern: RegExp])[] = [
  ["ai21", /ai21|jamba|jurassic/],
  ["amazon", /amazon|\bnova\b|titan/],
  ["anthropic", /anthropic|claude/],
  ["cohere", /cohere|command-?(?:r|a|light|text)|\baya\b/],
  ["deepseek", /deepseek/],
  ["google", /google|gemini|gemma|palm/],
  ["ibm", /\bibm\b|granite/],
  ["meta", /meta[.-]|llama(?!\.cpp|_cpp)/],
  ["microsoft", /microsoft|\bphi-?\d|wizardlm/],
  ["mistral", /mistral|mixtral|codestral|ministral|magistral|pixtral|devstral/],
  ["moonshot", /moonshot|kimi/],
  ["nvidia", /nvidia|nemotron/],
  ["openai", /openai|gpt-|chatgpt|\bo[1345](?:-|\b)|davinci/],
  ["qwen", /qwen|qwq/],
  ["writer", /\bwriter\b|palmyra/],
  ["xai", /\bxai\b|grok/],
  ["zhipu", /zhipu|\bglm-|chatglm/],
];

/** The families that a model's id names, `anthropic`, `meta`, ...; empty where it names none that is known here. */
export function familiesOf(model_id: string): readonly string[] {
  const id = model_id.toLowerCase().replaceAll("_", "-");
  return families.filter(([, pattern]) => pattern.test(id)).map(([family]) => family);
}

/** The family that judge and candidate share; null: none is known. */
export function sharedFamily(judge_model_id: string, candidate_model_id: string): string | null {
  const own = familiesOf(judge_model_id);
  return familiesOf(candidate_model_id).find((family) => own.includes(family)) ?? null;
}
