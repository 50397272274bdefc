/** The words of Quillhaven: its people, ships, places and goods. */

import type { Wording } from "./deck.ts";

const list = (text: string) => text.split(/\s*,\s*/);

export const months = list(
  "January, February, March, April, May, June, July, August, September, October, November, December",
);

export const english: Wording = {
  numbers: list(
    "none, one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty, twenty-one, twenty-two, twenty-three, twenty-four, twenty-five, twenty-six, twenty-seven, twenty-eight, twenty-nine, thirty, thirty-one, thirty-two, thirty-three, thirty-four, thirty-five, thirty-six, thirty-seven, thirty-eight, thirty-nine, forty",
  ),
  price: (random) => {
    const marks = 2 + random.below(47);
    const pence = 1 + random.below(11);
    return pence === 1 ? `${marks} marks` : `${marks} marks ${pence} pence`;
  },
  pools: {
    woman: list(
      "Agnes, Anneke, Beatrix, Bridie, Catrin, Clemency, Dorcas, Edda, Elspeth, Esther, Flora, Greta, Hester, Ida, Ines, Jemima, Judith, Lavinia, Lydia, Marit, Matilda, Nessa, Odile, Patience, Phoebe, Rosamund, Sabine, Solveig, Tabitha, Theodora, Ursula, Verity, Wilhelmina, Zillah",
    ),
    man: list(
      "Alder, Ambrose, Barnaby, Benedict, Caleb, Cedric, Cornelius, Edmund, Emeric, Fergus, Gideon, Gwendal, Hugo, Isidore, Jabez, Joachim, Kester, Leopold, Magnus, Malachi, Nathaniel, Obadiah, Osric, Percival, Quentin, Rufus, Silas, Thaddeus, Tobias, Wendel, Zachary",
    ),
    surname: list(
      "Abernant, Arkwell, Askerby, Barrow, Beck, Birkett, Blacklock, Brandreth, Cade, Carrick, Cloudsley, Corrigan, Crane, Cutter, Dace, Dallimore, Dunmore, Easterling, Eddowes, Fairweather, Farthing, Fenwick, Finch, Galloway, Garrick, Gosling, Greave, Hallam, Harkness, Hartigan, Hathersage, Holt, Hurrell, Inchbald, Jessop, Keeling, Kettering, Lanyon, Larkspur, Lockhart, Lovelace, Marchbanks, Mercer, Merriweather, Moss, Nettleship, Oakes, Ormerod, Pascoe, Pell, Penhallow, Quayle, Quince, Ravenscroft, Redfern, Roper, Sallow, Sandys, Selwyn, Skerry, Spurling, Stannard, Swift, Tallow, Thackeray, Thorne, Tregarth, Underhill, Vane, Venn, Wainwright, Whitlock, Winterbourne, Wren, Yarrow, Yelland",
    ),
    ship: list(
      "Amber Hope, Anna Dorothea, Blue Heron, Bold Endeavour, Brothers' Pride, Candlemas, Caroline Mercy, Cormorant, Corncrake, Drummer Boy, Eastern Star, Evening Grace, Fair Exchange, Faithful Margaret, Fortune's Child, Gannet, Golden Fleece, Good Intent, Green Linnet, Halcyon, Harvest Home, Hebe, Honest Toil, Industry, Jenny Wren, Kittiwake, Lady Constance, Lapwing, Lodestar, Marigold, Merry Widow, Morning Bell, Nonpareil, Northern Light, Old Acquaintance, Patient Griselda, Peregrine, Petrel, Plover, Prosperous, Providence, Queen of Sheba, Red Admiral, Resolute, Rosebud, Sandpiper, Sea Holly, Silver Spray, Sisters Three, Speedwell, Swallow, Temperance, True Briton, Turnstone, Two Friends, Unity, Venture, Welcome Return, Whimbrel, Wild Swan",
    ),
    port: list(
      "Aldersund, Bellisle, Brackholm, Cape Tremor, Carrow Bay, Château-Noir, Corvanne, Dunskeld, Eastmark, Elvåsen, Fernando Rock, Garamond, Grünhafen, Halmstrand, Isla Verdad, Jorvik Sound, Kalmarra, Lisgar, Marravel, Montserel, Nordkirk, Ostrava Quay, Port Amity, Port Lascelles, Puerto Alba, Rathmoor, Rosswater, Saint Orlan, Santa Brígida, Sarn Helen, Skarholm, Smeerensund, Straumvik, Tarragon Head, Thornmouth, Trevalgan, Ulverness, Vallarta Nova, Westerbrook, Zandhaven",
    ),
    place: list(
      "Adder's Neck, Bakehouse Steps, Beacon Hill, the Bell Rock, Blind Cove, Chandler's Reach, Cinder Bay, the Cockle Bank, Cooper's Hard, Dead Man's Slip, Drover's Gate, Fiddler's Point, Friars' Landing, the Gallows Sand, Glebe Corner, the Grey Mare shoal, Gull Island, Hag's Tooth, Herring Stairs, the Kelp Ground, Lantern Head, Little Ayre, Long Spit, the Maiden Stack, Mill Creek, Monks' Ferry, Nine Wells, the North Mole, Otter Burn, Pilot's Green, Quarry Hole, Raven Crag, Saint Bride's Well, the Salt Pans, Shingle Bar, Smithy Brow, Tanner's Row, Thrift Meadow, the Weigh House, Widow's Bench",
    ),
    good: list(
      "alum, barley, beeswax, blue cloth, butter, candles, canvas, cheese, cider, cloves, coal, copper nails, cork, dried apples, dried peas, eiderdown, feathers, flax, ginger, glass beads, hemp, herring, hides, honey, hops, indigo, iron bars, ivory buttons, lamp oil, lead sheet, lime, linseed, madder, malt, millet, molasses, mustard seed, nutmeg, oatmeal, oranges, pepper, pewter, pitch, potash, raisins, rope, rosin, rye, saffron, sailcloth, salt cod, sealing wax, slate, soap, sugar, sulphur, tallow, tar, tea, timber, tobacco, turpentine, vinegar, walnuts, whalebone, wool",
    ),
    unit: list("bales, barrels, baskets, boxes, bundles, casks, chests, crates, firkins, hampers, hogsheads, kegs, sacks, tubs"),
    trade: list(
      "baker, basket maker, bell founder, blacksmith, boatbuilder, bookbinder, brewer, carter, caulker, chandler, clockmaker, cobbler, cooper, draper, dyer, farrier, fishmonger, glazier, glover, hatter, joiner, mason, miller, net maker, pilot, plasterer, potter, printer, ropemaker, saddler, sailmaker, schoolmistress, stonecutter, tanner, thatcher, tinsmith, turner, weaver, wheelwright",
    ),
    sail: list("fore topsail, main course, flying jib, mizzen, main topgallant, fore staysail, spanker, mainsail, lower studding sail, inner jib"),
    bottom: list("black mud, broken shell, coarse gravel, fine white sand, grey clay, coral rubble, weed and stones, red ooze"),
    ailment: list("a quinsy, a scalded hand, the ague, a cracked rib, a poisoned thumb, toothache, a sprained knee, a bilious fever, ringworm, sore eyes, a splinter in the palm, lumbago"),
    beast: list("a grey goat, a lame pony, a brindled sow, two geese, a tame jackdaw, a hive of bees, a one-eyed terrier, a young heifer, six laying hens, a tortoise, a white ferret, a parrot that swears"),
    bird: list("arctic terns, bramblings, curlews, dunlin, fieldfares, fulmars, goldcrests, golden plover, greylag geese, house martins, oystercatchers, purple sandpipers, redwings, sanderlings, skylarks, snow buntings, storm petrels, swifts, waxwings, wheatears, whooper swans"),
    keepsake: list("a brass telescope, a walnut writing box, a silver thimble, a sextant in its case, a pair of kid gloves, a blue china jug, a family Bible, a tortoiseshell comb, a musket with no lock, a painted sea chest, a garnet brooch, a set of pewter spoons, a map of the Sound, a feather bed, a copper kettle, an ivory fan, a fiddle and bow, a ship in a bottle, a barometer, a patchwork quilt"),
    repair: list("the sluice gate, the market cross, the fish stairs, the chapel roof, the town pump, the footbridge, the weighing beam, the sea wall, the fire engine, the clock in the tower, the pound fence, the lock-up door, the ferry ramp, the coal shed, the schoolroom stove, the drain in Tanner's Row"),
    fault: list("a split rudder post, a cracked windlass, dry rot in the bowsprit, a sprung mainmast, a leaking stern gland, worm in the keel, a bent capstan bar, a fouled anchor cable, rusted chain plates, a warped hatch cover, a burnt galley flue, a parted backstay"),
    offence: list("selling short weight, watering the milk, keeping a pig in the street, letting a chimney take fire, tying up at the pilots' berth, fishing on a Sunday, ringing the fire bell in jest, passing a clipped coin, emptying slops from a window, trading without a token, galloping on the quay, cutting turf on the common"),
    weather: list("a raw mist, driving sleet, a hard white frost, warm drizzle, a clear cold sky, thunder in the west, low cloud, a dry easterly, showers of hail, hot still air, a wet gale, snow that did not lie, a red dawn, sea fog"),
    wind: list("north, north-east, east, south-east, south, south-west, west, north-west"),
    time: list("half past five, six o'clock, a quarter past seven, half past eight, nine o'clock, ten minutes to ten, eleven o'clock, noon, one o'clock, a quarter to three, half past three, four o'clock, twenty past four, sunset, midnight, first light"),
    weekday: list("Monday, Tuesday, Wednesday, Thursday, Friday, Saturday"),
    month: months,
    dish: list("smoked haddock pie, barley broth, quayside chowder, plum duff, saffron buns, pickled samphire, mutton and turnip stew, oyster fritters, quince cheese, gingerbread, eel pasty, pease pudding, herring in oatmeal, apple butter, seed cake, hotch-potch, sailor's trifle, treacle bread, kelp jelly, cockle soup"),
    spice: list("mace, caraway, bay leaf, white pepper, lovage, dill seed, allspice, mustard, lemon peel, winter savory, juniper, ground coriander, thyme, nutmeg, fennel, horseradish"),
    vessel: list("cast-iron pot, stoneware crock, copper pan, black skillet, pudding cloth, deep pie dish, stone jar, shallow tin, cast kettle, glazed bowl"),
    inn: list("the Anchor and Oak, the Bent Nail, the Blue Boar, the Cat and Compass, the Dancing Bear, the Four Winds, the Jolly Caulker, the Lamb, the Net and Needle, the Old Customs House, the Pelican, the Ship Aground, the Three Herrings, the Wheatsheaf"),
    colour: list("brown, green, yellow, scarlet, grey, white, violet, russet, sky-blue, black"),
    stone: list("limestone, red granite, flint, slate, sandstone, chalk, basalt, pudding stone"),
    plant: list("sea lavender, marsh samphire, thrift, yellow horned poppy, sea kale, bog myrtle, scurvy grass, eelgrass, sea holly, wild asparagus, marram, rock samphire, sundew, cotton grass"),
    lesson: list("long division, the rule of three, map drawing, spelling, plain sewing, the kings in order, mental sums, copperplate hand, singing by ear, knots and splices, reading aloud, book-keeping"),
    play: list("The Smuggler's Daughter, A Merchant Undone, The Two Lighthouses, Love at Low Water, The Drowned Bell, King Canute Improved, The Ferryman's Oath"),
    room: list("attic, back kitchen, counting room, cellar, dairy, loft, front parlour, wash-house, tack room, upper bedchamber"),
    cause: list("a late tide, a broken axle, want of wind, a dispute over dues, a quarantine flag, fog on the bar, a drunken stevedore, ice in the creek, a missing seal, a strike of the porters, a lost bill of lading, the pilot's illness"),
  },
};
