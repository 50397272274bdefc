/** The same town in Spanish: papers of its southern trading house. */

import type { Kind } from "./kind.ts";
import type { Wording } from "./deck.ts";

const list = (text: string) => text.split(/\s*,\s*/);

export const spanishMonths = list(
  "de enero, de febrero, de marzo, de abril, de mayo, de junio, de julio, de agosto, de septiembre, de octubre, de noviembre, de diciembre",
);

export const spanish: Wording = {
  numbers: list(
    "cero, uno, dos, tres, cuatro, cinco, seis, siete, ocho, nueve, diez, once, doce, trece, catorce, quince, dieciséis, diecisiete, dieciocho, diecinueve, veinte",
  ),
  price: (random) => `${2 + random.below(60)} reales y ${2 + random.below(10)} cuartos`,
  pools: {
    woman: list("Adela, Beatriz, Carmen, Dolores, Elvira, Fermina, Graciela, Inés, Josefa, Leonor, Marina, Nieves, Pilar, Remedios, Soledad, Teresa, Úrsula, Ximena"),
    man: list("Andrés, Baltasar, Ciriaco, Diego, Esteban, Fulgencio, Gonzalo, Hilario, Ignacio, Joaquín, Lázaro, Mateo, Nicolás, Pascual, Rodrigo, Salvador, Tomás, Vicente"),
    surname: list("Acevedo, Bermúdez, Carranza, Echeverría, Figueroa, Galván, Ibáñez, Lozano, Maldonado, Novoa, Ocampo, Peñalver, Quiroga, Roldán, Salcedo, Tejada, Urrutia, Valdivia, Yáñez, Zúñiga"),
    ship: list("Aurora, Buena Fe, Dos Hermanas, Esperanza, Flor del Mar, Gaviota, Isabela, Luz de Oriente, Nuestra Señora del Faro, Paloma, Santa Rita, Trinidad, Viento Norte, Virgen Negra"),
    port: list("Puerto Alba, Isla Verdad, Vallarta Nova, Santa Brígida, Fernando Rock, Montserel, Corvanne, Bellisle, Marravel, Cabo Temblor"),
    place: list("junto a la Aduana Vieja, en la cuesta del Faro, detrás del molino, en la plaza del Pescado, al pie de la muralla, en el muelle chico, frente a la capilla"),
    good: list("aceite, arroz, azafrán, azúcar, bacalao, cacao, canela, cera, cobre, esparto, harina, higos secos, jabón, lana, miel, pimienta, sal, tabaco, trigo, vinagre"),
    unit: list("sacos, barriles, cajas, fardos, toneles, cestos"),
    trade: list("panadero, tonelero, herrero, impresor, cordelero, sastre, relojero, molinero, carpintero, boticario, vidriero, encuadernador"),
    keepsake: list("un catalejo de latón, una caja de música, un peine de carey, una guitarra sin cuerdas, un reloj de sol, una jarra azul, un baúl pintado, un mapa de la costa"),
    ailment: list("fiebres tercianas, un dolor de muelas, una torcedura de rodilla, anginas, una quemadura en la mano, tos ferina"),
    wind: list("norte, nordeste, este, sudeste, sur, sudoeste, oeste, noroeste"),
    bird: list("cigüeñas, garzas, vencejos, alcatraces, chorlitos, golondrinas, ánades, flamencos"),
    cause: list("la niebla en la barra, un eje roto, la falta de viento, un pleito por los derechos, una bandera de cuarentena, la enfermedad del práctico"),
    repair: list("la fuente, el puente de tablas, el tejado de la escuela, la compuerta, el reloj de la torre, la báscula del mercado"),
    colour: list("verde, azul, amarillo, blanco, rojo, gris"),
    time: list("las seis, las siete y media, las nueve, las diez y media, las tres, las cinco y cuarto, la puesta del sol"),
    dish: list("sopa de ajo, arroz con almejas, pastel de anguila, buñuelos de bacalao, guiso de cordero, pan de higo"),
    month: list("enero, febrero, marzo, abril, mayo, junio, septiembre, octubre, noviembre"),
  },
};

