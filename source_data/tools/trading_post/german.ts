/** The same town in German: papers of its northern trading house. */

import type { Kind } from "./kind.ts";
import type { Wording } from "./deck.ts";

const list = (text: string) => text.split(/\s*,\s*/);

export const germanMonths = list(
  "Januar, Februar, März, April, Mai, Juni, Juli, August, September, Oktober, November, Dezember",
);

export const german: Wording = {
  numbers: list(
    "null, eins, zwei, drei, vier, fünf, sechs, sieben, acht, neun, zehn, elf, zwölf, dreizehn, vierzehn, fünfzehn, sechzehn, siebzehn, achtzehn, neunzehn, zwanzig",
  ),
  price: (random) => `${2 + random.below(60)} Mark ${1 + random.below(11)} Schilling`,
  pools: {
    woman: list("Adele, Beke, Charlotte, Dörte, Elsbeth, Frauke, Gesine, Heilwig, Imke, Katharina, Lisbeth, Mathilde, Nele, Ottilie, Rieke, Silke, Theda, Wiebke"),
    man: list("Anton, Bernhard, Claas, Detlef, Eggert, Friedrich, Gustav, Hinrich, Jasper, Karsten, Lorenz, Marten, Nikolaus, Onno, Peter, Rötger, Sönke, Tjark, Ulrich, Volkert"),
    surname: list("Ahlers, Behrens, Brockmann, Clausen, Dierksen, Eggers, Feddersen, Grothe, Harms, Ibsen, Jürgens, Köster, Lührs, Möller, Nissen, Oltmanns, Petersen, Reimers, Schröder, Tiedemann, Voß, Wessels"),
    ship: list("Abendröte, Anna Sophie, Concordia, Drei Brüder, Eiche, Fortuna, Goldener Anker, Hoffnung, Irene, Johanna, Möwe, Nordstern, Seeadler, Treue, Walküre, Zufriedenheit"),
    port: list("Grünhafen, Halmstrand, Zandhaven, Nordkirk, Elvåsen, Ulvernis, Skarholm, Westerbrook, Smeerensund, Kalmarra"),
    place: list("am Alten Kran, am Fischertor, hinter der Seilerbahn, vor dem Pulverturm, am Kalkofen, bei der Lotsenwiese, am Neuen Siel, unter den Linden am Wall"),
    good: list("Bernstein, Butter, Flachs, Gerste, Hanf, Honig, Hopfen, Kupfer, Leinen, Malz, Pech, Pfeffer, Roggen, Salz, Stockfisch, Talg, Tee, Wachs, Wolle, Zucker"),
    unit: list("Fässer, Säcke, Ballen, Kisten, Körbe, Tonnen"),
    trade: list("Bäcker, Böttcher, Drucker, Färber, Glaser, Kürschner, Müller, Reepschläger, Schmied, Segelmacher, Tischler, Uhrmacher"),
    keepsake: list("ein Fernrohr aus Messing, eine silberne Schnupfdose, eine Bibel mit Schließen, ein Paar Schlittschuhe, eine blaue Kanne, ein kupferner Kessel, eine Geige ohne Saiten, eine Karte des Sundes"),
    ailment: list("Zahnweh, das Wechselfieber, ein verstauchtes Knie, eine Halsentzündung, ein gequetschter Daumen, Husten"),
    wind: list("Norden, Nordosten, Osten, Südosten, Süden, Südwesten, Westen, Nordwesten"),
    bird: list("Austernfischer, Brachvögel, Eiderenten, Goldregenpfeifer, Kraniche, Lachmöwen, Schneeammern, Seidenschwänze, Stare, Wildgänse"),
    cause: list("Nebel auf der Barre, ein gebrochenes Rad, Eis im Hafen, ein Streit um den Zoll, fehlender Wind, ein verlorener Frachtbrief"),
    repair: list("der Schöpfbrunnen, die Fährrampe, das Dach der Schule, die Schleuse, der Glockenstuhl, die Stadtwaage"),
    colour: list("rot, grün, gelb, weiß, grau, blau"),
    time: list("sechs Uhr, halb acht, neun Uhr, Mittag, drei Uhr, halb fünf, Sonnenuntergang"),
    month: germanMonths,
  },
};

