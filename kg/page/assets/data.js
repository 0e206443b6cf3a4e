// What the page was given, and what follows from it: indexes from things to claims and lines.
const data = JSON.parse(await unpack("data"));
const { claims, entities, sources, network: net } = data;
const has = (object, key) => typeof key === "string" && Object.hasOwn(object, key);

const numberOf = new Map(claims.map((claim, number) => [claim.id, number]));
const claimOf = (id) => claims[numberOf.get(id)];
const rootOf = (claim) => claim.root ?? claim.subject ?? null;
const evidenceOf = (claim) => claim.evidence ?? [];
const speakersOf = (claim) => claim.speakers ?? [];

const push = (index, key, value) => {
  if (key === null || key === undefined) return;
  if (!index.has(key)) index.set(key, []);
  index.get(key).push(value);
};

// Claims by what they name, as numbers: of an entity by its part in them, of a sentence, of a claim they are about.
const bySubject = new Map();
const byObject = new Map();
const bySpeaker = new Map();
const byVenue = new Map();
const bySentence = new Map();
const aboutClaim = new Map();
claims.forEach((claim, number) => {
  push(bySubject, rootOf(claim), number);
  push(byObject, claim.object, number);
  for (const key of speakersOf(claim)) push(bySpeaker, key, number);
  for (const key of new Set(evidenceOf(claim).map((evidence) => evidence.venue))) push(byVenue, key, number);
  for (const evidence of evidenceOf(claim)) push(bySentence, `${evidence.source}.${evidence.address}`, number);
  for (const id of [claim.subjectClaim, claim.objectClaim]) push(aboutClaim, id, number);
});

// Lines of the network: their ends, and from claims and entities to them.
const ends = net.edges.map((edge) => [edge.from, edge.to]);
const lineOf = new Map();
net.claims.forEach((members, line) => members.forEach((number) => lineOf.set(number, line)));
const linesOf = new Map(Object.keys(entities).map((key) => [key, []]));
ends.forEach(([from, to], line) => {
  linesOf.get(from).push(line);
  if (from !== to) linesOf.get(to).push(line);
});

// Regions of a large network, by their most central members; and the one that each thing lies in.
const areas = new Map(net.areas.map((area) => [area.key, area]));
const areaOf = new Map(net.areas.flatMap((area) => area.members.map((key) => [key, area])));
