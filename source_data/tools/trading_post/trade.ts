/** Papers of trade: ledgers, the market court, wills, letters between merchants. */

import type { Kind } from "./kind.ts";

const ledger: Kind = {
  bind: { keeper: "person", inn: "inn" },
  title: ["Day ledger of <keeper>, factor at the Quillhaven trading post", "Trading post, {waste book|rough ledger}: entries in the hand of <keeper>"],
  layout: "entries",
  facts: [
    ["<p=person>, <n:4-60> <unit> of <g=good>, <a=price>, {paid in coin|half on account|against a note of hand}.", ["What did <p> pay for the <g> in the ledger of <keeper>?", "At what sum does <keeper> enter the <g> taken by <p>?"], ["<a>"]],
    ["To <p=person>, <a=n:7-95> <unit> of <g=good>, {in trade for|set against} <h=good>.", ["How much <g> did <p> take from <keeper>?", "What number does <keeper> enter for the <g> that went to <p>?"], ["<a>"]],
    ["{Refused|Sent back} the <a=good> of <p=person>: {short by a tenth|wet through|not as the sample}.", ["Which goods of <p> did <keeper> not accept?", "What did <keeper> return to <p>?"], ["<a>"]],
    ["<a=person> {stands surety|goes bond} for <p=person> in the sum of <price>.", ["Who stands surety for <p> in the ledger of <keeper>?", "Who answers for the debt of <p>, as <keeper> writes?"], ["<a>"]],
    ["Rent of the {upper store|long shed} from <p=person>, <a=price>, {to Lady Day|for the quarter}.", ["How much rent did <keeper> take from <p>?", "What rent did <p> pay, by the ledger of <keeper>?"], ["<a>"]],
    ["Advanced <p=person> <price> upon <a=keepsake>, {to be redeemed by <month>|held in the strong room}.", ["What did <p> leave with <keeper> as a pledge?", "Upon which object did <keeper> lend money to <p>?"], ["<a>"]],
    ["The <s=ship> discharged <good> and <good>; lighterage <a=price>.", ["What was the lighterage for the <s> in the ledger of <keeper>?", "How much did <keeper> enter as lighterage for the <s>?"], ["<a>"]],
    ["Best price of the week: <a=good>, {which went before <time>|bid up by two strangers}.", ["Which goods fetched the best price of the week, according to <keeper>?", "What sold best in the ledger of <keeper>?"], ["<a>"]],
  ],
  rest: [
    "<person>, <n:2-40> <unit> of <good>, <price>{|, paid|, to settle at quarter day}.",
    "<person>, {one cask|two sacks|a remnant} of <good>; {no charge, damaged|entered in the small book|carried over}.",
    "{Porterage|Cartage|Wharfage} on <n:5-80> <unit>, <n:3-11> pence each.",
    "{Counted the till|Struck a balance}: {over by|short by} <w:2-11> pence, {which I have made good|cause not found}.",
    "Sent {the boy|a note} to <inn> {for the money owing|about the empties}; {an answer is promised|no one at home}.",
    "Weights tried against the town standard, {true|the seven-pound light by a hair}.",
    "{Mice|Damp|Weevils} in the <good>; {moved it to the loft|sold it cheap to the poorhouse}.",
    "By the carrier, <n:3-18> <unit> of <good> for {the hill farms|the barracks|the convent}.",
    "A stranger {changed foreign gold|asked the price of everything and bought thread|left a parcel not called for}.",
    "Received {of|from} <person> on account <price>; {leaves a little|clears the page}.",
    "Snow on the hill road: {no carts|only <w:2-6> carts} today.",
    "Candle and ink, <w:2-9> pence. {A new quill besides|The sand is nearly out}.",
  ],
  together: [1, 2],
};