const log: Kind = {
  bind: { ship: "ship", master: "Mr", port: "port" },
  title: ["Logbuch der »<ship>«, Kapitän <master>, auf der Reise von <port> nach Quillhaven"],
  layout: "entries",
  facts: [
    ["In der Flussmündung gelotet: <a=n:4-30> Faden, {Grund schwarzer Schlick|Grund grober Sand}.", ["Wie viele Faden lotete die »<ship>« in der Flussmündung?"], ["<a> Faden", "<a>"]],
    ["Der Koch <p=Mr> liegt in der Koje. {Es ist|Der Bootsmann meint, es sei} <a=ailment>.", ["Woran litt der Koch <p> auf der »<ship>«?"], ["<a>"]],
    ["Bestes Etmal der Reise: <a=n:118-236> Meilen.", ["Wie viele Meilen betrug das beste Etmal der »<ship>«?"], ["<a> Meilen", "<a>"]],
    ["Was uns <w:3-9> Tage im Hafen hielt: <a=cause>.", ["Was hielt die »<ship>« im Hafen auf?"], ["<a>"]],
    ["Begegneten der »<s=ship>«, die aus <a=port> kam und {Zwieback abgab|Post mitnahm}.", ["Aus welchem Hafen kam die »<s>«, der die »<ship>« begegnete?"], ["<a>"]],
    ["Geladen wurden <n:12-90> <unit> <a=good>, {trocken gestaut|zuletzt und obenauf}.", ["Was wurde auf der »<ship>« geladen?"], ["<a>"]],
  ],
  rest: [
    "Wind aus <wind>, {mäßig|auffrischend|flau}; {alle Segel gesetzt|ein Reff eingesteckt}.",
    "Die Wache {flickte Segel|teerte das stehende Gut|stand eine Stunde an den Pumpen}.",
    "<bird> {zogen in der Dämmerung vorüber|saßen auf den Rahen}; {Land kann nicht weit sein|der Steuermann nennt das ein gutes Zeichen}.",
    "Nachts {klar und kalt|viel Wetterleuchten im <wind>|Nebel bis zum Morgen}.",
    "Das Trinkwasser {schmeckt nach dem Fass|reicht noch <w:6-18> Tage}.",
    "Sonntags Andacht {an Deck|unter Deck, des Regens wegen}; {danach Pflaumen im Mehlkloß|alle Mann in reinen Hemden}.",
    "Ein fremdes Segel im <wind>, {zeigte keine Flagge|hielt auf uns zu und drehte ab}.",
    "Der Schiffsjunge {hat den Kompass auswendig gelernt|verlor seine Mütze und weinte}.",
    "Luke zwei geöffnet und gelüftet; {die Ladung ist trocken|etwas Schwitzwasser}.",
  ],
  together: [1, 3],
};

const council: Kind = {
  bind: { chair: "Mr", clerk: "person" },
  title: ["Ratsprotokoll von Quillhaven unter dem Vorsitz von <chair>, Schreiber: <clerk>"],
  layout: "items",
  opening: ["Der Rat trat um <time> zusammen; es waren <w:6-14> Herren anwesend, {die übrigen entschuldigt|einer kam verspätet}."],
  facts: [
    ["Auf Antrag von <a=person> wird beschlossen: <r=repair> ist vor dem Winter auszubessern.", ["Auf wessen Antrag beschloss der Rat unter <chair> eine Ausbesserung?"], ["<a>"]],
    ["Für den Neubau der Mole werden <a=price> bewilligt, {nicht mehr|aus der Marktkasse}.", ["Welche Summe bewilligte der Rat unter <chair> für die Mole?"], ["<a>"]],
    ["Zum Hafenmeister wird <a=Mr> gewählt, mit <n:7-9> gegen <n:2-5> Stimmen.", ["Wer wurde unter dem Vorsitz von <chair> zum Hafenmeister gewählt?"], ["<a>"]],
    ["Der Zoll auf <a=good> wird vom ersten <month> an {verdoppelt|aufgehoben}.", ["Auf welche Ware änderte der Rat unter <chair> den Zoll?"], ["<a>"]],
    ["Die neuen Bänke sollen <a=colour> gestrichen werden; {über die Farbe wurde lange geredet|zwei Herren waren dagegen}.", ["In welcher Farbe sollen die Bänke laut Protokoll unter <chair> gestrichen werden?"], ["<a>"]],
    ["Der Viehmarkt findet künftig <a=place> statt.", ["Wo findet nach dem Beschluss unter <chair> künftig der Viehmarkt statt?"], ["<a>"]],
  ],
  rest: [
    "Das Protokoll der letzten Sitzung wird {verlesen und genehmigt|in einem Wort geändert}.",
    "<person> klagt über {den Geruch|streunende Hunde|den Lärm der Fuhrwerke} <place>; {der Büttel soll nachsehen|es wird nichts beschlossen}.",
    "Rechnung über {Lampenöl|Kohlen für die Armen|Kies}: <price>, {bezahlt|zurückgestellt}.",
    "Ein Brief {des Landrats|der Lotsenbrüder} wird {zweimal verlesen|zu den Akten genommen}.",
    "Frau <Miss> wird für {ihre Pflege der Kranken|das Stiften einer Uhr} gedankt.",
    "Die Laternen <place> sollen {eine Stunde früher brennen|wöchentlich geputzt werden}.",
    "Die Frage der {Schweine auf dem Anger|Wagenbreite} wird {vertagt|einem Ausschuss gegeben}.",
    "Es wird bemerkt, dass das Rathausdach {noch immer undicht ist|nun hält}.",
  ],
  together: [1, 2],
};

