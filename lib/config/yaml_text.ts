/** The dialect of YAML that configs are read in: YAML 1.2, plus the `yes`, `no`, `on` and `off` of YAML 1.1. */

import { type Document, isScalar, isSeq, type ParsedNode, parseDocument, type ScalarTag } from "yaml";
import type { LineCounter } from "yaml";

const yesNo: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  test: /^(?:[Yy]es|YES|[Nn]o|NO|[Oo]n|ON|[Oo]ff|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
};

/** Parses one YAML document. Repeated keys are left to the reader, who knows whether they agree. */
export function parseYaml(text: string, lineCounter?: LineCounter): Document.Parsed<ParsedNode> {
  return parseDocument(text, {
    version: "1.2",
    uniqueKeys: false,
    prettyErrors: false,
    merge: true,
    customTags: (tags) => [yesNo, ...tags],
    ...(lineCounter === undefined ? {} : { lineCounter }),
  }) as Document.Parsed<ParsedNode>;
}

/**
 * The value of a text that was put in place of a plain scalar: a number, yes or no, or a list in brackets where it reads
 * as one, nothing where it is empty, and otherwise the text.
 */
export function typedValue(text: string): unknown {
  if (text.trim() === "") return null;
  const document = parseYaml(text);
  if (document.errors.length > 0) return text;
  const { contents } = document;
  if (isScalar(contents) && ["number", "boolean"].includes(typeof contents.value)) return contents.value;
  return isSeq(contents) && text.trimStart().startsWith("[") ? document.toJS() : text;
}
