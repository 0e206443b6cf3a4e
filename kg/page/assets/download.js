// Downloads: the picture as SVG and PNG, the graph as Turtle, the claims that pass the filters as CSV.
function save(name, blob) {
  const anchor = make("a", { href: URL.createObjectURL(blob), download: name });
  document.body.append(anchor);
  anchor.click();
  anchor.remove();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 1000);
}

// The picture as a file of its own: with the labels of one screen, on a white ground.
function drawingAlone() {
  const copy = poster.picture.cloneNode(true);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.setAttribute("width", net.width);
  copy.setAttribute("height", net.height);
  for (const labels of copy.querySelectorAll(".labels:not(.wide)")) labels.remove();
  copy.prepend(draw("rect", { width: "100%", height: "100%", fill: "#fff" }));
  for (const gone of copy.querySelectorAll(".dim")) gone.setAttribute("opacity", "0.1");
  copy.removeAttribute("aria-labelledby");
  return new XMLSerializer().serializeToString(copy);
}

// A cell of CSV; one that a spreadsheet would take for a formula is set off with an apostrophe.
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

const CSV_HEAD = [
  "claim",
  "subject",
  "property",
  "value",
  "mode",
  "denied",
  "speakers",
  "about_time",
  "said",
  "sources",
  "clarity",
  "note",
  "file",
];
function rowOf(claim) {
  const evidence = evidenceOf(claim);
  return [
    claim.id,
    claim.subjectClaim ? `c:${claim.subjectClaim}` : nameOf(claim.subject),
    propertyOf(claim),
    claim.objectClaim ? `c:${claim.objectClaim}` : valueOf(claim),
    claim.mode,
    claim.denied ? "true" : "",
    speakersOf(claim).map(nameOf).join("; "),
    timeOf(claim),
    evidence.map((one) => (one.said ? worded(one.said.text) : "")).join("; "),
    evidence.map((one) => `${one.source} ${one.address}`).join("; "),
    evidence.map((one) => one.clarity ?? "clear").join("; "),
    claim.note?.text ?? "",
    claim.file,
  ];
}

const downloads = {
  svg: () => save("graph.svg", new Blob([drawingAlone()], { type: "image/svg+xml" })),
  png() {
    const image = new Image();
    const address = URL.createObjectURL(new Blob([drawingAlone()], { type: "image/svg+xml" }));
    image.onload = () => {
      const canvas = make("canvas", { width: net.width * 2, height: net.height * 2 });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save("graph.png", blob));
      URL.revokeObjectURL(address);
    };
    image.src = address;
  },
  ttl: async () => save("graph.ttl", new Blob([await unpack("turtle")], { type: "text/turtle" })),
  csv() {
    const rows = claims.filter((claim, number) => passes(number)).map(rowOf);
    const lines = [CSV_HEAD, ...rows].map((row) => row.map(cell).join(","));
    save("claims.csv", new Blob([`\ufeff${lines.join("\r\n")}\r\n`], { type: "text/csv" }));
  },
};

preparers.push(() => {
  for (const button of document.querySelectorAll("[data-get]")) {
    button.addEventListener("click", () => {
      downloads[button.dataset.get]();
      $("downloads").open = false;
    });
  }
  $("share").addEventListener("click", (event) => copyLink(location.hash, event.currentTarget));
});