const log: Kind = {
  bind: { ship: "ship", master: "Mr", port: "port" },
  title: ["Cuaderno de bitácora del «<ship>», capitán <master>, en viaje de <port> a Quillhaven"],
  layout: "entries",
  facts: [
    ["Sondeamos <a=n:4-30> brazas en la boca del río, {fondo de fango|fondo de arena gruesa}.", ["¿Cuántas brazas sondeó el «<ship>» en la boca del río?"], ["<a> brazas", "<a>"]],
    ["El cocinero, <p=Mr>, no se levanta: padece <a=ailment>.", ["¿Qué padecía el cocinero <p> a bordo del «<ship>»?"], ["<a>"]],
    ["<a=n:118-236> millas de mediodía a mediodía, la mejor jornada del viaje.", ["¿Cuántas millas hizo el «<ship>» en su mejor jornada?"], ["<a> millas", "<a>"]],
    ["Perdimos <w:3-9> días en puerto por <a=cause>.", ["¿Por qué perdió días en puerto el «<ship>»?"], ["<a>"]],
    ["Cruzamos palabras con el «<s=ship>», que venía de <a=port> {y nos dio pan fresco|sin novedad}.", ["¿De qué puerto venía el «<s>» cuando habló con el «<ship>»?"], ["<a>"]],
    ["Se embarcaron <n:12-90> <unit> de <a=good>, {bien estibados|los últimos a la luz de un farol}.", ["¿Qué mercancía se embarcó en el «<ship>»?"], ["<a>"]],
  ],
  rest: [
    "Viento del <wind>, {bonancible|fresco|flojo y mudable}; {todo el trapo arriba|un rizo tomado}.",
    "La guardia {remendó velas|rascó los palos|estuvo una hora a las bombas}.",
    "Vimos <bird> {al amanecer|sobre las vergas}, {señal de tierra|que el contramaestre tiene por buen agüero}.",
    "De noche {cielo muy limpio|relámpagos por el <wind>|niebla cerrada hasta el alba}.",
    "El agua {sabe a barril|alcanza para <w:6-18> días}.",
    "Se rezó {en cubierta|abajo, por la lluvia}; {después hubo vino|todos con camisa limpia}.",
    "Una vela por el <wind>, {no mostró bandera|se alejó al vernos}.",
    "El grumete {aprendió los vientos de memoria|perdió la gorra y no el humor}.",
    "Abierta la escotilla para ventilar; {la carga, seca|algo de humedad en los rincones}.",
  ],
  together: [1, 3],
};

const council: Kind = {
  bind: { chair: "person", clerk: "person" },
  title: ["Acta del concejo de Quillhaven, bajo la presidencia de <chair>; escribano, <clerk>"],
  layout: "items",
  opening: ["Se reunió el concejo a {buena hora|la hora de costumbre}, con <w:6-14> vocales presentes y {los demás excusados|uno que llegó tarde}."],
  facts: [
    ["A propuesta de <a=person> se acuerda reparar <r=repair> antes del invierno.", ["¿A propuesta de quién acordó una reparación el concejo presidido por <chair>?"], ["<a>"]],
    ["Se conceden <a=price> para alargar el muelle, {ni un maravedí más|con cargo al mercado}.", ["¿Qué suma concedió para el muelle el concejo presidido por <chair>?"], ["<a>"]],
    ["Sale elegido capitán de puerto <a=Mr>, por <n:7-9> votos contra <n:2-5>.", ["¿Quién salió elegido capitán de puerto bajo la presidencia de <chair>?"], ["<a>"]],
    ["El derecho sobre <a=good> se {dobla|suprime} desde el primero de <month>.", ["¿Sobre qué mercancía cambió el derecho el concejo presidido por <chair>?"], ["<a>"]],
    ["Los bancos nuevos se pintarán de <a=colour>; {se habló largo rato del color|con dos votos en contra}.", ["¿De qué color se pintarán los bancos según el acta de <chair>?"], ["<a>"]],
    ["La feria de ganado se celebrará este año <a=place>.", ["¿Dónde se celebrará la feria de ganado según el concejo presidido por <chair>?"], ["<a>"]],
  ],
  rest: [
    "El acta anterior se {lee y aprueba|enmienda en una palabra}.",
    "<person> se queja {del mal olor|de los perros sueltos|del ruido de los carros} <place>; {el alguacil irá a ver|no se acuerda nada}.",
    "Cuenta {del aceite de las farolas|del carbón de los pobres|de la grava}: <price>, {pagada|aplazada}.",
    "Se lee {dos veces|con atención} una carta {del gobernador|de los prácticos} y {se archiva|se responderá}.",
    "Se dan las gracias a <person> por {el regalo de un banco|cuidar a los enfermos}.",
    "Las farolas se encenderán {una hora antes|hasta medianoche} <place>, {a prueba|a costa del barrio}.",
    "Lo de {los cerdos en el prado|la anchura de los carros} queda {aplazado|en manos de dos vocales}.",
    "Consta que el tejado de la sala {sigue con goteras|ya no gotea}.",
  ],
  together: [1, 2],
};