const court: Kind = {
  bind: { judge: "person" },
  title: ["Court of the market, before <judge>, steward", "Piepowder court of Quillhaven: roll kept for <judge>"],
  layout: "items",
  facts: [
    ["<p=person>, <trade>, {presented|brought up} for <a=offence>; {admitted it|put himself on the mercy of the court}.", ["For what was <p> presented before <judge>?", "What had <p> done, by the roll of <judge>?"], ["<a>"]],
    ["<p=person>, {taken|accused} for a brawl at <inn>: fined <a=price>, {half remitted for a sick child|to stand committed till paid}.", ["What was the fine of <p> before <judge>?", "How much was <p> fined for a brawl by <judge>?"], ["<a>"]],
    ["In the dispute over {a boundary|a cow's trespass} the court {finds for|believed} <a=person> against <p=person>, {with costs|each to pay a moiety}.", ["For whom did <judge> find in the dispute with <p>?", "Who won against <p> in the court of <judge>?"], ["<a>"]],
    ["<p=person> to be {set in the stocks|confined} for <a=w:3-20> hours, {having sworn at the beadle|for contempt}.", ["For how many hours was <p> punished by <judge>?", "How long did <judge> have <p> held?"], ["<a> hours", "<a>"]],
    ["Goods seized from <p=person>: <a=good>, {sold for the poor|burnt at the cross}.", ["Which goods were seized from <p> by order of <judge>?", "What did the court of <judge> take from <p>?"], ["<a>"]],
    ["Licence to keep {an alehouse|a stall} granted to <a=person> at the sign of the <colour> {lantern|door}.", ["To whom did <judge> grant a licence?", "Who was given a licence by the court of <judge>?"], ["<a>"]],
    ["<p=person>, <a=trade>, sworn as {aleconner|searcher of leather|weighman} for the year.", ["What is the trade of <p>, sworn in before <judge>?", "Which trade does <p> follow, who took an oath before <judge>?"], ["<a>"]],
  ],
  rest: [
    "<person> against <person>, {debt|slander|detinue of a ladder}; {settled at the door|adjourned|the plaintiff did not come}.",
    "Proclamation made that {no hide be sold unstamped|dogs be muzzled|fires be out at curfew}.",
    "The jury {viewed the drain|tasted the ale|measured the stall} and {found no fault|differed}.",
    "<person>, absent, {amerced <n:2-9> pence|excused for old age|thought to have gone to sea}.",
    "A purse found at <place>, {cried three times|claimed by two women}, {to lie with the bailiff|no owner yet}.",
    "Bread weighed: {all good|two loaves light}; the {baker|bakers} {warned|let off with a caution}.",
    "Estray: {a bay mare|a ram with a torn ear|nine ducks}, in the pound since {Friday|the fair}.",
    "<person>, juror, {discharged, being a kinsman|fainted and was given brandy}.",
    "Paid the crier <n:3-10> pence and the {dinner|fire} <price>.",
    "A sailor of the <ship> {complained of loaded dice|asked the price of justice}; {no evidence|referred to his captain}.",
    "Ordered, that {the gutters be scoured|ladders be hung at the chapel|no cart stand in the way} before {Easter|the next fair}.",
  ],
  together: [1, 2],
};

const will: Kind = {
  bind: { testator: "person", trade: "trade" },
  title: ["Will of <testator>, <trade>, of Quillhaven", "The last wishes of <testator>, {formerly|late} <trade>, as proved"],
  layout: "items",
  opening: ["I, <testator>, {being sound of mind and poor of knee|weak in body but clear in my wits|about to go to sea}, {set down|order} what follows."],
  closing: ["Signed in the <room>, in the presence of <person> and <person>, {who saw me do it|both of age}."],
  facts: [
    ["To my {cousin|godchild|neighbour} <p=person>, <a=keepsake>, {which was always meant so|in memory of our walks}.", ["What did <testator> leave to <p>?", "Which thing goes to <p> under the will of <testator>?"], ["<a>"]],
    ["To <p=person>, {my old shipmate|who nursed me|my servant}, the sum of <a=price>, {free of duty|and no questions}.", ["How much money did <testator> leave to <p>?", "What sum does <p> get from <testator>?"], ["<a>"]],
    ["The house by <a=place> to be {sold|let}, {and the fruit trees left standing|the sitting tenant first refused}.", ["By which place stood the house that <testator> disposed of?", "Where was the house of <testator>?"], ["<a>"]],
    ["My executor is to be <a=person>, {a patient soul|whom I never caught in a lie}.", ["Who is the executor of <testator>?", "Whom did <testator> name as executor?"], ["<a>"]],
    ["I desire to be carried to my grave to the sound of {a fiddle|the town band|one drum} and that the mourners be given <a=dish>.", ["What should be given to the mourners of <testator>?", "What did <testator> want eaten at the funeral?"], ["<a>"]],
    ["My share in the <a=ship>, being {a sixteenth|an eighth|three sixty-fourths}, to {the seamen's fund|the school}.", ["In which ship did <testator> own a share?", "Of which vessel did <testator> leave a share?"], ["<a>"]],
    ["<p=person> shall have nothing, on account of <a=keepsake> {borrowed and never returned|taken on my wedding day}.", ["What had <p> taken, so that <testator> left nothing to <p>?", "On account of which object does <testator> cut out <p>?"], ["<a>"]],
  ],
  rest: [
    "The {bees are to be told|clock is to be stopped} and {the shutters opened again by noon|nobody is to wear black}.",
    "What is owed me by <person> is {forgiven|to be asked for once and then forgotten}.",
    "To {the almshouse|the lying-in ward}, <n:4-30> <unit> of {coal|oatmeal|flannel} every {Michaelmas|hard winter}.",
    "My tools to {whoever has the shop after me|the boy, if he stays sober till he is twenty}.",
    "The {dog|cat|donkey} to live out its days {in the yard|at the charge of the estate}.",
    "My papers are in {the tin box|the flour bin}; {the key hangs behind the door|burn what is tied in ribbon}.",
    "I ask pardon of <person> for {a hard word at the fair|the business of the gate}.",
    "The pew in the {north|south} aisle to go with the house, {though nobody sat straight in it yet}.",
    "Debts to be paid in this order: {the doctor, the baker, the rest|the poor before the rich}.",
    "The residue in equal parts to {my sisters|the children of my brother}, {share and share alike|the girls as the boys}.",
    "No stone but {a plain slab of <stone>|an oak board}, with {my name and nothing clever|a small anchor}.",
  ],
  together: [1, 1],
};

