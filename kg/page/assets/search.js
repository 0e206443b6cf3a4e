// Search over names, values, properties, speakers, modes and questions in every language; forgives a slip.
const everywhere = (tell) => LANGUAGES.flatMap((language) => [tell(data.words[language], language)].flat());
const inEach = (text, language) => (text && typeof text === "object" ? text[language] : text);

let findable = null;
// What can be found, made when it is first asked for: entities, then questions, then sources, then claims.
function makeIndex() {
  const things = Object.entries(entities).map(([key, entity]) => {
    const kinds = everywhere((said) => [
      said.own[`families.${entity.family}`],
      ...(entity.classes ?? []).map((kind) => said.classes[kind]),
    ]);
    const names = [...everywhere((said) => said.entities[key]), ...(entity.names ?? []).map((name) => name.text)];
    const about = everywhere((said, language) => inEach(entity.description, language) ?? "");
    return { kind: "entity", key, names, also: [...kinds, ...about], weight: 40 - Math.min(30, entity.rank / 3) };
  });
  const findings = data.lanes.map((lane) => ({
    kind: "finding",
    key: lane.key,
    names: everywhere((said, l) => inEach(lane.question, l)),
    also: [
      ...namedBy(lane).flatMap((key) =>
        everywhere((said, l) => [said.entities[key], inEach(entities[key].description, l) ?? ""]),
      ),
      ...lane.claims
        .map(claimOf)
        .flatMap((claim) =>
          everywhere((said, l) => [
            said.properties[claim.property],
            inEach(claim.time?.text, l),
            inEach(claim.value, l),
          ]),
        ),
    ],
    weight: 36,
  }));
  const questions = data.questions.map(({ name, question }) => ({
    kind: "question",
    key: name,
    names: everywhere((said, l) => inEach(question, l)),
    also: [],
    weight: 20,
  }));
  const texts = Object.entries(sources).map(([key, source]) => ({
    kind: "source",
    key,
    names: [source.title ?? key, ...everywhere((said, l) => inEach(source.name, l))],
    also: everywhere((said) => said.own.source),
    weight: 18,
  }));
  const said = claims.map((claim) => ({
    kind: "claim",
    key: claim.id,
    names: everywhere((own, l) => [
      inEach(claim.value, l) ?? "",
      `${own.properties[claim.property]} ${claim.object ? own.entities[claim.object] : ""}`,
      own.own[`modes.${claim.mode}`],
      own.own[`searched.${claim.mode}`],
    ]),
    also: everywhere((own, l) => [
      own.entities[rootOf(claim)],
      own.own[`tense-${data.strokes[claim.mode].tense}`],
      data.units[claim.unit],
      ...speakersOf(claim).map((key) => own.entities[key]),
      inEach(claim.time?.text, l),
      inEach(claim.asOf, l),
      claim.conflict ? own.own.conflict : "",
      claim.conflict || claim.open ? own.own["searched.disputed"] : "",
      claim.denied ? own.own["searched.denied"] : "",
      evidenceOf(claim).some((evidence) => evidence.voice === "quote") ? own.own["voices.quote"] : "",
    ]),
    weight: 0,
  }));
  return [...things, ...findings, ...questions, ...texts, ...said].map(takeApart);
}

// The things that the answers of a lane are about.
function namedBy(lane) {
  const found = lane.claims.flatMap((id) => [rootOf(claimOf(id)), claimOf(id).object]);
  return [...new Set(found)].filter((key) => has(entities, key));
}

function findHits(text) {
  findable ??= makeIndex();
  return findAmong(findable, text, own("idle-words").split(" "));
}

function titleOf({ kind, key }) {
  if (kind === "entity") return nameOf(key);
  if (kind === "claim") return statementOf(claimOf(key));
  if (kind === "source") return sourceName(key);
  return worded((kind === "finding" ? laneOf : questionOf).get(key).question);
}

const noteOf = ({ kind, key }) =>
  kind === "entity"
    ? own(`families.${entities[key].family}`)
    : kind === "claim"
      ? own(`modes.${claimOf(key).mode}`)
      : own(`hit-${kind}`);

function take(hit) {
  show(hit.kind, hit.key);
  if (hit.kind !== "question") $("panel").focus({ preventScroll: !narrow.matches });
}

preparers.push(listenToSearch);