const letter: Kind = {
  bind: { writer: "person", reader: "woman" },
  title: ["Brief von <writer> an <reader>"],
  layout: "paragraphs",
  opening: ["Liebe <reader>,"],
  closing: ["{Es grüßt dich herzlich|In Eile, dein altes Haus,}\n<writer>"],
  facts: [
    ["Bring bitte <a=good> mit, wenn du kommst, {hier ist nichts mehr zu haben|aber vom guten}.", ["Was soll <reader> nach dem Wunsch von <writer> mitbringen?"], ["<a>"]],
    ["Der Kutscher fährt am <n:2-27>. ab, die Stunde ist: <a=time>.", ["Um welche Zeit fährt die Kutsche, von der <writer> schreibt?"], ["<a>"]],
    ["Auf dem Boden fand sich unter altem Tuch, {du wirst lachen|denk dir}: <a=keepsake>.", ["Was fand sich auf dem Boden, wie <writer> schreibt?"], ["<a>"]],
    ["Unser neuer Nachbar ist von Beruf <a=trade> und {grüßt als Erster|singt bei der Arbeit}.", ["Welchen Beruf hat der neue Nachbar von <writer>?"], ["<a>"]],
    ["<p=Miss> hat sich mit <a=Mr> verlobt, {und ich erfuhr es als Letzte im Haus|es wurde auch Zeit}.", ["Mit wem hat sich <p> verlobt?"], ["<a>"]],
    ["Für das Boot haben wir <a=price> bekommen, {mehr als gedacht|und den Anker behalten}.", ["Wie viel wurde laut dem Brief von <writer> für das Boot bezahlt?"], ["<a>"]],
  ],
  rest: [
    "Seit Wochen {weht es aus <wind>|regnet es in den Kamin}, und {die Wäsche wird nicht trocken|alle sind heiser}.",
    "Im Garten {stehen die Bohnen gut|haben die Schnecken gewonnen}.",
    "<person> {fragt nach dir|singt jetzt im Chor|ist rund geworden und streitet es ab}.",
    "Das Geld ist knapp, {aber wir sind es ja auch|doch der Untermieter zahlt pünktlich}.",
    "Am Sonntag waren wir <place>, {es war sehr voll|der Wind nahm mir den Hut}.",
    "Dein Zimmer ist, wie du es verlassen hast, {sogar das Glas mit den Muscheln|nur die Katze schläft jetzt dort}.",
    "Schreib {bald|deutlicher}, {ich hungere nach Neuigkeiten|und auf beiden Seiten}.",
    "Der Pastor {predigte eine Stunde über Geduld|hat sich den Fuß vertreten}.",
    "Gestern sind <bird> {über das Dach gezogen|in der Bucht gelandet}, {da wurde mir ganz herbstlich|ich stand lange am Fenster}.",
  ],
  together: [2, 4],
};

const ledger: Kind = {
  bind: { keeper: "person" },
  title: ["Kontorbuch des Handelshauses Quillhaven, geführt von <keeper>"],
  layout: "entries",
  facts: [
    ["An <p=person> <n:4-60> <unit> <g=good> zu <a=price>, {bar bezahlt|auf Wechsel}.", ["Was zahlte <p> für <g>?"], ["<a>"]],
    ["<a=person> bürgt für <p=person> {bis Michaelis|auf ein halbes Jahr}.", ["Wer bürgt für <p> im Buch von <keeper>?"], ["<a>"]],
    ["Von <p=person> zurückgewiesen: <a=good>, {nass geworden|nicht nach Probe}.", ["Welche Ware von <p> wies <keeper> zurück?"], ["<a>"]],
    ["Als Pfand von <p=person> angenommen: <a=keepsake>.", ["Was gab <p> als Pfand?"], ["<a>"]],
    ["Die »<s=ship>« löschte hier; Leichtergeld <a=price>.", ["Wie hoch war das Leichtergeld für die »<s>«?"], ["<a>"]],
  ],
  rest: [
    "<person>, <n:2-40> <unit> <good>, <price>{|, bezahlt|, auf Rechnung}.",
    "{Fuhrlohn|Kaigeld} für <n:5-80> <unit>, je <n:2-9> Schilling.",
    "Kasse gezählt: {stimmt|es fehlen <w:3-11> Schilling}, {habe es zugelegt|Ursache nicht gefunden}.",
    "Gewichte an der Stadtwaage geprüft, {richtig befunden|das kleine ist zu leicht}.",
    "Ein Fremder {wechselte Gold|fragte nach allem und kaufte Zwirn}.",
    "Mäuse im Speicher; {zwei Katzen geliehen|die Säcke auf den Boden gebracht}.",
    "Schnee auf der Landstraße, {keine Wagen|nur ein Schlitten aus <port>}.",
  ],
  together: [1, 2],
};

export const germanKinds = [log, council, letter, ledger];