const merchantLetter: Kind = {
  bind: { writer: "person", reader: "person", port: "port" },
  title: ["<writer> to <reader>, from <port>", "Letter of <writer>, merchant at <port>, to <reader> at Quillhaven"],
  layout: "paragraphs",
  opening: ["{Sir|Dear friend|Respected partner},"],
  closing: ["{I remain your servant|In haste, the packet is calling|Yours in good and bad markets},\n<writer>"],
  facts: [
    ["Of all that you sent, only the <a=good> {found a buyer|went off at once}.", ["Which of the goods sent to <writer> found a buyer?", "What was <writer> able to sell of what <reader> sent?"], ["<a>"]],
    ["I have shipped by the <a=ship>, {which sails on the next fair wind|under a careful master}, what you asked for.", ["By which ship did <writer> send the goods to <reader>?", "Which vessel carries what <reader> asked <writer> for?"], ["<a>"]],
    ["The {custom house|port office} here now asks <a=price> {on every ton|a chest}, and {there is no arguing|it was half that in spring}.", ["How much does the custom house at <port> now ask?", "What duty does <writer> complain of?"], ["<a>"]],
    ["Be wary of <a=person>, {who has failed in two towns already|whose notes come back}.", ["Of whom does <writer> warn <reader>?", "Who is not to be trusted, as <writer> tells <reader>?"], ["<a>"]],
    ["My clerk will call on you about <a=month>, {with the samples|and should be fed}.", ["In which month will the clerk of <writer> call on <reader>?", "When is the clerk sent by <writer> to arrive?"], ["<a>"]],
    ["What is wanted here above all is <a=good>; {I could place a shipload|name your price}.", ["What is wanted above all at <port>, according to <writer>?", "Which goods should <reader> send, as <writer> advises?"], ["<a>"]],
    ["I was cheated of <a=price> by {a money changer|a landlord} and {tell you so that you may laugh|have it written up in the book}.", ["Of how much was <writer> cheated?", "What sum did <writer> lose by a cheat?"], ["<a>"]],
    ["Please {hand|give} <a=keepsake>, which I left in your <room>, to {the bearer|whoever brings this}.", ["What had <writer> left in the house of <reader>?", "Which thing of <writer> should <reader> hand over?"], ["<a>"]],
  ],
  rest: [
    "The town is {full of soldiers|half empty for the vintage|shut up with a fever}, and {business sleeps|rents have doubled}.",
    "I had yours of the <n:4-20>th, {much stained by water|which took six weeks}.",
    "<person>, {whom you will remember|the one with the limp}, {asks to be remembered|has married again|is made consul}.",
    "We have had <weather> these <w:4-14> days, {and no post|and all roofs leak}.",
    "They make a {cheese|brandy|cloth} here that {we should not despise|would never sell at home}.",
    "Of the war {nothing certain is known|everyone talks and nobody knows}.",
    "My lodging is over {a cooper's|a school of dancing}, so {I rise early|figure my sums in three-four time}.",
    "The price of <good> is {up|down} by {a fifth|a quarter} since {the fair|<month>}, {do not ask me why|the crop having failed}.",
    "I have {bought a horse|lost a tooth|learned forty words of the language} and {regret it|am the better for it}.",
    "Your son {writes a fair hand|should be kept from cards}; {give him another year|I will say no more}.",
    "Pray {insure to the full|look to the corks|count the <unit> yourself} when the next lot comes.",
    "There is a concert here every {<weekday>|evening}; {I sleep through the slow parts|it costs less than candles}.",
  ],
  together: [2, 4],
};

export const trade = [ledger, court, will, merchantLetter];
