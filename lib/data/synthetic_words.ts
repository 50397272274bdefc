/** What made-up prompts are made of. */

/** Common English words, in the usual vocabularies one token each after a space; what they say does not matter. */
export const words: readonly string[] = (
  "able above across act add age ago agree air allow almost alone along already always among animal answer appear area " +
  "arm arrive art ask away baby back bad bank base bear beat beautiful bed before begin behind believe best better big " +
  "bird black blood blue board boat body book box boy bread break bridge bright bring brother brown build burn business " +
  "buy call care carry case catch cause center change charge check child church circle city clear climb close cloud coast " +
  "cold color come common company complete contain control cook corn cost country cover cross crowd cry current cut dance " +
  "danger dark day dead deal death decide deep degree depend desert design develop different direct doctor door draw dream " +
  "dress drive dry duck ear early earth east easy eat edge effect egg eight either else end enemy energy engine enough " +
  "enter equal evening event example expect explain eye face fact fall family far farm fast father favor fear feed feel " +
  "feet field fight figure fill final find fine finger finish fire fish flat floor flow flower follow food foot force " +
  "forest form forward free fresh friend front fruit full game garden gas gather general gentle girl give glad glass gold " +
  "gone good govern grand grass great green ground group grow guess guide hair half hand happen happy hard hat head hear " +
  "heart heat heavy held help high hill history hit hold hole home hope horse hot hour house huge human hundred hunt hurry " +
  "ice idea imagine include inside iron island job join joy jump keep key kill king knew lady lake land language large " +
  "last late laugh law lead learn leave left leg less letter lie lift light line list listen little live log look lost " +
  "lot loud love low machine main map mark market mass master matter meat meet metal middle mile milk million mind minute " +
  "miss modern moment money month moon morning mother mountain mouth move music name nation natural nature near neck need " +
  "new night noise north nose note nothing notice number object ocean offer office oil old open order own page pain paint " +
  "pair paper parent part party pass past path pay perhaps person picture piece place plain plan plane planet plant play"
).split(" ");

/** What a text can end in, for the last few tokens. */
export const fillers: readonly string[] = [
  ...[" a", " I", " to", " it", " so", ".", "!", "?", ",", ";", " the", " and", "a", "b", "e", "o", "\n"],
  ...words.map((word) => ` ${word}`),
];