const letter: Kind = {
  bind: { writer: "person", reader: "woman" },
  title: ["Carta de <writer> a <reader>"],
  layout: "paragraphs",
  opening: ["Querida <reader>:"],
  closing: ["{Te abraza|Con prisa y cariño,}\n<writer>"],
  facts: [
    ["Cuando vengas trae <a=good>, {que aquí no queda|pero del bueno}.", ["¿Qué debe traer <reader> según la carta de <writer>?"], ["<a>"]],
    ["El coche sale a <a=time> {y no espera a nadie|desde la fuente}.", ["¿A qué hora sale el coche del que escribe <writer>?"], ["<a>"]],
    ["En el desván apareció, {no te rías|quién lo diría}, <a=keepsake>.", ["¿Qué apareció en el desván, según <writer>?"], ["<a>"]],
    ["El vecino nuevo es <a=trade> y {saluda primero|canta mientras trabaja}.", ["¿Qué oficio tiene el vecino nuevo de <writer>?"], ["<a>"]],
    ["<p=Miss> se ha prometido con <a=Mr>, {ya era hora|y fui la última persona en saberlo}.", ["¿Con quién se ha prometido <p>?"], ["<a>"]],
    ["Por la barca nos dieron <a=price>, {más de lo que pensábamos|y nos quedamos con el ancla}.", ["¿Cuánto dieron por la barca de la que escribe <writer>?"], ["<a>"]],
  ],
  rest: [
    "Desde hace semanas {sopla del <wind>|llueve por la chimenea} y {la ropa no se seca|todos andamos roncos}.",
    "En el huerto {las habas van bien|han ganado los caracoles}.",
    "<person> {pregunta por ti|canta ahora en el coro|ha engordado y lo niega}.",
    "El dinero es poco, {pero nosotros también|aunque el huésped paga los sábados}.",
    "El domingo estuvimos <place>, {había mucha gente|y el viento me llevó el sombrero}.",
    "Tu cuarto está como lo dejaste, {hasta el frasco de conchas|salvo que duerme allí la gata}.",
    "Escribe {pronto|más claro}, {que tengo hambre de noticias|y por los dos lados}.",
    "El cura {predicó una hora sobre la paciencia|se torció un pie}.",
    "Ayer hubo <dish>, {tu plato favorito|que se me quemó}.",
    "Pasaron <bird> {sobre el tejado|hacia la bahía} y {me entró el otoño|me quedé mirando}.",
  ],
  together: [2, 4],
};

const ledger: Kind = {
  bind: { keeper: "person" },
  title: ["Libro diario de la casa de comercio de Quillhaven, de mano de <keeper>"],
  layout: "entries",
  facts: [
    ["A <p=person>, <n:4-60> <unit> de <g=good> en <a=price>, {al contado|a cuenta}.", ["¿Cuánto pagó <p> por <g>?"], ["<a>"]],
    ["<a=person> sale fiador de <p=person> {hasta San Miguel|por medio año}.", ["¿Quién sale fiador de <p> en el libro de <keeper>?"], ["<a>"]],
    ["Devuelto a <p=person>: <a=good>, {mojado en la bodega|no conforme a la muestra}.", ["¿Qué mercancía devolvió <keeper> a <p>?"], ["<a>"]],
    ["Recibido en prenda de <p=person>: <a=keepsake>.", ["¿Qué dejó en prenda <p>?"], ["<a>"]],
    ["Descargó el «<s=ship>»; por las barcazas, <a=price>.", ["¿Cuánto se pagó por las barcazas del «<s>»?"], ["<a>"]],
  ],
  rest: [
    "<person>, <n:2-40> <unit> de <good>, <price>{|, pagado|, a cuenta}.",
    "{Acarreo|Muellaje} de <n:5-80> <unit>, a <n:2-9> cuartos.",
    "Contada la caja: {cabal|faltan <w:3-11> cuartos}, {los puse yo|no se halla la causa}.",
    "Pesas probadas en la báscula, {fieles|la pequeña va corta}.",
    "Un forastero {cambió oro|preguntó por todo y compró hilo}.",
    "Ratones en el almacén; {prestados dos gatos|los sacos, al piso alto}.",
    "Lluvia en el camino, {ningún carro|solo una mula de <port>}.",
  ],
  together: [1, 2],
};

export const spanishKinds = [log, council, letter, ledger];
